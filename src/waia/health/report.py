"""All checks together: those that this machine answers, and those that Meta answers, which are kept for a while."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from waia.health.check import Check, Report, State
from waia.health.configuration import configuration
from waia.health.data import data
from waia.health.machine import machine
from waia.health.meta import ask_meta
from waia.health.work import work
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.i18n import N_
from waia.settings import Settings

FRESH = timedelta(seconds=10)
META = N_("Meta y el webhook")


@dataclass(frozen=True, slots=True)
class Asked:
    """`at` is real time."""

    report: Report
    at: datetime


@dataclass(slots=True)
class Examiner:
    """`last`: what Meta said when it was asked last, in this process."""

    settings: Settings
    database: Database
    clock: Clock
    last: Asked | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def here(self) -> list[Report]:
        """Nothing leaves this machine, but to the database."""
        now = self.clock.real()
        return [
            Report(N_("Configuración"), configuration(self.settings)),
            Report(N_("Carpetas y programas"), await machine(self.settings, now)),
            Report(N_("Base de datos"), await data(self.database, self.settings, now)),
        ]

    async def work(self) -> Report:
        """Raises what the database raises."""
        async with self.database.reading() as tx:
            checks = await work(tx, self.clock.real(), self.clock.business())
        return Report(N_("Trabajo"), checks)

    async def meta(self) -> Asked:
        """Who asks while somebody else does, or right after, gets the same answer."""
        async with self._turn:
            if self.last is None or self.clock.real() - self.last.at > FRESH:
                checks = await ask_meta(self.settings, self.clock.real)
                self.last = Asked(Report(META, checks), self.clock.real())
            return self.last

    async def everything(self) -> list[Report]:
        """For the doctor: work is looked at only in a database that is as it should be."""
        reports = await self.here()
        schema = [check for check in reports[-1].checks if check.name == "schema"]
        if schema and schema[0].state is State.OK:
            reports.append(await self._work_if_it_can())
        return [*reports, (await self.meta()).report]

    async def _work_if_it_can(self) -> Report:
        try:
            return await self.work()
        except SQLAlchemyError as error:
            told = type(error).__name__
            lost = Check("work", State.UNKNOWN, N_("Trabajo"), N_("La base dejó de contestar."), told=told)
            return Report(N_("Trabajo"), [lost])
