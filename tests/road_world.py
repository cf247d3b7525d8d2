"""The whole road in a test: waia as a process or in this one, a fake Graph API on loopback, and a plain database."""

import asyncio
import os
import secrets
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol, TypeAlias

import httpx

from tests.roads.bodies import CARLA, DIEGO, ELENA, OTHER_PNID, PNID
from tests.roads.store import Store
from tests.servers import free_port
from waia.app.composition import create_app
from waia.app.parts import Parts, make_parts
from waia.kit.clock import Clock
from waia.settings import load_settings
from waia.simulator import World, create_graph_app
from waia.simulator.faults import WindowMode
from waia.simulator.pace import Pace
from waia.simulator.records import SentMessage
from waia.simulator.server import serving
from waia.simulator.wire import signature

SECRET, TOKEN, VERIFY_TOKEN = "test-app-secret", "test-token-EAAG0123456789", "test-verify-token"
PATIENCE_S, SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 30.0, 0.01, 0.1
# Statuses follow within milliseconds; a webhook is repeated for longer than a restart takes.
PACE, TIME_SCALE = Pace(retry_cap_s=20.0, attempts=200), 0.01
WAIA = Path(sys.executable).with_name("waia")
CUSTOMERS = {"carla": CARLA, "diego": DIEGO, "elena": ELENA}
# A reply whose repeat is in doubt too is left to people, as an agent's message is.
WORKING = """
    SELECT (SELECT count(*) FROM inbox WHERE state = 'ready') AS inbox,
           (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')) AS outbox,
           (SELECT count(*) FROM outbox WHERE state = 'uncertain' AND origin = 'bot' AND resends = 0) AS doubt,
           (SELECT count(*) FROM chat_state WHERE bot_due_at IS NOT NULL) AS due,
           (SELECT count(*) FROM lanes WHERE NOT (queue = 'media' AND EXISTS (
               SELECT 1 FROM media WHERE CAST(media.id AS CHAR) = lanes.key AND media.attempts > 0))) AS lanes
"""


async def eventually(holds: Callable[[], Awaitable[bool]], what: str, timeout_s: float = PATIENCE_S) -> None:
    """Wait for something that becomes true; fail with its name when it does not."""
    deadline, pause_s = asyncio.get_running_loop().time() + timeout_s, SHORTEST_PAUSE_S
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"did not happen within {timeout_s:g} s: {what}")
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 1.2, LONGEST_PAUSE_S)


class Running(Protocol):
    """A process, however it was started."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def send_signal(self, signum: int, /) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    async def wait(self) -> int: ...


Spawn: TypeAlias = "Callable[[Waia, dict[str, str]], Awaitable[Running]]"


async def spawn_fork(waia: "Waia", environ: dict[str, str]) -> Running:
    """A fork of a process that has imported everything: the same, but two seconds sooner."""
    from tests.crash.forks import shared_forks  # it needs this module

    return await shared_forks().spawn()(waia, environ)


async def spawn_program(waia: "Waia", environ: dict[str, str]) -> Running:
    """The installed program, as an owner starts it."""
    with (waia.folder / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            WAIA, *waia.arguments, cwd=waia.folder, stdout=log, stderr=log, env=environ,
        )  # fmt: skip


@dataclass
class Waia:
    """A `waia serve` of its own. `environ` holds settings; it sees nothing else of this machine."""

    folder: Path
    environ: dict[str, str]
    process: Running | None = None
    arguments: Sequence[str] = ("serve",)
    spawn: Spawn = spawn_fork

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.environ['PORT']}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")

    async def launch(self, **more: str) -> None:
        """Without waiting for anything; `more` settings count for this start only."""
        ours = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}  # a copy tests itself
        environ = {"PATH": os.defpath, "HOME": str(self.folder), **ours, **self.environ, **more}
        self.process = await self.spawn(self, environ)

    async def start(self, **more: str) -> None:
        """Until it answers; `more` settings count for this start only."""
        await self.launch(**more)
        async with httpx.AsyncClient(base_url=self.address, trust_env=False) as http:
            await eventually(lambda: self._answers(http), "waia answers")

    async def kill(self) -> None:
        """As `kill -9`."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def stop(self) -> int:
        """As a service manager stops it; its exit code."""
        assert self.process is not None
        self.process.terminate()
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()

    async def died(self, timeout_s: float = PATIENCE_S) -> int:
        """Its exit code, once it ended by itself."""
        assert self.process is not None
        async with asyncio.timeout(timeout_s):
            return await self.process.wait()

    async def _answers(self, http: httpx.AsyncClient) -> bool:
        assert self.process is not None
        assert self.process.returncode is None, self.log[-3000:]
        try:
            return (await http.get("/healthz")).is_success
        except httpx.TransportError:
            return False


