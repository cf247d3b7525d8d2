"""Defects of the original in its operation, each as a regression test (legacy behaviour, section 14 G).

G1: tests/test_settings.py. G2, G3, G6: tests/moving/test_living_on.py, tests/roads/test_keys.py. G4, G9:
tests/media/test_defects_media.py. G10: tests/roads/test_defects_lost.py.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import httpx

from tests.road_world import Waia, eventually, inside, served
from tests.roads.bodies import texts
from tests.servers import free_port
from waia.simulator.faults import Knob

ROOT = Path(__file__).parents[2]
SLOW_S = 8.0


async def test_g05_a_call_to_meta_that_hangs_holds_up_nobody_else(tmp_path: Path, sqlite_url: str) -> None:
    """The original waited without end in the worker that served the request. The deadline itself: test_client.py."""
    async with inside(tmp_path, sqlite_url) as road:
        road.world.faults.send.slow, road.world.faults.send.slow_s = Knob(times=1), SLOW_S
        await road.says("Hola")
        await eventually(lambda: _has_sent(road.sent_to("carla")), "the call that will hang is made")
        assert await road.post(texts(("wamid.meanwhile", "Hola"))) == 200
        assert (await road.http.get("/login")).status_code == 200
        await road.says("Hola", "diego")
        await eventually(lambda: _has_sent(road.sent_to("diego")), "others get their answer meanwhile")
        answered = [each for each in road.world.requests if each.path.endswith("/messages")]
        assert len(answered) < len(road.world.sent), "it still hangs"


async def _has_sent(sent: Sequence[object]) -> bool:
    return bool(sent)


def test_g07_the_image_fails_with_its_packages_has_ffmpeg_and_comes_with_a_database() -> None:
    """The original's ignored that pip failed, had no ffmpeg, and its compose file had no MySQL."""
    image = (ROOT / "Dockerfile").read_text("utf-8")
    run = re.findall(r"^RUN sh (?:\S*/)?(\w+\.sh)", image, re.MULTILINE)
    assert run == ["steps.sh", "steps.sh", "steps.sh", "image.sh"], "whatever is run stands in a script"
    scripts = {name: (ROOT / "tools/deploy" / name).read_text("utf-8") for name in set(run)}
    for name, script in scripts.items():
        assert re.search(r"^set -eu$", script, re.MULTILINE), f"{name} goes on after a failure"
        assert not re.search(r"\bset \+e\b|\|\|\s*true", script), name
    installs = re.findall(r"pip\"? install (?:.*\\\n)*.*", scripts["steps.sh"])
    assert installs
    assert all("--require-hashes" in each or "--no-index" in each for each in installs), installs
    assert re.search(r"apt-get install .*\bffmpeg\b", scripts["image.sh"])
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    services = dict(re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", compose, re.MULTILINE))
    assert "image: mariadb:" in services["mariadb"]
    assert "healthcheck:" in services["mariadb"]
    assert "mariadb: { condition: service_healthy }" in services["web"]
    assert "web: { condition: service_healthy }" in services["worker"]


async def test_g08_more_web_processes_are_not_more_workers(tmp_path: Path, mariadb_url: str) -> None:
    """Two of the web work nothing off; two workers beside them answer each message once."""
    async with served(tmp_path, mariadb_url, start=False) as road:
        road.waia.arguments = ("serve", "--web-only")
        second = _beside(road.waia, tmp_path / "web", "serve", "--web-only")
        workers = [_beside(road.waia, tmp_path / f"worker {n}", "work") for n in range(2)]
        try:
            await road.waia.start()
            await second.start()
            bodies = [texts((f"wamid.{n}", "Hola"), sender=f"57300000010{n}") for n in range(4)]
            async with httpx.AsyncClient(base_url=second.address, trust_env=False) as other:
                for number, body in enumerate(bodies):
                    assert await road.post(body) == 200, number
                checks = (await other.get("/readyz")).json()["checks"]
            assert checks["workers"].startswith("None has given")
            assert await road.store.one("SELECT count(*) FROM inbox") == len(bodies)
            for worker in workers:
                await worker.launch()
            await road.calm()
            assert len(road.world.sent) == len(bodies)
            assert (await road.http.get("/readyz")).json()["checks"]["workers"] == "ok"
        finally:
            for each in (second, *workers):
                await each.kill()


def _beside(waia: Waia, folder: Path, *arguments: str) -> Waia:
    folder.mkdir()
    environ = {**waia.environ, "PORT": str(free_port()), "WAIA_DATA": str(folder)}
    return Waia(folder, environ, arguments=arguments, spawn=waia.spawn)
