"""The defects of the original's board (legacy E1 to E6, A12, B18, C17), each as a test that it does not come back."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.chats.panel_world import NOW, Browser, Shop
from tests.dashboard.histories import Cards, count_all, count_news
from waia.dashboard.drawing import safe

TODAY = "2026-11-22"


@pytest.fixture
async def board(shop: Shop) -> Shop:
    """Two customers on one day: one wrote a voice note and has an agent, the other met the bot's fallback."""
    carla = await shop.add_chat("Carla", numero="573000000001")
    at = datetime(2026, 11, 23, 2, 59, tzinfo=UTC)  # a minute before midnight in Santiago
    await shop.add_message(carla, "", kind="voice", tipo="audio", timestamp=at, roles_then=_roles(shop))
    await shop.add_sent(carla, "Ya te cotizo", author="user", user_id=shop.users["ana"], timestamp=at)
    diego = await shop.add_chat("Diego", role="", numero="573000000002")
    told: dict[str, Any] = {"timestamp": at, "roles_then": "", "unmatched": True}
    await shop.add_message(diego, "=cmd|calc", **told)
    await shop.add_sent(diego, "No entendí tu respuesta", timestamp=at, step=None, rule_id=None)
    await count_all(shop)
    return shop


def _roles(shop: Shop) -> str:
    return f",{shop.roles['ventas']},"


async def _json(beto: Browser, path: str) -> Any:
    answer = await beto.get(path)
    assert answer.status == 200, (path, answer.html)
    return json.loads(answer.html)


async def test_e1_the_last_day_counts_whole_and_one_date_alone_is_heeded(board: Shop) -> None:
    async with board.browser("beto") as beto:
        for query in (f"start={TODAY}&end={TODAY}", f"start={TODAY}", f"end={TODAY}"):
            assert await _json(beto, f"/datos_totales?{query}") == {"enviados": 2, "recibidos": 2}, query
        assert await _json(beto, "/datos_totales?end=2026-11-21") == {"enviados": 0, "recibidos": 0}
        assert (await beto.get("/datos_totales?end=mañana")).status == 422


async def test_e2_kinds_of_author_and_limits_are_heeded(board: Shop) -> None:
    async with board.browser("beto") as beto:
        assert await _json(beto, "/datos_totales?tipos=bot") == {"enviados": 1, "recibidos": 0}
        assert await _json(beto, "/datos_totales?tipos=cliente,asesor") == {"enviados": 1, "recibidos": 2}
        assert len(await _json(beto, "/datos_top_numeros?limit=1")) == 1
        assert len(await _json(beto, "/datos_palabras?limit=1")) == 1


async def test_e3_filters_stay_in_the_form_and_in_every_link(board: Shop) -> None:
    role = board.roles["ventas"]
    async with board.browser("beto") as beto:
        answer = await beto.get(f"/tablero?periodo=30d&rol={role}&numero=573000000001&autor=cliente&tipo=voice")
        chosen = {element.get("value") for element in answer.page.elements if "selected" in element}
        assert {"30d", str(role), "voice"} <= chosen
        assert answer.page.where(name="numero", value="573000000001")
        assert "checked" in answer.page.where(name="autor", value="cliente")[0]
        for card in answer.page.where(data_behaviour="board-card"):
            assert f"rol={role}&numero=573000000001" in card["data-address"]


async def test_e4_voice_video_and_ads_count_as_what_customers_wrote(board: Shop) -> None:
    async with board.browser("beto") as beto:
        tops = await _json(beto, "/datos_top_numeros?limit=5")
        assert {row["numero"]: row["mensajes"] for row in tops} == {"573000000001": 1, "573000000002": 1}
        assert await _json(beto, "/datos_roles") == [{"rol": "ventas", "mensajes": 1}]
        kinds = await _json(beto, "/datos_tipos_diarios")
        assert kinds == [{"fecha": "22/11/2026", "cliente": 2, "bot": 1, "asesor": 1, "otros": 0}]


async def test_e5_without_agent_means_without_agent(board: Shop) -> None:
    async with board.browser("beto") as beto:
        without = await _json(beto, "/datos_numeros_sin_asesor")
        assert without == [{"numero": "573000000002", "mensajes": 1}]
        assert await _json(beto, "/datos_sin_asesor") == {"sin_asesor": 1}
        words = await _json(beto, "/datos_tablero")
        assert {row["numero"]: row["palabras"] for row in words} == {"573000000001": 3, "573000000002": 5}


