"""A waia that serves beside a fake Graph, and its doctor, who comes as a process of his own."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.forks import shared_forks
from tests.road_world import Served, Waia, served
from waia.simulator.faults import AccountFaults

VISIT_S = 100


@dataclass(frozen=True)
class Verdict:
    """What the doctor said: his exit code, and each check by its name."""

    code: int
    text: str
    checks: dict[str, dict[str, str]]

    def state(self, name: str) -> str:
        return self.checks[name]["state"] if name in self.checks else "nothing"

    @property
    def troubles(self) -> set[str]:
        """What is neither well nor unknown."""
        return {name for name, check in self.checks.items() if check["state"] in {"warn", "fail"}}


@dataclass
class Clinic:
    road: Served

    async def doctor(self, *options: str, **environ: str) -> str:
        return (await self._run(*options, **environ))[1]

    async def verdict(self, **environ: str) -> Verdict:
        code, text = await self._run("--json", **environ)
        told: dict[str, Any] = json.loads(text)
        assert told["ok"] is (code == 0)
        return Verdict(code, text, {check["name"]: check for check in told["checks"]})

    def account(self, **faults: Any) -> None:
        """How the account stands from now on."""
        self.road.world.faults.account = AccountFaults(**faults)

    async def _run(self, *options: str, **environ: str) -> tuple[int, str]:
        settings = {"BASE_URL": self.road.waia.address, "WABA_ID": self.road.world.waba_id, "WAIA_LANG": "en"}
        folder = self.road.folder / "doctor"
        folder.mkdir(exist_ok=True)
        (folder / "log").write_text("")
        environ = {**self.road.waia.environ, **settings, **environ}
        visit = Waia(folder, environ, arguments=("doctor", *options), spawn=shared_forks().spawn())
        await visit.launch()
        return await visit.died(VISIT_S), visit.log


@asynccontextmanager
async def open_clinic(folder: Path, url: str) -> AsyncIterator[Clinic]:
    async with served(folder, url) as road:
        yield Clinic(road)
