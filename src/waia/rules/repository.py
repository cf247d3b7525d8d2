"""SQL of the published flow and of the settings that owners keep in the database."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row, delete, exists, select

from waia.kit.db import Transaction
from waia.kit.sql import table_of, upsert
from waia.rules.models import RuleMedia, RuleRow, StoredSetting

RULES = select(table_of(RuleRow)).order_by(RuleRow.id)
MEDIAS = select(RuleMedia.rule_id, RuleMedia.url, RuleMedia.mime_type, RuleMedia.file_id).order_by(RuleMedia.id)
SETTINGS = select(StoredSetting.name, StoredSetting.value).order_by(StoredSetting.name)


@dataclass(frozen=True)
class Published:
    """Rows as stored, disabled rules too; columns go by their English keys."""

    rules: Sequence[Row[Any]]
    medias: Sequence[Row[Any]]
    settings: Mapping[str, str]

    @cached_property
    def fingerprint(self) -> str:
        """Row by row: in one piece, thousands of them would hold up every other thread."""
        digest = hashlib.sha256(
            repr((len(self.rules), sorted(self.settings.items()))).encode("utf-8", "backslashreplace")
        )
        for row in (*self.rules, *self.medias):
            digest.update(repr(tuple(row)).encode("utf-8", "backslashreplace"))
        return digest.hexdigest()


async def published_flow(tx: Transaction) -> Published:
    rules, medias = await tx.execute(RULES), await tx.execute(MEDIAS)
    rows = await asyncio.to_thread(lambda: (rules.all(), medias.all()))  # may be ten thousand
    return Published(*rows, await stored_settings(tx))


async def has_rules(tx: Transaction) -> bool:
    return bool((await tx.execute(select(exists(select(RuleRow.id))))).scalar_one())


async def stored_settings(tx: Transaction) -> dict[str, str]:
    return {row.name: row.value for row in await tx.execute(SETTINGS)}


async def store_setting(tx: Transaction, name: str, value: str) -> None:
    await tx.execute(upsert(tx.dialect, StoredSetting, ("name",), ("value",)), {"name": name, "value": value})


async def forget_setting(tx: Transaction, name: str) -> None:
    """The environment counts again."""
    await tx.execute(delete(StoredSetting).where(StoredSetting.name == name))
