"""`waia rebuild-rollups`: counts all figures anew, a hundred chats a transaction, beside a running waia."""

from waia.dashboard import rollup_repository as repository
from waia.dashboard.counting import Basis
from waia.dashboard.rollups import Rollups
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.rules.book import Rules


async def rebuild(database: Database, clock: Clock, rules: Rules) -> int:
    """How many chats there are."""
    flow, rollups = await rules.book(clock.real()), Rollups(database, clock)
    basis = Basis(flow.values.timezone, flow.hours)
    await rollups.begin_anew(basis)
    while await rollups.step(basis):
        pass
    async with database.reading() as tx:
        return await repository.count_chats(tx)
