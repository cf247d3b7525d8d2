"""Makes a draft the flow in force, or an earlier version again: one transaction, with the version that it leaves."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import Raw

from waia.accounts.signed_in import SignedIn
from waia.bot.models import Rule, split_steps
from waia.bot.normalise import step_key
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, NotFound
from waia.kit.i18n import N_
from waia.rules import draft_repository as repository
from waia.rules.content import Contents, RuleContent
from waia.rules.differences import Changed, changes_between
from waia.rules.draft import Draft, rules_in
from waia.rules.repository import forget_setting, store_setting, stored_settings
from waia.rules.stored_settings import (
    DRAFT_PROFILE,
    FLOW_PROFILE,
    RETIRED_STEPS,
    draft_profile_of,
    profile_of,
    retired_in,
)


class DraftMoved(Conflict):
    """What would be published is not what this person looked at."""

    code = "draft_moved"
    message = N_("El borrador cambió mientras lo revisabas. Mira los cambios otra vez.")


class NothingToPublish(Conflict):
    code = "nothing_to_publish"
    message = N_("No hay cambios sin publicar.")


@dataclass(frozen=True, slots=True)
class Published:
    """`before` and `after` are what the version changed, `profiles` the old and the new one, for the trail."""

    version_id: int
    before: Contents
    after: Contents
    profiles: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ready:
    """A publication thought through ahead, so that its transaction only writes. It holds for exactly this draft.

    `packed` is the picture of the rules that will be in force; `foreign` the one of what is in force and in no version
    (the first flow, statements typed by hand), with its summary: it can be rolled back to as well.
    """

    draft: Draft
    after: Contents
    packed: Raw
    summary: Mapping[str, int]
    retired: tuple[str, ...]
    foreign: tuple[Raw, Mapping[str, int]] | None

    def holds_for(self, draft: Draft) -> bool:
        return draft.live is self.draft.live and draft.pending is self.draft.pending


async def prepare(tx: Transaction, draft: Draft, after: Contents | None = None) -> Ready:
    """What publishing the draft will write, or another flow in its place. A thread works it out; nothing is written."""
    retired, newest = retired_in(await stored_settings(tx)), await repository.newest_version(tx)
    return await asyncio.to_thread(_ready, draft, after, retired, newest)


async def publish(
    tx: Transaction, user: SignedIn, now: datetime, *, seen: str = "", ready: Ready | None = None
) -> Published:
    """The draft becomes the flow in force and is empty afterwards. `seen` is the draft that was looked at."""
    draft, ready = await _current(tx, ready)
    if seen and draft.seen != seen:
        raise DraftMoved
    if not draft.changes_something:
        raise NothingToPublish
    done = await _put_in_force(tx, user, ready or await prepare(tx, draft), now, profile=draft.profile)
    await repository.drop_all(tx)
    return done


async def roll_back(
    tx: Transaction, user: SignedIn, version_id: int, now: datetime, *, ready: Ready | None = None
) -> Published:
    """An earlier version is in force again, with its flow profile. The draft stays, over what is in force now."""
    draft, ready = await _current(tx, ready)
    if ready is None:
        ready = await prepare_return(tx, draft, version_id)
    profile = await repository.profile_of_version(tx, version_id)
    done = await _put_in_force(tx, user, ready, now, profile=profile, restored_from=version_id)
    after, pending = ready.after, draft.pending.items()
    same = [rule_id for rule_id, one in pending if _says(after.get(rule_id), one.content, one.deleted)]
    await repository.drop(tx, same)
    return done


async def bring_in(tx: Transaction, rules: Contents, now: datetime, *, profile: str) -> None:
    """A flow that was made elsewhere is in force from now on; the one before stays as a version to go back to."""
    draft = await repository.current_draft(tx)
    await _put_in_force(tx, None, await prepare(tx, draft, rules), now, profile=profile)


async def prepare_return(tx: Transaction, draft: Draft, version_id: int) -> Ready:
    """The same for an earlier version. Raises NotFound."""
    version = await repository.version(tx, version_id)
    if version is None:
        raise NotFound
    return await prepare(tx, draft, await asyncio.to_thread(repository.rules_of_version, version))


async def _current(tx: Transaction, ready: Ready | None) -> tuple[Draft, Ready | None]:
    """The draft to publish; without what was made ready for another one."""
    draft = await repository.current_draft(tx, ready.draft if ready else None)
    return (ready.draft, ready) if ready and ready.holds_for(draft) else (draft, None)


async def _put_in_force(
    tx: Transaction,
    user: SignedIn | None,
    ready: Ready,
    now: datetime,
    *,
    profile: str,
    restored_from: int | None = None,
) -> Published:
    settings, before, after = await stored_settings(tx), ready.draft.live, ready.after
    here = profile_of(settings)
    if ready.foreign is not None:
        packed, counted = ready.foreign
        await repository.add_version(tx, packed, _version_values(None, now, here, counted))
    await repository.write_live(tx, before, after)
    await repository.remember_ids(tx, before)
    await store_setting(tx, RETIRED_STEPS, json.dumps(ready.retired, ensure_ascii=False))
    values = _version_values(user.id if user else None, now, profile, ready.summary) | {"restored_from": restored_from}
    version_id = await repository.add_version(tx, ready.packed, values)
    if profile != here:
        await store_setting(tx, FLOW_PROFILE, profile)
    if draft_profile_of(settings) == profile:
        await forget_setting(tx, DRAFT_PROFILE)
    return Published(version_id, before, after, (here, profile))


def _version_values(author_id: int | None, now: datetime, profile: str, summary: Mapping[str, int]) -> dict[str, Any]:
    told = {"author_id": author_id, "created_at": now, "profile": profile, "summary": dict(summary)}
    return told | {"note": "", "restored_from": None}


def _ready(draft: Draft, wanted: Contents | None, retired: Iterable[str], newest: Any) -> Ready:
    before, after = draft.live, draft.rules if wanted is None else wanted
    known = repository.rules_of_version(newest) if newest is not None else {}
    is_known = known == dict(before)
    return Ready(
        draft=draft,
        after=after,
        packed=repository.packed_version(after),
        summary=summary_of(before, after),
        retired=tuple(sorted(retired_steps(retired, before, after))),
        foreign=None if is_known else (repository.packed_version(before), summary_of(known, before)),
    )


def summary_of(before: Contents, after: Contents) -> dict[str, int]:
    counts = {kind.value: 0 for kind in Changed}
    for change in changes_between(before, after):
        counts[change.kind.value] += 1
    return counts


def retired_steps(retired: Iterable[str], before: Contents, after: Contents) -> set[str]:
    """Steps that this flow has no more. One without rules that something still leads to is where chats are parked."""
    now = rules_in(after)
    known = {*retired, *(step_key(rule.step) for rule in rules_in(before) if rule.enabled)}
    return known - {step_key(step) for step in _steps(now)}


def _steps(rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        if rule.enabled:
            yield rule.step
            yield from rule.next_steps
            for option in rule.menu.options if rule.menu else ():
                yield from split_steps(option.target)


def _says(after: RuleContent | None, content: RuleContent, deleted: bool) -> bool:
    return after is None if deleted else after == content


def changed_values(before: Contents, after: Contents, profiles: tuple[str, str]) -> tuple[str, str]:
    """What a version changed, before and after, as text for the trail of who did what."""
    differ = [rule_id for rule_id in sorted({*before, *after}) if before.get(rule_id) != after.get(rule_id)]
    told = []
    for side, profile in zip((before, after), profiles, strict=True):
        rules: dict[str, Any] = {str(rule_id): side[rule_id].to_json() for rule_id in differ if rule_id in side}
        changed = rules | ({"profile": profile} if len(set(profiles)) > 1 else {})
        told.append(json.dumps(changed, ensure_ascii=False, sort_keys=True))
    return told[0], told[1]
