"""Makes a draft the flow in force, or an earlier version again: one transaction, with the version that it leaves."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from waia.accounts.signed_in import SignedIn
from waia.bot.models import Rule, split_steps
from waia.bot.normalise import step_key
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, NotFound
from waia.kit.i18n import N_
from waia.rules import draft_repository as repository
from waia.rules.content import Contents, RuleContent
from waia.rules.differences import Changed, changes_between
from waia.rules.draft import rules_in
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


async def publish(tx: Transaction, user: SignedIn, now: datetime, *, seen: str = "") -> Published:
    """The draft becomes the flow in force and is empty afterwards. `seen` is the draft that was looked at."""
    await repository.lock(tx)
    draft = await repository.read_draft(tx)
    if seen and draft.seen != seen:
        raise DraftMoved
    if not draft.changes_something:
        raise NothingToPublish
    done = await _put_in_force(tx, user, draft.live, draft.rules, now, profile=draft.profile)
    await repository.drop_all(tx)
    return done


async def roll_back(tx: Transaction, user: SignedIn, version_id: int, now: datetime) -> Published:
    """An earlier version is in force again, with its flow profile. The draft stays, over what is in force now."""
    await repository.lock(tx)
    version = await repository.version(tx, version_id)
    if version is None:
        raise NotFound
    draft, after = await repository.read_draft(tx), repository.rules_of_version(version)
    done = await _put_in_force(tx, user, draft.live, after, now, profile=version.profile, restored_from=version_id)
    same = [rule_id for rule_id, one in draft.pending.items() if _says(after.get(rule_id), one.content, one.deleted)]
    await repository.drop(tx, same)
    return done


async def _put_in_force(
    tx: Transaction,
    user: SignedIn,
    before: Contents,
    after: Contents,
    now: datetime,
    *,
    profile: str,
    restored_from: int | None = None,
) -> Published:
    settings = await stored_settings(tx)
    await _keep_foreign_changes(tx, before, profile_of(settings), now)
    await repository.write_live(tx, before, after)
    await repository.remember_ids(tx, before)
    retired = sorted(retired_steps(retired_in(settings), before, after))
    await store_setting(tx, RETIRED_STEPS, json.dumps(retired, ensure_ascii=False))
    values = {"created_at": now, "author_id": user.id, "note": "", "profile": profile}
    counted = {"summary": summary_of(before, after), "restored_from": restored_from}
    version_id = await repository.add_version(tx, after, values | counted)
    if profile != profile_of(settings):
        await store_setting(tx, FLOW_PROFILE, profile)
    if draft_profile_of(settings) == profile:
        await forget_setting(tx, DRAFT_PROFILE)
    return Published(version_id, before, after, (profile_of(settings), profile))


async def _keep_foreign_changes(tx: Transaction, live: Contents, profile: str, now: datetime) -> None:
    """What is in force and in no version (the first flow, statements typed by hand) can be rolled back to as well."""
    newest = await repository.newest_version(tx)
    known = repository.rules_of_version(newest) if newest is not None else {}
    if known != dict(live):
        values = {"created_at": now, "author_id": None, "note": "", "profile": profile, "restored_from": None}
        await repository.add_version(tx, live, values | {"summary": summary_of(known, live)})


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
