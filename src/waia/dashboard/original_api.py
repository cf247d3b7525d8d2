"""The original's endpoints of its board: the same names and shapes, with the meaning that they were said to have.

`start` and `end` (days, both included, one alone is enough; without them the last 366 days), `rol` (id), `numero`,
`tipos` (cliente, bot, asesor) and `limit` narrow all of them.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any, get_type_hints

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency as Given
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from waia.accounts.guards import require_admin
from waia.dashboard import figures_repository as repository
from waia.dashboard import tops_repository as tops
from waia.dashboard.desk import BoardDesk
from waia.dashboard.figures_repository import Wanted
from waia.dashboard.filters import AUTHORS, MOST_DAYS, OTHER, read_filters
from waia.dashboard.words import WEEKDAYS
from waia.kit.db import Transaction
from waia.kit.errors import Invalid
from waia.kit.i18n import N_

ADMINS = [require_admin]
PROGRAMS = {"page": False}
ALL, LONGEST_LIST = 1_000, 5_000
Told = Annotated[str | None, QueryParameter()]
CUSTOMERS = ("cliente",)
BAD_LIMIT = N_("Escribe un número de 1 a 1000.")


class Totals(msgspec.Struct):
    enviados: int
    recibidos: int


class RoleCount(msgspec.Struct):
    total_roles: int


class OnDay(msgspec.Struct):
    """`fecha`: dd/mm/aaaa"""

    fecha: str
    total: int


class InHour(msgspec.Struct):
    hora: int
    total: int


class OnWeekday(msgspec.Struct):
    dia: str
    total: int


class WordsOf(msgspec.Struct):
    numero: str
    palabras: int


class MessagesOf(msgspec.Struct):
    numero: str
    mensajes: int


class WithoutAgent(msgspec.Struct):
    sin_asesor: int


class WordCount(msgspec.Struct):
    palabra: str
    frecuencia: int


class InRole(msgspec.Struct):
    """`rol`: its keyword"""

    rol: str
    mensajes: int


class OfKind(msgspec.Struct):
    tipo: str
    total: int


class KindsOnDay(msgspec.Struct):
    fecha: str
    cliente: int
    bot: int
    asesor: int
    otros: int


class RoleName(msgspec.Struct):
    id: int
    name: str


class Unknown(msgspec.Struct):
    error: str


@dataclass(frozen=True, slots=True)
class Original:
    """What an endpoint answers from: the filters of its address, found to exist."""

    desk: BoardDesk
    tx: Transaction
    wanted: Wanted
    limit: int

    def of(self, authors: Sequence[str]) -> Wanted:
        """Of these authors, as far as the filters want them."""
        chosen = self.wanted.filters.authors
        kept = tuple(name for name in authors if not chosen or name in chosen)
        return Wanted(replace(self.wanted.filters, authors=kept, kind="" if kept else "-"), self.wanted.chat_ids)


class Refused(Exception):
    """What the original answered with 400."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


async def _asked(desk: BoardDesk, tx: Transaction) -> Original:
    """Raises Invalid, Refused."""
    query = desk.request.query_params
    first, last = query.get("start", ""), query.get("end", "") or desk.today.isoformat()
    told = {"periodo": OTHER, "del": first or _long_before(last), "al": last}
    told |= {"rol": query.get("rol", ""), "numero": query.get("numero", "")}
    if not told["rol"].isdigit():
        told["rol"] = ""  # as the original: what is no number does not narrow
    names = tuple(name for each in query.getall("tipos", []) for name in each.split(",") if name in AUTHORS)
    filters = read_filters(told, names, desk.today)
    if filters.role_id is not None and not await repository.role_exists(tx, filters.role_id):
        raise Refused("Rol no encontrado")
    wanted = await repository.wanted_by(tx, filters)
    if filters.number and not wanted.chat_ids:
        raise Refused("Número no encontrado")
    return Original(desk, tx, wanted, _limit(desk.request))


def _long_before(last: str) -> str:
    try:
        return (date.fromisoformat(last) - timedelta(days=MOST_DAYS - 1)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _limit(request: Request[Any, Any, Any]) -> int:
    text = request.query_params.get("limit", "")
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= ALL):
        raise Invalid({"limit": BAD_LIMIT})
    return int(text)


async def totals(original: Original) -> Totals:
    found = await repository.messages(original.tx, original.wanted, "author")
    sums = {name: sum(found[(value,)] for value in values) for name, (_, values) in AUTHORS.items()}
    return Totals(enviados=sums["bot"] + sums["asesor"], recibidos=sums["cliente"])


async def role_count(original: Original) -> RoleCount:
    return RoleCount(len(await repository.role_names(original.tx)))


async def per_day(original: Original) -> list[OnDay]:
    found = await repository.messages(original.tx, original.wanted, "day")
    return [OnDay(f"{day:%d/%m/%Y}", n) for (day,), n in sorted(found.items())]


async def per_hour(original: Original) -> list[InHour]:
    return [InHour(hour, n) for hour, n in enumerate(await repository.hours(original.tx, original.wanted)) if n]


async def per_weekday(original: Original) -> list[OnWeekday]:
    week: Counter[int] = Counter()
    for (day,), n in (await repository.messages(original.tx, original.wanted, "day")).items():
        week[day.weekday()] += n
    return [OnWeekday(WEEKDAYS[number], week[number]) for number in range(7) if week[number]]


