"""The starter flow: greeting, hours, person, in whatever step the owner begins."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.seeds.talking import Talk
from waia.bot.models import Holder
from waia.kit.db import Database
from waia.rules.book import Rules
from waia.seeds.starter import seed_starter
from waia.settings import Settings

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


async def talk_to_starter(database: Database, settings: Settings) -> Talk:
    async with database.writing() as tx:
        assert await seed_starter(tx, settings, NOW)
    return Talk(await Rules(database, settings).book(NOW))


async def test_any_first_word_is_greeted_with_two_buttons(database: Database, settings: Settings) -> None:
    talk = await talk_to_starter(database, settings)
    assert talk.says("necesito algo") == ["Hola, gracias por escribirnos. ¿En qué te ayudamos?"]
    assert talk.last is not None
    menu = talk.last.replies[0].menu
    assert menu is not None
    assert [option.title for option in menu.options] == ["Horario", "Hablar con alguien"]


async def test_the_hours_are_those_of_the_owner_or_none_at_all(database: Database, settings: Settings) -> None:
    talk = await talk_to_starter(database, replace(settings, hours="lun-vie 08:00-18:00"))
    talk.says("hola")
    assert talk.taps("Horario") == ["Nuestro horario: lun-vie 08:00-18:00."]


async def test_no_hours_are_invented(database: Database, settings: Settings) -> None:
    talk = await talk_to_starter(database, settings)
    talk.says("hola")
    assert talk.says("¿qué horario tienen?") == ["Escríbenos a cualquier hora y te respondemos apenas podamos."]


async def test_asking_for_a_person_hands_the_chat_over(database: Database, settings: Settings) -> None:
    talk = await talk_to_starter(database, settings)
    talk.says("hola")
    (answer,) = talk.says("quiero hablar con una persona")
    assert answer.startswith("Te comunico con una persona")
    assert talk.state.holder is Holder.QUEUE


async def test_the_flow_begins_in_the_owners_initial_step(database: Database, settings: Settings) -> None:
    talk = await talk_to_starter(database, replace(settings, initial_step="bienvenida"))
    talk.says("hola")
    assert talk.state.step == "bienvenida"


async def test_a_flow_that_is_there_is_not_touched(database: Database, settings: Settings) -> None:
    await talk_to_starter(database, settings)
    async with database.writing() as tx:
        assert not await seed_starter(tx, settings, NOW)
