"""The long form: install.sh on a machine of its own, with all libraries fetched as locked, and it serves.

It needs a package index, so it is no part of what runs on every submission.
"""

import asyncio
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.effort import SOAK
from tests.deploy.box import DATA, copy_of_tree, name_space
from tests.road_world import Running, Waia, served

pytestmark = [
    pytest.mark.skipif(not SOAK, reason="fetches a hundred megabytes: WAIA_SOAK=1"),
    pytest.mark.timeout(900),
]
PATH = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SOURCE = "/opt/waia/source"
# What the installation writes to is this machine's, seen through a layer that is thrown away.
# $1: this tree, $2: a folder for data.
MAKE = f"""
set -eu
mount -t tmpfs -o mode=755 tmpfs /opt
for place in /etc /usr/local /var/lib; do
  mkdir -p "/opt/layers$place/upper" "/opt/layers$place/work"
  mount -t overlay overlay -o "lowerdir=$place,upperdir=/opt/layers$place/upper,workdir=/opt/layers$place/work" $place
done
mount --bind "$2" {DATA}
chmod 777 {DATA}
mkdir -p {SOURCE}
cp -r "$1/." {SOURCE}
cd {SOURCE}
git init --quiet
git add --all
git -c user.name=waia -c user.email=waia@example.com commit --quiet --message=first
echo made
exec sleep infinity
"""


class Machine:
    """`data` is what the machine has as `DATA`."""

    def __init__(self, pid: int, data: Path) -> None:
        self.data = data
        self._enter = ("nsenter", "--target", str(pid), "--mount", "--", "env", f"--chdir={SOURCE}")

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        told = {
            "PATH": PATH,
            "HOME": "/tmp",
            **{name: os.environ[name] for name in os.environ if "proxy" in name.lower()},
        }
        return subprocess.run((*self._enter, *words), env=told, capture_output=True, text=True, check=False)

    async def spawn(self, waia: Waia, environ: dict[str, str]) -> Running:
        """By the command of whoever administers the machine, which becomes the user waia."""
        with (waia.folder / "log").open("ab") as log:
            told = {**environ, "PATH": PATH}
            command = (*self._enter, "waia", *waia.arguments)
            return await asyncio.create_subprocess_exec(*command, env=told, stdout=log, stderr=log)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("installed")
    data = folder / "data"
    data.mkdir()
    with name_space(MAKE, str(copy_of_tree(folder / "source")), str(data), log=folder / "log") as pid:
        made = Machine(pid, data)
        installed = made.run("sh", "tools/deploy/install.sh")
        assert installed.returncode == 0, installed.stdout + installed.stderr
        yield made


def test_the_installation_stands_and_is_closed_to_others(machine: Machine) -> None:
    assert machine.run("waia", "--version").stdout.startswith("waia, version ")
    assert machine.run("stat", "-c", "%a %U:%G", "/etc/waia/.env").stdout == "640 root:waia\n"
    assert machine.run("stat", "-c", "%a %U:%G", "/var/lib/waia").stdout == "750 waia:waia\n"
    assert "✓ WAIA_DATA: writable" in machine.run("waia", "doctor").stdout
    for unit in ("waia-web.service", "waia-worker.service", "waia-single.service"):
        verified = machine.run("systemd-analyze", "verify", "--man=no", f"/etc/systemd/system/{unit}")
        assert "waia" not in verified.stderr, verified.stderr


def test_a_second_time_it_changes_nothing_and_goes_back_where_it_is_told(machine: Machine) -> None:
    before = machine.run("readlink", "/opt/waia/current").stdout
    machine.run("sh", "-c", "echo MARK=1 >>/etc/waia/.env")
    assert machine.run("sh", "tools/deploy/install.sh").returncode == 0
    assert machine.run("readlink", "/opt/waia/current").stdout == before
    assert "MARK=1" in machine.run("cat", "/etc/waia/.env").stdout
    unknown = machine.run("sh", "tools/deploy/install.sh", "nothing")
    assert unknown.returncode == 1
    assert before.strip() in unknown.stderr
    assert machine.run("sh", "tools/deploy/install.sh", before.strip()).returncode == 0


def test_a_clone_that_was_changed_by_hand_is_not_installed(machine: Machine) -> None:
    machine.run("sh", "-c", "echo >>README.md")
    refused = machine.run("sh", "tools/deploy/install.sh")
    assert re.fullmatch(r"waia: the clone was changed by hand.*\n", refused.stderr)
    assert machine.run("git", "checkout", "--quiet", "README.md").returncode == 0


async def test_what_was_installed_serves(machine: Machine, tmp_path: Path) -> None:
    url = f"sqlite:///{machine.data / 'waia.db'}"
    async with served(tmp_path, url, start=False, spawn=machine.spawn) as road:
        await road.waia.start(WAIA_DATA=DATA, DATABASE_URL="")
        assert await road.talk("Hola"), "the bot greets"
        assert await road.waia.stop() == 0
