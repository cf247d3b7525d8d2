"""Whatever happens, in every tab and filter the open page shows what a fresh load of its address shows."""

import asyncio
import os
import random

import httpx
import pytest
from playwright.async_api import Page

from tests.browser.street import Street
from waia.accounts.cookies import csrf_token
from waia.chats.panel.feed import Pace

pytestmark = pytest.mark.asyncio(loop_scope="session")

ACTIONS = int(os.environ.get("LIST_ACTIONS", "24"))
AT_ONCE = 3
SEED = int(os.environ.get("LIST_SEED", "2026"))
PATIENCE_S = 45.0
CHATS = 9
ADDRESSES = (
    ("ana", "vista=sin_responder"), ("ana", "vista=mios"), ("beto", "vista=no_leidos"), ("ana", "vista=bot"),
    ("ana", ""), ("beto", "vista=archivados"), ("beto", "rol=ventas&estado=sin_respuesta"),
    ("beto", "dueno=0&vista=bot"), ("ana", "vista=mios&estado=asesor"),
)  # fmt: skip
# Rows with their order, badges, states and chips, the numbers on the tabs, and the messages of the chat that is open:
# of this page, and of a fresh load of it. What is personal (you, a draft, who looks too) is put in by scripts.
LOOK = """async () => {
  const read = (page) => ({
    rows: [...page.querySelectorAll("#chats > .row")].map((row) => [
      row.id, row.className, row.dataset.roles, row.dataset.recent, row.dataset.wait,
      row.querySelector(".row__name").textContent, row.querySelector(".row__text").textContent,
      row.querySelector(".state").className,
      ...[...row.querySelectorAll(".badge, .chip")].map((part) => part.textContent),
    ].join(" · ")),
    counts: [...page.querySelectorAll("#counts .tab")].map((tab) => tab.textContent.trim()).join(", "),
    thread: [...page.querySelectorAll(".message")].map((message) =>
      [message.id, message.className, message.querySelector(".bubble__words")?.textContent.trim()].join(" · ")),
    holder: page.querySelector(".holder__who")?.textContent.trim().replace(/\\s+/g, " "),
  });
  while (performance.now() - window.changedAt < SETTLED_MS) await new Promise((again) => setTimeout(again, 20));
  const fresh = await (await fetch(location.href, { headers: { accept: "text/html" } })).text();
  return [read(document), read(new DOMParser().parseFromString(fresh, "text/html"))];
}""".replace("SETTLED_MS", "150")
NOTE_CHANGES = """() => {
  const note = () => { window.changedAt = performance.now(); };
  note();
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


class Happenings:
    """What may happen to chats in an office, at random: customers write, and people do what the panel offers."""

    def __init__(self, street: Street, chats: list[int], seed: int) -> None:
        self._street, self._chats, self._random = street, chats, random.Random(seed)
        self._people = ("ana", "beto")
        self._count = 0

    async def next(self) -> str:
        chat = self._random.choice(self._chats)
        acts = (self._message, self._act, self._act, self._role, self._note, self._hand)
        return f"{await self._random.choice(acts)(chat)} {chat}"

    async def while_away(self) -> str:
        """Something that needs no server: a customer writes, as another process would store it."""
        chat = self._random.choice(self._chats)
        return f"{await self._message(chat)} {chat}"

    async def _message(self, chat: int) -> str:
        self._count += 1
        await self._street.office.receive(chat, f"mensaje {self._count}")
        await self._street.office.change_chat(chat, archived_at=None, estado="sin_respuesta")
        return "message"

    async def _act(self, chat: int) -> str:
        method, path = self._random.choice(ACTS)
        return await self._do(method, f"/chats/{chat}/{path}")

    async def _role(self, chat: int) -> str:
        role = self._street.office.roles[self._random.choice(["ventas", "admin"])]
        return await self._do(self._random.choice(["PUT", "DELETE"]), f"/chats/{chat}/roles/{role}")

    async def _note(self, chat: int) -> str:
        self._count += 1
        return await self._do("POST", f"/chats/{chat}/notas", nota=f"nota {self._count}")

    async def _hand(self, chat: int) -> str:
        to = self._street.office.users[self._random.choice(self._people)]
        return await self._do("POST", f"/chats/{chat}/traspaso", a=f"u{to}")

    async def _do(self, method: str, path: str, **fields: str) -> str:
        """As the panel's own forms do it. Refusals belong to the game: somebody else was faster, or may not see it."""
        name = self._random.choice(self._people)
        token = self._street.office.tokens[name]
        headers = {"hx-request": "true", "x-csrf-token": csrf_token(token), "sec-fetch-site": "same-origin"}
        address = f"http://127.0.0.1:{self._street.port}"
        async with httpx.AsyncClient(
            base_url=address, cookies={"waia": token}, headers=headers, trust_env=False
        ) as http:
            answer = await http.request(method, path, data=fields, timeout=30)
        assert answer.status_code in {200, 404, 409, 422}, (method, path, answer.text)
        return f"{name} {method} {path}: {answer.status_code}, then"


ACTS = (
    ("PUT", "atencion"), ("DELETE", "atencion"), ("POST", "cola"), ("POST", "cierre"), ("DELETE", "cierre"),
    ("PUT", "archivo"), ("DELETE", "archivo"), ("POST", "sin-respuesta"), ("POST", "lectura"), ("DELETE", "lectura"),
)  # fmt: skip


def _hurry(street: Street) -> None:
    live = street.parts.live
    live.pace, live.hub.beat_s = Pace(batch_s=0.05, counts_s=0.1), 0.05


@pytest.mark.timeout(900)
async def test_every_list_shows_at_every_moment_what_a_fresh_load_shows(street: Street) -> None:
    _hurry(street)
    chats = [await street.office.add_chat(f"Cliente {n}") for n in range(CHATS)]
    happenings = Happenings(street, chats, SEED)
    pages = [await street.open(name, f"/?{query}") for name, query in ADDRESSES]
    pages.append(await street.open("beto", f"/chats/{chats[0]}"))
    for page in pages:
        await page.evaluate(NOTE_CHANGES)
    for _ in range(ACTIONS // AT_ONCE // 2):
        await _all_agree(pages, f"{[await happenings.next() for _ in range(AT_ONCE)]}")
    await street.stop()
    missed = [await happenings.while_away() for _ in range(5)]
    await street.start()
    _hurry(street)
    await _all_agree(pages, f"after a cut: {missed}")
    for _ in range(ACTIONS // AT_ONCE // 2):
        await _all_agree(pages, f"{[await happenings.next() for _ in range(AT_ONCE)]}")


async def _all_agree(pages: list[Page], after: str) -> None:
    await asyncio.gather(*(_agrees(page, after) for page in pages))


async def _agrees(page: Page, after: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        here, fresh = await page.evaluate(LOOK)
        if here == fresh:
            return
        late = asyncio.get_running_loop().time() > deadline
        assert not late, f"LIST_SEED={SEED}: {page.url} after {after}:\n{here}\n{fresh}"
