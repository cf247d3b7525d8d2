"""What an owner installs: the image, and the machines that `docker compose` brings."""

import re
from pathlib import Path

DOCKERFILE = Path("Dockerfile").read_text("utf-8").replace("\\\n", " ")
COMPOSE = Path("docker-compose.yml").read_text("utf-8")


def test_g07_an_image_without_its_packages_is_not_built() -> None:
    """The former one went on when pip failed, and had no ffmpeg."""
    steps = re.findall(r"^RUN (.*)", DOCKERFILE, re.MULTILINE)
    assert any("pip install" in step for step in steps)
    assert [step for step in steps if re.search(r"\|\||;|set \+e", step)] == [], "what goes on after a failure"
    assert any(re.search(r"apt-get install [^&]*\bffmpeg\b", step) for step in steps)


def test_g07_compose_brings_the_database_that_waia_waits_for() -> None:
    services = COMPOSE.partition("services:")[2]
    assert re.findall(r"^  (\w+):", services, re.MULTILINE)[:3] == ["waia", "mariadb", "redis"]
    assert "mariadb: { condition: service_healthy }" in services
    assert re.search(r"^  mariadb:\n(?:    .*\n)*    healthcheck:", services, re.MULTILINE)