async def test_e6_odd_limits_are_refused_in_words_and_nothing_falls_over(board: Shop) -> None:
    async with board.browser("beto") as beto:
        for limit in ("-1", "0", "1e3", "99999", "'"):
            answer = await beto.get(f"/datos_palabras?limit={limit}")
            assert (answer.status, json.loads(answer.html)["message"]) == (422, "Escribe un número de 1 a 1000.")
        assert json.loads((await beto.get("/datos_totales?rol=99999")).html) == {"error": "Rol no encontrado"}
        assert json.loads((await beto.get("/datos_totales?numero=1")).html) == {"error": "Número no encontrado"}
        wrong = await beto.get("/tablero?periodo=otro&del=2026-02-31&al=2026-03-01&numero=573")
        assert wrong.status == 422
        assert "Escribe la fecha como 2026-11-30." in wrong.page.text("board-from-error")
        assert wrong.page.where(name="numero", value="573")
        long = await beto.get("/tablero?periodo=otro&del=2024-01-01&al=2026-01-01")
        assert "366" in long.page.text("board-to-error")


async def test_a12_b18_messages_count_without_their_rule(board: Shop) -> None:
    """The rule may be deleted, and notices never had one."""
    async with board.browser("beto") as beto:
        cards = Cards((await beto.get("/tablero?periodo=30d")).html)
        assert cards.facts["totales"]["Del bot"] == "1"
        assert cards.tables["sin_regla"][1:] == [["=cmd|calc", "1"]]


async def test_c17_no_cell_of_a_sheet_is_a_formula(board: Shop) -> None:
    async with board.browser("beto") as beto:
        sheet = (await beto.get("/tablero/csv/sin_regla?periodo=30d")).html
    assert sheet == "\ufeffFrase;Veces\r\n'=cmd|calc;1\r\n"
    assert [safe(text) for text in ("+1", "-1", "@a", "\t=1", "1")] == ["'+1", "'-1", "'@a", "'\t=1", "1"]


async def test_every_figure_leads_to_exactly_the_rows_that_it_counts(board: Shop) -> None:
    async with board.browser("beto") as beto:
        answer = await _json(beto, "/api/tablero/totales?periodo=30d")
        linked = [figure for figure in answer["datos"] if figure["detalle"] and figure["valor"]]
        assert len(linked) >= 4
        for figure in linked:
            rows = (await beto.get(figure["detalle"])).ids("behind")
            assert len(rows) == (4 if figure["nombre"] == "Palabras" else figure["valor"]), figure
        for key in ("dias", "horas", "semana", "tipos", "roles", "asesores", "numeros", "palabras", "sin_regla"):
            for row in (await _json(beto, f"/api/tablero/{key}?periodo=30d"))["filas"]:
                for value, link in zip(row["valores"], row["detalles"], strict=True):
                    if link and value:
                        assert await _listed(beto, link) == value, (key, row)
        talks = await _json(beto, "/api/tablero/conversaciones?periodo=30d")
        for figure in talks["datos"]:
            assert await _listed(beto, figure["detalle"]) == figure["valor"], figure


async def test_a_first_answer_leads_to_the_conversations_of_who_gave_it(board: Shop) -> None:
    """Ana answered first, Beto has the chat since then: her figure, and in his filter none."""
    ana, beto_id = board.users["ana"], board.users["beto"]
    emma, at = await board.add_chat("Emma", numero="573000000003"), datetime(2026, 11, 22, 15, tzinfo=UTC)
    await board.add_message(emma, "Hola", timestamp=at, roles_then="", held_by="queue")
    for minutes, author in ((1, ana), (2, beto_id)):
        sent: dict[str, Any] = {
            "author": "user",
            "user_id": author,
            "owner_then": author,
            "timestamp": at + timedelta(minutes=minutes),
        }
        await board.add_sent(emma, "Voy", **sent)
    await count_all(board)
    async with board.browser("beto") as beto:
        for asked in ("", f"&asesor={ana}", f"&asesor={beto_id}"):
            rows = (await _json(beto, f"/api/tablero/asesores?periodo=30d{asked}"))["filas"]
            firsts = {row["nombre"]: (row["valores"][1], row["detalles"][1]) for row in rows}
            times = (await _json(beto, f"/api/tablero/tiempos?periodo=30d{asked}"))["filas"][1]
            expected = {"": 2, f"&asesor={ana}": 2, f"&asesor={beto_id}": 0}[asked]
            assert (firsts.get("Ana Torres", (0,))[0], times["valores"][2]) == (expected, expected), asked
            assert firsts.get("Beto Salas", (0, None)) == (0, None)
            for link in filter(None, (firsts.get("Ana Torres", (0, None))[1], times["detalles"][2])):
                assert await _listed(beto, link) == expected, (asked, link)
        shown = await beto.get(f"/tablero/conversaciones?periodo=30d&respuesta=persona&asesor={ana}")
        assert "Primera respuesta de" in shown.page.text()