async def words_per_number(original: Original) -> list[WordsOf]:
    found = await tops.top_chats(original.tx, original.wanted, "words", original.limit or ALL)
    return [WordsOf(*each) for each in await _numbered(original.tx, found)]


async def top_numbers(original: Original) -> list[MessagesOf]:
    found = await tops.top_chats(original.tx, original.wanted, "received", original.limit or 3)
    return [MessagesOf(*each) for each in await _numbered(original.tx, found)]


async def numbers_without_agent(original: Original) -> list[MessagesOf]:
    found = await tops.chats_without_person(original.tx, original.wanted, original.limit or ALL)
    return [MessagesOf(*each) for each in await _numbered(original.tx, found)]


async def without_agent(original: Original) -> WithoutAgent:
    return WithoutAgent((await tops.without_person(original.tx, original.wanted)).received)


async def frequent_words(original: Original) -> list[WordCount]:
    found = await tops.top_terms(original.tx, original.wanted, "word", original.limit or 10)
    return [WordCount(word, n) for word, n in found]


async def per_role(original: Original) -> list[InRole]:
    found = await repository.messages(original.tx, original.of(CUSTOMERS), "roles")
    roles, counts = await repository.role_names(original.tx), Counter[int]()
    for (held,), n in found.items():
        counts.update(dict.fromkeys({int(each) for each in held.split(",") if each}, n))
    return [InRole(roles[role_id][0], n) for role_id, n in counts.most_common() if role_id in roles]


async def per_author(original: Original) -> list[OfKind]:
    found = await repository.messages(original.tx, original.wanted, "author")
    sums = {name: sum(found[(value,)] for value in values) for name, (_, values) in AUTHORS.items()}
    return [OfKind(name, n) for name, n in sums.items() if n]


async def authors_per_day(original: Original) -> list[KindsOnDay]:
    found = await repository.messages(original.tx, original.wanted, "day", "author")
    answer = []
    for day in sorted({day for day, _ in found}):
        sums = {name: sum(found[day, value] for value in values) for name, (_, values) in AUTHORS.items()}
        answer.append(KindsOnDay(f"{day:%d/%m/%Y}", **sums, otros=0))
    return answer


async def role_list(original: Original) -> list[RoleName]:
    return [RoleName(role_id, name) for role_id, (_, name) in (await repository.role_names(original.tx)).items()]


async def number_list(original: Original) -> list[str]:
    return await repository.all_numbers(original.tx, LONGEST_LIST)


async def _numbered(tx: Transaction, found: Sequence[tuple[int, int]]) -> list[tuple[str, int]]:
    """Who has no number is called by the user name."""
    names = {row.id: row for row in await repository.chat_names(tx, [chat_id for chat_id, _ in found])}
    known = [(names[chat_id], n) for chat_id, n in found if chat_id in names]
    return [(row.numero or row.phone or (f"@{row.username}" if row.username else ""), n) for row, n in known]


def _route(path: str, summary: str, work: Callable[[Original], Awaitable[Any]]) -> HTTPRouteHandler:
    """Gets what its address asks for, or tells 400 as the original did."""

    async def answer(
        desk: Given[BoardDesk],
        start: Told = None,
        end: Told = None,
        rol: Told = None,
        numero: Told = None,
        tipos: Annotated[list[str] | None, QueryParameter(description="cliente, bot, asesor")] = None,
        limit: Told = None,
    ) -> Response[Any]:
        async with desk.database.reading() as tx:
            try:
                original = await _asked(desk, tx)
            except Refused as refused:
                return Response(Unknown(refused.error), status_code=400)
            return Response(await work(original))

    answer.__name__ = getattr(work, "__name__", "answer")
    told: Any = Response
    answer.__annotations__ |= {"return": told[get_type_hints(work)["return"]]}
    described = get(
        path, guards=ADMINS, opt=PROGRAMS, tags=["tablero original"], summary=summary, include_in_schema=True
    )
    return described(answer)


HANDLERS = [
    _route("/datos_totales", "Mensajes enviados y recibidos", totals),
    _route("/datos_roles_total", "Cuántos roles hay", role_count),
    _route("/datos_mensajes_diarios", "Mensajes por día", per_day),
    _route("/datos_mensajes_hora", "Mensajes por hora del día", per_hour),
    _route("/datos_mensajes_semana", "Mensajes por día de la semana", per_weekday),
    _route("/datos_tablero", "Palabras por número", words_per_number),
    _route("/datos_top_numeros", "Números que más escriben", top_numbers),
    _route("/datos_numeros_sin_asesor", "Números a los que ninguna persona escribió", numbers_without_agent),
    _route("/datos_sin_asesor", "Mensajes de números a los que ninguna persona escribió", without_agent),
    _route("/datos_palabras", "Palabras frecuentes de los clientes", frequent_words),
    _route("/datos_roles", "Mensajes de clientes por rol del chat", per_role),
    _route("/datos_tipos", "Mensajes por quién los escribió", per_author),
    _route("/datos_tipos_diarios", "Mensajes por día y quién los escribió", authors_per_day),
    _route("/lista_roles", "Roles", role_list),
    _route("/lista_numeros", "Números de los clientes, los más recientes primero", number_list),
]
