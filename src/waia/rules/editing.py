"""What an admin does to the draft: save, remove, bring back, copy, switch on and off, put elsewhere, throw away."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from waia.accounts.signed_in import SignedIn
from waia.bot.models import FlowProfile
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, NotFound
from waia.kit.i18n import N_
from waia.rules import draft_repository as repository
from waia.rules.content import RuleContent
from waia.rules.draft import Draft, Pending
from waia.rules.repository import forget_setting, store_setting, stored_settings
from waia.rules.stored_settings import DRAFT_PROFILE, profile_of

# What a form says it has seen once it was told that the rule is gone.
GONE = "gone"


class Overtaken(Conflict):
    """Somebody else changed the rule while this person edited it. `theirs` is None when it was removed."""

    code = "overtaken"
    message = N_("Otra persona cambió esta regla mientras la editabas.")

    def __init__(self, theirs: RuleContent | None, author: str) -> None:
        self.theirs, self.author = theirs, author
        super().__init__()

    @property
    def seen(self) -> str:
        """What the form has seen from now on."""
        return self.theirs.seen if self.theirs else GONE


@dataclass(frozen=True, slots=True)
class Edited:
    """The rule that was edited, and the draft as it is now."""

    rule_id: int
    draft: Draft


async def save(
    tx: Transaction,
    user: SignedIn,
    rule_id: int | None,
    content: RuleContent,
    seen: str,
    now: datetime,
    *,
    known: Draft | None = None,
) -> Edited:
    """`seen` is what the rule said when the form was opened; empty overwrites whatever it says.

    A rule that somebody removed meanwhile comes back for who was told of it (`GONE`). Raises Overtaken, NotFound.
    Here and below `known` is the draft as it was read before: it is not read again unless somebody changed it since.
    """
    draft = await repository.current_draft(tx, known)
    placed = placed_content(draft, rule_id, content, seen)
    if rule_id is None:
        rule_id = await repository.next_rule_id(tx)
    return await _keep(tx, draft, rule_id, placed, user, now)


def placed_content(draft: Draft, rule_id: int | None, content: RuleContent, seen: str) -> RuleContent:
    """What saving it will keep: forms say neither the place of a rule nor whether it is active."""
    if rule_id is None:
        return msgspec.structs.replace(content, priority=_last_priority(draft, content.step))
    current = _current(draft, rule_id, seen)
    return msgspec.structs.replace(content, priority=current.priority, enabled=current.enabled)


async def remove(tx: Transaction, user: SignedIn, rule_id: int, now: datetime, *, known: Draft | None = None) -> Edited:
    draft = await repository.current_draft(tx, known)
    content = _existing(draft, rule_id)
    await repository.keep(tx, rule_id, content, user, now, deleted=True)
    return Edited(rule_id, draft.with_change(rule_id, _pending(content, user, now, deleted=True)))


async def bring_back(
    tx: Transaction, user: SignedIn, rule_id: int, now: datetime, *, known: Draft | None = None
) -> Edited:
    """A rule that the draft removes stays after all, as it was last."""
    draft = await repository.current_draft(tx, known)
    removed = draft.pending.get(rule_id)
    if removed is None or not removed.deleted:
        raise NotFound
    return await _keep(tx, draft, rule_id, removed.content, user, now)


async def forget_change(tx: Transaction, rule_id: int, *, known: Draft | None = None) -> Edited:
    """The rule is again as it is in force; one that was new is gone."""
    draft = await repository.current_draft(tx, known)
    if rule_id not in draft.pending:
        raise NotFound
    await repository.drop(tx, [rule_id])
    return Edited(rule_id, draft.with_change(rule_id, None))


async def forget_all(tx: Transaction) -> None:
    await repository.lock(tx)
    await repository.drop_all(tx)
    await forget_setting(tx, DRAFT_PROFILE)


async def choose_profile(tx: Transaction, profile: FlowProfile) -> None:
    """The flow will have it from the next publication on."""
    await repository.lock(tx)
    if profile is profile_of(await stored_settings(tx)):
        await forget_setting(tx, DRAFT_PROFILE)
    else:
        await store_setting(tx, DRAFT_PROFILE, profile)


async def switch(
    tx: Transaction, user: SignedIn, rule_id: int, enabled: bool, now: datetime, *, known: Draft | None = None
) -> Edited:
    draft = await repository.current_draft(tx, known)
    content = msgspec.structs.replace(_existing(draft, rule_id), enabled=enabled)
    return await _keep(tx, draft, rule_id, content, user, now)


async def copy(tx: Transaction, user: SignedIn, rule_id: int, now: datetime, *, known: Draft | None = None) -> Edited:
    """Below the original, and switched off: two rules with the same words would shadow each other."""
    draft = await repository.current_draft(tx, known)
    content = msgspec.structs.replace(_existing(draft, rule_id), enabled=False)
    copy_id = await repository.next_rule_id(tx)
    copied = await _keep(tx, draft, copy_id, content, user, now)
    place = copied.draft.in_step(content.step).index(rule_id) + 1
    return await _move(tx, copied.draft, copy_id, place, user, now)


async def move(
    tx: Transaction, user: SignedIn, rule_id: int, place: int, now: datetime, *, known: Draft | None = None
) -> Edited:
    """To this place among the rules of its step, from 0."""
    draft = await repository.current_draft(tx, known)
    _existing(draft, rule_id)
    return await _move(tx, draft, rule_id, place, user, now)


async def _move(tx: Transaction, draft: Draft, rule_id: int, place: int, user: SignedIn, now: datetime) -> Edited:
    order = draft.in_step(draft.rules[rule_id].step)
    order.remove(rule_id)
    order.insert(max(0, min(place, len(order))), rule_id)
    edited = Edited(rule_id, draft)
    for moved_id, priority in _priorities(draft, order, rule_id).items():
        content = msgspec.structs.replace(draft.rules[moved_id], priority=priority)
        edited = Edited(rule_id, (await _keep(tx, edited.draft, moved_id, content, user, now)).draft)
    return edited


def _priorities(draft: Draft, order: list[int], rule_id: int) -> dict[int, int]:
    """New priorities for this order: of the moved rule alone where there is room, else of the whole step."""
    at = order.index(rule_id)
    rules = draft.rules
    low = (rules[order[at - 1]].priority, order[at - 1]) if at else None
    high = (rules[order[at + 1]].priority, order[at + 1]) if at + 1 < len(order) else None
    for priority in _candidates(low, high, rules[rule_id].priority):
        if (low is None or low < (priority, rule_id)) and (high is None or (priority, rule_id) < high):
            return {rule_id: priority} if priority != rules[rule_id].priority else {}
    numbered = {one: 10 * number for number, one in enumerate(order, start=1)}
    return {one: priority for one, priority in numbered.items() if rules[one].priority != priority}


def _candidates(low: tuple[int, int] | None, high: tuple[int, int] | None, own: int) -> list[int]:
    if low is None and high is None:
        return [own]
    if low is None:
        return [own, high[0], high[0] - 10] if high else [own]
    if high is None:
        return [own, low[0], low[0] + 10]
    return [own, (low[0] + high[0]) // 2, low[0], high[0]]


async def _keep(
    tx: Transaction, draft: Draft, rule_id: int, content: RuleContent, user: SignedIn, now: datetime
) -> Edited:
    """A rule that says again what is in force is no change."""
    if draft.live.get(rule_id) == content:
        await repository.drop(tx, [rule_id])
    else:
        await repository.keep(tx, rule_id, content, user, now)
    return Edited(rule_id, draft.with_change(rule_id, _pending(content, user, now)))


def _pending(content: RuleContent, user: SignedIn, now: datetime, *, deleted: bool = False) -> Pending:
    return Pending(content, deleted, user.name, now)


def _existing(draft: Draft, rule_id: int) -> RuleContent:
    content = draft.rules.get(rule_id)
    if content is None:
        raise NotFound
    return content


def _current(draft: Draft, rule_id: int, seen: str) -> RuleContent:
    content, change = draft.rules.get(rule_id), draft.pending.get(rule_id)
    if content is None and (change is None or not seen):
        raise NotFound
    if content is None and change is not None and seen == GONE:
        return change.content
    if content is None or (seen and content.seen != seen):
        raise Overtaken(content, change.author if change else "")
    return content


def _last_priority(draft: Draft, step: str) -> int:
    """New rules come last in their step: their id is the highest."""
    return max((draft.rules[rule_id].priority for rule_id in draft.in_step(step)), default=0)
