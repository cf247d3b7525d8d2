"""Search: what is found, by whom, in which order, and what hostile or heavy questions come to. On both databases."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text, update

from tests.chats.panel_world import Answer, Shop
from waia.chats import repository
from waia.chats.erasure_repository import remove_contact
from waia.chats.models import Message
from waia.chats.panel import finding
from waia.chats.search import find_repository
from waia.chats.search.index_repository import reindex_messages
from waia.chats.search.rebuild import rebuild
from waia.chats.search.words import fold, marked, read_query, words_of
from waia.kit import deadline

HALFWAY = 800
INDEXES = ("message", "contact")
HOSTILE = (
    '"', "'", '"unterminated', "a OR b", "NEAR(a b)", "words:hola", "* *", "hola*", "(((", "))", "-hola", "+hola -eva",
    "<hola", ">~@", "%", "_", "\\", "\0", "ho\0la", "hola\0", ";DROP TABLE mensajes", "'; SELECT 1 --", "§1", "\u202e",
    "hola " * 40, "x" * 10_000, "xx", "AND", "NOT", "hola AND", "^hola", "{hola}", "hola:", "\ud7ff", "ﷺ",
)  # fmt: skip


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def _search(shop: Shop, words: str, who: str = "ana", **more: str) -> Answer:
    async with shop.browser(who) as browser:
        headers = {"hx-request": "true", "hx-target": "div#chat-results"}
        return Answer(await browser.http.get("/", params={"q": words, **more}, headers=headers))


def _hits(answer: Answer) -> list[int]:
    """The messages that the results lead to."""
    links = [e["href"] for e in answer.page.elements if e.get("class") == "hit"]
    return [int(link.partition("mensaje=")[2]) for link in links]


async def test_search_finds_whole_words_beginnings_numbers_signs_and_does_not_mind_accents(shop: Shop) -> None:
    chat = await shop.add_chat("Zoe")
    told = await shop.add_message(chat, "El envío a Bogotá cuesta 1.200 y tu pedido es 8804417 🚚 ok, mañana Nº 7 东京")
    await shop.add_message(chat, "Nada que ver")
    for words in (
        "envío", "ENVIO", "envi", "bogota", "Bogotá cuesta", "1.200", "200", "8804417", "4417", "8804",
        "🚚", "ok", "manana", "mañana", "mañ", "7", "京", "envío 🚚", "a", "el ",
    ):  # fmt: skip
        assert _hits(await _search(shop, words)) == [told], words
    for words in ("nvio", "envío barato", "🚛", "zz", "804", "e", "bogot ", "8"):
        assert _hits(await _search(shop, words)) == [], words


async def test_people_are_found_by_name_alias_user_name_and_any_digits(shop: Shop) -> None:
    chat = await shop.add_chat(
        "Íñigo Muñoz", alias="Cocina del sur", person={"username": "inigo.m", "phone": "573104567890"}
    )
    await shop.add_chat("Otra", person={"phone": "573999999999"})
    for words in (
        "iñigo",
        "INIGO",
        "mun",
        "muñoz íñ",
        "cocina",
        "sur coc",
        "@inigo.m",
        "7890",
        "+57 310 456",
        "456789",
    ):
        assert (await _search(shop, words)).ids("chat") == [chat], words
    for words in ("igo", "90", "cocina norte", "%", "_"):
        assert (await _search(shop, words)).ids("chat") == [], words


async def test_results_stand_by_chat_the_newest_first_with_the_words_marked(shop: Shop) -> None:
    carla, diego = await shop.add_chat("Carla"), await shop.add_chat("Diego")
    first = [await shop.add_message(carla, f"granito número {n}") for n in range(5)]
    last = await shop.add_message(diego, "también quiero <b>Gránito</b>")
    page = await _search(shop, "granito")
    assert _hits(page) == [last, *first[:1:-1]]
    assert [e["aria-label"] for e in page.page.elements if e.get("class") == "hits"] == ["Diego", "Carla"]
    assert "<mark>Gránito</mark>" in page.html
    assert "&lt;b&gt;<mark>" in page.html
    assert "Buscar en este chat · 2 más" in page.page.text()
    assert f"/chats/{diego}?mensaje={last}" in page.html


async def test_a_result_opens_its_chat_at_the_message(shop: Shop) -> None:
    chat = await shop.add_chat("Carla")
    found = await shop.add_message(chat, "busco granito")
    async with shop.browser("ana") as ana:
        page = await ana.get(f"/chats/{chat}?mensaje={found}&q=granito")
    assert page.page.where(_data_marked=f"message-{found}")
    assert page.page.where(value="granito", _class="view-state")


@pytest.mark.parametrize("few", [True, False])
async def test_nobody_finds_what_they_may_not_see(shop: Shop, few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not few:
        monkeypatch.setattr("waia.chats.access.FEW", 0)
    secret, shown = await shop.add_chat("Secreta Granito", role="admin"), await shop.add_chat("Carla")
    hidden, seen = await shop.add_message(secret, "granito secreto"), await shop.add_message(shown, "granito visible")
    mine = await shop.add_chat("Elena", role="admin", owner_id=shop.users["ana"])
    own = await shop.add_message(mine, "granito propio")
    answer = await _search(shop, "granito")
    assert _hits(answer) == [own, seen]
    assert answer.ids("chat") == []
    assert "secret" not in answer.html.lower()
    assert _hits(await _search(shop, "granito", "beto")) == [own, seen, hidden]
    assert _hits(await _search(shop, "granito", "dora")) == []


async def test_archived_chats_are_found_and_filters_count(shop: Shop) -> None:
    archived = await shop.add_chat("Carla", archived_at=shop.parts.clock.business())
    closed = await shop.add_chat("Diego", estado="cerrado")
    old, new = await shop.add_message(archived, "granito"), await shop.add_message(closed, "granito")
    assert _hits(await _search(shop, "granito", vista="sin_responder")) == [new, old]
    assert _hits(await _search(shop, "granito", estado="cerrado")) == [new]


async def test_edits_and_revokes_are_followed_and_file_names_are_found(shop: Shop) -> None:
    chat = await shop.add_chat("Carla")
    message = await shop.add_message(chat, "granito", wamid="wamid.a")
    await shop.add_message(chat, "", kind="document", details={"filename": "Cotización mármol.pdf"})
    async with shop.parts.database.writing() as tx:
        await repository.change_message(tx, "wamid.a", {"text": "cuarzo"})
    assert _hits(await _search(shop, "granito")) == []
    assert _hits(await _search(shop, "cuarzo")) == [message]
    assert len(_hits(await _search(shop, "marmol"))) == 1
    async with shop.parts.database.writing() as tx:
        await repository.change_message(tx, "wamid.a", {"revoked_at": shop.parts.clock.business()})
    assert _hits(await _search(shop, "cuarzo")) == []


async def test_what_is_erased_is_not_found_any_more(shop: Shop) -> None:
    chat, kept = await shop.add_chat("Carla Granito"), await shop.add_chat("Diego")
    await shop.add_message(chat, "granito")
    other = await shop.add_message(kept, "granito")
    contact = (await shop.chat(chat)).contact_id
    async with shop.parts.database.writing() as tx:
        await remove_contact(tx, contact, [chat])
        left = [(await tx.execute(text(f"SELECT count(*) FROM {name}_search"))).scalar_one() for name in INDEXES]
    assert left == [1, 1]
    answer = await _search(shop, "granito", "beto")
    assert (_hits(answer), answer.ids("chat")) == ([other], [])


async def test_hostile_words_are_words_or_nothing(shop: Shop) -> None:
    chat = await shop.add_chat("Carla")
    await shop.add_message(chat, "hola a todos")
    for words in HOSTILE:
        async with shop.browser("ana") as ana:
            assert (await ana.http.get("/", params={"q": words})).status_code == 200, words
            assert (await ana.http.get(f"/chats/{chat}/busqueda", params={"q": words})).status_code == 200, words


async def test_results_go_on_where_they_stopped(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_HITS", 4)
    chats = [await shop.add_chat(f"Cliente {n}") for n in range(6)]
    messages = [await shop.add_message(chat, "granito") for chat in chats]
    first = await _search(shop, "granito")
    rest = await _search(shop, "granito", antes_de=str(messages[2]))
    assert _hits(first) == messages[:1:-1]
    assert f"antes_de={messages[2]}" in first.html
    assert _hits(rest) == messages[1::-1]


async def test_a_search_that_takes_too_long_is_stopped_shows_what_it_has_and_says_so(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await Shop.open(tmp_path, sqlite_url)
    chat = await shop.add_chat("Granito SA")
    await shop.add_message(chat, "granito")
    steps = iter([3.0])
    monkeypatch.setattr(deadline, "STEPS", 1)
    monkeypatch.setattr(finding, "within", lambda tx, seconds: deadline.within(tx, next(steps, 0)))
    page = await _search(shop, "granito")
    await shop.close()
    assert page.ids("chat") == [chat]
    assert _hits(page) == []
    assert "La búsqueda tardó demasiado" in page.page.text("found")


async def test_what_was_found_before_the_deadline_is_kept_the_newest_first(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time passes by steps of the database here, so that the deadline falls in the middle of the search."""
    shop = await Shop.open(tmp_path, sqlite_url)
    chat = await shop.add_chat("Carla")
    messages = [await shop.add_message(chat, "granito") for _ in range(40)]
    ticks = count()
    monkeypatch.setattr(deadline, "STEPS", 1)
    monkeypatch.setattr(find_repository, "AT_ONCE", 1)
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: 0.0 if next(ticks) < HALFWAY else 9.0))
    async with shop.browser("ana") as ana:
        page = await ana.get(f"/chats/{chat}/busqueda?q=granito")
    await shop.close()
    found = [int(each) for e in page.page.elements if "data-found" in e for each in e["data-found"].split()]
    assert 0 < len(found) < len(messages)
    assert found == messages[: -len(found) - 1 : -1]
    assert page.page.text("chat-found").startswith("La búsqueda tardó demasiado · 1 de")


