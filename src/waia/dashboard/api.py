"""`/api/tablero/…`: the cards as JSON, for those who draw them elsewhere. Described in `/api/openapi.json`."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath, QueryParameter

from waia.accounts.guards import require_admin
from waia.dashboard.board import SHOWS
from waia.dashboard.cards import Card, Cell
from waia.dashboard.desk import BoardDesk, progress_of
from waia.dashboard.filters import Filters
from waia.kit.errors import NotFound
from waia.kit.i18n import translator

TAGS = ["tablero"]
PROGRAMS = {"page": False}
ADMINS = [require_admin]
Value = str | int | float | None


class Period(msgspec.Struct):
    """Both days are included; `zona` is the time zone that cut them."""

    del_: date = msgspec.field(name="del")
    al: date
    zona: str


class Figure(msgspec.Struct):
    """One figure. `definicion` says what counts, `detalle` leads to the rows behind it."""

    nombre: str
    valor: Value
    unidad: str
    definicion: str
    detalle: str | None


class CardRow(msgspec.Struct):
    """A line of the table: `valores` in the order of `columnas` without the first. Times are in seconds."""

    nombre: Value
    valores: list[Value]
    detalles: list[str | None]


class CardAnswer(msgspec.Struct):
    """`completo` is false while the history is counted anew: figures are still missing rows."""

    tarjeta: str
    titulo: str
    definicion: str
    periodo: Period
    completo: bool
    datos: list[Figure]
    columnas: list[str]
    filas: list[CardRow]


class CardName(msgspec.Struct):
    tarjeta: str
    direccion: str


@get("/api/tablero", guards=ADMINS, opt=PROGRAMS, tags=TAGS, include_in_schema=True, summary="Qué tarjetas hay")
async def list_cards() -> list[CardName]:
    return [CardName(key, f"/api/tablero/{key}") for key in SHOWS]


@get(
    "/api/tablero/{tarjeta:str}",
    guards=ADMINS,
    opt=PROGRAMS,
    tags=TAGS,
    include_in_schema=True,
    summary="Los números de una tarjeta",
)
async def show_card(
    desk: Given[BoardDesk],
    tarjeta: FromPath[str],
    periodo: Annotated[
        str | None, QueryParameter(description="hoy, ayer, 7d, 30d, mes, mes_pasado, 12m u otro")
    ] = None,
    del_: Annotated[str | None, QueryParameter(name="del", description="Primer día, como 2026-11-01")] = None,
    al: Annotated[str | None, QueryParameter(description="Último día, incluido")] = None,
    rol: Annotated[str | None, QueryParameter(description="Id de un rol")] = None,
    numero: Annotated[str | None, QueryParameter(description="Número del cliente, con el código del país")] = None,
    asesor: Annotated[str | None, QueryParameter(description="Id de quien tenía el chat; 0: nadie")] = None,
    tipo: Annotated[str | None, QueryParameter(description="Tipo de mensaje, como text o image")] = None,
    autor: Annotated[list[str] | None, QueryParameter(description="cliente, bot, asesor; se puede repetir")] = None,
    limite: Annotated[str | None, QueryParameter(description="Filas de las listas, de 1 a 50")] = None,
) -> CardAnswer:
    """The same figures as the page, by the same filters."""
    if tarjeta not in SHOWS:
        raise NotFound
    filters, limit = desk.filters(), desk.limit()
    async with desk.database.reading() as tx:
        card = await desk.card(tx, tarjeta, filters, limit)
        progress = await progress_of(tx)
    return _answer(card, filters, desk, complete=progress.percent is None)


def _answer(card: Card, filters: Filters, desk: BoardDesk, *, complete: bool) -> CardAnswer:
    translate = translator(desk.page.language).gettext
    return CardAnswer(
        tarjeta=card.key,
        titulo=translate(card.title),
        definicion=translate(card.definition),
        periodo=Period(filters.first, filters.last, str(desk.settings.timezone)),
        completo=complete,
        datos=[
            Figure(
                translate(fact.label),
                fact.cell.value,
                str(fact.cell.kind),
                translate(fact.definition) if fact.definition else "",
                fact.cell.link or None,
            )
            for fact in card.facts
        ],
        columnas=[translate(column) for column in card.columns],
        filas=[
            CardRow(
                _told(row.label, desk.page.language),
                [_told(cell, desk.page.language) for cell in row.cells],
                [cell.link or None for cell in row.cells],
            )
            for row in card.rows
        ],
    )


def _told(cell: Cell, language: str) -> Value:
    return translator(language).gettext(str(cell.value)) if cell.kind == "words" else cell.value
