"""How far each part of the work is. A part's rows and its position are committed together: a killed process goes on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.moving import progress_repository as repository
from waia.moving.tally import Tally


class Stage(StrEnum):
    """In the order of the work; names and people come before what belongs to them."""

    BEGUN = "begun"
    ROLES = "roles"
    USERS = "users"
    RULES = "rules"
    REPLIES = "replies"
    CHATS = "chats"
    MESSAGES = "messages"
    PROCESSED = "processed"
    STATES = "states"
    FINISHED = "finished"


@dataclass(frozen=True)
class Mark:
    position: str = ""
    done: bool = False
    tally: Tally = field(default_factory=Tally)


NOTHING = Mark()
GOES_ON = frozenset({Stage.BEGUN, Stage.ROLES, Stage.USERS, Stage.RULES, Stage.REPLIES, Stage.MESSAGES})
"""What people removed or changed here since does not come back: later runs bring only what is new there."""
Work = Callable[[Transaction, Tally], Awaitable[Mark]]


@dataclass
class Progress:
    """`marks` are what is committed. `tell` is called after each piece, for whoever watches."""

    database: Database
    source: str
    now: Callable[[], datetime]
    tell: Callable[[Stage, Tally], None]
    marks: dict[Stage, Mark]

    def mark(self, stage: Stage) -> Mark:
        return self.marks.get(stage, NOTHING)

    def last_id(self, stage: Stage) -> int:
        """The highest number that is here, of parts whose position is one."""
        return int(self.mark(stage).position or 0)

    @property
    def tallies(self) -> Mapping[Stage, Tally]:
        return {stage: self.marks[stage].tally for stage in Stage if stage in self.marks}

    async def piece(self, stage: Stage, work: Work) -> Mark:
        """One transaction: `work` writes, counts into the tally that it gets, and says how far the part is."""

        async def write(tx: Transaction) -> Mark:
            tally = Tally()
            done = await work(tx, tally)
            mark = replace(done, tally=self.mark(stage).tally.plus(tally))
            await repository.store(tx, self.source, stage, mark.position, mark.done, mark.tally.to_json(), self.now())
            reach("moving.before_commit")
            return mark

        self.marks[stage] = await self.database.run(write)
        reach("moving.after_commit")
        self.tell(stage, self.marks[stage].tally)
        return self.marks[stage]

    async def begin_again(self) -> None:
        """All parts have to be looked at once more, those of `GOES_ON` behind what is here."""
        again = {stage: Mark(mark.position if stage in GOES_ON else "") for stage, mark in self.marks.items()}

        async def write(tx: Transaction) -> None:
            for stage, mark in again.items():
                await repository.store(tx, self.source, stage, mark.position, False, Tally().to_json(), self.now())

        await self.database.run(write)
        self.marks = again


async def read_progress(
    database: Database, source: str, now: Callable[[], datetime], tell: Callable[[Stage, Tally], None]
) -> Progress:
    async with database.reading() as tx:
        rows = await repository.stages_of(tx, source)
    marks = {Stage(name): Mark(position, done, tally) for name, position, done, tally in rows}
    return Progress(database, source, now, tell, marks)
