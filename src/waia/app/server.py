"""Runs the processes: the web server with its loops, or the loops alone; both stop gracefully."""

import asyncio
import fcntl
import gc
import os
import signal
import socket
import sys
from collections.abc import Collection
from pathlib import Path
from types import FrameType
from typing import IO, Any

import structlog
import uvicorn

from waia.app.composition import create_app
from waia.app.metrics import own_door
from waia.app.parts import Parts, make_parts
from waia.app.setup import prepare_database
from waia.app.sockets import listen
from waia.health.machine import require_folders
from waia.kit import service_manager
from waia.settings import SettingError, Settings
from waia.transcription.standing import standing

KEEP_ALIVE_S = 30  # longer than a proxy keeps its connections (tools/deploy/Caddyfile), or it meets one just closing
SWITCH_INTERVAL_S = 0.0001  # each statement gives the interpreter away: beside a busy thread it comes back this late

log = structlog.get_logger()


class _Server(uvicorn.Server):
    """Tells the application at the first signal: uvicorn waits for open streams before it tells anybody.

    A signal is not raised again after the stop, as uvicorn would: a polite stop ends with exit code 0.
    """

    closing: asyncio.Event | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            service_manager.tell(service_manager.READY)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            _stop_at_once(sig)
        if self.closing is not None:
            self.closing.set()
        self.should_exit = True
        service_manager.tell(service_manager.STOPPING)


def serve(settings: Settings, *, web_only: bool = False) -> None:
    """Blocks until a signal. Raises SettingError when a folder cannot be written, or when another process serves the
    same SQLite file."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    require_folders(settings)
    lock = hold_data_folder(settings)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(settings, loops=not web_only))
    finally:
        if lock is not None:
            lock.close()


async def _serve(settings: Settings, *, loops: bool) -> None:
    parts = make_parts(settings)
    await prepare_database(parts)
    listener = listen("PORT", settings.host, int(settings.port))
    _say_what_lacks(parts)
    config = uvicorn.Config(
        create_app(settings, loops=loops, parts=parts),
        host=settings.host,
        port=int(settings.port),
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=KEEP_ALIVE_S,
        backlog=2048,
    )
    _collect_garbage_seldom()
    server = _Server(config)
    server.closing = parts.closing
    async with own_door(parts), service_manager.watched():
        await server.serve(sockets=[listener])


def _say_what_lacks(parts: Parts) -> None:
    """One line in the log; the rest works without it."""
    verdict = standing(parts.settings, parts.clock.real()).verdict
    if verdict != "ok":
        log.warning("voice_notes_without_text", reason=verdict)


def _stop_at_once(sig: int) -> None:
    """Whoever signals twice does not want to wait. Nothing is lost by it: a killed process loses nothing either."""
    os._exit(128 + sig)


def _collect_garbage_seldom() -> None:
    """What is here now stays; each message leaves hundreds of objects and hardly a cycle among them."""
    gc.freeze()
    gc.set_threshold(25_000, 20, 50)
    gc.enable()


def work(settings: Settings, only: Collection[str] = ()) -> None:
    """The loops without the web, for another machine beside the same MariaDB/MySQL; all of them, or the named ones."""
    if settings.sqlalchemy_url.startswith("sqlite"):
        raise SettingError("`waia work` needs MariaDB/MySQL: on SQLite `waia serve` does everything in one process")
    require_folders(settings)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_work(make_parts(settings), only))


async def _work(parts: Parts, only: Collection[str]) -> None:
    await prepare_database(parts)
    _say_what_lacks(parts)
    _collect_garbage_seldom()
    loop = asyncio.get_running_loop()

    def handle_exit(sig: int) -> None:
        if parts.closing.is_set():
            _stop_at_once(sig)
        parts.closing.set()

    for sig in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sig, handle_exit, sig)
    parts.start_relay()
    async with own_door(parts):
        parts.start_loops(only)
        service_manager.tell(service_manager.READY)
        async with service_manager.watched():
            await parts.closing.wait()
            service_manager.tell(service_manager.STOPPING)
        await parts.stop()


def hold_data_folder(settings: Settings) -> IO[Any] | None:
    """One serving process per SQLite file; the lock ends with the process, however it ends."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not settings.sqlalchemy_url.startswith("sqlite"):
        return None
    path = Path(settings.data_dir) / "serve.lock"
    lock = path.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise SettingError(f"Another waia already serves {settings.data_dir}: stop it, or use MariaDB/MySQL") from None
    return lock


def _loop_factory() -> Any:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
