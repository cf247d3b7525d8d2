"""Two admins edit the same row of roles, people or quick replies: the second is told and sees both versions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chats.panel_world import Answer, Browser, Shop

REPLY = {"nombre": "saludo", "texto": "Hola", "para": "all"}
PERSON = {"name": "Dora", "username": "dora", "language": ""}


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def opened(beto: Browser, here: str, part: str) -> str:
    """What a form says that it has seen."""
    return str((await beto.get(f"{here}/edicion", part)).page.where(name="seen")[0]["value"])


async def save_twice(
    beto: Browser, here: str, part: str, first: dict[str, str], second: dict[str, str]
) -> tuple[Answer, Answer]:
    """Two forms that were opened with the same values; then the second once more, having been told."""
    seen = await opened(beto, here, part)
    assert (await beto.act("PUT", here, **first, seen=seen)).status == 200
    told = await beto.act("PUT", here, **second, seen=seen)
    assert told.status == 409
    newer = told.page.where(name="seen")[0]["value"]
    assert newer != seen
    again = await beto.act("PUT", here, **second, seen=newer)
    return told, again


async def test_of_two_who_rename_a_role_the_second_sees_both_names(shop: Shop) -> None:
    role = shop.roles["ventas"]
    async with shop.browser("beto") as beto:
        first, second = {"name": "Mostrador", "keyword": "ventas"}, {"name": "Tienda", "keyword": "ventas"}
        told, again = await save_twice(beto, f"/roles/{role}", f"role-{role}", first, second)
        assert "Mostrador" in told.page.text(f"role-{role}-overtaken")
        assert told.page.where(id=f"role-{role}-name")[0]["value"] == "Tienda"
        assert again.status == 200
        assert "Tienda" in again.page.text(f"role-{role}")


async def test_of_two_who_change_a_person_the_second_sees_both(shop: Shop) -> None:
    dora = shop.users["dora"]
    async with shop.browser("beto") as beto:
        changed = (PERSON | {"name": "Dora Díaz"}, PERSON | {"language": "en"})
        told, again = await save_twice(beto, f"/usuarios/{dora}", f"person-{dora}", *changed)
        assert "Dora Díaz" in told.page.text(f"person-{dora}-overtaken")
        assert again.status == 200


async def test_of_two_who_write_a_quick_reply_the_second_sees_both_texts(shop: Shop) -> None:
    async with shop.browser("beto") as beto:
        (reply,) = (await beto.act("POST", "/configuracion/botones", **REPLY)).ids("reply")
        here = f"/configuracion/botones/{reply}"
        changed = (REPLY | {"texto": "Buenas"}, REPLY | {"texto": "Qué tal", "nombre": "saludos"})
        told, again = await save_twice(beto, here, f"reply-{reply}", *changed)
        assert "Buenas" in told.page.text(f"reply-{reply}-overtaken")
        assert "Qué tal" in told.html
        assert again.status == 200
        same = await opened(beto, here, f"reply-{reply}")
        assert (await beto.act("PUT", here, **changed[1], seen="otra cosa")).status == 200, "nothing would be lost"
        assert await opened(beto, here, f"reply-{reply}") == same
