"""Brings over a whole database of the original, part by part; killed at any moment, the same call goes on."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from waia.dashboard.rollups import Rollups
from waia.kit.clock import Clock
from waia.kit.db import Transaction
from waia.moving.chats import bring_chats
from waia.moving.flow import BROUGHT, bring_flow, bring_replies, is_edited_here
from waia.moving.messages import bring_messages
from waia.moving.move import Move
from waia.moving.original import OldMember, OldRole, OldRule, OldUser
from waia.moving.people import Staff, bring_roles, bring_users, with_known_passwords
from waia.moving.processed import bring_processed
from waia.moving.progress import Mark, Stage
from waia.moving.states import bring_states
from waia.moving.tally import Tally
from waia.settings import SettingError

SAMPLE = 3


FLOW_IN_THE_WAY = (
    "The flow here was edited already: say --replace-flow to put the original's in its place (yours stays as a version "
    "to go back to), or --keep-flow to leave it as it is"
)
OTHER_DATABASE = "Another database was brought over under this name: say --name with a new one for a second original"


async def bring_over(move: Move, *, replace_flow: bool = False, keep_flow: bool = False) -> None:
    """Raises SettingError before anything is written where the owner has to decide first.

    Once all was brought over, another call adds what came since and touches nothing that lives here already.
    """
    progress = move.progress
    await _check(move, replace_flow=replace_flow, keep_flow=keep_flow)
    if progress.mark(Stage.FINISHED).done:
        await progress.begin_again()
    await _begin(move, keep_flow=keep_flow)
    staff = await _staff(move)
    parts: Mapping[Stage, Callable[[], Awaitable[None]]] = {
        Stage.ROLES: partial(_roles, move, staff),
        Stage.USERS: partial(_users, move, staff),
        Stage.RULES: partial(bring_flow, move, staff),
        Stage.REPLIES: partial(bring_replies, move),
        Stage.CHATS: partial(bring_chats, move, staff),
        Stage.MESSAGES: partial(_messages, move),
        Stage.PROCESSED: partial(bring_processed, move),
        Stage.STATES: partial(bring_states, move),
    }
    for stage, bring in parts.items():
        if not progress.mark(stage).done:
            await bring()
    if progress.mark(Stage.MESSAGES).tally.counts.get("messages_new"):
        await Rollups(move.database, Clock()).begin_anew(move.basis)
    await progress.piece(Stage.FINISHED, _done)


async def _check(move: Move, *, replace_flow: bool, keep_flow: bool) -> None:
    begun = move.progress.mark(Stage.BEGUN).position
    if begun and not await _is_same(move, begun):
        raise SettingError(OTHER_DATABASE)
    if move.progress.mark(Stage.RULES).position == BROUGHT or replace_flow or keep_flow:
        return
    async with move.database.reading() as tx:
        if await is_edited_here(tx):
            raise SettingError(FLOW_IN_THE_WAY)


async def _begin(move: Move, *, keep_flow: bool) -> None:
    sample = move.progress.mark(Stage.BEGUN).position or await _sample(move)

    async def begin(_tx: Transaction, _tally: Tally) -> Mark:
        return Mark(sample, done=True)

    async def leave_flow(_tx: Transaction, _tally: Tally) -> Mark:
        return Mark(BROUGHT)

    await move.progress.piece(Stage.BEGUN, begin)
    if keep_flow and move.progress.mark(Stage.RULES).position != BROUGHT:
        await move.progress.piece(Stage.RULES, leave_flow)


async def _sample(move: Move) -> str:
    """The first messages, by which the same database is known on another machine."""
    first = await move.original.messages(0, SAMPLE)
    return "|".join(f"{row.id} {row.timestamp}" for row in first)


async def _is_same(move: Move, begun: str) -> bool:
    """Erased chats take messages with them: one that is still as it was is enough, or the last that is here."""
    if set(begun.split("|")) & set((await _sample(move)).split("|")):
        return True
    known = [int(each.partition(" ")[0]) for each in begun.split("|") if each]
    kept = [row.id for each in known for row in await move.original.messages(each - 1, 1)]
    return not set(kept) & set(known)


async def _staff(move: Move) -> Staff:
    all_of = move.original.all
    staff = Staff(await all_of(OldRole), await all_of(OldUser), await all_of(OldMember))
    return staff if move.progress.mark(Stage.USERS).done else await with_known_passwords(staff)


async def _roles(move: Move, staff: Staff) -> None:
    async def work(tx: Transaction, tally: Tally) -> Mark:
        after = move.progress.last_id(Stage.ROLES)
        await bring_roles(tx, staff, after, tally)
        return Mark(str(max((role.id for role in staff.roles), default=after)), done=True)

    await move.progress.piece(Stage.ROLES, work)


async def _users(move: Move, staff: Staff) -> None:
    async def work(tx: Transaction, tally: Tally) -> Mark:
        after = move.progress.last_id(Stage.USERS)
        await bring_users(tx, staff, after, move.now(), tally)
        return Mark(str(max((user.id for user in staff.users), default=after)), done=True)

    await move.progress.piece(Stage.USERS, work)


async def _messages(move: Move) -> None:
    rules = {rule.id for rule in await move.original.all(OldRule)}
    await bring_messages(move, rules)


async def _done(_tx: Transaction, _tally: Tally) -> Mark:
    return Mark(done=True)
