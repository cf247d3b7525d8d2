"""The guide to production: what it tells people to type is there, and means what it says."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.deploy.test_units import SERVICES, TIMERS
from waia.cli import main

GUIDE = ROOT / "docs/es/produccion.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
OF_THE_MACHINE = {"caddy", "mariadb", "redis-server"}


@pytest.mark.parametrize("block", BLOCKS)
def test_each_block_is_shell(block: str) -> None:
    told = re.sub(r"<[^<>\n]*[^\w<>\n][^<>\n]*>|<\w+>", "x", block)  # «dirección del repositorio» and the like
    checked = subprocess.run(("sh", "-n"), input=told, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_files_units_and_commands_of_the_guide_are_there() -> None:
    typed = "\n".join(BLOCKS)
    files = set(re.findall(r"(?:tools/deploy|docker-compose)[\w/.-]*", typed))
    assert {"tools/deploy/install.sh", "tools/deploy/Caddyfile", "tools/deploy/mariadb.cnf"} <= files
    assert not [name for name in files if not (ROOT / name).is_file()]
    ours = {Path(name).stem for name in SERVICES}
    for line in re.findall(r"systemctl (?:enable --now|restart|status) (.*)", typed):
        for unit in line.split("&&")[0].split():
            assert unit in ours | OF_THE_MACHINE | set(TIMERS), unit
    for command in re.findall(r"(?:^|web |&& |waia )waia ([a-z-]+)", typed, re.MULTILINE):
        assert command in main.commands, command


def test_links_inside_the_guide_lead_somewhere() -> None:
    text = GUIDE.read_text("utf-8")
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert not [anchor for anchor in re.findall(r"\]\(#([^)]*)\)", text) if anchor not in anchors]
