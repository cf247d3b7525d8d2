"""`/tablero/mensajes`, `/tablero/conversaciones`: the rows behind a figure, each leading into its chat."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency as Given
from litestar.response import Redirect

from waia.accounts.guards import require_admin
from waia.accounts.signed_in import SignedIn
from waia.chats.panel.presenters import person
from waia.chats.panel.whatsapp_text import plain
from waia.dashboard import behind_repository as repository
from waia.dashboard import figures_repository
from waia.dashboard.behind import Behind, Narrowing, read_after, read_narrowing, read_place
from waia.dashboard.behind_repository import Found, Looker
from waia.dashboard.desk import BoardDesk
from waia.dashboard.filters import AUTHORS, Filters
from waia.dashboard.words import KIND_WORDS, WEEKDAYS
from waia.kit.db import Transaction
from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.rules.book import Rules
from waia.whatsapp.error_words import reason_words

ADMINS = [require_admin]
LONGEST_TEXT = 240
IN_CHARGE = N_("A cargo de")
HANDLED_WORDS = {
    "bot": N_("Solo el bot"),
    "person": N_("Una persona"),
    "waiting": N_("Espera a una persona"),
    "nobody": N_("Nadie"),
}
AUTHOR_WORDS = {"customer": N_("Cliente"), "bot": N_("Bot"), "phone": N_("Desde el teléfono")}


@get("/tablero/mensajes", guards=ADMINS)
async def show_messages(desk: Given[BoardDesk], user: Given[SignedIn], rules: Given[Rules]) -> Response[Any]:
    behind, looker = _behind(desk), await _looker(desk, user, rules)
    if behind is None:
        return _explained(desk)
    async with desk.database.reading() as tx:
        found = await repository.messages_behind(tx, behind, looker)
        told = await _told(tx, behind)
    rows = [_message(row) for row in found.rows]
    return _page(desk, "dashboard/messages.html", found, behind, rows=rows, told=told)


@get("/tablero/conversaciones", guards=ADMINS)
async def show_conversations(desk: Given[BoardDesk], user: Given[SignedIn], rules: Given[Rules]) -> Response[Any]:
    behind, looker = _behind(desk), await _looker(desk, user, rules)
    if behind is None:
        return _explained(desk)
    async with desk.database.reading() as tx:
        found = await repository.conversations_behind(tx, behind, looker)
        told = await _told(tx, behind)
    rows = [(row, person(row), HANDLED_WORDS.get(row.handled_by, "")) for row in found.rows]
    return _page(desk, "dashboard/conversations.html", found, behind, rows=rows, told=told)


@get("/tablero/sin_asesor", guards=ADMINS)
async def show_without_person(desk: Given[BoardDesk], user: Given[SignedIn], rules: Given[Rules]) -> Response[Any]:
    """Customers to whom no person wrote in the period; what they wrote adds up to the figure."""
    behind, looker = _behind(desk), await _looker(desk, user, rules)
    if behind is None:
        return _explained(desk)
    async with desk.database.reading() as tx:
        wanted = await figures_repository.wanted_by(tx, behind.filters)
        found = await repository.customers_behind(tx, wanted, looker, read_after(desk.request.query_params))
        told = await _told(tx, Behind(behind.filters.narrowed(kind="", authors=())))
    own = behind.filters.narrowed(kind="", number="", authors=("cliente",)).fields
    rows = [
        (row, person(row), received, f"/tablero/mensajes?{urlencode([*own, ('chat', row.id)])}")
        for row, received in found.rows
    ]
    return _page(desk, "dashboard/customers.html", found, behind, rows=rows, told=told)


def _behind(desk: BoardDesk) -> Behind | None:
    """None where the address cannot be read."""
    query = desk.request.query_params
    try:
        return Behind(desk.filters(), read_narrowing(query), read_place(query.get("antes", "")))
    except Invalid:
        return None


def _explained(desk: BoardDesk) -> Response[Any]:
    """The board says beside its fields what is wrong with them."""
    return Redirect(f"/tablero?{desk.request.url.query}", status_code=303)


async def _looker(desk: BoardDesk, user: SignedIn, rules: Rules) -> Looker:
    without_role = (await rules.book(desk.real_now)).chats_without_role
    return Looker(user, without_role, desk.settings.timezone)


def _page(desk: BoardDesk, template: str, found: Found, behind: Behind, **context: Any) -> Response[str]:
    query = [pair for pair in desk.request.query_params.multi_items() if pair[0] != "antes"]
    more = f"?{urlencode([*query, ('antes', found.place.key)])}" if found.place else ""
    back = f"/tablero?{behind.filters.query}"
    return desk.page.html(template, more=more, back=back, filters=behind.filters, **context)


def _message(row: Any) -> Mapping[str, Any]:
    by_user = row.author == "user"
    return {
        "row": row,
        "person": person(row),
        "author": (row.display_name or row.user_name or "") if by_user else AUTHOR_WORDS.get(row.author, row.author),
        "author_is_name": by_user,
        "kind": KIND_WORDS.get(row.kind, row.kind),
        "text": plain(row.text or "")[:LONGEST_TEXT],
        "reason": reason_words(row.error_code) if row.status == -1 else "",
    }


async def _told(tx: Transaction, behind: Behind) -> list[tuple[str, str]]:
    """What narrows the list, as (words, somebody's own words)."""
    filters, narrowing = behind.filters, behind.narrowing
    told = [(AUTHORS[name][0], "") for name in filters.authors]
    told += [(KIND_WORDS.get(filters.kind, filters.kind), "")] if filters.kind else []
    told += [(N_("Número"), filters.number)] if filters.number else []
    told += await _names(tx, filters, N_("Primera respuesta de") if narrowing.answered_by == "persona" else IN_CHARGE)
    return told + _narrowings(narrowing)


async def _names(tx: Transaction, filters: Filters, whose: str) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    if filters.role_id is not None:
        roles = await figures_repository.role_names(tx)
        told.append((N_("Rol"), roles.get(filters.role_id, ("", str(filters.role_id)))[1]))
    if filters.owner_id is not None:
        people = await figures_repository.people_names(tx)
        told.append((whose, people.get(filters.owner_id, "")) if filters.owner_id else (N_("Nadie a cargo"), ""))
    return told


def _narrowings(narrowing: Narrowing) -> list[tuple[str, str]]:
    told = [
        (N_("Hora"), f"{narrowing.hour}:00" if narrowing.hour is not None else ""),
        (N_("Palabra"), narrowing.word),
        (N_("Frase que el bot no entendió"), narrowing.phrase),
    ]
    found = [(words, value) for words, value in told if value]
    found += [(WEEKDAYS[narrowing.weekday], "")] if narrowing.weekday is not None else []
    found += [(N_("Un solo chat"), "")] if narrowing.chat_id is not None else []
    marks = (
        (bool(narrowing.failed), N_("No se enviaron")),
        (narrowing.uncertain, N_("Sin confirmar")),
        (narrowing.by_phone, N_("Desde el teléfono")),
        (narrowing.without_role, N_("Sin rol")),
        (narrowing.customer == "nuevo", N_("De clientes nuevos")),
        (narrowing.customer == "vuelve", N_("De clientes que vuelven")),
        (narrowing.answered_by == "bot", N_("Contestó el bot")),
        (narrowing.answered_by == "persona", N_("Contestó una persona")),
        (bool(narrowing.closed_with), N_("Cerradas")),
        (bool(narrowing.handled), HANDLED_WORDS.get(narrowing.handled, "")),
    )
    return found + [(words, "") for holds, words in marks if holds]
