"""How a chat of the original stands here: its step, who answers, who waits, what the list shows. No database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from waia.bot.models import Estado, Holder
from waia.chats.record import PREVIEW_KIND_LENGTH, PREVIEW_LENGTH, WINDOW
from waia.moving.original import OldChat

LONGEST_ESTADO = 20


@dataclass(frozen=True, slots=True)
class Times:
    """`last_activity` is the original's own, in UTC."""

    now: datetime
    last_activity: datetime | None
    session_timeout: timedelta
    resume_after: timedelta


@dataclass(frozen=True, slots=True)
class Ends:
    """The last messages of a chat: of all, of the customer's, of ours, with a menu. None: there is none."""

    last: Any = None
    last_in: Any = None
    last_out: Any = None
    menu: Any = None
    heard: Sequence[tuple[int, datetime]] = ()


def state_of(old: OldChat | None, ends: Ends, times: Times) -> dict[str, Any]:
    """The columns of `chat_state`. A customer who wrote within a day and got no answer waits; older ones do not."""
    step = ((old.step if old else "") or "").strip().lower() or None
    estado = ((old.estado if old else "") or "").strip()[:LONGEST_ESTADO] or None
    heard_at = ends.last_in.timestamp if ends.last_in is not None else None
    held_since = _held_since(estado, ends, times)
    is_open = step is not None and estado != Estado.CERRADO and held_since is None
    waiting = [at for message_id, at in ends.heard if ends.last_out is None or message_id > ends.last_out.id]
    waits = bool(waiting) and estado != Estado.CERRADO
    return {
        "step": step,
        "estado": estado,
        "last_activity": times.last_activity or (ends.last.timestamp if ends.last is not None else None),
        "holder": Holder.PERSON if held_since else Holder.BOT,
        "resume_at": held_since + times.resume_after if held_since else None,
        "session_open": is_open,
        "last_customer_at": heard_at,
        "idle_at": _idle_at(heard_at, times) if is_open else None,
        "bot_memory": _memory(held_since, ends.menu if is_open else None),
        **_shown(ends.last, times),
        "unread": len(waiting) if waits else 0,
        "unanswered_since": waiting[0] if waits else None,
        "window_ends_at": heard_at + WINDOW if heard_at else None,
        "last_inbound_wamid": ends.last_in.wamid if ends.last_in is not None else None,
    }


def _held_since(estado: str | None, ends: Ends, times: Times) -> datetime | None:
    """An agent wrote last, and not long ago: that chat is still a person's. With no pause of the bot, nobody's."""
    if estado != Estado.ASESOR or not times.resume_after:
        return None
    since: datetime | None = ends.last_out.timestamp if ends.last_out is not None else times.last_activity
    return since if since is not None and times.now - since < times.resume_after else None


def _idle_at(heard_at: datetime | None, times: Times) -> datetime | None:
    """Nobody is told now that a session of last year is over."""
    if heard_at is None or not times.session_timeout:
        return None
    ends_at = heard_at + times.session_timeout
    return ends_at if ends_at > times.now else None


def _memory(held_since: datetime | None, menu: Any) -> Mapping[str, Any]:
    held = {"held_since": held_since.isoformat()} if held_since else {}
    return held | ({"last_menu_rule_id": menu.rule_id} if menu is not None else {})


def _shown(last: Any, times: Times) -> dict[str, Any]:
    if last is None:
        empty = {"preview": "", "preview_kind": "text", "preview_author": "", "preview_status": 0}
        return empty | {"last_message_id": None, "last_message_at": times.last_activity or times.now}
    return {
        "last_message_id": last.id,
        "last_message_at": last.timestamp,
        "preview": " ".join((last.text or "").split())[:PREVIEW_LENGTH],
        "preview_kind": last.kind[:PREVIEW_KIND_LENGTH],
        "preview_author": last.author,
        "preview_status": last.status if last.author != "customer" else 0,
    }
