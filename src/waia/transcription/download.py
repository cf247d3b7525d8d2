"""Fetches the model of a language: from where it was cut off, checked, unpacked beside, then moved into place."""

import asyncio
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec
import structlog

from waia.kit.errors import WaiaError
from waia.kit.i18n import N_
from waia.media.limits import MB
from waia.settings import Settings
from waia.transcription.places import LONG_AGO, ModelPlaces, Progress
from waia.transcription.unpacking import NotAModel, unpack

LIST, MOST_LIST, MOST_MODEL = "model-list.json", 4 << 20, 8 << 30
TRIES = 5
PLAIN = {"Accept-Encoding": "identity"}
UNPACKED_SHARE = 4  # of the archive's size, until it is known better
PARTIAL, LOCK = ".part", ".lock"
log = structlog.get_logger()


class NotFetched(WaiaError):
    """`code` is one word for the page; what came so far is kept where going on makes sense."""

    status = 502
    message = N_("No se pudo descargar el modelo de voz.")

    def __init__(self, code: str, words: str = "") -> None:
        self.code = code
        super().__init__(f"{code}: {words}" if words else code)


class Offer(msgspec.Struct, frozen=True):
    """One line of the list of models."""

    name: str
    lang: str
    url: str
    md5: str
    size: int
    type: str = ""
    obsolete: str = "false"


@dataclass
class Fetching:
    """One download. `told` hears of its progress, at most a few times a second."""

    places: ModelPlaces
    base_url: str
    language: str
    reserve: int
    told: Callable[[Progress], None] = lambda _: None
    _told_at: datetime = field(default_factory=lambda: LONG_AGO)

    @property
    def folder(self) -> Path:
        return self.places.root / self.language

    async def run(self) -> Path:
        """The folder of the model, in its place. Raises NotFetched; another process that fetches is one reason."""
        try:
            with _alone(self.places.root / LOCK):
                return await self._fetch()
        except NotFetched as error:
            self._tell("failed", 0, 0, error.code)
            raise
        except httpx.HTTPError as error:
            self._tell("failed", 0, 0, "network")
            raise NotFetched("network", type(error).__name__) from error
        except OSError as error:
            code = "no_space" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "disk"
            self._tell("failed", 0, 0, code)
            raise NotFetched(code, error.strerror or "") from error

    async def _fetch(self) -> Path:
        self._tell("downloading", 0, 0)
        async with httpx.AsyncClient(headers=PLAIN, trust_env=True, follow_redirects=True, timeout=30) as http:
            offer = await self._offer(http)
            archive = self.places.root / (offer.name + PARTIAL)
            self._check_room(offer.size - _size(archive) + UNPACKED_SHARE * offer.size)
            await self._bring(http, offer, archive)
        await asyncio.to_thread(self._check, archive, offer)
        self._tell("unpacking", offer.size, offer.size)
        try:
            await asyncio.to_thread(unpack, archive, self.folder, self._check_room)
        except NotAModel as error:
            archive.unlink(missing_ok=True)
            raise NotFetched("not_a_model", str(error)) from error
        archive.unlink()
        self._tell("done", offer.size, offer.size)
        return self.folder

    async def _offer(self, http: httpx.AsyncClient) -> Offer:
        """The newest small model of the language; large ones take no vocabulary."""
        async with http.stream("GET", urljoin(self.base_url, LIST)) as answer:
            answer.raise_for_status()
            raw = b"".join([piece async for piece in _bounded(answer, MOST_LIST)])
        try:
            offers = msgspec.json.decode(raw, type=list[Offer])
        except msgspec.DecodeError as error:
            raise NotFetched("bad_list", str(error)) from error
        fitting = [offer for offer in offers if self._fits(offer)]
        if not fitting:
            raise NotFetched("no_such_language", self.language)
        return max(fitting, key=lambda offer: (offer.lang == self.language, offer.name))

    def _fits(self, offer: Offer) -> bool:
        is_language = offer.lang == self.language or offer.lang.startswith(f"{self.language}-")
        is_plain = offer.name.replace("-", "").replace(".", "").replace("_", "").isalnum() and offer.name[0] != "."
        return (
            is_language
            and is_plain
            and offer.type == "small"
            and offer.obsolete != "true"
            and 0 < offer.size <= MOST_MODEL
        )

    async def _bring(self, http: httpx.AsyncClient, offer: Offer, archive: Path) -> None:
        """What a cut line brought is kept, and the rest is asked for."""
        url = urljoin(self.base_url, Path(urlsplit(offer.url).path).name)  # a mirror's list names the original
        for tried in range(TRIES):
            try:
                await self._go_on(http, url, offer, archive)
            except httpx.TransportError:
                if tried == TRIES - 1:
                    raise
                continue
            if _size(archive) >= offer.size:
                return
        raise NotFetched("cut_off", f"{_size(archive)} of {offer.size} bytes")

    async def _go_on(self, http: httpx.AsyncClient, url: str, offer: Offer, archive: Path) -> None:
        have = _size(archive)
        if have >= offer.size:
            return
        headers = {"Range": f"bytes={have}-"} if have else {}
        async with http.stream("GET", url, headers=headers) as answer:
            if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                await asyncio.to_thread(archive.unlink)
                return
            answer.raise_for_status()
            goes_on = answer.status_code == HTTPStatus.PARTIAL_CONTENT and _starts_at(answer) == have
            done = have if goes_on else 0
            with archive.open("ab" if goes_on else "wb") as file:
                async for piece in _bounded(answer, offer.size - done):
                    await asyncio.to_thread(file.write, piece)
                    done += len(piece)
                    self._tell("downloading", done, offer.size, often=True)

    def _check(self, archive: Path, offer: Offer) -> None:
        with archive.open("rb") as file:
            told = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        if told != offer.md5.lower():
            archive.unlink()
            raise NotFetched("wrong_checksum")

    def _check_room(self, wanted: int) -> None:
        if shutil.disk_usage(self.places.root).free < wanted + self.reserve:
            raise NotFetched("no_space", f"{wanted // (1 << 20)} MB are needed")

    def _tell(self, state: str, done: int, total: int, error: str = "", *, often: bool = False) -> None:
        now = datetime.now(UTC)
        if often and (now - self._told_at).total_seconds() < 0.3:
            return
        self._told_at = now
        progress = Progress(state, done, total, error, now, self.language)
        if error != "busy":
            self.places.tell_progress(progress)
        self.told(progress)


def fetching(settings: Settings, language: str = "", told: Callable[[Progress], None] = lambda _: None) -> Fetching:
    """Of the language in use, or of another."""
    reserve = int(settings.disk_reserve_mb * MB)
    return Fetching(
        ModelPlaces.of(settings), settings.voice_model_url, language or settings.voice_model_language, reserve, told
    )


async def fetch_quietly(settings: Settings) -> None:
    """The same for a task that nobody waits for: how it ended stands in the file that pages read."""
    try:
        await fetching(settings).run()
    except NotFetched as error:
        log.warning("voice_model_not_fetched", reason=error.code, detail=str(error)[:200])


async def _bounded(answer: httpx.Response, most: int) -> AsyncIterator[bytes]:
    """Raises NotFetched as soon as there is more than was announced."""
    async for piece in answer.aiter_raw():  # as it comes: a buffer would lose what a cut line brought
        most -= len(piece)
        if most < 0:
            raise NotFetched("too_much")
        yield piece


def _starts_at(answer: httpx.Response) -> int:
    told = answer.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
    return int(told) if told.isdigit() else -1


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """The lock ends with the process, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotFetched("busy") from None
        yield
    finally:
        os.close(file)
