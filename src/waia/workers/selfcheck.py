"""Tells admins what is wrong with the installation itself, from its start on: a token that Meta refuses, a folder.

waia runs all the same: messages are kept, and go out when it is mended. Each trouble is a condition
(`docs/decisions/0015-an-alert-is-a-row-named-by-its-cause.md`).
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from waia.health.machine import media_verdict
from waia.health.meta import is_refusal
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.settings import Settings
from waia.transcription.standing import standing
from waia.whatsapp.alerts_repository import begin_condition, conditions, end_condition
from waia.whatsapp.client import GraphClient, GraphTrouble
from waia.whatsapp.introspection import number_facts
from waia.workers.conditions import here

EVERY_S = 30.0
ASK_AGAIN, ASK_REFUSED_AGAIN = timedelta(minutes=15), timedelta(minutes=1)
TOKEN_REFUSED, MEDIA_UNWRITABLE, VOICE_MODEL_MISPLACED = "token_refused", "media_unwritable", "voice_model_misplaced"
log = structlog.get_logger()


@dataclass(slots=True)
class SelfcheckWorker:
    """`client` carries the messages too, so what it is told here is what they will be told."""

    settings: Settings
    database: Database
    clock: Clock
    client: GraphClient
    _ask_at: datetime | None = None
    _is_refused: bool = False

    async def step(self) -> float:
        if self._ask_at is None or self.clock.real() >= self._ask_at:
            await self._ask()
        found = await asyncio.to_thread(self._found)
        async with self.database.reading() as tx:
            going_on = {name for name in await conditions(tx) if name in self._judged()}
        if going_on != found:
            await self.database.run(lambda tx: self._tell(tx, found - going_on, going_on - found))
        return EVERY_S

    async def _ask(self) -> None:
        """The first number: what Meta refuses there it refuses everywhere. Who cannot be reached refuses nothing."""
        try:
            if not self.settings.meta_token:
                self._is_refused = True
            elif self.settings.phone_number_ids:
                await number_facts(self.client, self.settings.phone_number_ids[0])
                self._is_refused = False
        except GraphTrouble as trouble:
            if trouble.answered:
                self._is_refused = is_refusal(trouble)
            log.warning("meta_not_asked", code=trouble.code, answered=trouble.answered)
        self._ask_at = self.clock.real() + (ASK_REFUSED_AGAIN if self._is_refused else ASK_AGAIN)

    def _found(self) -> set[str]:
        told = {
            TOKEN_REFUSED: self._is_refused,
            MEDIA_UNWRITABLE: media_verdict(self.settings) != "ok",
            VOICE_MODEL_MISPLACED: standing(self.settings, self.clock.real()).is_misplaced,
        }
        return {self._name(kind) for kind, is_so in told.items() if is_so}

    def _judged(self) -> set[str]:
        return {self._name(kind) for kind in (TOKEN_REFUSED, MEDIA_UNWRITABLE, VOICE_MODEL_MISPLACED)}

    def _name(self, kind: str) -> str:
        """The folders of another machine are that machine's business."""
        return kind if kind == TOKEN_REFUSED else here(kind)

    async def _tell(self, tx: Transaction, new: set[str], over: set[str]) -> None:
        now = self.clock.real()
        for name in sorted(over):
            await end_condition(tx, name, now)
        for name in sorted(new):
            kind = name.partition(":")[0]
            severity = "warning" if kind == VOICE_MODEL_MISPLACED else "critical"
            await begin_condition(tx, name, kind=kind, text="", severity=severity, now=now)