@dataclass
class Road:
    """Carla, Diego and Elena write to `PNID`; what the stand-in Graph accepted is in `world.sent`."""

    world: World
    store: Store
    http: httpx.AsyncClient
    folder: Path
    accepted: list[bytes] = field(default_factory=list)

    async def post(self, body: bytes, sign: str | None = None, door: httpx.AsyncClient | None = None) -> int:
        """POST a webhook body, rightly signed unless `sign` says otherwise; the status of the answer.

        `door` is another process than the one that Meta's address leads to.
        """
        headers = {"x-hub-signature-256": signature(body, SECRET) if sign is None else sign}
        answer = await (door or self.http).post("/webhook", content=body, headers=headers)
        if answer.status_code == 200:
            self.accepted.append(body)
        return answer.status_code

    async def says(self, words: str, customer: str = "carla", *, quoted: str | None = None) -> str:
        """The customer types and sends; the message's id. The webhook is on its way."""
        return await self.world.customer_says(customer, PNID, words, quoted=quoted)

    async def talk(self, words: str, customer: str = "carla") -> list[str]:
        """Say something and wait until all is calm again; what was said in answer."""
        before = len(self.world.sent)
        await self.says(words, customer)
        await self.calm()
        return [said(sent) for sent in list(self.world.sent)[before:]]

    async def calm(self, timeout_s: float = PATIENCE_S) -> None:
        """Until nothing is waiting, on its way or untold, on either side."""

        async def is_calm() -> bool:
            return self.world.background.idle and not await self._work() and self.world.background.idle

        try:
            await eventually(is_calm, "all is calm", timeout_s)
        except AssertionError as error:
            error.add_note(f"still: {await self._work()}, Graph idle: {self.world.background.idle}")
            raise

    async def until(self, sql: str, wanted: object = 1, timeout_s: float = PATIENCE_S, **values: object) -> None:
        """Until the one value that the query finds is the wanted one."""

        async def holds() -> bool:
            found = await self.store.rows(sql, **values)
            return [tuple(row) for row in found] == [(wanted,)]

        await eventually(holds, f"{sql} is {wanted}", timeout_s)

    async def _work(self) -> dict[str, int]:
        """What waits or is on its way, by where it is."""
        found = (await self.store.row(WORKING))._mapping
        return {name: count for name, count in found.items() if count}

    async def known_keys(self) -> set[str]:
        """Of every file and rendition that a row points at."""
        rows = await self.store.rows("SELECT storage_key, thumb_key, playable_key FROM media_files")
        return {key for row in rows for key in row if key}

    async def stored_keys(self) -> set[str]:
        """Of every file in the storage, those included that are not finished."""
        root = self.folder / "media"
        found = await asyncio.to_thread(lambda: [path for path in root.rglob("*") if path.is_file()])
        return {path.relative_to(root).as_posix() for path in found}

    def sent_to(self, customer: str = "carla") -> list[SentMessage]:
        return [sent for sent in self.world.sent if sent.customer_key == customer]


def said(sent: SentMessage) -> str:
    """What the customer reads of a message."""
    part = sent.payload[sent.kind]
    return str(part.get("caption") or (part["body"]["text"] if sent.kind == "interactive" else part.get("body", "")))


