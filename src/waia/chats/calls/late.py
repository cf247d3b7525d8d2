"""Who is called about a wait that has become too long: its owner or whoever comes first, then those who supervise."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from waia.accounts.signed_in import SignedIn
from waia.chats.calls import repository
from waia.chats.calls.deciding import people_behind
from waia.chats.overdue.repository import OWNER, SUPERVISORS
from waia.chats.panel.presenters import rows_by_id
from waia.chats.panel.viewmodels import ChatRow
from waia.kit.db import Transaction
from waia.push.repository import Device, devices_out_of_sight


@dataclass(frozen=True, slots=True)
class LateCall:
    """A device that is told of all these chats at once."""

    device: Device
    rows: tuple[ChatRow, ...]


def supervises(user: SignedIn, role: str) -> bool:
    """`role`: the keyword of those who do; without one the admins."""
    return role.lower() in {keyword.lower() for keyword in user.role_keywords} if role else user.is_admin


def is_called(user: SignedIn, row: ChatRow, levels: Collection[int], role: str) -> bool:
    """On one of these levels. That they may see the chat is another question."""
    as_owner = OWNER in levels and row.owner_id in (None, user.id)
    return as_owner or (SUPERVISORS in levels and supervises(user, role))


def by_chat(calls: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """Levels by chat, of (chat, level) pairs."""
    levels: dict[int, set[int]] = {}
    for chat_id, level in calls:
        levels.setdefault(chat_id, set()).add(level)
    return levels


async def late_calls(
    tx: Transaction, levels: Mapping[int, Collection[int]], role: str, without_role: str, idle: timedelta, now: datetime
) -> list[LateCall]:
    """`levels` by chat; those whose wait is over meanwhile call nobody."""
    devices = await devices_out_of_sight(tx, now)
    people = await people_behind(tx, devices, idle, now)
    rows = {chat: row for chat, row in (await rows_by_id(tx, levels)).items() if row.late}
    seen = await repository.seen_by(tx, people.values(), rows, without_role)
    calls = []
    for device in devices:
        person = people.get(device.login_id)
        if person is not None:
            mine = tuple(
                row
                for chat, row in rows.items()
                if (person.id, chat) in seen and is_called(person, row, levels[chat], role)
            )
            calls += [LateCall(device, mine)] if mine else []
    return calls


async def admin_devices(tx: Transaction, idle: timedelta, now: datetime) -> Collection[Device]:
    """Of admins who look at no page."""
    devices = await devices_out_of_sight(tx, now)
    people = await people_behind(tx, devices, idle, now)
    return [device for device in devices if device.login_id in people and people[device.login_id].is_admin]
