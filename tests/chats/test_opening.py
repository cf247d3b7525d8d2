"""An agent opens a chat with a number: one chat per phone, however it is written."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chats.panel_world import Shop
from tests.road_world import inside
from tests.roads.bodies import PNID
from waia.chats.models import ContactIdentity
from waia.whatsapp.numbers import NotANumber, read_number, same_phone


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url, PHONE_NUMBER_ID="1")
    yield shop
    await shop.close()


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("+57 300 555 0101", "573005550101"),
        ("0057 (300) 555-0101", "573005550101"),
        ("573005550101", "573005550101"),
        ("\u202a+57\u00a0300.555.0101\u202c", "573005550101"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, digits: str) -> None:
    assert read_number(typed) == digits


@pytest.mark.parametrize(
    "typed", ["", "hola", "12", "+", "0300555010", "1" * 16, "+57 300 555 01O1", "٥٧٣٠٠٥٥٥٠١٠١", "<b>573005550101"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(NotANumber):
        read_number(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5511987654321", "551187654321"),
        ("5491155551234", "541155551234"),
        ("5215512345678", "525512345678"),
    ],
)
def test_both_spellings_of_a_phone_lead_to_each_other(one: str, other: str) -> None:
    assert same_phone(one) == (other,)
    assert same_phone(other) == (one,)


@pytest.mark.parametrize("digits", ["573005550101", "551133334444", "5511", "34600111222", ""])
def test_a_phone_with_one_spelling_has_no_other(digits: str) -> None:
    assert same_phone(digits) == ()


async def test_a_new_number_becomes_a_chat_of_who_opened_it(shop: Shop) -> None:
    async with shop.browser("ana") as ana, shop.browser("dora") as dora:
        opened = await ana.act("POST", "/chats/nuevo", numero="+57 300 555 9999")
        again = await ana.submit("/chats/nuevo", numero="573005559999")
        theirs = await dora.act("POST", "/chats/nuevo", numero="573005559999")
    address = opened.headers["hx-redirect"]
    assert (again.status, again.headers["location"]) == (303, address)
    chat = await shop.chat(int(address.removeprefix("/chats/").removesuffix("#plantillas")))
    assert (chat.owner_id, chat.numero, chat.holder) == (shop.users["ana"], "573005559999", "bot")
    assert theirs.status == 403
    assert "Pide acceso" in theirs.page.text()


async def test_a_number_that_cannot_be_read_stays_in_the_form(shop: Shop) -> None:
    async with shop.browser("ana") as ana:
        for answer in (
            await ana.act("POST", "/chats/nuevo", numero="300 <b>"),
            await ana.submit("/chats/nuevo", numero="300 <b>"),
        ):
            assert answer.status == 422
            assert answer.page.where(id="new-chat-number", value="300 <b>", aria_invalid="true")
            assert "código del país" in answer.page.text("new-chat-error")


async def test_a_number_of_ours_that_is_not_ours_is_refused(shop: Shop) -> None:
    async with shop.browser("ana") as ana:
        answer = await ana.act("POST", "/chats/nuevo", numero="573005559999", desde="666")
    assert answer.status == 422


@pytest.mark.parametrize(
    ("known", "typed"), [("5511987654321", "+55 11 8765-4321"), ("525512345678", "+52 1 55 1234 5678")]
)
async def test_another_spelling_finds_the_chat_and_leaves_its_id_alone(shop: Shop, known: str, typed: str) -> None:
    chat = await shop.add_chat(person={"phone": known}, numero=known)
    contact = (await shop.chat(chat)).contact_id
    await shop.add(
        ContactIdentity,
        contact_id=contact,
        kind="wa_id",
        value=known,
        valid_from=(await shop.chat(chat)).last_message_at,
    )
    async with shop.browser("beto") as beto:
        opened = await beto.act("POST", "/chats/nuevo", numero=typed)
    assert opened.headers["hx-redirect"] == f"/chats/{chat}#plantillas"
    assert (await shop.chat(chat)).numero == known


async def test_a_customer_who_answers_under_the_other_spelling_comes_to_the_same_chat(
    tmp_path: Path, database_url: str
) -> None:
    async with inside(tmp_path, database_url) as road:
        road.world.add_customer("luis", "Luis", "525512345678")
        road.world.add_customer("luis-old", "Luis", "5215512345678")
        await road.world.customer_says("luis", PNID, "Hola")
        await road.calm()
        await road.world.customer_says("luis-old", PNID, "Soy yo")
        await road.calm()
        assert await road.store.one("SELECT count(*) FROM chat_state") == 1
        assert await road.store.one("SELECT count(*) FROM contact_identities WHERE kind = 'wa_id'") == 2


async def test_a_name_offers_the_chats_that_are_there_to_who_may_see_them(shop: Shop) -> None:
    carla, diego = await shop.add_chat("Carla Gómez"), await shop.add_chat("Diego Gómez", window_ends_at=None)
    async with shop.browser("ana") as ana, shop.browser("dora") as dora:
        offered = [one["href"] for one in (await ana.get("/chats/nuevo/contactos?numero=gomez", "x")).page.where(_="a")]
        assert sorted(offered) == [f"/chats/{carla}", f"/chats/{diego}#plantillas"]
        assert (await ana.get("/chats/nuevo/contactos?numero=%22OR%20*", "x")).page.where(_="a") == []
        assert (await dora.get("/chats/nuevo/contactos?numero=gomez", "x")).page.where(_="a") == []
