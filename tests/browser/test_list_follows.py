"""Whatever happens, in every tab and filter the open page shows what a fresh load of its address shows."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright
from sqlalchemy import delete, update

from tests.browser.test_live_updates import FLAGS, Street
from tests.chats.stream_world import Office
from tests.programs import need
from waia.app.parts import make_parts
from waia.chats.models import Chat, ChatRole
from waia.chats.panel.feed import Pace
from waia.kit.sql import insert_ignore

ACTIONS = int(os.environ.get("LIST_ACTIONS", "40"))
PATIENCE_S = 45.0
CHATS = 9
ADDRESSES = (
    ("ana", "vista=sin_responder"), ("ana", "vista=mios"), ("beto", "vista=no_leidos"), ("ana", "vista=bot"),
    ("ana", ""), ("beto", "vista=archivados"), ("beto", "rol=ventas&estado=sin_respuesta"),
    ("beto", "dueno=0&vista=bot"), ("ana", "vista=mios&estado=asesor"),
)  # fmt: skip
# Rows with their order, badges, states and chips, and the numbers on the tabs: of this page, and of a fresh load of it.
LOOK = """async () => {
  const read = (page) => ({
    rows: [...page.querySelectorAll("#chats > .row")].map((row) => [
      row.id, row.className, row.querySelector(".row__text").textContent, row.querySelector(".state").className,
      ...[...row.querySelectorAll(".badge, .chip")].map((part) => part.textContent),
    ].join(" · ")),
    counts: [...page.querySelectorAll("#counts .tab")].map((tab) => tab.textContent.trim()).join(", "),
  });
  const fresh = await (await fetch(location.href, { headers: { accept: "text/html" } })).text();
  return [read(document), read(new DOMParser().parseFromString(fresh, "text/html"))];
}"""


class Happenings:
    """What may happen to chats in an office, at random; every step is announced as the use cases do it."""

    def __init__(self, office: Office, chats: list[int], seed: int) -> None:
        self._office, self._chats, self._random = office, chats, random.Random(seed)

    async def next(self) -> str:
        chat = self._random.choice(self._chats)
        act = self._random.choice(
            [self._message, self._message, self._take, self._close, self._read, self._role, self._archive, self._answer]
        )
        await act(chat)
        return f"{act.__name__} {chat}"

    async def _message(self, chat: int) -> None:
        await self._office.receive(chat, f"mensaje {self._random.randrange(1_000)}")
        await self._office.change_chat(chat, archived_at=None, estado="sin_respuesta")

    async def _take(self, chat: int) -> None:
        who = self._random.choice(["ana", "beto"])
        await self._office.change_chat(chat, owner_id=self._office.users[who], holder="person", estado="asesor")

    async def _close(self, chat: int) -> None:
        free: dict[str, Any] = {"owner_id": None, "holder": "bot", "unread": 0, "unanswered_since": None}
        await self._office.change_chat(chat, estado="cerrado", **free)

    async def _read(self, chat: int) -> None:
        await self._office.change_chat(chat, unread=0)

    async def _answer(self, chat: int) -> None:
        await self._office.change_chat(chat, unanswered_since=None, unread=0, estado="espera_usuario")

    async def _archive(self, chat: int) -> None:
        await self._office.change_chat(chat, archived_at=self._office.clock.real())

    async def _role(self, chat: int) -> None:
        role = self._office.roles[self._random.choice(["ventas", "admin"])]
        async with self._office.database.writing() as tx:
            if self._random.random() < 0.5:
                await tx.execute(delete(ChatRole).where(ChatRole.chat_id == chat, ChatRole.role_id == role))
            else:
                await tx.execute(insert_ignore(tx.dialect, ChatRole), {"chat_id": chat, "role_id": role})
            await tx.execute(update(Chat).where(Chat.id == chat).values(version=Chat.version + 1))
            tx.announce("chat_changed", chat)


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    chromium = need("chromium")
    office = await Office.open(tmp_path)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        street = Street(office, browser, make_parts(office.settings))
        await _start(street)
        yield street
        await browser.close()
        await street.stop()
    await office.database.close()


async def _start(street: Street) -> None:
    await street.start()
    street.parts.live.pace = Pace(batch_s=0.05, counts_s=0.1)


@pytest.mark.timeout(900)
async def test_every_list_shows_at_every_moment_what_a_fresh_load_shows(street: Street) -> None:
    chats = [await street.office.add_chat(f"Cliente {n}") for n in range(CHATS)]
    happenings = Happenings(street.office, chats, seed=2026)
    pages = [await street.open(name, f"/?{query}") for name, query in ADDRESSES]
    for step in range(ACTIONS // 2):
        await _all_agree(pages, f"{step}: {await happenings.next()}")
    await street.stop()
    missed = [await happenings.next() for _ in range(5)]
    await _start(street)
    await _all_agree(pages, f"after a cut: {missed}")
    for step in range(ACTIONS // 2, ACTIONS):
        await _all_agree(pages, f"{step}: {await happenings.next()}")


async def _all_agree(pages: list[Page], after: str) -> None:
    await asyncio.gather(*(_agrees(page, after) for page in pages))


async def _agrees(page: Page, after: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        here, fresh = await page.evaluate(LOOK)
        if here == fresh:
            return
        assert asyncio.get_running_loop().time() < deadline, f"{page.url} after {after}:\n{here}\n{fresh}"
        await asyncio.sleep(0.1)
