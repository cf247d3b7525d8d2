"""What Meta handed us: the ledger of seen ids, items waiting to be worked, bodies that could not be read."""

from datetime import datetime

from sqlalchemy import JSON, Double, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id, binary_text, long_bytes


class SeenItem(Model):
    """The only place of dedupe, written in the ingress transaction; `ingress` names the transaction that won."""

    __tablename__ = "mensajes_procesados"
    __table_args__ = (Index(None, "seen_at"), Model.__table_args__)

    key: Mapped[str] = mapped_column("mensaje_id", binary_text(255), primary_key=True, key="key")
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ingress: Mapped[str | None] = mapped_column(binary_text(32))


class InboxItem(Model):
    """One message, status or event of a webhook, worked in the order of its lane and then deleted."""

    __tablename__ = "inbox"
    __table_args__ = (Index(None, "lane", "id"), Index(None, "state"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    lane: Mapped[str] = mapped_column(binary_text(255))
    kind: Mapped[str] = mapped_column(String(30))
    phone_number_id: Mapped[str] = mapped_column(binary_text(40), default="")
    dedupe_key: Mapped[str] = mapped_column(binary_text(255))
    payload: Mapped[bytes] = mapped_column(long_bytes())
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8), default="ready", server_default="ready")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    last_error: Mapped[str] = mapped_column(String(255), default="", server_default="")


class RawWebhook(Model):
    """A signed body that nobody could read, kept as it came (zlib) so that nothing is lost."""

    __tablename__ = "webhook_raw"
    __table_args__ = (Index(None, "received_at"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(120))
    body: Mapped[bytes] = mapped_column(long_bytes())


class AccountAlert(Model):
    """Something Meta says of the account or number, or that waia notices of itself; open until an admin has seen it.

    `condition` names what goes on and is over by itself: while it does, there is no second one.
    """

    __tablename__ = "account_alerts"
    __table_args__ = (Index(None, "seen_at"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(60))
    severity: Mapped[str] = mapped_column(String(12), default="info", server_default="info")
    phone_number_id: Mapped[str] = mapped_column(binary_text(40), default="", server_default="")
    text: Mapped[str] = mapped_column(String(500))
    raw: Mapped[bytes] = mapped_column(long_bytes())
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    condition: Mapped[str | None] = mapped_column(binary_text(100), unique=True)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessageTemplate(Model):
    """One template in one language as Meta listed it last; `listed` is Meta's own JSON."""

    __tablename__ = "message_templates"
    __table_args__ = (UniqueConstraint("account_id", "name", "language"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    account_id: Mapped[str] = mapped_column(binary_text(40))
    name: Mapped[str] = mapped_column(binary_text(512))
    language: Mapped[str] = mapped_column(binary_text(20))
    category: Mapped[str] = mapped_column(String(40), default="", server_default="")
    status: Mapped[str] = mapped_column(String(40), default="", server_default="")
    listed: Mapped[dict[str, object]] = mapped_column(JSON)


class NumberPace(Model):
    """What all senders together may still do with a number: the tokens of its bucket, and when it pauses."""

    __tablename__ = "number_paces"

    phone_number_id: Mapped[str] = mapped_column(binary_text(40), primary_key=True)
    tokens: Mapped[float] = mapped_column(Double)
    filled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer)


class TemplateSync(Model):
    """When an account's templates were read last, and what went wrong the last time (empty: nothing)."""

    __tablename__ = "template_syncs"

    account_id: Mapped[str] = mapped_column(binary_text(40), primary_key=True)
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(String(300), default="", server_default="")
