"""The board shows what docs/es/tablero.md counts by hand; both databases."""

from collections import defaultdict

from tests.chats.panel_world import Browser, Shop
from tests.dashboard.histories import Cards, Rows, tables, write_histories

WEEK = "del=2026-04-01&al=2026-04-07"
FACTS = {"totales", "sin_asesor"}
FIRST_ROWS = {"palabras": 1}
WHO = {"persona": "Atendidas por una persona", "bot": "Atendidas solo por el bot", "nadie": "Sin ninguna respuesta"}


async def test_the_board_shows_exactly_what_was_counted_by_hand(shop: Shop) -> None:
    numbers = await write_histories(shop)
    expected = tables()
    async with shop.browser("beto") as beto:
        cards = await _cards(beto, WEEK)
        for key, rows in expected.items():
            if key in FACTS:
                assert [[label, cards.facts[key][label]] for label, _ in rows] == rows, key
            elif key != "cada":
                assert _comparable(key, cards.tables[key][1:]) == rows, key
        for row in expected["cada"]:
            assert await _single(beto, numbers[row[0]], row) == row
        none = await _cards(beto, "del=2026-04-05&al=2026-04-05")
        assert none.facts["totales"]["Total"] == "0"


async def _cards(beto: Browser, query: str) -> Cards:
    answer = await beto.get(f"/tablero?{query}")
    assert answer.status == 200
    return Cards(answer.html)


def _comparable(key: str, rows: Rows) -> Rows:
    if key == "horas":
        return [row for row in rows if row[1] != "0"]
    return rows[: FIRST_ROWS.get(key)]


async def _single(beto: Browser, number: str, row: list[str]) -> list[str]:
    """Of three cards; as fragments, which is how the page asks for them again."""
    query = f"{WEEK}&numero={number}"
    answers = [await beto.get(f"/tablero/tarjetas/{key}?{query}") for key in ("totales", "tiempos", "conversaciones")]
    cards = Cards("".join(answer.html for answer in answers))
    totals, times = cards.facts["totales"], defaultdict[str, str](lambda: "–")
    times |= {name: median for name, median, *_ in cards.tables["tiempos"][1:]}  # an empty card has no table
    handled = dict(cards.tables["conversaciones"][1:])
    closed = [times[f"Hasta cerrar, {how}"] for how in ("solo con el bot", "con una persona")]
    return [
        row[0],
        *(totals[name] for name in ("Recibidos", "Del bot", "De asesores", "No se enviaron", "Sin confirmar")),
        cards.facts["conversaciones"]["Conversaciones"],
        ", ".join(word for word, name in WHO.items() if handled[name] != "0"),
        times["Primera respuesta del bot"],
        times["Primera respuesta de una persona"],
        times["Primera respuesta de una persona, en horario"],
        next((each for each in closed if each != "–"), "–"),
    ]