async def test_a_statement_beyond_its_deadline_ends_and_the_connection_lives_on(shop: Shop) -> None:
    endless = {
        "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
        "mysql": "SELECT sleep(60)",
    }
    async with shop.parts.database.reading() as tx:
        with pytest.raises(deadline.TookTooLong):
            async with deadline.within(tx, 0.05):
                await tx.execute(text(endless[tx.dialect]))
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1


async def test_a_word_beyond_the_newest_messages_is_found_too(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_repository, "NEWEST", 2)
    chat = await shop.add_chat("Carla")
    old = await shop.add_message(chat, "granito del norte")
    for n in range(4):
        await shop.add_message(chat, f"relleno {n}")
    for who in ("ana", "beto"):
        for words in ("granito", "gran", "granito nor", "no"):
            assert _hits(await _search(shop, words, who)) == [old], words


async def test_search_in_one_chat_names_its_messages_the_newest_first_and_passes_the_gate(shop: Shop) -> None:
    chat, other = await shop.add_chat("Carla"), await shop.add_chat("Diego", role="admin")
    found = [await shop.add_message(chat, f"granito {n}") for n in range(3)]
    await shop.add_message(other, "granito ajeno")
    async with shop.browser("ana") as ana:
        page = await ana.get(f"/chats/{chat}/busqueda?q=grani")
        assert (await ana.get(f"/chats/{other}/busqueda?q=grani")).status == 404
    assert page.page.text("chat-found") == "1 de 3"
    assert [e["data-found"] for e in page.page.elements if "data-found" in e] == [" ".join(map(str, found[::-1]))]


