"""The cards of the board: which figures each shows, what they mean, and where the rows behind them are."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Any
from urllib.parse import quote_plus, urlencode

from waia.chats.panel.presenters import person
from waia.dashboard import figures_repository as repository
from waia.dashboard import tops_repository as tops
from waia.dashboard.cards import Card, Cell, Chart, Fact, Is, Row, Series, numbers
from waia.dashboard.counting import rounded_s
from waia.dashboard.figures_repository import Counts, Wanted
from waia.dashboard.filters import AUTHORS, Filters
from waia.dashboard.words import KIND_WORDS, WEEKDAYS
from waia.kit.db import Transaction
from waia.kit.i18n import N_
from waia.whatsapp.error_words import reason_words

PEOPLE = frozenset({"user", "phone"})
BY_CHAT = N_("No atiende los filtros de tipo ni de autor.")
BY_TALK = N_("No atiende los filtros de tipo ni de autor: cuenta conversaciones.")
ALWAYS_NOW = N_("No atiende los filtros: siempre es ahora.")
IN, BOT, PERSON = Series(N_("Recibidos"), "in", 0), Series(N_("Bot"), "bot", 1), Series(N_("Asesores"), "person", 2)
HALF, MOST = 0.5, 0.9
NO_KIND, MINUTE_S = "-", 60


@dataclass(frozen=True, slots=True)
class Board:
    """What a card needs: what is wanted, how people and roles are called, how many rows a list shows."""

    tx: Transaction
    wanted: Wanted
    limit: int
    now: datetime

    @property
    def filters(self) -> Filters:
        return self.wanted.filters

    def messages(self, filters: Filters | None = None, **more: str) -> str:
        return _address("/tablero/mensajes", filters or self.filters.dated, more)

    def talks(self, filters: Filters | None = None, /, **more: str) -> str:
        return _address("/tablero/conversaciones", filters or self.filters.dated, more)

    def on_days(self, author: str) -> str:
        """The messages of an author (empty: of all) on one `{day}`, to be filled in: a year has many."""
        filters = self.by(author) if author else self.filters.dated
        days = {"del": "{day}", "al": "{day}"}
        told = [(name, days.get(name) or quote_plus(value)) for name, value in filters.fields]
        return "/tablero/mensajes?" + "&".join(f"{name}={value}" for name, value in told)

    def by(self, author: str, filters: Filters | None = None) -> Filters:
        return (filters or self.filters).narrowed(authors=(author,))


def _address(path: str, filters: Filters, more: Mapping[str, str]) -> str:
    return f"{path}?{urlencode([*filters.fields, *more.items()])}"


async def show_now(board: Board) -> Card:
    row = await repository.waiting_now(board.tx, board.wanted)
    waited = rounded_s(board.now - row.oldest) // MINUTE_S * MINUTE_S if row.oldest else None
    waiting = "/?vista=sin_responder"
    longest = f"/chats/{await repository.longest_waiting(board.tx)}" if row.oldest else ""
    return Card(
        "ahora",
        N_("Ahora"),
        N_("Chats sin archivar en los que el cliente escribió y nadie ha contestado todavía."),
        facts=(
            Fact(N_("Esperan a una persona"), Cell(row.people, link=waiting if row.people else "")),
            Fact(N_("De ellos, sin nadie a cargo"), Cell(row.queue, link=waiting if row.queue else "")),
            Fact(N_("La espera más larga"), Cell(waited, Is.SECONDS, longest)),
            Fact(N_("Con el bot"), Cell(row.bot, link="/?vista=bot" if row.bot else "")),
        ),
        note=ALWAYS_NOW,
    )


async def show_totals(board: Board) -> Card:
    found = await repository.messages(board.tx, board.wanted, "author")
    failed = await repository.figures(board.tx, board.wanted, ("failed", "uncertain"), "figure")
    received, bot, people = (sum(found[(value,)] for value in values) for _, values in AUTHORS.values())
    lost, unsure = failed[("failed", "failed")], failed[("uncertain", "uncertain")]
    sent = bot + people
    words = await repository.words(board.tx, board.wanted)
    return Card(
        "totales",
        N_("Mensajes"),
        N_("Lo que se dijo en el período. No cuentan notas internas, reacciones, avisos del sistema ni lo descartado."),
        facts=(
            Fact(N_("Recibidos"), Cell(received, link=board.messages(board.by("cliente")))),
            Fact(
                N_("Enviados"),
                Cell(sent, link=board.messages(board.filters.narrowed(authors=("bot", "asesor")))),
                N_("Incluye lo que está en camino y lo que no se sabe si llegó; no lo que falló."),
            ),
            Fact(N_("Del bot"), Cell(bot, link=board.messages(board.by("bot")))),
            Fact(
                N_("De asesores"),
                Cell(people, link=board.messages(board.by("asesor"))),
                N_("También lo escrito desde la aplicación del teléfono."),
            ),
            Fact(N_("Total"), Cell(received + sent, link=board.messages())),
            Fact(N_("No se enviaron"), Cell(lost, link=board.messages(fallo="todos") if lost else "")),
            Fact(N_("Sin confirmar"), Cell(unsure, link=board.messages(sin_confirmar="1") if unsure else "")),
            Fact(
                N_("Palabras"),
                Cell(words, link=board.messages() if words else ""),
                N_("De todos los mensajes, de ambos lados. Lo eliminado no tiene palabras."),
            ),
        ),
    )


async def show_days(board: Board) -> Card:
    found = await repository.messages(board.tx, board.wanted, "day", "author")
    rows, addresses = [], [board.on_days(name) for name in (*AUTHORS, "")]
    for day in board.filters.days:
        counts = [sum(found[day, value] for value in values) for _, values in AUTHORS.values()]
        links = [address.format(day=day) for address in addresses]
        rows.append(Row(Cell(day.isoformat(), Is.DAY), numbers([*counts, sum(counts)], links)))
    columns = (N_("Día"), N_("Recibidos"), N_("Bot"), N_("Asesores"), N_("Total"))
    return Card(
        "dias",
        N_("Mensajes por día"),
        N_("Cada mensaje cuenta en su día y su hora del negocio, el último día completo."),
        columns=columns,
        rows=tuple(rows),
        chart=Chart("line" if len(rows) > 1 else "bars", (IN, BOT, PERSON)),
    )


async def show_hours(board: Board) -> Card:
    found = await repository.hours(board.tx, board.wanted)
    rows = [Row(Cell(hour, Is.HOUR), numbers([n], [board.messages(hora=str(hour))])) for hour, n in enumerate(found)]
    return Card(
        "horas",
        N_("Mensajes por hora del día"),
        N_("Todos los mensajes del período según la hora del reloj del negocio."),
        columns=(N_("Hora"), N_("Mensajes")),
        rows=tuple(rows),
        chart=Chart("bars", (Series(N_("Mensajes"), "in", 0),)),
    )


async def show_weekdays(board: Board) -> Card:
    found = await repository.messages(board.tx, board.wanted, "day")
    week: Counter[int] = Counter()
    for (day,), n in found.items():
        week[day.weekday()] += n
    rows = [
        Row(Cell(name, Is.WORDS), numbers([week[number]], [board.messages(dia_semana=str(number))]))
        for number, name in enumerate(WEEKDAYS)
    ]
    return Card(
        "semana",
        N_("Mensajes por día de la semana"),
        N_("Todos los mensajes del período, sumados por día de la semana."),
        columns=(N_("Día"), N_("Mensajes")),
        rows=tuple(rows),
        chart=Chart("bars", (Series(N_("Mensajes"), "in", 0),)),
    )


async def show_kinds(board: Board) -> Card:
    found = await repository.messages(board.tx, board.wanted, "kind", "author")
    kinds: Counter[str] = Counter()
    for (kind, _), n in found.items():
        kinds[kind] += n
    rows = []
    for kind, total in kinds.most_common():
        counts = _by_group(Counter({author: found[kind, author] for author in _authors(found)}))
        own = board.filters.narrowed(kind=kind)
        links = [board.messages(board.by(name, own)) for name in AUTHORS] + [board.messages(own)]
        rows.append(Row(Cell(KIND_WORDS.get(kind, kind), Is.WORDS), numbers([*counts, total], links)))
    return Card(
        "tipos",
        N_("Tipos de mensaje"),
        N_("Qué se envió y quién: texto, fotos, audios, menús y lo demás."),
        columns=(N_("Tipo"), N_("Recibidos"), N_("Bot"), N_("Asesores"), N_("Total")),
        rows=tuple(rows),
        chart=Chart("across", (IN, BOT, PERSON)),
    )


async def show_roles(board: Board) -> Card:
    found = await repository.messages(board.tx, _only(board.wanted, "cliente"), "roles")
    roles = await repository.role_names(board.tx)
    counts: Counter[int] = Counter()
    for (held,), n in found.items():
        for role_id in {int(each) for each in held.split(",") if each} or {0}:
            counts[role_id] += n
    rows = []
    for role_id, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        name = Cell(roles[role_id][1], Is.TEXT) if role_id in roles else Cell(_gone(role_id), Is.WORDS)
        own = board.by("cliente").narrowed(role_id=role_id or None)
        rows.append(Row(name, numbers([n], [board.messages(own, **({} if role_id else {"sin_rol": "1"}))])))
    return Card(
        "roles",
        N_("Recibidos por rol"),
        N_("Mensajes de clientes según el rol que tenía el chat cuando llegaron. Con dos roles cuenta en ambos."),
        columns=(N_("Rol"), N_("Recibidos")),
        rows=tuple(rows),
        chart=Chart("across", (Series(N_("Recibidos"), "in", 0),)),
    )


async def show_agents(board: Board) -> Card:
    found = await repository.messages(board.tx, _only(board.wanted, "asesor"), "owner_id", "author")
    waits = await repository.figures(board.tx, board.wanted, ("person_s",), "owner_id", "term")
    people = await repository.people_names(board.tx)
    sent: Counter[int] = Counter()
    for (owner_id, author), n in found.items():
        sent[owner_id if author == "user" else 0] += n
    rows = []
    for owner_id, n in sorted(sent.items(), key=lambda pair: (-pair[1], pair[0])):
        name = Cell(people[owner_id], Is.TEXT) if owner_id in people else Cell(_nobody(owner_id), Is.WORDS)
        own = board.by("asesor").narrowed(owner_id=owner_id) if owner_id else board.by("asesor")
        link = board.messages(own, **({} if owner_id else {"telefono": "1"}))
        times = Counter({int(term): held for (_, owner, term), held in waits.items() if owner == owner_id and owner})
        answered, middle = times.total(), percentile(times, HALF)
        first = board.talks(board.filters.dated.narrowed(owner_id=owner_id), respuesta="persona") if answered else ""
        cells = (Cell(n, link=link), Cell(answered, link=first), Cell(middle, Is.SECONDS))
        rows.append(Row(name, cells))
    return Card(
        "asesores",
        N_("Por asesor"),
        N_("Mensajes que escribió cada persona, y en cuántas conversaciones dio la primera respuesta y cuánto tardó."),
        columns=(N_("Asesor"), N_("Mensajes"), N_("Primeras respuestas"), N_("Mediana")),
        rows=tuple(rows),
        chart=Chart("across", (Series(N_("Mensajes"), "person", 0),)),
    )


async def show_talks(board: Board) -> Card:
    found = await repository.figures(board.tx, board.wanted, ("customer", "handled"), "term")
    new, returning = found["customer", "new"], found["customer", "returning"]
    ways = (
        ("bot", N_("Atendidas solo por el bot")),
        ("person", N_("Atendidas por una persona")),
        ("waiting", N_("Pasadas a una persona que no ha contestado")),
        ("nobody", N_("Sin ninguna respuesta")),
    )
    rows = [
        Row(Cell(words, Is.WORDS), numbers([found["handled", way]], [board.talks(atendida=way)])) for way, words in ways
    ]
    return Card(
        "conversaciones",
        N_("Conversaciones"),
        N_(
            "Una conversación empieza cuando escribe un cliente y termina al cerrar el chat; "
            "si el cliente vuelve a escribir tras 24 horas de silencio, empieza otra. Cuenta en el día en que empezó."
        ),
        facts=(
            Fact(N_("Conversaciones"), Cell(new + returning, link=board.talks())),
            Fact(
                N_("De clientes nuevos"),
                Cell(new, link=board.talks(cliente="nuevo")),
                N_("La primera conversación del chat."),
            ),
            Fact(N_("De clientes que vuelven"), Cell(returning, link=board.talks(cliente="vuelve"))),
        ),
        columns=(N_("Quién la atendió"), N_("Conversaciones")),
        rows=tuple(rows),
        chart=Chart("across", (Series(N_("Conversaciones"), "in", 0),)),
        note=BY_TALK,
    )


async def show_times(board: Board) -> Card:
    measures = (
        ("bot_s", N_("Primera respuesta del bot"), "respuesta", "bot"),
        ("person_s", N_("Primera respuesta de una persona"), "respuesta", "persona"),
        ("open_s", N_("Primera respuesta de una persona, en horario"), "respuesta", "persona"),
        ("closed_bot_s", N_("Hasta cerrar, solo con el bot"), "cerrada", "bot"),
        ("closed_person_s", N_("Hasta cerrar, con una persona"), "cerrada", "persona"),
    )
    found = await repository.figures(board.tx, board.wanted, [measure[0] for measure in measures], "term")
    rows = []
    for measure, words, name, value in measures:
        times = Counter({int(term): n for (figure, term), n in found.items() if figure == measure})
        cells = (
            Cell(percentile(times, HALF), Is.SECONDS),
            Cell(percentile(times, MOST), Is.SECONDS),
            *numbers([times.total()], [board.talks(**{name: value})]),
        )
        rows.append(Row(Cell(words, Is.WORDS), cells))
    return Card(
        "tiempos",
        N_("Tiempos de respuesta y de cierre"),
        N_(
            "La primera respuesta de cada conversación: la del bot, desde que el cliente escribió; la de una persona, "
            "desde que el chat pasó a esperarla. La mitad tardó la mediana o menos; nueve de diez, el p90 o menos."
        ),
        columns=(N_("Tiempo"), N_("Mediana"), N_("p90"), N_("Conversaciones")),
        rows=tuple(rows),
        note=BY_TALK,
    )


async def show_top_numbers(board: Board) -> Card:
    found = await tops.top_chats(board.tx, board.wanted, "received", board.limit)
    return Card(
        "numeros",
        N_("Clientes que más escriben"),
        N_("Mensajes recibidos de cada cliente en el período."),
        columns=(N_("Cliente"), N_("Recibidos")),
        rows=await _chat_rows(board, found, "cliente"),
        chart=Chart("across", (Series(N_("Recibidos"), "in", 0),)),
        note=BY_CHAT,
    )


async def show_words_by_number(board: Board) -> Card:
    found = await tops.top_chats(board.tx, board.wanted, "words", board.limit)
    return Card(
        "palabras_por_numero",
        N_("Palabras por cliente"),
        N_("Palabras de todos los mensajes del chat, de ambos lados, en el período."),
        columns=(N_("Cliente"), N_("Palabras")),
        rows=await _chat_rows(board, found, ""),
        chart=Chart("across", (Series(N_("Palabras"), "in", 0),)),
        note=BY_CHAT,
    )


async def show_without_person(board: Board) -> Card:
    found = await tops.chats_without_person(board.tx, board.wanted, board.limit)
    total = await tops.without_person(board.tx, board.wanted)
    link = _address("/tablero/sin_asesor", board.filters.dated, {}) if total.chats else ""
    return Card(
        "sin_asesor",
        N_("Clientes sin asesor"),
        N_("Clientes que escribieron en el período y a los que ninguna persona escribió en él."),
        facts=(
            Fact(N_("Clientes sin asesor"), Cell(total.chats, link=link)),
            Fact(N_("Mensajes que escribieron"), Cell(total.received, link=link)),
        ),
        columns=(N_("Cliente"), N_("Recibidos")),
        rows=await _chat_rows(board, found, "cliente"),
        chart=Chart("across", (Series(N_("Recibidos"), "in", 0),)),
        note=BY_CHAT,
    )


async def show_words(board: Board) -> Card:
    found = await tops.top_terms(board.tx, board.wanted, "word", board.limit)
    rows = [
        Row(Cell(word, Is.TEXT), numbers([n], [board.messages(board.by("cliente"), palabra=word)])) for word, n in found
    ]
    return Card(
        "palabras",
        N_("Palabras frecuentes"),
        N_("Palabras de tres letras o más en mensajes de clientes, sin las que tiene cualquier frase."),
        columns=(N_("Palabra"), N_("Veces")),
        rows=tuple(rows),
        chart=Chart("across", (Series(N_("Veces"), "in", 0),)),
        note=BY_CHAT,
    )


async def show_failures(board: Board) -> Card:
    found = await repository.figures(board.tx, board.wanted, ("failed",), "term")
    rows = [
        Row(
            Cell(reason_words(int(code) or None), Is.WORDS),
            (Cell(code if code != "0" else "", Is.TEXT), Cell(n, link=board.messages(fallo=code))),
        )
        for (_, code), n in found.most_common()
    ]
    return Card(
        "fallos",
        N_("Mensajes que no se enviaron"),
        N_("Mensajes que Meta rechazó o no entregó, por motivo."),
        columns=(N_("Motivo"), N_("Código"), N_("Mensajes")),
        rows=tuple(rows),
        note=BY_CHAT,
    )


async def show_unmatched(board: Board) -> Card:
    found = await tops.top_terms(board.tx, board.wanted, "unmatched", board.limit)
    rows = [
        Row(Cell(words, Is.TEXT), numbers([n], [board.messages(board.by("cliente"), sin_regla=words)]))
        for words, n in found
    ]
    return Card(
        "sin_regla",
        N_("Frases que el bot no entendió"),
        N_("Lo que escribieron los clientes y ninguna regla supo contestar: candidatas a una regla nueva."),
        columns=(N_("Frase"), N_("Veces")),
        rows=tuple(rows),
        note=BY_CHAT,
    )


SHOWS: Mapping[str, Callable[[Board], Awaitable[Card]]] = {
    "ahora": show_now,
    "totales": show_totals,
    "dias": show_days,
    "conversaciones": show_talks,
    "tiempos": show_times,
    "horas": show_hours,
    "semana": show_weekdays,
    "asesores": show_agents,
    "roles": show_roles,
    "tipos": show_kinds,
    "numeros": show_top_numbers,
    "sin_asesor": show_without_person,
    "palabras": show_words,
    "palabras_por_numero": show_words_by_number,
    "sin_regla": show_unmatched,
    "fallos": show_failures,
}


def percentile(times: Counter[int], share: float) -> int | None:
    """The value that so many have or less; None of nothing."""
    rank, seen = ceil(times.total() * share), 0
    for value in sorted(times):
        seen += times[value]
        if times[value] and seen >= rank:
            return value
    return None


async def _chat_rows(board: Board, found: Sequence[tuple[int, int]], author: str) -> tuple[Row, ...]:
    names = {row.id: row for row in await repository.chat_names(board.tx, [chat_id for chat_id, _ in found])}
    rows = []
    for chat_id, n in found:
        known = names.get(chat_id)
        who = person(known) if known is not None else None
        filters = board.by(author) if author else board.filters.dated
        link = board.messages(replace(filters, number=""), chat=str(chat_id)) if known is not None else ""
        label = Cell(" · ".join(filter(None, (who.name or f"…{who.tail}", who.address))) if who else "", Is.TEXT)
        rows.append(Row(label, (Cell(n, link=link),)))
    return tuple(rows)


def _only(wanted: Wanted, author: str) -> Wanted:
    """The filters, and of these authors only; nothing at all where the filters want others."""
    excluded = bool(wanted.filters.authors) and author not in wanted.filters.authors
    filters = replace(wanted.filters, authors=(author,))
    return Wanted(replace(filters, kind=NO_KIND) if excluded else filters, wanted.chat_ids)


def _by_group(counts: Mapping[str, int]) -> list[int]:
    return [sum(counts.get(value, 0) for value in values) for _, values in AUTHORS.values()]


def _authors(found: Counts) -> set[Any]:
    return {key[1] for key in found}


def _gone(role_id: int) -> str:
    return N_("Rol eliminado") if role_id else N_("Sin rol")


def _nobody(owner_id: int) -> str:
    return N_("Persona eliminada") if owner_id else N_("Desde el teléfono")
