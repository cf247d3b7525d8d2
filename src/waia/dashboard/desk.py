"""What every page of the board needs: who looks, at which part, how far the roll-ups are."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from litestar import Request
from litestar.di import NamedDependency as Given

from waia.dashboard import figures_repository, rollup_repository
from waia.dashboard.board import SHOWS, Board
from waia.dashboard.cards import Card
from waia.dashboard.figures_repository import wanted_by
from waia.dashboard.filters import AUTHORS, PRESETS, Filters, read_filters
from waia.dashboard.words import KIND_WORDS
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.kit.render import Page
from waia.settings import Settings

LIMIT, MOST_ROWS = 10, 50
BAD_LIMIT = N_("Escribe un número de 1 a 50.")


@dataclass(frozen=True, slots=True)
class Progress:
    """`turn` changes with any figure; `percent` of all chats is counted, None when all are."""

    turn: int = 0
    percent: int | None = 0


@dataclass(frozen=True, slots=True)
class BoardDesk:
    request: Request[Any, Any, Any]
    page: Page
    database: Database
    settings: Settings
    now: datetime
    real_now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.settings.timezone).date()

    def filters(self) -> Filters:
        """As the address says. Raises Invalid."""
        query = self.request.query_params
        return read_filters(query, tuple(query.getall("autor", [])), self.today)

    def limit(self) -> int:
        """Raises Invalid."""
        text = self.request.query_params.get("limite") or str(LIMIT)
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MOST_ROWS):
            raise Invalid({"limite": BAD_LIMIT})
        return int(text)

    async def board(self, tx: Transaction, filters: Filters, limit: int) -> Board:
        return Board(tx, await wanted_by(tx, filters), limit, self.now)

    async def card(self, tx: Transaction, key: str, filters: Filters, limit: int) -> Card:
        return await SHOWS[key](await self.board(tx, filters, limit))

    async def cards(self, tx: Transaction, filters: Filters, limit: int) -> list[Card]:
        board = await self.board(tx, filters, limit)
        return [await show(board) for show in SHOWS.values()]

    def etag(self, progress: Progress, key: str, filters: Filters, limit: int, extra: str = "") -> str:
        """Changes with what the card shows: figures, filters and their days, language."""
        told = (progress, key, filters, limit, self.page.language, extra)
        return f'"{hashlib.sha256(repr(told).encode()).hexdigest()[:20]}"'


async def progress_of(tx: Transaction) -> Progress:
    state = await rollup_repository.state(tx)
    if state is None:
        return Progress()
    if state.next_chat_id is None:
        return Progress(state.turn, None)
    last = await rollup_repository.last_chat_id(tx)
    return Progress(state.turn, min(99, state.next_chat_id * 100 // max(last, 1)))


async def choices(tx: Transaction) -> dict[str, Sequence[tuple[str, str]]]:
    """What the form offers, as (value, words)."""
    roles = await figures_repository.role_names(tx)
    people = await figures_repository.people_names(tx)
    kinds = {words: kind for kind, words in reversed(list(KIND_WORDS.items()))}
    return {
        "presets": tuple(PRESETS.items()),
        "roles": tuple((str(role_id), name) for role_id, (_, name) in roles.items()),
        "people": tuple((str(user_id), name) for user_id, name in people.items()),
        "kinds": tuple((kind, words) for words, kind in reversed(list(kinds.items()))),
        "authors": tuple((name, words) for name, (words, _) in AUTHORS.items()),
    }


def provide_board_desk(
    request: Request[Any, Any, Any],
    page: Given[Page],
    database: Given[Database],
    settings: Given[Settings],
    clock: Given[Clock],
) -> BoardDesk:
    return BoardDesk(request, page, database, settings, clock.business(), clock.real())
