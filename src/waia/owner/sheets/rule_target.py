"""Rules as the target of a sheet: what the draft says now, and how a checked sheet becomes part of it."""

from waia.accounts.office import By
from waia.kit.db import Transaction
from waia.owner.sheets import repository as imports
from waia.owner.sheets.columns import RULES
from waia.owner.sheets.rule_values import values_of
from waia.owner.sheets.values import Context, Values
from waia.rules import draft_repository as repository
from waia.rules.draft import Draft


def values_in(draft: Draft) -> dict[int, Values]:
    """The rules of the draft by id, in the order in which the bot will try them."""
    return {rule_id: values_of(content) for rule_id, content in draft.rules.items()}


def context_of(draft: Draft, roles: list[str], handlers: list[str], *, replace_all: bool) -> Context:
    known = (content for rules in (draft.live, draft.rules) for content in rules.values())
    return Context(
        kind=RULES,
        current={str(rule_id): values for rule_id, values in values_in(draft).items()},
        roles=roles,
        handlers=handlers,
        replace_all=replace_all,
        files={media.url: (media.mime, media.file_id) for content in known for media in content.medias},
        in_force={str(one): values_of(draft.live[one]) for one in draft.pending if one in draft.live},
    )


async def write_rules(tx: Transaction, by: By, import_id: int) -> None:
    """What the sheet adds, changes and removes becomes part of the draft. The caller holds the draft's lock."""
    fresh = await repository.next_rule_ids(tx, await imports.count_added(tx, import_id))
    await repository.keep_found(tx, imports.drafted_by(import_id, fresh.start, by))
    await repository.drop(tx, await imports.reset_by(tx, import_id))
