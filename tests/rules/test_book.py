"""The flow in force: rows become rules, owners' settings win, changes count soon, odd rows never break it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from waia.bot.models import CommandMatch, FirstMessage, FlowProfile, MatchMode
from waia.kit.db import Database
from waia.rules.book import Rules
from waia.rules.models import RuleMedia, RuleRow
from waia.rules.repository import forget_setting, has_rules, store_setting
from waia.rules.stored_settings import check_setting
from waia.settings import SettingError, Settings, load_settings

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
LEGACY_INSERT = text(
    "INSERT INTO reglas"
    " (step, input_text, respuesta, siguiente_step, tipo, opciones, rol_keyword, calculo, handler)"
    " VALUES (:step, :input_text, :respuesta, '', 'texto', '', '', '', '')"
)


async def insert_as_the_original_did(database: Database, **columns: Any) -> None:
    values = {"step": "menu_principal", "input_text": "hola", "respuesta": "Hola"} | columns
    async with database.writing() as tx:
        await tx.execute(LEGACY_INSERT, values)


async def set_stored(database: Database, **values: str) -> None:
    async with database.writing() as tx:
        for name, value in values.items():
            await store_setting(tx, name, value)


async def test_a_row_with_only_the_columns_of_the_original_is_a_working_rule(
    database: Database, settings: Settings
) -> None:
    await insert_as_the_original_did(database, input_text="hola, buenas\nqué tal")
    (rule,) = (await Rules(database, settings).book(NOW)).book.rules
    assert rule.triggers == ("hola", "buenas", "qué tal")
    assert (rule.match, rule.enabled, rule.priority) == (MatchMode.EXACTA, True, 0)
    assert rule.formula is None


async def test_a_rule_inserted_by_sql_counts_within_two_seconds(database: Database, settings: Settings) -> None:
    rules = Rules(database, settings)
    before = await rules.book(NOW)
    await insert_as_the_original_did(database)
    assert await rules.book(NOW + timedelta(seconds=1.9)) is before
    after = await rules.book(NOW + timedelta(seconds=2))
    assert len(after.book.rules) == 1
    assert after.fingerprint != before.fingerprint


async def test_a_rule_saved_here_counts_at_once(database: Database, settings: Settings) -> None:
    rules = Rules(database, settings)
    await rules.book(NOW)
    await insert_as_the_original_did(database)
    rules.read_again()
    assert len((await rules.book(NOW)).book.rules) == 1


async def test_an_unchanged_flow_is_not_compiled_again(database: Database, settings: Settings) -> None:
    rules = Rules(database, settings)
    await insert_as_the_original_did(database)
    first = await rules.book(NOW)
    assert await rules.book(NOW + timedelta(minutes=5)) is first


async def test_media_come_in_their_order_and_win_over_the_mirrored_one(database: Database, settings: Settings) -> None:
    common = {
        "step": "a",
        "triggers": "x",
        "text": "",
        "kind": "image",
        "media_url": "https://example.org/0.png",
    }
    async with database.writing() as tx:
        mirrored, listed = RuleRow(**common), RuleRow(**common)
        listed.medias = [RuleMedia(url=f"https://example.org/{n}.png", mime_type=None) for n in (2, 1)]
        tx.session.add_all([mirrored, listed])
    first, second = (await Rules(database, settings).book(NOW)).book.rules
    assert [media.url[-5:] for media in first.media] == ["0.png"]
    assert [media.url[-5:] for media in second.media] == ["2.png", "1.png"]


async def test_odd_rows_never_break_the_flow(database: Database, settings: Settings) -> None:
    await insert_as_the_original_did(database)
    odd = text(
        "INSERT INTO reglas"
        " (id, step, input_text, respuesta, tipo, opciones, calculo, priority, enabled, minimum)"
        " VALUES (9, '', ',', '{', 'zzz', '[1,{', 'import os', -2000000000, 7, 1e30)"
    )
    async with database.writing() as tx:
        await tx.execute(odd)
        await tx.execute(text("INSERT INTO ajustes (name, value) VALUES ('unheard_of', 'x')"))
    flow = await Rules(database, settings).book(NOW)
    assert {rule.id for rule in flow.book.rules} == {1, 9}


async def test_a_value_kept_in_the_database_wins_over_the_environment(database: Database, settings: Settings) -> None:
    await set_stored(
        database,
        initial_step="bienvenida",
        session_timeout_s="60",
        buffer_s="0",
        restart_text="Desde el inicio.",
    )
    flow = await Rules(database, settings).book(NOW)
    assert (flow.settings.initial_step, flow.settings.session_timeout_s) == ("bienvenida", 60)
    assert (flow.buffer_s, flow.settings.restart_text) == (0, "Desde el inicio.")
    assert settings.initial_step == "menu_principal"


async def test_a_forgotten_value_leaves_the_environments(database: Database, settings: Settings) -> None:
    await set_stored(database, fallback_text="¿Cómo?")
    async with database.writing() as tx:
        await forget_setting(tx, "fallback_text")
    flow = await Rules(database, settings).book(NOW)
    assert flow.settings.fallback_text == settings.fallback_text


async def test_an_empty_fallback_text_is_kept_as_silence(database: Database, settings: Settings) -> None:
    await set_stored(database, fallback_text="")
    assert (await Rules(database, settings).book(NOW)).settings.fallback_text == ""


async def test_an_unreadable_stored_value_leaves_the_environments(database: Database, settings: Settings) -> None:
    await set_stored(database, session_timeout_s="mucho", hours="nunca", command_match="?", buffer_s="nan")
    flow = await Rules(database, settings).book(NOW)
    assert (flow.settings.session_timeout_s, flow.buffer_s) == (1800, 2)
    assert flow.is_open(NOW)


async def test_a_secret_in_the_database_is_not_believed(database: Database, settings: Settings) -> None:
    await set_stored(database, meta_app_secret="injected", demo="1")
    flow = await Rules(database, settings).book(NOW)
    assert (flow.values.meta_app_secret, flow.values.demo) == ("", False)


@pytest.mark.parametrize(
    ("profile", "wanted"),
    [
        ("waia", (FlowProfile.WAIA, CommandMatch.WHOLE, FirstMessage.GREET_THEN_ANSWER, "all")),
        ("original", (FlowProfile.ORIGINAL, CommandMatch.ANYWHERE, FirstMessage.GREET_ONLY, "admins")),
        ("nonsense", (FlowProfile.WAIA, CommandMatch.WHOLE, FirstMessage.GREET_THEN_ANSWER, "all")),
    ],
)
async def test_the_profile_decides_what_is_left_empty(
    database: Database, settings: Settings, profile: str, wanted: tuple[object, ...]
) -> None:
    await set_stored(database, flow_profile=profile)
    flow = await Rules(database, settings).book(NOW)
    chosen = flow.settings
    assert (flow.profile, chosen.command_match, chosen.first_message, flow.chats_without_role) == wanted


async def test_a_single_value_wins_over_the_profile(database: Database, settings: Settings) -> None:
    await set_stored(database, flow_profile="original", command_match="whole", chats_without_role="all")
    flow = await Rules(database, settings).book(NOW)
    assert (flow.settings.command_match, flow.chats_without_role) == ("whole", "all")
    assert flow.settings.first_message == "greet_only"


async def test_opening_hours_follow_the_time_zone_of_the_business(database: Database, settings: Settings) -> None:
    await set_stored(database, hours="dom 08:00-12:00")
    flow = await Rules(database, settings).book(NOW)
    assert flow.is_open(datetime(2026, 11, 22, 13, 0, tzinfo=UTC))
    assert not flow.is_open(datetime(2026, 11, 22, 17, 0, tzinfo=UTC))


def test_unreadable_opening_hours_of_the_environment_stop_the_start(database: Database) -> None:
    settings = load_settings({"WAIA_HOURS": "de sol a sol"}, env_file=None)
    with pytest.raises(SettingError, match=r"WAIA_HOURS .* mon-fri 08:00-18:00"):
        Rules(database, settings)


async def test_an_empty_database_has_no_rules(database: Database) -> None:
    async with database.reading() as tx:
        assert not await has_rules(tx)
    await insert_as_the_original_did(database)
    async with database.reading() as tx:
        assert await has_rules(tx)


@pytest.mark.parametrize(
    ("name", "value"),
    [("session_timeout_s", "-1"), ("hours", "x"), ("flow_profile", "x"), ("meta_token", "x"), ("host", "x")],
)
def test_what_may_not_be_stored_is_refused_in_words(name: str, value: str) -> None:
    assert check_setting(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("session_timeout_s", "0"), ("hours", "lun 8-9"), ("flow_profile", "waia"), ("menu_text", "")],
)
def test_what_may_be_stored_passes(name: str, value: str) -> None:
    assert check_setting(name, value) is None
