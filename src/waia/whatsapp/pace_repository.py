"""How fast each of our numbers may send just now, as all processes know it."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from waia.kit.db import Transaction
from waia.kit.prepared import Prepared
from waia.kit.sql import insert_ignore, table_of
from waia.whatsapp.models import NumberPace


@dataclass(slots=True)
class Pace:
    """`tokens` messages could go at once at `filled_at`; none before `not_before`. `failures` in a row."""

    tokens: float
    filled_at: datetime
    not_before: datetime | None = None
    failures: int = 0


async def hold_paces(tx: Transaction, numbers: Collection[str], fresh: Pace) -> dict[str, Pace]:
    """Nobody else reads them until the end of this transaction. A number that never sent begins `fresh`."""
    wanted = sorted(numbers)
    held = await _held(tx, wanted)
    new = [{"phone_number_id": number, **asdict(fresh)} for number in wanted if number not in held]
    if new:
        await tx.execute(insert_ignore(tx.dialect, NumberPace), new)
        held = await _held(tx, wanted)
    return held


async def keep_paces(tx: Transaction, paces: Mapping[str, Pace]) -> None:
    await tx.change(_KEEP, [{"number": number, **asdict(pace)} for number, pace in paces.items()])


async def _held(tx: Transaction, numbers: list[str]) -> dict[str, Pace]:
    return {number: Pace(*rest) for number, *rest in await tx.rows(_HELD, {"numbers": numbers})}


_TABLE = table_of(NumberPace)
_HELD = Prepared(
    select(_TABLE.c.phone_number_id, _TABLE.c.tokens, _TABLE.c.filled_at, _TABLE.c.not_before, _TABLE.c.failures)
    .where(_TABLE.c.phone_number_id.in_(bindparam("numbers", expanding=True)))
    .order_by(_TABLE.c.phone_number_id)
    .with_for_update()
)
_KEEP = Prepared(update(_TABLE).where(_TABLE.c.phone_number_id == bindparam("number")))  # sets what is named
