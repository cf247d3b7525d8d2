"""The units of systemd: it understands them, they close waia in, and waia can still do what it does."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.deploy.test_compose import STOP_S
from tests.programs import need

UNITS = ROOT / "tools/deploy/systemd"
SERVICES = ("waia-web.service", "waia-worker.service", "waia-single.service", "waia-backup.service")
TIMERS = ("waia-backup.timer",)
COMMANDS = {
    "waia-web.service": "waia serve --web-only",
    "waia-worker.service": "waia work",
    "waia-single.service": "waia serve",
}
# `systemd-analyze security` counts from 0 (closed in) to 10; a unit without a word about it has 9.6.
MOST_EXPOSED = 2.0


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a machine with the units where install.sh puts them, and programs where they look for them."""
    need("systemd-analyze")
    root = tmp_path_factory.mktemp("machine")
    shutil.copytree(UNITS, root / "etc/systemd/system")
    for program in ("opt/waia/current/bin/waia", "bin/sh", "usr/bin/find"):
        (root / program).parent.mkdir(parents=True, exist_ok=True)
        (root / program).write_text("#!/bin/sh\n")
        (root / program).chmod(0o755)
    (root / "etc/os-release").write_text("ID=debian\n")
    for user in ("passwd", "group"):
        (root / "etc" / user).write_text("root:x:0:0::/:/bin/sh\nwaia:x:998:998::/:/bin/sh\n")
    shutil.copytree("/lib/systemd/system", root / "lib/systemd/system", symlinks=True)
    return root


@pytest.mark.parametrize("name", [*SERVICES, *TIMERS])
def test_systemd_understands_the_unit(machine: Path, name: str) -> None:
    asked = _analyze("verify", f"--root={machine}", "--man=no", "--recursive-errors=no", name)
    assert asked.returncode == 0, asked.stderr
    assert "waia" not in asked.stderr, asked.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_is_closed_in(machine: Path, name: str) -> None:
    asked = _analyze("security", f"--root={machine}", "--offline=true", f"--threshold={int(MOST_EXPOSED * 10)}", name)
    overall = re.search(r"Overall exposure level for \S+: ([\d.]+)", asked.stdout)
    assert overall, asked.stderr
    assert float(overall[1]) <= MOST_EXPOSED, asked.stdout
    assert asked.returncode == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_a_unit_starts_what_it_is_named_after(name: str) -> None:
    told = _settings(name)
    assert told["ExecStart"].endswith(f"/{COMMANDS[name]}")
    assert told["Type"] == "notify", "what waits for it waits until it is ready"
    assert told["Restart"] == "always"
    assert int(told["TimeoutStopSec"]) > STOP_S
    assert told["KillMode"] == "mixed", "a child that hears is ended by waia, not beside it"
    assert told["OOMPolicy"] == "continue", "a decoder that takes too much is not the end of its process"


def test_what_decoders_need_is_left_to_them() -> None:
    """They lose their network in a name space of their own, and step back (media/confined.py)."""
    told = _settings("waia-worker.service")
    assert set(told["RestrictNamespaces"].split()) == {"user", "net"}
    listed = _analyze("syscall-filter", told["SystemCallFilter"]).stdout
    allowed = set(listed.split())
    for group in re.findall(r"@[\w-]+", listed):
        allowed |= set(_analyze("syscall-filter", group).stdout.split())
    assert {"unshare", "setpriority", "prctl", "prlimit64"} <= allowed


def test_the_backup_goes_where_it_may_and_is_wanted_each_night() -> None:
    told = _settings("waia-backup.service")
    assert "waia-backups" in told["StateDirectory"].split()
    assert told["ExecStart"].endswith(" backup /var/lib/waia-backups --keep 14")
    asked = subprocess.run(
        (need("systemd-analyze"), "calendar", "*-*-* 03:30:00"), capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0
    assert "OnCalendar=*-*-* 03:30:00" in (UNITS / "waia-backup.timer").read_text("utf-8")


def _settings(name: str) -> dict[str, str]:
    """Of [Service], with what all units have in common; the unit's own words win."""
    lines: list[str] = []
    for file in (UNITS / "waia-.service.d/box.conf", UNITS / name):
        lines += file.read_text("utf-8").partition("[Service]")[2].partition("\n[")[0].splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _analyze(*words: str) -> "subprocess.CompletedProcess[str]":
    command = (need("systemd-analyze"), "--no-pager", *words)
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
