"""The published flow in the original's tables; drafts and versions live in tables of their own."""

from datetime import datetime

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from waia.kit.columns import Model, UtcDateTime, long_text
from waia.media.models import MediaFile


class RuleMedia(Model):
    __tablename__ = "regla_medias"
    __table_args__ = (Index(None, "rule_id"), Model.__table_args__)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    rule_id: Mapped[int] = mapped_column("regla_id", ForeignKey("reglas.id", ondelete="CASCADE"), key="rule_id")
    url: Mapped[str] = mapped_column("media_url", Text, key="url")
    mime_type: Mapped[str | None] = mapped_column("media_tipo", String(127), key="mime_type")
    file_id: Mapped[int | None] = mapped_column(ForeignKey(MediaFile.id), index=True)


class RuleRow(Model):
    """One rule as it is stored. A row inserted with only the original's columns is a working rule."""

    __tablename__ = "reglas"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    step: Mapped[str] = mapped_column(Text)
    triggers: Mapped[str] = mapped_column("input_text", Text, key="triggers")
    text: Mapped[str] = mapped_column("respuesta", long_text(), key="text")
    next_steps: Mapped[str | None] = mapped_column("siguiente_step", Text, key="next_steps")
    kind: Mapped[str] = mapped_column("tipo", String(20), default="texto", server_default="texto", key="kind")
    options: Mapped[str | None] = mapped_column("opciones", long_text(), key="options")
    role_keyword: Mapped[str | None] = mapped_column("rol_keyword", String(20), key="role_keyword")
    formula: Mapped[str | None] = mapped_column("calculo", Text, key="formula")
    handler: Mapped[str | None] = mapped_column(String(50))
    media_url: Mapped[str | None] = mapped_column(Text)
    media_type: Mapped[str | None] = mapped_column("media_tipo", String(127), key="media_type")
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    enabled: Mapped[bool] = mapped_column(default=True, server_default="1")
    match: Mapped[str] = mapped_column(String(12), default="exacta", server_default="exacta")
    condition: Mapped[str] = mapped_column(String(12), default="siempre", server_default="siempre")
    at_end: Mapped[str] = mapped_column(
        "al_terminar", String(12), default="seguir", server_default="seguir", key="at_end"
    )
    capture_name: Mapped[str | None] = mapped_column("guardar_como", String(40), key="capture_name")
    capture_kind: Mapped[str] = mapped_column(String(12), default="texto", server_default="texto")
    capture_retry: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(String(4))
    minimum: Mapped[float | None] = mapped_column(Float)
    maximum: Mapped[float | None] = mapped_column(Float)
    medias: Mapped[list[RuleMedia]] = relationship(order_by=RuleMedia.id, lazy="selectin", cascade="all, delete-orphan")


class FlowVersion(Model):
    """A published state of the whole flow: who, when, with which profile, and every rule as JSON.

    `author_id` is None for what was changed past waia; `summary` counts what was added, changed and removed.
    """

    __tablename__ = "flow_versions"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_id: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(String(255), default="", server_default=text("''"))
    profile: Mapped[str] = mapped_column(String(12))
    rules: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    summary: Mapped[dict[str, int] | None] = mapped_column(JSON)
    restored_from: Mapped[int | None] = mapped_column(Integer)


class RuleDraft(Model):
    """A change that is not published: the rule as it shall be, or `deleted`, which keeps it for the way back."""

    __tablename__ = "rule_drafts"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    rule_id: Mapped[int | None] = mapped_column(Integer, unique=True)
    author_id: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted: Mapped[bool] = mapped_column(default=False, server_default="0")
    rule: Mapped[dict[str, object]] = mapped_column(JSON)


class StoredSetting(Model):
    """Texts, times and steps that the owner sets in waia; they win over the environment."""

    __tablename__ = "ajustes"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(long_text())
