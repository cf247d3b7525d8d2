"""After moving over: customers go on where they were, people sign in as before, and old files show."""

from tests.accounts.world import Browser
from tests.moving.mover import Mover
from tests.moving.original_world import (
    CARLA,
    CATALOGUE,
    OLD_PASSWORD,
    PHOTO,
    OldDatabase,
    add_flow,
    uploads_folder,
    whole_shop,
)
from tests.road_world import Inside, inside
from tests.roads.bodies import message, texts, value, webhook


async def test_a_customer_goes_on_in_the_step_where_the_original_left_them(mover: Mover) -> None:
    await whole_shop().write(mover.old_url)
    await mover.moves(media=uploads_folder(mover.folder / "uploads"))
    async with inside(mover.folder, mover.url) as road:
        assert await road.talk("precio") == ["Depende"]
        assert await road.store.one("SELECT step FROM chat_state WHERE numero = :n", n=CARLA) == "cotizar"
        await _a_menu_of_old_still_works(road)
        assert await road.talk("gracias", "diego") == []


async def _a_menu_of_old_still_works(road: Inside) -> None:
    """Its button leads where it led, by the id that Meta gave the message then."""
    before, wamid = len(road.world.sent), "wamid.OLD000028"
    assert await road.store.one("SELECT regla_id FROM mensajes WHERE wa_id = :id", id=wamid) == 5
    await road.post(_tap(wamid))
    await road.calm()
    assert [sent.payload["text"]["body"] for sent in list(road.world.sent)[before:]] == ["Con gusto"]
    assert await road.store.one("SELECT step FROM chat_state WHERE numero = :n", n=CARLA) == "barra_medida"


def _tap(menu: str) -> bytes:
    reply = {"type": "button_reply", "button_reply": {"id": "b1", "title": "Barra"}}
    return webhook(value([message("wamid.TAP", "interactive", reply) | {"context": {"id": menu}}]))


async def test_g6_a_message_that_the_original_handled_is_no_news_when_meta_repeats_it(mover: Mover) -> None:
    """G6: the ids come over, and from now on they have a date."""
    await whole_shop().write(mover.old_url)
    await mover.moves()
    async with inside(mover.folder, mover.url) as road:
        before = await road.store.one("SELECT count(*) FROM mensajes")
        for wamid in ("wamid.HANDLED1", "wamid.OLD000027"):
            assert await road.post(texts((wamid, "otra vez"))) == 200
        await road.calm()
        assert await road.store.one("SELECT count(*) FROM mensajes") == before
        assert len(road.world.sent) == 0


async def test_old_people_sign_in_with_their_old_passwords_and_see_old_files(mover: Mover) -> None:
    await whole_shop().write(mover.old_url)
    await mover.moves(media=uploads_folder(mover.folder / "uploads"))
    async with inside(mover.folder, mover.url) as road:
        for name in ("ana", "beto"):
            async with _browser(road) as browser:
                answer = await browser.sign_in(name, OLD_PASSWORD)
                assert answer.status_code == 303, name
                await _sees_the_photo(road, browser)
            hashed = await road.store.one("SELECT password FROM usuarios WHERE username = :name", name=name)
            assert hashed.startswith("$argon2"), name
        async with _browser(road) as browser:
            assert (await browser.sign_in("cortado", OLD_PASSWORD)).status_code != 303


def _browser(road: Inside) -> Browser:
    return Browser(base_url=str(road.http.base_url), trust_env=False, timeout=20)


async def _sees_the_photo(road: Inside, browser: Browser) -> None:
    chat = await road.store.one("SELECT id FROM chat_state WHERE numero = :n", n=CARLA)
    page = (await browser.get(f"/chats/{chat}")).text
    address = await road.store.one("SELECT media_url FROM mensajes WHERE tipo = 'cliente_image' AND media_id = '7001'")
    assert address in page
    assert (await browser.get(address)).content.startswith(b"\xff\xd8\xff")
    led = await browser.get(f"/static/uploads/{PHOTO}")
    assert led.headers["location"] == address


async def test_the_admin_that_nobody_used_yet_takes_the_old_password(mover: Mover) -> None:
    await whole_shop().write(mover.old_url)
    await mover.store.rows("UPDATE usuarios SET must_change_password = 1")
    await mover.moves()
    async with inside(mover.folder, mover.url) as road, _browser(road) as browser:
        assert (await browser.sign_in("admin", OLD_PASSWORD)).status_code == 303
        assert (await browser.get("/roles")).status_code == 200


async def test_a_file_that_was_left_behind_says_so(mover: Mover) -> None:
    await whole_shop().write(mover.old_url)
    said = await mover.moves()
    assert any("No se indicó --media" in line for line in said)
    async with inside(mover.folder, mover.url) as road, _browser(road) as browser:
        await browser.sign_in("ana", OLD_PASSWORD)
        chat = await road.store.one("SELECT id FROM chat_state WHERE numero = :n", n=CARLA)
        assert "No estaba entre los archivos" in (await browser.get(f"/chats/{chat}")).text


async def test_g3_a_rule_sends_its_old_upload_from_here(mover: Mover) -> None:
    """G3: nobody asks the old server, or this one, for a file that lies in the folder."""
    old = OldDatabase()
    add_flow(old)
    old.rows["usuarios"].append({"id": 1, "username": "x", "password": "y", "rol": None})
    await old.write(mover.old_url)
    await mover.moves(media=uploads_folder(mover.folder / "uploads"))
    async with inside(mover.folder, mover.url) as road:
        assert await road.talk("Hola") == ["Bienvenido a la tienda"]
        assert await road.talk("catalogo") == ["Se lo envío"]
        document = road.sent_to()[-1].payload["document"]
        assert "id" in document
        assert "link" not in document
        kept = await road.store.one("SELECT count(*) FROM media_files")
        assert kept == 1, CATALOGUE


async def test_g2_histories_and_ids_are_found_along_indexes(mover: Mover) -> None:
    for where in ("numero = '1'", "wa_id = '1'", "timestamp > '2026'", "chat_id = 1"):
        plan = await mover.store.rows(f"EXPLAIN QUERY PLAN SELECT id FROM mensajes WHERE {where}")
        assert "USING" in str(plan), where
        assert "INDEX" in str(plan), where
