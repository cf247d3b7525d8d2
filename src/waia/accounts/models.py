"""Users, roles, logins and the audit trail."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from waia.kit.columns import Model, UtcDateTime, big_id, binary_text


class UserRole(Model):
    __tablename__ = "user_roles"

    user_id: Mapped[int] = mapped_column(ForeignKey("usuarios.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)


class Role(Model):
    """A group of agents; a chat carries roles, and an agent sees the chats that carry one of theirs."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    keyword: Mapped[str] = mapped_column(binary_text(20), unique=True)


class User(Model):
    """Somebody who signs in. `password_hash` may hold a hash of the original until the next login."""

    __tablename__ = "usuarios"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    username: Mapped[str] = mapped_column(String(50), unique=True)
    password_hash: Mapped[str] = mapped_column("password", String(255), key="password_hash")
    display_name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    language: Mapped[str] = mapped_column(String(5), default="", server_default="")
    theme: Mapped[str] = mapped_column(String(5), default="", server_default="")
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default="0")
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    away_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    roles: Mapped[list[Role]] = relationship(secondary="user_roles", order_by=Role.id, lazy="selectin")


class Login(Model):
    """One signed-in browser. Only the SHA-256 of its token is kept (hex)."""

    __tablename__ = "logins"
    __table_args__ = (Index(None, "user_id"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    token_hash: Mapped[str] = mapped_column(binary_text(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("usuarios.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(255), default="")


class PasswordLink(Model):
    """A way to choose a password that opens once, at most one for each user. Only its token's SHA-256 is kept (hex)."""

    __tablename__ = "password_links"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("usuarios.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    token_hash: Mapped[str] = mapped_column(binary_text(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginFailure(Model):
    """A failed try, for the throttle: per account and address, and per address."""

    __tablename__ = "login_failures"
    __table_args__ = (Index(None, "address", "at"), Index(None, "account", "at"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    account: Mapped[str] = mapped_column(binary_text(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditEntry(Model):
    """Who did what, append-only; each row holds the hash of the one before, so a changed row shows."""

    __tablename__ = "audit_log"
    __table_args__ = (
        UniqueConstraint("previous_hash"),
        Index(None, "at"),
        Index(None, "action", "id"),
        Index(None, "username", "id"),
        Model.__table_args__,
    )

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(Integer)
    username: Mapped[str] = mapped_column(String(50), default="")
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120), default="")
    details: Mapped[dict[str, object]] = mapped_column(JSON)
    address: Mapped[str] = mapped_column(String(64), default="")
    previous_hash: Mapped[str] = mapped_column(binary_text(64))
    hash: Mapped[str] = mapped_column(binary_text(64))
