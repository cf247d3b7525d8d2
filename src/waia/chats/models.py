"""Contacts, chats, messages, the outbox and the reasons of the bot's decisions."""

from datetime import datetime

from sqlalchemy import JSON, Computed, ForeignKey, Index, Integer, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id, binary_text, long_text


class Contact(Model):
    """A person or a group. Phone, BSUID and username are attributes with a history, never the key."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), default="person", server_default="person")
    name: Mapped[str] = mapped_column(String(255), default="", server_default="")
    username: Mapped[str] = mapped_column(binary_text(100), default="", server_default="")
    phone: Mapped[str] = mapped_column(String(20), default="", server_default="")
    user_id: Mapped[str] = mapped_column(binary_text(160), default="", server_default="")
    needs_review: Mapped[str] = mapped_column(String(120), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ContactIdentity(Model):
    """An id by which Meta named the contact. `open` is 1 while it is valid, NULL afterwards."""

    __tablename__ = "contact_identities"
    __table_args__ = (
        UniqueConstraint("kind", "value", "open"),
        Index(None, "contact_id"),
        Model.__table_args__,
    )

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(binary_text(170))
    open: Mapped[int | None] = mapped_column(SmallInteger, default=1)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Alias(Model):
    """The friendly name that agents gave a contact."""

    __tablename__ = "alias"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    numero: Mapped[str | None] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column("nombre", String(100), key="name")


class Chat(Model):
    """One row per (our number, contact): all that the list, the bot and the sender need to know."""

    __tablename__ = "chat_state"
    __table_args__ = (
        UniqueConstraint("phone_number_id", "contact_id"),
        Index(None, "numero"),
        Index(None, "resume_at"),
        Index(None, "idle_at"),
        # the order of each tab of the list
        Index(None, "archived_at", "last_message_at", "id"),
        Index(None, "archived_at", "unanswered_since", "id"),
        Index(None, "archived_at", "id"),
        Index(None, "is_unread", "archived_at", "last_message_at", "id"),
        Index(None, "holder", "archived_at", "last_message_at", "id"),
        Index(None, "holder", "queue_role_id"),
        Index(None, "owner_id", "archived_at", "last_message_at", "id"),
        Index(None, "carries_role"),
        Model.__table_args__,
    )

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    channel: Mapped[str] = mapped_column(String(12), default="whatsapp", server_default="whatsapp")
    phone_number_id: Mapped[str] = mapped_column(binary_text(40))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    numero: Mapped[str | None] = mapped_column(String(20))
    step: Mapped[str | None] = mapped_column(Text)
    estado: Mapped[str | None] = mapped_column(String(20))
    last_activity: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # who answers
    holder: Mapped[str] = mapped_column(String(8), default="bot", server_default="bot")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("usuarios.id", ondelete="SET NULL"))
    queue_role_id: Mapped[int | None] = mapped_column(ForeignKey("roles.id", ondelete="SET NULL"))
    resume_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_owner_id: Mapped[int | None] = mapped_column(Integer)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # whether it may have a row in chat_roles: those that surely have none are found without looking at each
    carries_role: Mapped[bool] = mapped_column(default=False, server_default="0")
    # the bot's memory
    session_open: Mapped[bool] = mapped_column(default=False, server_default="0")
    last_customer_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    idle_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bot_memory: Mapped[dict[str, object]] = mapped_column(JSON)
    bot_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bot_first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bot_failures: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    # what the list shows
    last_message_id: Mapped[int | None] = mapped_column(big_id())
    last_message_at: Mapped[datetime] = mapped_column(UtcDateTime)
    preview: Mapped[str] = mapped_column(String(200), default="", server_default="")
    preview_kind: Mapped[str] = mapped_column(String(20), default="text", server_default="text")
    preview_author: Mapped[str] = mapped_column(String(10), default="", server_default="")
    preview_user_id: Mapped[int | None] = mapped_column(Integer)
    preview_status: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    unread: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    is_unread: Mapped[bool] = mapped_column(Computed("unread > 0", persisted=False))
    unanswered_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    needs_person: Mapped[str] = mapped_column(String(40), default="", server_default="")
    # Meta
    window_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_inbound_wamid: Mapped[str | None] = mapped_column(binary_text(255))
    pair_tokens: Mapped[float] = mapped_column(default=45.0, server_default="45")
    pair_tokens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class ChatRole(Model):
    __tablename__ = "chat_roles"
    __table_args__ = (Index(None, "role_id", "chat_id"), Index(None, "numero"), Model.__table_args__)

    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)
    numero: Mapped[str | None] = mapped_column(String(20))


class Message(Model):
    """One entry of a chat's history, in or out. `tipo` keeps the original's values for SQL reports.

    `roles_then` (`,3,7,`), `owner_then` and `held_by` say how its chat was when it was stored: figures count it so for
    ever. `roles_then` is NULL in what was stored before that was noted. `unmatched`: no rule knew what to answer.
    """

    __tablename__ = "mensajes"
    __table_args__ = (
        Index(None, "chat_id", "id"),
        Index(None, "chat_id", "timestamp"),
        Index(None, "numero"),
        Index(None, "timestamp"),
        Index(None, "quoted_wamid"),
        UniqueConstraint("user_id", "client_id"),
        Model.__table_args__,
    )

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    public_id: Mapped[str] = mapped_column(binary_text(32), unique=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"))
    wamid: Mapped[str | None] = mapped_column("wa_id", binary_text(255), unique=True, key="wamid")
    quoted_wamid: Mapped[str | None] = mapped_column("reply_to_wa_id", binary_text(255), key="quoted_wamid")
    numero: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column("mensaje", long_text(), key="text")
    tipo: Mapped[str | None] = mapped_column(String(50))
    media_id: Mapped[str | None] = mapped_column(String(255))
    media_url: Mapped[str | None] = mapped_column(Text)
    mime_type: Mapped[str | None] = mapped_column(Text)
    link_url: Mapped[str | None] = mapped_column(Text)
    link_title: Mapped[str | None] = mapped_column(Text)
    link_body: Mapped[str | None] = mapped_column(Text)
    link_thumb: Mapped[str | None] = mapped_column(Text)
    step: Mapped[str | None] = mapped_column(Text)
    rule_id: Mapped[int | None] = mapped_column("regla_id", Integer, key="rule_id")
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    direction: Mapped[str] = mapped_column(String(3))
    author: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("usuarios.id", ondelete="SET NULL"))
    client_id: Mapped[str | None] = mapped_column(binary_text(40))
    kind: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, object]] = mapped_column(JSON)
    status: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    error_code: Mapped[int | None] = mapped_column(Integer)
    error_text: Mapped[str] = mapped_column(String(500), default="", server_default="")
    bot_may_run: Mapped[bool] = mapped_column(default=False, server_default="0")
    decision_id: Mapped[int | None] = mapped_column(big_id())
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    roles_then: Mapped[str | None] = mapped_column(binary_text(100))
    owner_then: Mapped[int | None] = mapped_column(Integer)
    held_by: Mapped[str] = mapped_column(String(8), default="", server_default="")
    unmatched: Mapped[bool] = mapped_column(default=False, server_default="0")


class ChatMove(Model):
    """Somebody else holds the chat from `at` on (`bot`, `queue`, `person`), or it was `closed` or `reopened`."""

    __tablename__ = "chat_moves"
    __table_args__ = (Index(None, "chat_id", "at"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(8))
    user_id: Mapped[int | None] = mapped_column(Integer)


class Reaction(Model):
    """An emoji on a message; the target may be unknown to us, so it is kept by Meta's id."""

    __tablename__ = "reactions"

    wamid: Mapped[str] = mapped_column(binary_text(255), primary_key=True)
    author: Mapped[str] = mapped_column(binary_text(20), primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"), index=True)
    emoji: Mapped[str] = mapped_column(binary_text(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxItem(Model):
    """A message on its way to Meta; the row is there before the request and says how it ended."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "chat_id", "state"), Index(None, "state"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    public_id: Mapped[str] = mapped_column(binary_text(32), unique=True)
    idem_key: Mapped[str] = mapped_column(binary_text(80), unique=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"))
    phone_number_id: Mapped[str] = mapped_column(binary_text(40))
    origin: Mapped[str] = mapped_column(String(6))
    payload: Mapped[str] = mapped_column(long_text())
    address_to: Mapped[str] = mapped_column(String(20), default="", server_default="")
    address_recipient: Mapped[str] = mapped_column(binary_text(160), default="", server_default="")
    quoted_wamid: Mapped[str | None] = mapped_column(binary_text(255))
    state: Mapped[str] = mapped_column(String(10), default="queued", server_default="queued")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    resends: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    available_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    request_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    uncertain_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    healthy_ms: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    wamid: Mapped[str | None] = mapped_column(binary_text(255), unique=True)
    possible_duplicate: Mapped[bool] = mapped_column(default=False, server_default="0")
    last_error: Mapped[str] = mapped_column(String(500), default="", server_default="")


class StatusOrphan(Model):
    """A status that came before we knew its message; applied as soon as we do, kept 30 days."""

    __tablename__ = "status_orphans"
    __table_args__ = (Index(None, "at"), Model.__table_args__)

    wamid: Mapped[str] = mapped_column(binary_text(255), primary_key=True)
    rank: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    error_code: Mapped[int | None] = mapped_column(Integer)
    error_text: Mapped[str] = mapped_column(String(500), default="", server_default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DecisionRow(Model):
    """Why the bot answered as it did, or kept silent, for one turn of a chat."""

    __tablename__ = "decisions"
    __table_args__ = (Index(None, "chat_id", "id"), Index(None, "at"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    turn_key: Mapped[str] = mapped_column(binary_text(60), unique=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    duration_us: Mapped[int] = mapped_column(Integer)
    silent_reason: Mapped[str] = mapped_column(String(40), default="", server_default="")
    trace: Mapped[dict[str, object]] = mapped_column(JSON)


class BotSession(Model):
    """One run through the flow, from the first message to its close."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "chat_id", "id"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str] = mapped_column(String(20), default="", server_default="")


class CapturedAnswer(Model):
    """What the customer answered to a rule that keeps answers, by the name it is kept under."""

    __tablename__ = "captured_answers"
    __table_args__ = (Index(None, "at", "chat_id"), Index(None, "name"), Model.__table_args__)

    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(binary_text(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Presence(Model):
    """Somebody has the panel open, told by the process that holds the stream; `chat_id` 0: no chat is open."""

    __tablename__ = "presence"
    __table_args__ = (Index(None, "user_id", "seen_at"), Index(None, "chat_id"), Model.__table_args__)

    process: Mapped[str] = mapped_column(binary_text(40), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("usuarios.id", ondelete="CASCADE"), primary_key=True)
    chat_id: Mapped[int] = mapped_column(big_id(), primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UndoStep(Model):
    """How a chat was before an agent's action and after it, for as long as the action can be taken back."""

    __tablename__ = "undo_steps"
    __table_args__ = (
        UniqueConstraint("token", "chat_id"),
        Index(None, "at"),
        Index(None, "chat_id"),
        Index(None, "user_id"),
        Model.__table_args__,
    )

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    token: Mapped[str] = mapped_column(binary_text(32))
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("usuarios.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    before: Mapped[dict[str, object]] = mapped_column(JSON)
    after: Mapped[dict[str, object]] = mapped_column(JSON)


class Draft(Model):
    """What one agent typed in one chat and did not send. An empty text stays for a while, so that a save which was
    overtaken by the sending is known for what it is: its `version` is behind, or it is named in `overtaken`."""

    __tablename__ = "drafts"
    __table_args__ = (Index(None, "chat_id"), Index(None, "saved_at"), Model.__table_args__)

    user_id: Mapped[int] = mapped_column(ForeignKey("usuarios.id", ondelete="CASCADE"), primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(long_text())
    version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    overtaken: Mapped[str] = mapped_column(binary_text(160), default="", server_default="")
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
