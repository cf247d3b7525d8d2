"""Every page, wide and on a phone, light and dark: accessible, within the security policy, and light in weight."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.access import EVERY_LOOK, EXTREMES, broken_rules
from tests.browser.stage import Stage
from tests.roads.bodies import PNID
from waia.simulator import spoken
from waia.simulator.handset import Handset

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Words that stand beyond the right edge where nothing scrolls sideways.
BEYOND = """() => [...document.querySelectorAll("#main *")].filter((part) => {
    const says = [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!says || !part.checkVisibility() || part.getBoundingClientRect().right <= innerWidth + 1) return false;
    for (let around = part; around; around = around.parentElement)
        if (["auto", "scroll"].includes(getComputedStyle(around).overflowX)) return false;
    return true;
}).map((part) => part.textContent.trim().slice(0, 60))"""
HEAVIEST_BYTES = 100_000
PICTURE = Path(__file__).parents[2] / "static" / "demo" / "cuarzo.jpg"
AD = {
    "source_url": "https://example.com/anuncio", "source_type": "ad", "source_id": "1",
    "headline": "Mesones a la medida", "body": "Cotiza en un minuto", "media_type": "image",
}  # fmt: skip
CARD = {
    "name": {"formatted_name": "Maestro Raúl", "first_name": "Raúl"},
    "phones": [{"phone": "+57 300 555 0199", "type": "CELL"}],
    "emails": [{"email": "raul@example.com"}],
    "urls": [{"url": "https://example.com/raul"}],
    "org": {"company": "Acabados Raúl"},
}
CHAT_OF = "SELECT chat_id FROM mensajes WHERE status = :status ORDER BY id LIMIT 1"
ITEMS = [{"product_retailer_id": "granito-01", "quantity": 2, "item_price": 480_000, "currency": "COP"}]


async def _says_everything(handset: Handset) -> str:
    """One message of every kind that customers send; the id of the last."""
    picture = PICTURE.read_bytes()
    await handset.says("*Hola* _soy_ ~yo~ `código` https://example.com \u202eal revés\u202c", referral=AD, forwarded=7)
    photo = await handset.sends_media("image", picture, "image/jpeg", caption="Mi cocina")
    for kind, mime in (("video", "video/mp4"), ("audio", "audio/ogg"), ("sticker", "image/webp")):
        await handset.sends_media(kind, picture, mime, voice=kind == "audio" or None)
    await handset.sends_media("document", picture, "application/pdf", filename="plano.pdf")
    await handset.sends_location(4.6764, -74.0482, "Parque de la 93", "Bogotá")
    await handset.sends_contacts([CARD])
    await handset.orders("catalogo", ITEMS, "Para el viernes")
    await handset.sends_unsupported()
    await handset.sends_unknown()
    await handset.sends(spoken.flow('{"fecha": "2026-12-01", "flow_token": "x"}'))
    await handset.reacts(photo, "👍")
    gone = await handset.says("Esto lo borro")
    await handset.revokes(gone)
    wrong = await handset.says("Esto lo corijo")
    await handset.edits(wrong, "Esto lo corrijo")
    await handset.says("🎉")
    return await handset.says("¿Y esto?", quoted=photo)


async def _full_chat(stage: Stage) -> int:
    """A chat with every kind of bubble, from both sides, with what went wrong too."""
    world = stage.house.graph.world
    world.add_customer("wanda", "Wanda Ríos", "573001239999")
    beto = await stage.agent("beto")
    await world.customer_says("wanda", PNID, "hola")
    await expect(beto.row("Wanda Ríos")).to_contain_text("Bot:")
    chat = await beto.open("Wanda Ríos")
    await beto.presses("Tomar")
    await expect(beto.holder).to_contain_text("Lo atiendes tú")
    await _says_everything(world.handset("wanda", PNID))
    await expect(beto.bubble("¿Y esto?", "customer")).to_be_visible()
    world.faults.send.next_codes = [131026]
    await beto.writes("Esto no llega")
    await expect(beto.page.get_by_role("group", name="No se envió")).to_be_visible()
    return chat


async def test_every_page_is_accessible_in_light_and_dark_wide_and_on_a_phone(shop_stage: Stage) -> None:
    shop_stage.expects("404")
    chat = await _full_chat(shop_stage)
    beto, stranger = await shop_stage.agent("beto"), await shop_stage.window()
    uncertain = await shop_stage.house.store.one(CHAT_OF, status=-3)
    own = ["/", f"/chats/{chat}?ficha=1", f"/chats/{uncertain}", "/clave", "/sesiones", "/simulador", "/no-existe"]
    own += [
        "/roles",
        "/usuarios",
        "/auditoria",
        "/configuracion/botones",
        "/configuracion/ajustes",
        "/configuracion/salud",
    ]
    rules = ["/reglas", "/reglas?abierta=1", "/reglas/revision", "/reglas/publicacion", "/reglas/versiones"]
    rules += ["/reglas/prueba", "/configuracion/reglas/excel"]
    own += ["/tablero", "/tablero/mensajes", "/tablero/conversaciones"]
    await stranger.goto("/login")
    broken = await broken_rules(stranger, "/login", EVERY_LOOK)
    for path in own:
        await beto.page.goto(path)
        broken += await broken_rules(beto.page, path, EVERY_LOOK)
    for path in rules:
        await beto.page.goto(path)
        broken += await broken_rules(beto.page, path, EXTREMES)
        broken += [f"{path}: beyond the edge: {words}" for words in await beto.page.evaluate(BEYOND)]
    assert not broken, broken


async def test_no_page_breaks_the_security_policy(shop_stage: Stage) -> None:
    shop_stage.expects("404")
    beto, stranger = await shop_stage.agent("beto"), await shop_stage.window()
    chats = await shop_stage.house.store.column("SELECT id FROM chat_state")
    for path in ("/login", "/simulador"):
        await stranger.goto(path)
    for path in (
        "/?vista=mios",
        "/?q=zzz",
        "/confirmar",
        "/clave",
        "/sesiones",
        "/nada",
        "/tablero",
        *(f"/chats/{n}" for n in chats),
    ):
        await beto.page.goto(path, wait_until="load")
    assert not [told for told in shop_stage.surprises if "policy" in told]


@pytest.mark.parametrize("path", ["/", "/simulador"])
async def test_script_and_style_of_a_page_are_light(shop_stage: Stage, path: str) -> None:
    beto = await shop_stage.agent("beto")
    await beto.page.goto(path)
    loaded = await beto.page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    wanted = [address for address in loaded if address.partition("?")[0].endswith((".js", ".css"))]
    answers = [await beto.page.request.get(address) for address in wanted]
    assert len(answers) > 5
    assert {answer.headers["content-encoding"] for answer in answers} == {"gzip"}
    assert sum(int(answer.headers["content-length"]) for answer in answers) < HEAVIEST_BYTES
