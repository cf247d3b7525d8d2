"""Decides who is called about which chat: whoever may see it, agreed, is not there, and was not just told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from waia.accounts.logins.repository import logins_with_ids
from waia.accounts.sessions import LONGEST, signed_in
from waia.accounts.signed_in import SignedIn
from waia.chats.calls import repository
from waia.chats.calls.repository import Told
from waia.chats.panel.presenters import rows_by_id
from waia.chats.panel.viewmodels import ChatRow
from waia.kit.db import Transaction
from waia.push.repository import Device, devices_out_of_sight

APART = timedelta(minutes=1)
MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Call:
    """A device is to be told that a chat waits; `before` is what is known of the two."""

    chat: ChatRow
    message_id: int
    device: Device
    before: Told | None

    @property
    def key(self) -> tuple[int, int]:
        return self.chat.id, self.device.id

    @property
    def may_come_at(self) -> datetime | None:
        """A minute after the device was last told of this chat; None when it never was."""
        return self.before.at + APART if self.before else None

    @property
    def tries(self) -> int:
        return self.before.tries if self.before else 0


@dataclass(frozen=True, slots=True)
class Calls:
    """`later`: chats of which a device was told less than a minute ago, and when it may be told again."""

    now: tuple[Call, ...]
    later: Mapping[int, datetime]


async def calls_about(
    tx: Transaction, chat_ids: Collection[int], without_role: str, idle: timedelta, now: datetime
) -> Calls:
    devices = await devices_out_of_sight(tx, now)
    people = await people_behind(tx, devices, idle, now)
    rows, newest = await rows_by_id(tx, chat_ids), await repository.last_messages(tx, chat_ids)
    seen = await repository.seen_by(tx, people.values(), chat_ids, without_role)
    told = await repository.told(tx, chat_ids)
    wanted = [
        Call(row, newest[row.id], device, told.get((row.id, device.id)))
        for row in rows.values()
        for device in devices
        if device.login_id in people and (device.user_id, row.id) in seen and row.calls(device.user_id)
    ]
    return _sorted_out([call for call in wanted if not _was_told(call)], now)


def _was_told(call: Call) -> bool:
    return call.before is not None and call.before.message_id == call.message_id


def _sorted_out(calls: Sequence[Call], now: datetime) -> Calls:
    at_once: list[Call] = []
    later: dict[int, datetime] = {}
    for call in calls:
        again = call.may_come_at
        if again is None or again <= now:
            at_once.append(call)
        else:
            later[call.chat.id] = min(again, later.get(call.chat.id, again))
    return Calls(tuple(at_once), later)


async def people_behind(
    tx: Transaction, devices: Collection[Device], idle: timedelta, now: datetime
) -> dict[int, SignedIn]:
    """By login: those whose login lasts, who are not disabled and did not say that they are away."""
    found = await logins_with_ids(tx, {device.login_id for device in devices})
    return {
        login.id: signed_in(login, "")
        for login in found
        if not (login.is_away or login.must_change_password or login.times.has_ended(now, idle, LONGEST))
    }
