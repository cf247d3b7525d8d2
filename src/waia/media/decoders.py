"""Which ffmpeg there is, and how one child of it runs: boxed in, timed, killed with all of its children."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

from waia.kit.errors import Unavailable
from waia.kit.i18n import N_

BOX = str(Path(__file__).with_name("confined.py"))
MEMORY, FILE_SIZE = 2 << 30, 256 << 20
CPU_S, WALL_S = 240, 180.0
VERSION_S = 5.0
LONGEST_WORDS, LAST_WORDS = 64 * 1024, 300
AT_ONCE = 2


class NoDecoder(Unavailable):
    """Neither ffmpeg nor the extra with it is installed: files go as they are, without previews."""

    code = "no_decoder"
    message = N_("El servidor no tiene ffmpeg: solo se pueden enviar archivos que WhatsApp acepte tal como están.")


class Undecodable(Exception):
    """The file cannot be read as what it claims to be, or it needs more than its box allows."""


class TooSlow(Undecodable):
    """Its time was over."""


class Killed(Undecodable):
    """Somebody else ended the child (the kernel, when memory ran out): another try may work."""


@dataclass(frozen=True, slots=True)
class Said:
    """How a child ended, and the last it said."""

    code: int
    words: str


@cache
def ffmpeg_path() -> str | None:
    """ffmpeg of the machine, else that of the `imageio-ffmpeg` extra, else None."""
    return shutil.which("ffmpeg") or _bundled()


async def decoder_version() -> str | None:
    """As `5.1.9-0+deb12u1`; empty when it does not say, None when there is none."""
    program = ffmpeg_path()
    if program is None:
        return None
    child = await asyncio.create_subprocess_exec(
        program, "-version", stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(VERSION_S):
            told, _ = await child.communicate()
    except TimeoutError:
        return ""
    finally:
        await _end(child)
    words = told.decode("utf-8", errors="replace").split(maxsplit=3)
    return words[2] if len(words) > 2 and words[1] == "version" else ""


async def run(arguments: Sequence[str], *, wall_s: float = WALL_S) -> Said:
    """One ffmpeg with these arguments. Raises NoDecoder, TooSlow and Killed."""
    program = ffmpeg_path()
    if program is None:
        raise NoDecoder
    async with _turnstile():
        return await _run([program, "-hide_banner", "-nostdin", "-nostats", *arguments], wall_s)


@dataclass(slots=True)
class Pour:
    """A child that writes to a pipe. `output` is our end of it, for a thread that reads it as fast as it can use it.

    `head` is the first that the child said. `halted`: it was us who ended it.
    """

    child: asyncio.subprocess.Process
    output: int
    head: str = ""
    halted: bool = False
    _tail: bytes = field(default=b"", repr=False)

    def halt(self) -> None:
        """Kill it and all that it started; whoever reads its output finds the end."""
        self.halted = True
        with suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)

    async def words(self) -> AsyncIterator[str]:
        """All that it said so far, up to a limit, again after each time it said something."""
        assert self.child.stderr is not None
        while chunk := await self.child.stderr.read(LONGEST_WORDS):
            if len(self.head) < LONGEST_WORDS:
                self.head += chunk.decode("utf-8", errors="replace")[:LONGEST_WORDS]
                yield self.head
            self._tail = (self._tail + chunk)[-LONGEST_WORDS:]

    async def ended(self) -> Said:
        """Once it ended and all of its words were read. Raises Killed when somebody else ended it."""
        code = await self.child.wait()
        if code == -signal.SIGKILL and not self.halted:
            raise Killed(self._tail[-LAST_WORDS:].decode("utf-8", errors="replace"))
        return Said(code, self._tail.decode("utf-8", errors="replace"))


@asynccontextmanager
async def pouring(arguments: Sequence[str]) -> AsyncIterator[Pour]:
    """One ffmpeg that writes to a pipe, gone after the block with all that it started. Raises NoDecoder.

    It has no turnstile: whoever reads the pipe says how many there are, and how long they may take.
    """
    program = ffmpeg_path()
    if program is None:
        raise NoDecoder
    output, inlet = os.pipe()
    try:
        try:
            command = [program, "-hide_banner", "-nostdin", "-nostats", *arguments]
            pour = Pour(await _start(command, inlet), output)
        finally:
            os.close(inlet)
        try:
            yield pour
        finally:
            await _end(pour.child)
    finally:
        os.close(output)


async def _start(command: Sequence[str], output: int) -> asyncio.subprocess.Process:
    limits = (os.getpid(), MEMORY, CPU_S, FILE_SIZE)
    box = [sys.executable, "-I", "-S", BOX, *map(str, limits)]
    return await asyncio.create_subprocess_exec(
        *box,
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )


async def _run(command: Sequence[str], wall_s: float) -> Said:
    child = await _start(command, asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(wall_s):
            words = await _last_words(child)
            said = Said(await child.wait(), words)
    except TimeoutError:
        raise TooSlow(f"more than {wall_s:g} s") from None
    finally:
        await _end(child)
    if said.code == -signal.SIGKILL:
        raise Killed(said.words[-LAST_WORDS:])
    return said


async def _last_words(child: asyncio.subprocess.Process) -> str:
    """All of a short report, the end of a long one: a chatty child neither blocks nor fills our memory."""
    assert child.stderr is not None
    kept = b""
    while chunk := await child.stderr.read(LONGEST_WORDS):
        kept = (kept + chunk)[-LONGEST_WORDS:]
    return kept.decode("utf-8", errors="replace")


async def _end(child: asyncio.subprocess.Process) -> None:
    """Also of what it started and left behind."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    await child.wait()


_turnstiles: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def _turnstile() -> asyncio.Semaphore:
    """Two at once in a process; a semaphore belongs to its event loop."""
    return _turnstiles.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))


def _bundled() -> str | None:
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ImportError:
        return None
    try:
        return str(get_ffmpeg_exe())
    except RuntimeError:
        return None
