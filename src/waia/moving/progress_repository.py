"""SQL of the progress."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from waia.kit.db import Transaction
from waia.kit.sql import table_of, upsert
from waia.moving.models import ImportStage
from waia.moving.tally import Tally, tally_from_json

_STAGE = table_of(ImportStage)


async def stages_of(tx: Transaction, source: str) -> list[tuple[str, str, bool, Tally]]:
    rows = await tx.execute(select(_STAGE).where(_STAGE.c.source == source))
    return [(row.stage, row.position, bool(row.done), tally_from_json(row.tally)) for row in rows]


async def store(
    tx: Transaction, source: str, stage: str, position: str, done: bool, tally: dict[str, Any], now: datetime
) -> None:
    row = {"source": source, "stage": str(stage), "position": position, "done": done, "tally": tally, "at": now}
    await tx.execute(upsert(tx.dialect, ImportStage, ("source", "stage"), ("position", "done", "tally", "at")), row)
