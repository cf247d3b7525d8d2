"""Variables: what wins, what they default to, and the one line that names what is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from waia.settings import SETTINGS, SettingError, load_settings


def test_nothing_has_to_be_set() -> None:
    settings = load_settings({}, env_file=None)
    assert (settings.port, settings.initial_step, settings.session_timeout_s) == (5000, "menu_principal", 1800)
    assert settings.sqlalchemy_url == "sqlite:///data/waia.db"
    assert settings.media_dir == Path("data/media")


def test_g1_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("META_TOKEN=from-file\nPORT=7000\n", encoding="utf-8")
    settings = load_settings({"PORT": "8000"}, env_file=file)
    assert (settings.meta_token, settings.port) == ("from-file", 8000)


@pytest.mark.parametrize("blank", [{}, {"META_TOKEN": ""}])
def test_a_secret_may_lie_in_a_file(tmp_path: Path, blank: dict[str, str]) -> None:
    secret = tmp_path / "token"
    secret.write_text("hidden\n", encoding="utf-8")
    assert load_settings({**blank, "META_TOKEN_FILE": str(secret)}, env_file=None).meta_token == "hidden"


def test_the_databases_address_comes_from_one_variable_or_from_five() -> None:
    parts = {"DB_HOST": "db", "DB_USER": "ana", "DB_PASSWORD": "a/b@c", "DB_NAME": "shop"}
    assert load_settings(parts, env_file=None).sqlalchemy_url == "mysql://ana:a%2Fb%40c@db:3306/shop"
    whole = {**parts, "DATABASE_URL": "mysql://other/shop"}
    assert load_settings(whole, env_file=None).sqlalchemy_url == "mysql://other/shop"


def test_several_numbers_are_separated_by_commas() -> None:
    assert load_settings({"PHONE_NUMBER_ID": "1, 22,"}, env_file=None).phone_number_ids == ("1", "22")


def test_an_empty_fallback_text_says_nothing() -> None:
    assert load_settings({"FALLBACK_TEXT": ""}, env_file=None).fallback_text == ""
    assert load_settings({}, env_file=None).fallback_text.startswith("No entendí")


@pytest.mark.parametrize(
    "environ",
    [
        {"PORT": "http"},
        {"PORT": "70000"},
        {"SESSION_TIMEOUT": "-1"},
        {"WAIA_TIMEZONE": "Bogotá"},
        {"COMMAND_MATCH": "sometimes"},
        {"META_API_URL": "graph.facebook.com"},
        {"REDIS_URL": "localhost:6379"},
        {"META_API_VERSION": "25"},
        {"PHONE_NUMBER_ID": "+57 300"},
        {"SECRET_KEY": "short"},
        {"DB_HOST": "db"},
        {"DATABASE_URL": "postgres://x/y"},
        {"READ_RECEIPTS": "maybe"},
        {"VOICE_MODEL_LANGUAGE": "../../etc"},
        {"META_TOKEN_FILE": "/nowhere/token"},
    ],
)
def test_a_wrong_value_is_named_in_one_line(environ: dict[str, str]) -> None:
    with pytest.raises(SettingError) as caught:
        load_settings(environ, env_file=None)
    assert next(iter(environ)) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_command_stops_with_one_line_that_names_the_variable(tmp_path: Path) -> None:
    waia = Path(sys.executable).with_name("waia")
    run = subprocess.run(
        [str(waia), "serve"],
        env={"PORT": "x", "PATH": "/usr/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr == "waia: PORT cannot be read: use a number\n"


def test_settings_do_not_show_their_secrets() -> None:
    settings = load_settings({"META_TOKEN": "planted"}, env_file=None)
    assert "planted" not in repr(settings)


def test_every_variable_is_documented() -> None:
    text = Path("docs/configuration.md").read_text(encoding="utf-8")
    assert [setting.variable for setting in SETTINGS if f"`{setting.variable}`" not in text] == []
