"""`/tablero`: the board, each of its cards as a fragment, and the table of a card as CSV. For admins."""

from http import HTTPStatus
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts.guards import require_admin
from waia.dashboard.board import SHOWS
from waia.dashboard.cards import Card
from waia.dashboard.desk import BoardDesk, choices, progress_of
from waia.dashboard.drawing import chart_of, csv_of
from waia.dashboard.filters import Filters
from waia.kit.errors import Invalid, NotFound
from waia.media.disposition import content_disposition
from waia.media.kinds import kind_of

ADMINS = [require_admin]
POLLED = {"counts_as_use": False}
NOW = "ahora"


@get("/tablero", guards=ADMINS)
async def show_board(desk: Given[BoardDesk]) -> Response[str]:
    """What cannot be read in the address is told beside its field, and no figure pretends to answer it."""
    try:
        filters, limit, errors = desk.filters(), desk.limit(), dict[str, str]()
    except Invalid as invalid:
        filters, limit, errors = Filters(desk.today, desk.today), 0, invalid.errors
    async with desk.database.reading() as tx:
        offered = await choices(tx)
        progress = await progress_of(tx)
        cards = [] if errors else await desk.cards(tx, filters, limit)
    drawn = [
        _context(desk, card, filters, desk.etag(progress, card.key, filters, limit, _extra(card))) for card in cards
    ]
    typed = desk.request.query_params
    asked = {"typed": dict(typed), "authors": typed.getall("autor", []), "errors": errors}
    return desk.page.html(
        "dashboard/page.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        cards=drawn,
        filters=filters,
        asked=asked,
        choices=offered,
        progress=progress,
    )


@get("/tablero/tarjetas/{key:str}", guards=ADMINS, opt=POLLED)
async def show_card(desk: Given[BoardDesk], key: FromPath[str]) -> Response[Any]:
    """304 where nothing changed: then no figure was even asked for."""
    if key not in SHOWS:
        raise NotFound
    filters, limit = desk.filters(), desk.limit()
    known = desk.request.headers.get("if-none-match", "")
    async with desk.database.reading() as tx:
        progress = await progress_of(tx)
        card = await desk.card(tx, key, filters, limit) if key == NOW else None
        tag = desk.etag(progress, key, filters, limit, _extra(card))
        if tag == known:
            return Response(None, status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        card = card or await desk.card(tx, key, filters, limit)
    return desk.page.html("dashboard/_card.html", headers={"ETag": tag}, **_context(desk, card, filters, tag))


@get("/tablero/csv/{key:str}", guards=ADMINS)
async def download_card(desk: Given[BoardDesk], key: FromPath[str]) -> Response[bytes]:
    if key not in SHOWS:
        raise NotFound
    filters = desk.filters()
    async with desk.database.reading() as tx:
        card = await desk.card(tx, key, filters, desk.limit())
    name = f"waia-{key}-{filters.first.isoformat()}-{filters.last.isoformat()}.csv"
    headers = {"Content-Disposition": content_disposition(name, kind_of("text/csv"))}
    body = csv_of(card, desk.page.language).encode()
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


def _context(desk: BoardDesk, card: Card, filters: Filters, tag: str) -> dict[str, Any]:
    query = desk.request.url.query or filters.query
    return {"card": card, "chart": chart_of(card, desk.page.language), "tag": tag, "query": query}


def _extra(card: Card | None) -> str:
    """What is true now changes without an event: it has to be looked at."""
    return repr(card) if card is not None and card.key == NOW else ""
