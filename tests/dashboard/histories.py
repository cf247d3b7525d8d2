"""The histories of docs/es/tablero.md as rows of the database, and its tables as what the board should show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from tests.chats.panel_world import Shop
from waia.accounts.models import Role
from waia.chats.models import ChatMove, Message
from waia.dashboard.counting import Basis
from waia.dashboard.rollups import Rollups
from waia.rules.hours import BusinessHours
from waia.rules.repository import store_setting

PAGE = Path(__file__).parents[2] / "docs/es/tablero.md"
ZONE = ZoneInfo("America/Santiago")
SETTINGS = {"WAIA_TIMEZONE": "America/Santiago", "WAIA_HOURS": "lun-vie 09:00-18:00"}
LINE = re.compile(r"(\d\d-\d\d \d\d:\d\d:\d\d) (\w+)(?: (\w+))?(?: \[([^\]]*)\])?(?:: (.*))?")
MOVES = {"cola": "queue", "toma": "person", "cerrado": "closed", "reabierto": "reopened"}
AUTHORS = {"cliente": "customer", "bot": "bot", "nota": "note", "teléfono": "phone"}
DIRECTIONS = {"cliente": "in", "nota": "own"}
Rows = list[list[str]]


@dataclass
class History:
    """One chat of the page, line by line; who holds it follows from what happened."""

    shop: Shop
    chat_id: int
    holder: str = "bot"
    owner: int | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    moves: list[dict[str, Any]] = field(default_factory=list)

    def read(self, line: str) -> None:
        found = LINE.fullmatch(line)
        assert found, line
        moment, who, whom, marks, text = found.groups()
        told = [mark.strip() for mark in (marks or "").split(",") if mark.strip()]
        at = datetime.fromisoformat(f"2026-{moment}")
        at = at.replace(tzinfo=ZONE, fold="después del cambio" in told).astimezone(UTC)
        if who in MOVES:
            self._move(MOVES[who], whom, at)
        else:
            self._message(who, told, text or "Listo", at)

    def _move(self, what: str, whom: str | None, at: datetime) -> None:
        self.owner = self.shop.users[whom] if whom else None
        self.holder = what if what in {"queue", "person"} else "bot"
        self.moves.append({"chat_id": self.chat_id, "at": at, "what": what, "user_id": self.owner})

    def _message(self, who: str, marks: list[str], text: str, at: datetime) -> None:
        key = f"h{self.chat_id}.{len(self.messages)}"
        roles = sorted(self.shop.roles[mark] for mark in marks if mark in self.shop.roles)
        person = who if who in self.shop.users else "ana" if who == "nota" else None
        row = {
            "chat_id": self.chat_id, "public_id": key, "wamid": key, "text": text, "timestamp": at, "received_at": at,
            "direction": DIRECTIONS.get(who, "out"), "author": AUTHORS.get(who, "user"),
            "kind": "note" if who == "nota" else "text", "details": {}, "edited_at": None, "status": 0,
            "error_code": None, "user_id": self.shop.users[person] if person else None,
            "owner_then": self.shop.users.get(who, self.owner),
            "held_by": self.holder if who in {"cliente", "bot", "nota"} else "person",
            "roles_then": f",{','.join(map(str, roles))}," if roles else "",
        }  # fmt: skip
        self.messages.append(row | _status(marks))


def _status(marks: list[str]) -> dict[str, Any]:
    for mark in marks:
        if mark.startswith("falló"):
            return {"status": -1, "error_code": int(mark.split()[1])}
    if "editado" in marks:
        return {"edited_at": datetime(2026, 4, 7, 13, tzinfo=UTC), "details": {"earlier": ["Quiero una silla"]}}
    return {"status": -3 if "sin confirmar" in marks else -4 if "descartado" in marks else 0}


async def write_histories(shop: Shop) -> dict[str, str]:
    """All of the page, one chat each; their customers' numbers by the histories' own."""
    shop.roles["soporte"] = await _role(shop, "Soporte", "soporte")
    async with shop.parts.database.writing() as tx:
        await store_setting(tx, "holidays", "03/04")
    numbers, histories = dict[str, str](), list[History]()
    for number, lines in _blocks():
        phone = f"5691000{int(number):04d}"
        chat = await shop.add_chat(f"Cliente {number}", role="", numero=phone, person={"phone": phone})
        histories.append(History(shop, chat))
        for line in lines:
            histories[-1].read(line)
        numbers[number] = phone
    async with shop.parts.database.writing() as tx:
        await tx.execute(insert(Message), [row for history in histories for row in history.messages])
        await tx.execute(insert(ChatMove), [row for history in histories for row in history.moves])
    await count_all(shop)
    return numbers


async def count_all(shop: Shop) -> None:
    rollups, basis = Rollups(shop.parts.database, shop.parts.clock), await basis_of(shop)
    await rollups.begin_anew(basis)
    while await rollups.step(basis):
        pass


async def count_news(shop: Shop) -> None:
    """What the worker does when it looks."""
    basis = await basis_of(shop)
    while await Rollups(shop.parts.database, shop.parts.clock).step(basis):
        pass


async def basis_of(shop: Shop) -> Basis:
    flow = await shop.parts.rules.book(shop.parts.clock.real())
    hours: BusinessHours = flow.hours
    return Basis(flow.values.timezone, hours)


async def _role(shop: Shop, name: str, keyword: str) -> int:
    return await shop.add(Role, name=name, keyword=keyword)


def _blocks() -> Iterator[tuple[str, list[str]]]:
    for number, lines in re.findall(
        r"^\*\*(\d+)\. .*?```\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    ):
        yield number, lines.splitlines()


def tables() -> dict[str, Rows]:
    """The tables of the page by the bold word above them; that of the single histories is `cada`. Without heads."""
    text = PAGE.read_text("utf-8").partition("### Cada historia")[2]
    singles, _, whole = text.partition("### Todas juntas")
    found = {"cada": _rows(singles)}
    for name, table in re.findall(r"\*\*(\w+)\*\*[^\n]*\n\n((?:\|[^\n]*\n)+)", whole):
        found[name] = _rows(table)
    return found


def _rows(text: str) -> Rows:
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


class Cards(HTMLParser):
    """Rows of tables, and facts as (label, value), by the key of their card, as people read them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: dict[str, Rows] = {}
        self.facts: dict[str, dict[str, str]] = {}
        self._card, self._row, self._label = "", [""], ""
        self._into: list[str] | None = None
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "section" and (told.get("id") or "").startswith("card-"):
            self._card = (told["id"] or "").removeprefix("card-")
            self.tables[self._card], self.facts[self._card] = [], {}
        elif tag == "tr":
            self._row = []
        elif tag in {"th", "td", "dt", "dd"}:
            self._into = []
        elif tag == "span" and (self._hidden or "fact__words" in (told.get("class") or "")):
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self._hidden:
            self._hidden -= 1
        elif tag in {"th", "td", "dt", "dd"} and self._into is not None:
            text, self._into = " ".join("".join(self._into).split()), None
            if tag in {"th", "td"}:
                self._row.append(text)
            elif tag == "dt":
                self._label = text
            else:
                self.facts[self._card][self._label] = text
        elif tag == "tr" and self._card:
            self.tables[self._card].append(self._row)

    def handle_data(self, data: str) -> None:
        if self._into is not None and not self._hidden:
            self._into.append(data)
