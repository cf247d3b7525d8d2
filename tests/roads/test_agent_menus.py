"""Options that an agent sent: no rule made them, so a tap on one is stored and shown, and whoever holds answers it."""

from pathlib import Path

from tests.road_world import Inside, inside, said
from tests.roads.bodies import PNID
from tests.roads.desk import GREETING, ana_closes, ana_writes, publish, rule
from waia.seeds.templates import TEMPLATES
from waia.simulator import Template
from waia.whatsapp.content import Button, Buttons
from waia.whatsapp.template_book import read_definition
from waia.whatsapp.template_fill import fill

MENU = Buttons(body="¿Cuándo te visitamos?", buttons=(Button("asesor-1-0", "Mañana"), Button("asesor-1-1", "Nunca")))
RULES = (GREETING, rule("menu_principal", "mañana", "Te esperamos mañana."))
GREETED = "¡Hola!"
LAST_CUSTOMER = "SELECT kind, mensaje, details FROM mensajes WHERE direction = 'in' ORDER BY id DESC LIMIT 1"


async def _held_by_ana(road: Inside) -> None:
    await publish(road, *RULES)
    await road.talk("Hola")


async def _taps(road: Inside, option: str, title: str = "") -> list[str]:
    before = len(road.world.sent)
    more = {"title": title} if title else {}
    await road.world.handset("carla", PNID).taps(option, **more)
    await road.calm()
    return [said(sent) for sent in list(road.world.sent)[before:]]


async def _chat(road: Inside) -> tuple[str, bool]:
    row = await road.store.row("SELECT holder, unanswered_since FROM chat_state")
    return row.holder, row.unanswered_since is not None


async def test_a_tap_on_an_agents_button_waits_for_the_agent_and_the_bot_is_silent(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await _held_by_ana(road)
        sent = await ana_writes(road, 1, MENU, "client-menu")
        await road.calm()
        assert await _chat(road) == ("person", False)
        assert await _taps(road, "asesor-1-0") == []
        assert await _chat(road) == ("person", True)
        told = await road.store.row(LAST_CUSTOMER)
        assert (told.kind, told.mensaje) == ("button_reply", "Mañana")
        quoted = "SELECT id FROM mensajes WHERE wa_id = (SELECT reply_to_wa_id FROM mensajes ORDER BY id DESC LIMIT 1)"
        assert await road.store.one(quoted) == sent

        await ana_closes(road, 1)
        assert await _taps(road, "asesor-1-0") == [GREETED, "Te esperamos mañana."]  # as if typed, once the bot is back


async def test_a_tap_on_a_templates_button_goes_the_same_way(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await _held_by_ana(road)
        road.world.add_template(Template(**TEMPLATES[0]))
        definition = read_definition({**TEMPLATES[0], "status": "APPROVED"})
        filled = fill(definition, {"body.nombre": "Carla"}, road.parts.clock.business())
        await ana_writes(road, 1, filled, "client-template")
        await road.calm()
        assert await _taps(road, "Mañana", title="Mañana") == []
        assert await _chat(road) == ("person", True)
        assert (await road.store.row(LAST_CUSTOMER)).kind == "button"
        await ana_closes(road, 1)
        assert await _taps(road, "Mañana", title="Mañana") == [GREETED, "Te esperamos mañana."]