async def test_a_rebuild_finds_what_was_written_past_the_index(shop: Shop) -> None:
    chat = await shop.add_chat("Carla")
    message = await shop.add_message(chat, "granito")
    async with shop.parts.database.writing() as tx:
        await tx.execute(update(Message).where(Message.id == message).values(text="cuarzo"))
    await rebuild(shop.parts.database)
    assert _hits(await _search(shop, "granito")) == []
    assert _hits(await _search(shop, "cuarzo")) == [message]
    async with shop.parts.database.writing() as tx:
        await reindex_messages(tx, [message])
    assert _hits(await _search(shop, "cuarzo")) == [message]


def test_words_are_cut_the_same_way_for_texts_and_questions() -> None:
    cases = {
        "¡Hola, María José!": ["hola", "maria", "jose"],
        "ÑANDÚ ñandu": ["nandu"],
        "300 123 4567": ["300", "123", "4567", "3001234567"],
        "👍🏽 ok": ["sign1f44d", "ok"],
        "🇨🇴": ["sign1f1e8", "sign1f1f4"],
        "a_b-c": ["a", "b", "c"],
        "مرحبا שלום": ["مرحبا", "שלום"],
        "x" * 100: ["x" * 60],
        "": [],
    }
    for told, words in cases.items():
        assert sorted(words_of(told)) == sorted(words), told
        assert set(read_query(told).all) <= set(words), told
    assert fold("ÁÉÍÓÚÜÑ") == "aeiouun"


def test_the_words_asked_for_are_marked_as_they_stand() -> None:
    assert [piece for piece, asked in marked("El Envío y el envase", read_query("env")) if asked] == ["Envío", "envase"]
    assert "".join(piece for piece, _ in marked("a 👍 b", read_query("👍"))) == "a 👍 b"
    assert [piece for piece, asked in marked("pedido 8804417", read_query("4417")) if asked] == ["8804417"]
