"""SQL of the published flow and of the settings that owners keep in the database."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, exists, select

from waia.kit.db import Transaction
from waia.kit.sql import table_of, upsert
from waia.rules.models import RuleMedia, RuleRow, StoredSetting

RULES = select(table_of(RuleRow)).order_by(RuleRow.id)
MEDIAS = select(RuleMedia.rule_id, RuleMedia.url, RuleMedia.mime_type, RuleMedia.file_id).order_by(RuleMedia.id)
SETTINGS = select(StoredSetting.name, StoredSetting.value).order_by(StoredSetting.name)


@dataclass(frozen=True, slots=True)
class Published:
    """Rows as stored, disabled rules too; columns go by their English keys."""

    rules: Sequence[Row[Any]]
    medias: Sequence[Row[Any]]
    settings: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        rows = [tuple(row) for row in (*self.rules, *self.medias)]
        content = repr((len(self.rules), rows, sorted(self.settings.items())))
        return hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()


async def published_flow(tx: Transaction) -> Published:
    rules, medias = (await tx.execute(RULES)).all(), (await tx.execute(MEDIAS)).all()
    return Published(rules, medias, await stored_settings(tx))


async def has_rules(tx: Transaction) -> bool:
    return bool((await tx.execute(select(exists(select(RuleRow.id))))).scalar_one())


async def stored_settings(tx: Transaction) -> dict[str, str]:
    return {row.name: row.value for row in await tx.execute(SETTINGS)}


async def store_setting(tx: Transaction, name: str, value: str) -> None:
    await tx.execute(upsert(tx.dialect, StoredSetting, ("name",), ("value",)), {"name": name, "value": value})


async def forget_setting(tx: Transaction, name: str) -> None:
    """The environment counts again."""
    await tx.execute(delete(StoredSetting).where(StoredSetting.name == name))
