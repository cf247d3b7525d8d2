"""Consent: which addresses are taken, whose they are, and the key that browsers subscribe with."""

import stat
from pathlib import Path
from typing import Any

import pytest

from tests.push.world import Office
from waia.push.parts import Push
from waia.push.vapid import open_vapid
from waia.settings import SettingError

REFUSED = (
    "http://x.push.test/a", "https://evil.test/a", "https://127.0.0.1/a", "https://localhost/a", "https://[::1]/a",
    "https://push.test/a", "https://x.push.test:8443/a", "https://x.push.test@evil.test/a", "https://169.254.169.254/",
    "http://127.0.0.1:1/a", "file:///etc/passwd", "//x.push.test/a", "", "x",
)  # fmt: skip


@pytest.mark.parametrize("endpoint", REFUSED)
async def test_an_address_that_is_no_push_service_is_refused(office: Office, endpoint: str) -> None:
    answer = await office.ask("ana", "POST", "/notificaciones", {**office.service.browser("x"), "endpoint": endpoint})
    assert answer.status_code == 422
    assert await office.devices() == []


@pytest.mark.parametrize(
    "keys",
    [
        {"p256dh": "", "auth": ""},
        {"p256dh": "BBBB", "auth": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"p256dh": "B" + "A" * 86, "auth": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"p256dh": "ñ" * 87, "auth": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"p256dh": 7, "auth": None},
        {},
        "x",
    ],
)
async def test_keys_that_are_none_are_refused(office: Office, keys: Any) -> None:
    answer = await office.ask("ana", "POST", "/notificaciones", {**office.service.browser("x"), "keys": keys})
    assert answer.status_code == 422
    assert await office.devices() == []


async def test_a_browser_belongs_to_the_last_who_agreed_there(office: Office) -> None:
    subscription = await office.agrees("ana", "compartido")
    assert (await office.ask("beto", "POST", "/notificaciones", subscription)).status_code == 204
    assert (await office.ask("beto", "POST", "/notificaciones", subscription)).status_code == 204
    endpoint = {"endpoint": subscription["endpoint"]}
    assert (await office.ask("ana", "DELETE", "/notificaciones", endpoint)).status_code == 204
    assert await office.devices() == ["compartido"]
    await office.work()
    await office.writes(await office.chat())
    assert len(office.service.arrived) == 1
    assert await office.trail() == [("ana", "push.on"), ("beto", "push.on")]


async def test_the_oldest_of_too_many_browsers_goes(office: Office) -> None:
    for number in range(11):
        assert (
            await office.ask("ana", "POST", "/notificaciones", office.service.browser(f"{number}"))
        ).status_code == 204
    assert await office.devices() == [f"{number}" for number in range(1, 11)]


@pytest.mark.parametrize("body", [None, [], {"pagina": "", "visible": True}, {"pagina": "x" * 37, "visible": True}])
async def test_a_look_without_sense_is_refused(office: Office, body: Any) -> None:
    assert (await office.ask("ana", "PUT", "/mirada", body)).status_code == 422


async def test_without_the_package_nothing_is_offered(office: Office) -> None:
    office.shop.parts.push = Push(None, shows_text=False)
    assert (await office.ask("ana", "GET", "/notificaciones")).status_code == 404
    assert (await office.ask("ana", "POST", "/notificaciones", office.service.browser("x"))).status_code == 404


def test_the_key_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    first, again = open_vapid("", tmp_path, ""), open_vapid("", tmp_path, "")
    assert first.public_key == again.public_key
    assert stat.S_IMODE((tmp_path / "push_key").stat().st_mode) == 0o600
    assert open_vapid((tmp_path / "push_key").read_text(), tmp_path / "other", "").public_key == first.public_key


@pytest.mark.parametrize("text", ["x", "AAAA", "A" * 43, "ñ" * 43])
def test_a_key_that_is_none_stops_the_start_with_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingError, match="WAIA_PUSH_KEY is no key for notifications"):
        open_vapid(text, tmp_path, "")