def make_world(webhook: str, clock: Clock | None = None, numbers: Sequence[str] = (PNID, OTHER_PNID)) -> World:
    """The other end of the wire. Its 24-hour windows are open: tests of the window close them."""
    world = World(
        clock=clock or Clock(), webhook_url=webhook, app_secret=SECRET, verify_token=VERIFY_TOKEN,
        phone_number_ids=numbers, token=TOKEN, pace=PACE,
        time_scale=TIME_SCALE,
    )  # fmt: skip
    world.faults.window_mode = WindowMode.OFF
    for key, phone in CUSTOMERS.items():
        world.add_customer(key, key.title(), phone)
    return world


def settings_for(folder: Path, graph: str, url: str, port: int, **more: str) -> dict[str, str]:
    """No quiet window, and one second until an unknown send is settled, unless told otherwise."""
    return {
        "WAIA_DATA": str(folder), "DATABASE_URL": url, "HOST": "127.0.0.1", "PORT": str(port),
        "META_APP_SECRET": SECRET, "META_TOKEN": TOKEN, "VERIFY_TOKEN": VERIFY_TOKEN, "META_API_URL": graph,
        "PHONE_NUMBER_ID": PNID, "BUFFER_SECONDS": "0", "UNCERTAIN_WINDOW_SECONDS": "1",
        "WAIA_ADMIN_PASSWORD": secrets.token_urlsafe(18), **more,
    }  # fmt: skip


@dataclass
class Served(Road):
    """The road with waia as a process of its own."""

    waia: Waia = field(init=False)


@asynccontextmanager
async def served(
    folder: Path, url: str, *, start: bool = True, spawn: Spawn = spawn_fork, **settings: str
) -> AsyncIterator[Served]:
    """waia as a process beside a fake Graph; with `start` False it waits for `road.waia.start()`."""
    port = free_port()
    world = make_world(f"http://127.0.0.1:{port}/webhook")
    async with (
        serving(create_graph_app(world)) as graph,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as http,
    ):
        road = Served(world, Store(url), http, folder)
        road.waia = Waia(folder, settings_for(folder, graph, url, port, **settings), spawn=spawn)
        try:
            if start:
                await road.waia.start()
            yield road
        finally:
            await world.aclose()
            await road.waia.kill()


@dataclass
class Inside(Road):
    """The road with waia in this process: its clock can be moved, its use cases called."""

    parts: Parts = field(init=False)

    def advance(self, **by: float) -> None:
        """Business time goes on, here and at the stand-in."""
        self.parts.clock.advance(timedelta(**by))


@asynccontextmanager
async def inside(
    folder: Path,
    url: str,
    graph_clock: Clock | None = None,
    /,
    *,
    numbers: Sequence[str] = (PNID, OTHER_PNID),
    **settings: str,
) -> AsyncIterator[Inside]:
    """waia and a fake Graph in this process, with one clock for both unless Graph has its own."""
    port, graph_port = free_port(), free_port()
    graph = f"http://127.0.0.1:{graph_port}"
    told = load_settings(settings_for(folder, graph, url, port, **settings), env_file=None)
    parts = make_parts(told)
    world = make_world(f"http://127.0.0.1:{port}/webhook", graph_clock or parts.clock, numbers)
    async with (
        serving(create_graph_app(world), port=graph_port),
        serving(create_app(told, parts=parts), port=port) as address,
        httpx.AsyncClient(base_url=address, timeout=20, trust_env=False) as http,
    ):
        road = Inside(world, Store(url), http, folder)
        road.parts = parts
        try:
            yield road
        finally:
            await world.aclose()


def fresh_sqlite(template: Path, folder: Path) -> str:
    """The address of a copy of a database that is set up and empty."""
    shutil.copy(template, folder / "waia.db")
    return f"sqlite:///{folder / 'waia.db'}"
