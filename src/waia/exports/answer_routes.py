"""`/respuestas`: one row per chat, one column per answer that was kept; the newest answers first."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromQuery

from waia.accounts.office import Office
from waia.chats.panel.presenters import key_of, read_key
from waia.exports import repository
from waia.exports.lines import ChatLine
from waia.exports.reading import told
from waia.kit.db import Transaction
from waia.rules.book import Rules

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """As they stand in the address: an answer's name, words in an answer, where the page before ended."""

    dato: str = ""
    texto: str = ""
    antes: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.dato or self.texto.strip())

    def query(self, after: str) -> str:
        named = {"dato": self.dato, "texto": self.texto, "antes": after}
        return urlencode({name: value for name, value in named.items() if value})


@dataclass(frozen=True, slots=True)
class AnswerRow:
    chat: ChatLine
    at: datetime
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answers:
    """A page of rows. `names` are the columns; `more` is the address that goes on, empty at the end."""

    filters: Filters
    names: list[str]
    rows: list[AnswerRow] = field(default_factory=list)
    more: str = ""


@get("/respuestas")
async def show_answers(
    office: Given[Office],
    rules: Given[Rules],
    dato: FromQuery[str] = "",
    texto: FromQuery[str] = "",
    antes: FromQuery[str] = "",
) -> Response[Any]:
    filters = Filters(dato[:40], texto[:200], antes[:40])
    without_role = (await rules.book(office.by.now)).chats_without_role
    async with office.accounts.database.reading() as tx:
        answers = await _answers(tx, office, filters, without_role)
    if office.wants_fragment:
        template = "exports/answers/rows.html" if filters.antes else "exports/answers/_table.html"
        return office.page.html(template, answers=answers)
    return office.page.html("exports/answers/page.html", answers=answers)


async def _answers(tx: Transaction, office: Office, filters: Filters, without_role: str) -> Answers:
    wanted = [repository.with_answers(filters.dato, filters.texto.strip())] if filters.narrows else []
    after = read_key(filters.antes)
    found = await repository.newest_answers(tx, office.user, without_role, wanted, after, PAGE_SIZE + 1)
    names = await repository.answer_names(tx)
    shown = found[:PAGE_SIZE]
    chats = await repository.chats_by_id(tx, [chat_id for chat_id, _ in shown])
    rows = await told(tx, [chats[chat_id] for chat_id, _ in shown], office.accounts.settings.timezone)
    moments = dict(shown)
    lines = [AnswerRow(each.chat, moments[each.chat.id], each.answers) for each in rows]
    more = f"/respuestas?{filters.query(_key(shown[-1]))}" if len(found) > PAGE_SIZE else ""
    return Answers(filters, names, lines, more)


def _key(last: tuple[int, datetime]) -> str:
    chat_id, at = last
    return key_of(at.astimezone(UTC), chat_id)