async def _listed(beto: Browser, link: str) -> int:
    """Rows of the list behind a figure: messages, or conversations."""
    answer = await beto.get(link)
    rows = answer.ids("behind") if "/mensajes" in link else answer.html.count('class="table__row"')
    return rows if isinstance(rows, int) else len(rows)


async def test_customers_without_an_agent_are_listed_and_add_up_to_their_figures(board: Shop) -> None:
    for number in range(1, 56):
        chat = await board.add_chat(f"Cliente <b>{number}</b>")
        for _ in range(1 + number % 3):
            await board.add_message(chat, "hola", timestamp=NOW)
    await count_all(board)
    async with board.browser("beto") as beto:
        chats, received = (await _json(beto, "/api/tablero/sin_asesor?periodo=30d"))["datos"]
        assert (chats["valor"], chats["detalle"]) == (56, received["detalle"])
        for address in (chats["detalle"], chats["detalle"].replace("del=2026-10-24", "del=2026-10-23")):
            first = await beto.get(address)
            (more,) = [str(a["href"]) for a in first.page.where() if "antes=" in str(a.get("href"))]
            second = await beto.get(f"/tablero/sin_asesor{more}")
            assert (len(first.ids("behind")), len(second.ids("behind"))) == (50, 6)
            counts = [int(n) for page in (first, second) for n in re.findall(r'chat=\d+">(\d+)</a>', page.html)]
            assert counts == sorted(counts, reverse=True)
            assert sum(counts) == received["valor"]
            assert "Cliente &lt;b&gt;55" in first.html
        narrowed = await beto.get(f"/tablero/sin_asesor?periodo=30d&rol={board.roles['ventas']}&antes=9-9-9")
        assert narrowed.status == 200
        assert (await beto.get("/tablero/sin_asesor?del=ayer")).status == 303


async def test_the_longest_wait_leads_to_the_chat_that_waits(board: Shop) -> None:
    waiting: dict[str, Any] = {"holder": "queue", "unanswered_since": NOW - timedelta(hours=2)}
    longest = await board.add_chat("Elena", **waiting)
    await board.add_chat("Flor", **{**waiting, "unanswered_since": NOW - timedelta(hours=1)})
    await board.add_chat("Con el bot", holder="bot", unanswered_since=NOW - timedelta(hours=5))
    async with board.browser("beto") as beto:
        facts = {each["nombre"]: each for each in (await _json(beto, "/api/tablero/ahora"))["datos"]}
        assert facts["La espera más larga"]["valor"] == 7_200
        assert facts["La espera más larga"]["detalle"] == f"/chats/{longest}"
        assert (await beto.get(f"/chats/{longest}")).status == 200


async def test_a_card_that_did_not_change_is_not_sent_again(board: Shop) -> None:
    paths = [f"/tablero/tarjetas/{key}?periodo=30d" for key in ("dias", "ahora")]
    async with board.browser("beto") as beto:
        tags = {path: (await beto.get(path)).headers["etag"] for path in paths}
        for path, tag in tags.items():
            again = await beto.http.get(path, headers={"if-none-match": tag})
            assert (again.status_code, again.text) == (304, "")
        chat = await board.add_chat("Elena", unanswered_since=NOW, holder="queue")
        message = await board.add_message(chat, "hola", timestamp=NOW)
        async with board.parts.database.writing() as tx:
            tx.announce("message_added", chat, str(message))
        await count_news(board)
        for path, tag in tags.items():
            assert (await beto.http.get(path, headers={"if-none-match": tag})).status_code == 200


async def test_c8_agents_do_not_see_the_board_nor_its_rows(board: Shop) -> None:
    async with board.browser("ana") as ana:
        for path in ("/tablero", "/tablero/mensajes", "/api/tablero/dias", "/datos_totales", "/lista_numeros"):
            assert (await ana.get(path)).status == 403, path
        assert not (await ana.get("/")).page.where(href="/tablero")


async def test_the_endpoints_are_described_for_programs(board: Shop) -> None:
    async with board.browser("beto") as beto:
        described = await _json(beto, "/api/openapi.json")
    assert {"/api/tablero/{tarjeta}", "/datos_totales", "/lista_roles"} <= set(described["paths"])
    assert not [path for path in described["paths"] if not path.startswith(("/api/", "/datos_", "/lista_"))]
    answer = described["paths"]["/datos_palabras"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["items"]["$ref"].endswith("/WordCount")
    names = {parameter["name"] for parameter in described["paths"]["/datos_totales"]["get"]["parameters"]}
    assert names == {"start", "end", "rol", "numero", "tipos", "limit"}
