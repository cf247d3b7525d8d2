"""A voice note as plain sound: one ffmpeg in its box pours it, a thread takes it, and both are bounded."""

import asyncio
import os
import select
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from waia.media import ffmpeg
from waia.media.decoders import Pour, Said, TooSlow, pouring

BYTES_A_MS = 2 * ffmpeg.PCM_RATE // 1000
PIECE = 8_000  # a quarter of a second
BASE_WAIT_S, WAIT_SHARE = 20.0, 0.1
LAST_WORDS_S = 0.5
OGG_PAGE = 65_307
_TROUBLE = ("crc mismatch", "corrupt", "error while decoding", "invalid data found", "error parsing", "truncated")


class Halted(Exception):
    """Nobody wants the words any more, or the file turned out to be too long."""


class TooLong(Exception):
    """More sound than may be heard."""

    def __init__(self, duration_ms: int) -> None:
        self.duration_ms = duration_ms
        super().__init__(f"{duration_ms} ms")


@dataclass(frozen=True, slots=True)
class Limits:
    """`longest_ms` of sound; `wait_s` is how long all waiting for the decoder together may take."""

    longest_ms: int
    wait_s: float

    @classmethod
    def of(cls, longest_ms: int) -> "Limits":
        return cls(longest_ms, BASE_WAIT_S + WAIT_SHARE * longest_ms / 1000)


@dataclass(slots=True)
class Sound:
    """What pours out of one file. `declared_ms` is what the file says of itself, None until it is known."""

    path: Path
    mime: str
    limits: Limits
    pour: Pour
    declared_ms: int | None = None
    poured: int = 0

    @property
    def duration_ms(self) -> int:
        return self.poured // BYTES_A_MS

    def pieces(self) -> Iterator[bytes]:
        """For a thread: the sound, piece by piece. Raises TooSlow, TooLong and Halted."""
        left_s = self.limits.wait_s
        ready = select.poll()
        ready.register(self.pour.output, select.POLLIN | select.POLLHUP)
        rest = b""
        while True:
            began = time.monotonic()
            if not ready.poll(max(left_s, 0) * 1000):
                self.pour.halt()
                raise TooSlow(f"the decoder took more than {self.limits.wait_s:g} s")
            left_s -= time.monotonic() - began
            found = os.read(self.pour.output, PIECE - len(rest))
            self._count(len(found))
            self.check()
            rest += found
            if rest and (len(rest) == PIECE or not found):
                yield rest
                rest = b""
            if not found:
                return

    def check(self) -> None:
        """Raises Halted."""
        if self.pour.halted:
            raise Halted

    def _count(self, more: int) -> None:
        self.poured += more
        if self.duration_ms > self.limits.longest_ms:
            self.pour.halt()
            raise TooLong(self.duration_ms)

    async def listen(self) -> None:
        """Until the decoder ends: a file that says that it is too long is not poured to its end."""
        async for words in self.pour.words():
            if self.declared_ms is None:
                self.declared_ms = ffmpeg.declared_ms(words, self.mime)
            if self.declared_ms is not None and self.declared_ms > self.limits.longest_ms:
                self.pour.halt()

    async def close(self, listening: "asyncio.Task[None]") -> Said:
        """How the decoder ended, which it does at once: its pipe is at its end. Raises Killed."""
        await asyncio.wait([listening], timeout=LAST_WORDS_S)
        if self.pour.child.returncode is None:
            try:
                async with asyncio.timeout(LAST_WORDS_S):
                    await self.pour.child.wait()
            except TimeoutError:
                self.pour.halt()
        return await self.pour.ended()

    @property
    def is_too_long(self) -> bool:
        return max(self.declared_ms or 0, self.duration_ms) > self.limits.longest_ms

    def is_damaged(self, said: Said) -> bool:
        """ffmpeg is content with half a file, so what it told and what came are compared."""
        lacks = self.declared_ms is not None and self.duration_ms < self.declared_ms * 0.95 - 500
        told = said.words.lower()
        return said.code != 0 or lacks or any(sign in told for sign in _TROUBLE) or is_cut_off(self.path, self.mime)


@asynccontextmanager
async def sounding(path: Path, mime: str, limits: Limits) -> AsyncIterator[tuple[Sound, "asyncio.Task[None]"]]:
    """The sound and the task that listens to the decoder's words. Raises Undecodable and NoDecoder."""
    arguments = ffmpeg.pcm_arguments(path, mime, limits.longest_ms / 1000 + 1)
    async with pouring(arguments) as pour:
        sound = Sound(path, mime, limits, pour)
        listening = asyncio.create_task(sound.listen())
        try:
            yield sound, listening
        finally:
            pour.halt()
            await asyncio.wait([listening], timeout=LAST_WORDS_S)
            listening.cancel()


def is_cut_off(path: Path, mime: str) -> bool:
    """Whether an Ogg file was cut: its last page says how long it is, and there is less, or something else behind."""
    if not mime.startswith("audio/ogg"):
        return False
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 2 * OGG_PAGE))
        end = file.read()
    start = end.rfind(b"OggS")
    page = end[start:]
    if start < 0 or len(page) < 27 or len(page) < 27 + page[26]:
        return True
    return 27 + page[26] + sum(page[27 : 27 + page[26]]) != len(page)
