"""Brings over rules, which become the flow in force, and quick replies."""

from collections.abc import Callable
from uuid import uuid4

from waia.kit.db import Transaction
from waia.media.kinds import kind_of
from waia.media.repository import add_settled, file_of
from waia.media.values import MediaState, Scope
from waia.moving.flow_values import check_rules, contents_of, names_in, replies_of
from waia.moving.move import Move
from waia.moving.original import OldReply, OldReplyMedia, OldRule, OldRuleMedia
from waia.moving.people import Staff, keywords_of
from waia.moving.progress import Mark, Stage
from waia.moving.tally import Mend, Tally
from waia.quick_replies import repository as replies_here
from waia.rules import draft_repository
from waia.rules.content import RuleContent
from waia.rules.publishing import bring_in

BROUGHT = "brought"
PROFILE = "original"


async def is_edited_here(tx: Transaction) -> bool:
    """Whether the flow here is more than what every installation begins with."""
    draft = await draft_repository.read_draft(tx)
    return bool(draft.pending) or await draft_repository.newest_version(tx) is not None


async def bring_flow(move: Move, staff: Staff) -> None:
    """Rules keep their numbers, by which messages name them. Once they are here they are the owner's: never again."""
    rules, medias = await move.original.all(OldRule), await move.original.all(OldRuleMedia)
    names = names_in(rules, medias, move.uploads)
    prepared = await move.shelf.prepare(names)
    highest = await move.original.highest_rule()
    found: dict[str, int] = {}

    async def work(tx: Transaction, tally: Tally) -> Mark:
        found.update(await move.shelf.settle(tx, prepared, move.now()))
        seen = move.texts.rows(rules, tally)
        contents = contents_of(seen, medias, _finder(move, found), tally)
        check_rules(contents, keywords_of(staff).values(), tally)
        tally.count("rules_read", len(rules))
        if move.progress.mark(Stage.RULES).position != BROUGHT:
            await _lend(tx, move, names, found, Scope.RULE)
            await bring_in(tx, contents, move.now(), profile=PROFILE)
            await draft_repository.remember_ids(tx, {highest: RuleContent()})
            tally.count("rules_new", len(contents))
        _tell_missing(move, names, tally)
        return Mark(BROUGHT, done=True)

    await move.progress.piece(Stage.RULES, work)
    move.shelf.ids.update(found)


async def bring_replies(move: Move) -> None:
    """Those that came since the last run. One whose name and text are here already is not repeated."""
    rows, medias = await move.original.all(OldReply), await move.original.all(OldReplyMedia)
    names = names_in(rows, medias, move.uploads)
    prepared = await move.shelf.prepare(names)
    found: dict[str, int] = {}

    async def work(tx: Transaction, tally: Tally) -> Mark:
        found.update(await move.shelf.settle(tx, prepared, move.now()))
        here = {(each.name, each.text) for each in (await replies_here.all_contents(tx)).values()}
        last = move.progress.last_id(Stage.REPLIES)
        later = [row for row in move.texts.rows(rows, tally) if row.id > last]
        told = replies_of(later, medias, _finder(move, found), tally)
        new = [each for each in told if (each.name, each.text) not in here]
        tally.count("replies_read", len(rows))
        tally.count("replies_new", len(new))
        if new:
            await _lend(tx, move, names, found, Scope.REPLY)
            await replies_here.store_many(tx, [(None, each) for each in new], None)
        _tell_missing(move, names, tally)
        return Mark(str(max((row.id for row in rows), default=last)), done=True)

    await move.progress.piece(Stage.REPLIES, work)
    move.shelf.ids.update(found)


async def _lend(tx: Transaction, move: Move, names: set[str], found: dict[str, int], scope: Scope) -> None:
    """So that the old address of a file, wherever it is written, is understood."""
    rows, ids = [], move.shelf.ids | found
    for name, file_id in sorted((name, ids[name]) for name in names & ids.keys()):
        stored = await file_of(tx, file_id)
        mime = stored.mime if stored else ""
        row = {"public_id": uuid4().hex, "file_id": file_id, "scope": scope, "kind": kind_of(mime).kind}
        rows.append(row | {"filename": name, "mime": mime, "state": MediaState.READY})
    await add_settled(tx, rows, move.now())


def _finder(move: Move, found: dict[str, int]) -> Callable[[str], int | None]:
    known = move.shelf.ids | found
    return lambda url: known.get(move.uploads.name_in(url) or "")


def _tell_missing(move: Move, names: set[str], tally: Tally) -> None:
    for name in sorted(names):
        if not move.uploads.is_here(name):
            tally.mend(Mend.NO_FILE, name)
