"""The owner's pages speak one language at a time: no English on a Spanish page, no Spanish on an English one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.chats.panel_world import Answer, Browser, Shop

ROOT = Path(__file__).parents[2]
SPOKEN = ("title", "placeholder", "aria-label", "alt")
PAGES = [
    "/reglas", "/reglas?abierta=1", "/reglas/revision", "/reglas/publicacion", "/reglas/prueba", "/reglas/versiones",
    "/configuracion/reglas/excel", "/configuracion/botones", "/roles", "/usuarios", "/configuracion/ajustes",
    "/auditoria",
]  # fmt: skip
# What the starter flow says to customers.
OWN_WORDS = {"Horario"}
FORMS = {"/configuracion/botones/nuevo": "reply-new", "/roles/nuevo": "role-new", "/usuarios/nuevo": "person-new"}
RULE = {"step": "menu_principal", "triggers": "precio", "text": "100", "next_steps": "no_existe", "formula": "p1*p2"}


@pytest.fixture
async def beto(tmp_path: Path, database_url: str) -> AsyncIterator[Browser]:
    """Something of everything is there: a draft with an error, a version, a quick reply, entries of the trail."""
    shop = await Shop.open(tmp_path, database_url)
    async with shop.browser("beto") as browser:
        await browser.act("PUT", "/reglas/2", **RULE | {"next_steps": "", "triggers": "horario"})
        await browser.submit("/reglas/publicacion")
        await browser.act("POST", "/reglas", **RULE)
        await browser.act("POST", "/configuracion/botones", nombre="saludo", texto="Buenas", para="all")
        await browser.act("PUT", "/configuracion/ajustes/tiempos", buffer_s="1")
        yield browser
    await shop.close()


def texts(language: str) -> dict[str, str]:
    """What the other language says for each text of this one, where the two differ."""
    catalogue = read_po((ROOT / "locale/en/LC_MESSAGES/waia.po").open("rb"))
    pairs = [pair for message in catalogue for pair in _pairs(message.id, message.string)]
    own = {pair[language == "en"] for pair in pairs}
    return {pair[language != "en"]: pair[language == "en"] for pair in pairs if pair[language != "en"] not in own}


def _pairs(spanish: object, english: object) -> Iterator[tuple[str, str]]:
    both = (spanish, english) if isinstance(spanish, str) else (None, None)
    for one, other in [both] if isinstance(spanish, str) else zip(spanish, english, strict=True):  # type: ignore[call-overload]
        if one and other and one != other and "%" not in one and len(one) > 2:
            yield str(one), str(other)


def spoken(answer: Answer) -> set[str]:
    shown = {" ".join(text.split()) for path, text in answer.page._texts if not any("hx-ignore" in one for one in path)}
    return shown | {element[name] for element in answer.page.elements for name in SPOKEN if element.get(name)}


@pytest.mark.parametrize("language", ["es", "en"])
async def test_every_page_of_the_owner_is_in_one_language(beto: Browser, language: str) -> None:
    beto.http.headers["accept-language"] = language
    foreign = texts(language)
    assert len(foreign) > 500
    found = {}
    for page in PAGES + list(FORMS):
        answer = await beto.get(page, FORMS.get(page, ""))
        assert answer.status == 200, page
        if wrong := spoken(answer) & foreign.keys() - OWN_WORDS:
            found[page] = wrong
    assert not found
