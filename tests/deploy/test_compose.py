"""Both compose files: no container has more rights than it needs, and only Caddy is reached from outside."""

import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.architecture.source import ROOT
from waia.settings import SETTINGS

FILES = ("docker-compose.yml", "docker-compose.sqlite.yml")
OF_COMPOSE = {"WAIA_EDGE", "WAIA_DB_MEMORY"}
MAY = {
    "caddy": {"NET_BIND_SERVICE"},
    "mariadb": {"CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"},
}
STOP_S = 30  # ten for open streams, ten for sends in flight, and what lies between


def compose(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / name).read_text("utf-8"))
    return found


def services(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose(name)["services"]
    return found


@pytest.mark.parametrize("name", FILES)
def test_no_container_can_write_to_its_root_or_gain_rights(name: str) -> None:
    for service, told in services(name).items():
        assert told["read_only"] is True, service
        assert told["cap_drop"] == ["ALL"], service
        assert set(told.get("cap_add", ())) <= MAY.get(service, set()), service
        assert told["security_opt"] == ["no-new-privileges:true"], service
        assert not {"privileged", "network_mode", "pid", "devices"} & set(told), service
        assert told["pids_limit"] > 0, service
        assert told["restart"] == "unless-stopped", service
        assert told["logging"]["options"]["max-size"], "a log that grows for ever fills the disk"


@pytest.mark.parametrize("name", FILES)
def test_only_caddy_is_reached_from_outside(name: str) -> None:
    for service, told in services(name).items():
        if service == "caddy":
            assert told["ports"] == ["80:80", "443:443", "443:443/udp"]
        else:
            assert all(port.startswith("127.0.0.1:") for port in told.get("ports", ())), service
    assert not services(FILES[0])["web"].get("ports")


def test_database_and_redis_are_reached_by_waia_alone_and_reach_nothing() -> None:
    told = compose(FILES[0])
    assert told["networks"]["inside"]["internal"] is True
    members = {name: set(each["networks"]) for name, each in told["services"].items()}
    assert members["mariadb"] == members["redis"] == {"inside"}
    assert members["caddy"] == {"edge"}
    assert members["web"] == {"edge", "inside"}
    assert members["worker"] == {"out", "inside"}


@pytest.mark.parametrize("name", FILES)
def test_waia_believes_caddy_and_nobody_beside_it(name: str) -> None:
    told = compose(name)
    waia = told["services"].get("web") or told["services"]["waia"]
    believed = waia["environment"]["WAIA_TRUSTED_PROXIES"].split(", ")
    caddy, gateway = told["services"]["caddy"]["networks"]["edge"]["ipv4_address"], re.compile(r"\.1$")
    assert caddy in believed
    assert [each for each in believed if each != caddy and not gateway.search(each)] == []
    (place,) = told["networks"]["edge"]["ipam"]["config"]
    assert place["subnet"].removesuffix(".0/28") == caddy.removesuffix(".2")
    assert place["ip_range"].endswith(".8/29"), "addresses that are given away are others"


@pytest.mark.parametrize("name", FILES)
def test_who_has_a_dependency_waits_until_it_is_healthy(name: str) -> None:
    found = services(name)
    for service, told in found.items():
        for other, condition in told.get("depends_on", {}).items():
            assert condition == {"condition": "service_healthy"}, service
            assert _tells_its_health(found[other]), other
        assert _tells_its_health(told) or service == "worker", service


@pytest.mark.parametrize("name", FILES)
def test_what_has_to_last_lies_in_volumes(name: str) -> None:
    told = compose(name)
    kept = {volume.split(":")[1] for each in told["services"].values() for volume in each.get("volumes", ())}
    assert {"/data", "/config", "/etc/caddy/Caddyfile"} <= kept
    assert "mariadb" not in told["services"] or "/var/lib/mysql" in kept
    named = {volume.split(":")[0] for each in told["services"].values() for volume in each.get("volumes", ())}
    assert {volume for volume in named if not volume.startswith("./")} == set(told["volumes"])
    for volume in named:
        assert not volume.startswith("./") or (ROOT / volume).is_file(), volume


@pytest.mark.parametrize("name", FILES)
def test_waia_has_the_time_that_a_polite_stop_takes(name: str) -> None:
    for service, told in services(name).items():
        if told["image"] == "waia":
            assert int(told["stop_grace_period"].removesuffix("s")) > STOP_S, service


@pytest.mark.parametrize("name", FILES)
def test_no_secret_stands_in_the_file_and_each_variable_is_known(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    asked = dict(re.findall(r"\$\{(\w+)(:[-?])?", text))
    known = {setting.variable for setting in SETTINGS}
    guide = (ROOT / "docs/es/produccion.md").read_text("utf-8")
    for variable, kind in asked.items():
        assert variable in known or (variable in OF_COMPOSE and variable in guide), variable
        assert kind == (":?" if variable in {"DB_PASSWORD", "BASE_URL"} else ":-"), variable
    for service, told in services(name).items():
        for variable in told.get("environment", {}) if told["image"] == "waia" else ():
            assert variable in known, (service, variable)


def test_the_database_keeps_what_it_commits() -> None:
    assert "--innodb-flush-log-at-trx-commit=1" in services(FILES[0])["mariadb"]["command"]


def _tells_its_health(told: dict[str, Any]) -> bool:
    """By its own words or those of the image."""
    health = told.get("healthcheck", {})
    return bool(health.get("test")) or (told["image"] == "waia" and not health.get("disable"))


def test_the_file_of_one_container_brings_caddy_only_when_it_is_wanted() -> None:
    found = services(FILES[1])
    assert [name for name, told in found.items() if not told.get("profiles")] == ["waia"]
    assert found["waia"]["build"] == "."
