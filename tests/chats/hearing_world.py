"""Webhooks go in, voice notes are heard, turns are decided, all at moments that the test names: no loop runs."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.road_world import settings_for
from tests.roads.bodies import Json, message, text, value, webhook
from tests.roads.desk import ANA, RESUME_HOURS
from tests.roads.store import Store
from waia.app.parts import Parts, make_parts
from waia.chats import hearing, management
from waia.chats.erasure import erase
from waia.chats.repository import load_chats
from waia.kit import queue
from waia.kit.clock import Clock
from waia.kit.db import Transaction
from waia.settings import load_settings
from waia.transcription import repository as transcripts
from waia.transcription.values import Heard, TranscriptState, Word
from waia.whatsapp.repository import store_items
from waia.whatsapp.split import split
from waia.workers.inbox import InboxWorker
from waia.workers.mind import Mind
from waia.workers.turns import TurnsWorker

START = datetime(2026, 11, 22, 15, tzinfo=UTC)
TOO_LONG, NOT_UNDERSTOOD = "Muy larga", "No entendí la nota"
FLOW = (
    ("menu_principal", "iniciar", "¡Hola!", "texto", ""),
    ("menu_principal", "horario", "De 9 a 5", "texto", ""),
    ("menu_principal", "precio", "Vale 10", "texto", ""),
    ("menu_principal", "gracias", "De nada", "texto", ""),
    ("menu_principal", "opciones", "Elige", "boton", json.dumps([{"id": "a", "title": "Cotizar", "step": "medidas"}])),
    ("medidas", "@entrada", "¿Cuánto mide?", "texto", ""),
)
ADD_RULE = (
    "INSERT INTO reglas (step, input_text, respuesta, tipo, opciones, siguiente_step) VALUES (:s, :t, :r, :k, :o, '')"
)


class Hand(Clock):
    """Both clocks stand until somebody moves them."""

    moment = START

    def real(self) -> datetime:
        return self.moment


def heard(words: str, confidence: float = 1.0) -> Heard:
    told = tuple(Word(word, 100 * n, 100 * n + 90, confidence) for n, word in enumerate(words.split()))
    return Heard(TranscriptState.HEARD, told, duration_ms=1000)


def note(wamid: str, at: datetime = START) -> Json:
    told = {"id": f"media-{wamid}", "mime_type": "audio/ogg; codecs=opus", "voice": True}
    return message(wamid, "audio", told, at=at.timestamp())


def tapped(wamid: str, option: str, title: str, at: datetime = START, *, of: str | None = None) -> Json:
    reply = {"type": "button_reply", "button_reply": {"id": option, "title": title}}
    told = message(wamid, "interactive", reply, at=at.timestamp())
    return told | ({"context": {"id": of}} if of else {})


@dataclass
class Line:
    """Carla's chat. `says`, `sends` and `taps` are webhooks; `hears` is what the recogniser's worker records."""

    parts: Parts
    store: Store
    clock: Hand
    count: int = 0
    bodies: list[bytes] = field(default_factory=list)

    async def says(self, words: str) -> None:
        await self.post(text(self._wamid(), words, at=self.clock.business().timestamp()))

    async def sends_note(self) -> str:
        wamid = self._wamid()
        await self.post(note(wamid, self.clock.business()))
        await self.fetches(wamid)
        return wamid

    async def fetches(self, wamid: str) -> None:
        """The file of the note is here."""
        message_id = await self.id_of(wamid)
        await self._run(lambda tx: transcripts.want(tx, message_id, 1, self.clock.real()))

    async def taps(self, title: str, option: str = "zzz") -> None:
        await self.post(tapped(self._wamid(), option, title, self.clock.business()))

    async def post(self, *messages: Json) -> None:
        self.bodies.append(webhook(value(messages)))
        await self.deliver(self.bodies[-1])

    async def deliver(self, body: bytes) -> None:
        await self._run(lambda tx: store_items(tx, split(body).items, self.clock.real()))
        await self.work()

    async def hears(self, wamid: str, result: Heard | str) -> None:
        """Record how hearing the note ended, as the worker does, and go on with what is due."""
        await self.settles(await self.id_of(wamid), heard(result) if isinstance(result, str) else result)
        await self.work()

    async def settles(self, message_id: int, result: Heard) -> None:
        async def record(tx: Transaction) -> None:
            now = self.clock.real()
            await transcripts.record(tx, message_id, result, now)
            await hearing.settle(tx, message_id, result, self.clock.business(), now)
            await queue.finish(tx, transcripts.TRANSCRIPTS, [str(message_id)])

        await self._run(record)

    async def passes(self, **time: float) -> None:
        self.clock.moment += timedelta(**time)
        await self.work()

    async def work(self) -> None:
        """The inbox and the turns, until nothing is due."""
        mind = Mind(self.parts.rules, self.clock, "")
        for worker in (
            InboxWorker(self.parts.database, self.clock, mind),
            TurnsWorker(self.parts.database, self.clock, mind),
        ):
            while await worker.step() == 0:
                pass

    async def chat_goes(self, action: str) -> None:
        async def work(tx: Transaction) -> None:
            chats, now = list((await load_chats(tx, [1])).values()), self.clock.business()
            if action == "taken":
                await management.take(tx, chats, ANA, now, RESUME_HOURS)
            else:
                await management.close(tx, chats, now)

        if action == "erased":
            await erase(self.parts.database, self.parts.upkeep, 1, self.clock.business())
        else:
            await self._run(work)

    async def said(self) -> list[str]:
        """What the bot said so far."""
        return list(await self.store.column("SELECT mensaje FROM mensajes WHERE author = 'bot' ORDER BY id"))

    async def decisions(self) -> list[int]:
        """How many messages each decision was about, in the order of deciding."""
        counted = (
            "SELECT count(*) FROM mensajes WHERE decision_id IS NOT NULL GROUP BY decision_id ORDER BY decision_id"
        )
        return [int(count) for count in await self.store.column(counted)]

    async def id_of(self, wamid: str) -> int:
        found: int = await self.store.one("SELECT id FROM mensajes WHERE wa_id = :wamid", wamid=wamid)
        return found

    async def vocabulary(self) -> tuple[str, ...]:
        flow = await self.parts.rules.book(self.clock.real())
        async with self.parts.database.reading() as tx:
            return await hearing.vocabulary(tx, flow.book, 1)

    def _wamid(self) -> str:
        self.count += 1
        return f"wamid.{self.count}"

    async def _run(self, work: Callable[[Transaction], Awaitable[Any]]) -> None:
        await self.parts.database.run(work)


@asynccontextmanager
async def open_line(
    folder: Path, url: str, rules: Sequence[tuple[str, ...]] = FLOW, **settings: str
) -> AsyncIterator[Line]:
    texts = {"VOICE_TOO_LONG_TEXT": TOO_LONG, "VOICE_NOT_UNDERSTOOD_TEXT": NOT_UNDERSTOOD, "BUFFER_SECONDS": "2"}
    told = settings_for(folder, "http://127.0.0.1:9", url, 5000, **(texts | settings))
    parts, store = make_parts(load_settings(told, env_file=None)), Store(url)
    await store.rows("DELETE FROM reglas")
    for step, triggers, reply, kind, options in rules:
        await store.rows(ADD_RULE, s=step, t=triggers, r=reply, k=kind, o=options)
    line = Line(parts, store, Hand())
    try:
        yield line
    finally:
        await parts.stop()


async def greeted(line: Line) -> None:
    await line.says("hola")
    await line.passes(seconds=2)
    assert await line.said() == ["¡Hola!"]
