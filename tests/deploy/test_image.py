"""The image: its recipe promises what it should, and what its steps make serves without any right to write."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.deploy.box import DATA, USER, Box, box
from tests.media.samples import sample
from tests.road_world import Served, eventually, fresh_sqlite, served
from tests.roads.bodies import PNID

pytestmark = pytest.mark.timeout(300)
CLOSED = ("/", "/opt/waia/lib", "/etc", "/usr/bin", "/var/tmp", "/opt/source")
OPEN = (DATA, "/tmp")
PREVIEWS = "SELECT count(*) FROM media_files WHERE thumb_key IS NOT NULL"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with box(tmp_path_factory.mktemp("image")) as made:
        yield made


def test_the_image_may_write_to_its_data_and_nowhere_else(image: Box) -> None:
    writing = 'for place in "$@"; do touch "$place/probe" 2>/dev/null && echo "$place"; done; true'
    assert image.run("sh", "-c", writing, "sh", *CLOSED, *OPEN).stdout.split() == list(OPEN)


def test_the_image_holds_the_application_compiled_and_nothing_that_builds(image: Box) -> None:
    assert image.run("waia", "--version").stdout.startswith("waia, version ")
    listed = image.run("sh", "-c", "ls /opt/waia/bin /opt/waia/lib/python*/site-packages/waia/__pycache__").stdout
    assert re.search(r"^cli\.cpython-\d+\.pyc$", listed, re.MULTILINE)
    assert not re.search(r"^(pip|hatchling)", listed, re.MULTILINE)
    assert image.run("ls", "-d", "/opt/waia.tools").returncode != 0


async def test_the_image_serves_and_its_health_is_told(image: Box, tmp_path: Path, sqlite_template: Path) -> None:
    url = fresh_sqlite(sqlite_template, image.data)
    os.chown(image.data / "waia.db", int(USER), int(USER))
    told = {"WAIA_DATA": DATA, "DATABASE_URL": "", "WAIA_ALLOWED_HOSTS": "chat.example.com, 127.0.0.1"}
    async with served(tmp_path, url, start=False, spawn=image.spawn) as road:
        await road.waia.launch(**told)
        await eventually(lambda: is_healthy(image, road), "its health is told", 120)
        assert await road.talk("Hola"), "the bot greets"
        await road.world.handset("carla", PNID).sends_media("image", sample("photo.jpg").read_bytes(), "image/jpeg")
        await road.until(PREVIEWS)
        assert "✓ ffmpeg" in image.run("waia", "doctor", WAIA_DATA=DATA).stdout
        assert await road.waia.stop() == 0
        assert not await is_healthy(image, road)


async def is_healthy(image: Box, road: Served) -> bool:
    """As the engine asks; that nobody answers is one line."""
    assert road.waia.process is None or road.waia.process.returncode in {None, 0}, road.waia.log[-3000:]
    asked = image.run("python", "/opt/source/tools/deploy/healthcheck.py", PORT=road.waia.environ["PORT"])
    assert asked.returncode == 0 or re.fullmatch(r"waia does not answer: \w+\n", asked.stderr), asked.stderr
    return asked.returncode == 0


def test_the_recipe_runs_the_steps_that_are_tested_and_no_others() -> None:
    for command in _each("RUN"):
        assert re.fullmatch(r"sh (tools/deploy|/usr/local/lib/waia)/\w+\.sh( [\w/-]+)*", command), command
    for name in ("steps.sh", "image.sh", "healthcheck.py"):
        assert (ROOT / "tools/deploy" / name).is_file()


def test_bases_name_a_version_and_a_release_of_debian() -> None:
    for base in _each("FROM"):
        assert re.fullmatch(r"\w+:\d+(\.\d+)*-(slim-trixie|trixie-slim)( AS [\w-]+)?", base), base


def test_what_runs_has_no_rights_and_says_how_it_is() -> None:
    recipe = _recipe()
    last = recipe[max(place for place, (word, _) in enumerate(recipe) if word == "FROM") :]
    words = [word for word, _ in last]
    (user,) = (rest for word, rest in last if word == "USER")
    number, _, group = user.partition(":")
    assert min(int(number), int(group)) >= 1000
    assert f"--uid {number}" in (ROOT / "tools/deploy/image.sh").read_text("utf-8")
    assert "RUN" not in words[words.index("USER") :]
    (health,) = (rest for word, rest in last if word == "HEALTHCHECK")
    assert health.endswith('CMD ["python", "/usr/local/lib/waia/healthcheck.py"]')


def test_everything_that_is_fetched_is_locked_and_nothing_compiles() -> None:
    steps = (ROOT / "tools/deploy/steps.sh").read_text("utf-8").replace("\\\n", " ")
    fetching = [line.strip() for line in steps.splitlines() if re.search(r"pip.* (install|wheel)\b", line)]
    assert len(fetching) >= 4
    assert not [line for line in fetching if "--require-hashes" not in line and "--no-index" not in line]
    assert "npm ci" in steps
    assert "npm install" not in steps
    installed = re.findall(r"apt-get install (.*)", (ROOT / "tools/deploy/image.sh").read_text("utf-8"))
    assert installed == ["--yes --no-install-recommends ffmpeg"]


def test_what_the_recipe_copies_is_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    for sources in _each("COPY"):
        if "--from" in sources:
            continue
        for source in sources.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source == "." or f"!{source.split('/')[0]}" in ignored, source


def _each(word: str) -> list[str]:
    return [rest for found, rest in _recipe() if found == word]


def _recipe() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, each with the rest of its line."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], re.sub(r"\s+", " ", line.split(maxsplit=1)[1])) for line in lines]
