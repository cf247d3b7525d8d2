"""Brings over the ids of messages that the original handled: Meta's repeats of them are no news (defect G6)."""

from waia.kit.db import Transaction
from waia.moving import repository
from waia.moving.move import Move
from waia.moving.progress import Mark, Stage
from waia.moving.tally import Tally

AT_ONCE = 2_000


async def bring_processed(move: Move) -> None:
    """The original kept no dates: they count from today on."""
    while True:
        after = move.progress.mark(Stage.PROCESSED).position
        keys = await move.original.processed(after, AT_ONCE)

        async def work(tx: Transaction, tally: Tally, keys: list[str] = keys, after: str = after) -> Mark:
            await repository.add_seen(tx, keys, move.now())
            tally.count("processed_read", len(keys))
            return Mark(keys[-1] if keys else after, done=not keys)

        await move.progress.piece(Stage.PROCESSED, work)
        if not keys:
            return
