"""What a serving process loads: neither packages that an installation may lack, nor heavy ones before they are used."""

import json
import subprocess
import sys
from pathlib import Path

START = """
import sys
absent = sys.argv[1:]
sys.modules.update(dict.fromkeys(absent))  # importing them fails now
from waia.app.parts import make_parts
from waia.app.composition import create_app
from waia.settings import load_settings
import waia.app.server
settings = load_settings()
create_app(settings, parts=make_parts(settings))
"""
OPTIONAL = ("cryptography", "imageio_ffmpeg", "redis", "vosk")
ONLY_WHEN_USED = ("PIL", "alembic", "openpyxl")


LOADED_LATER = """
assert not {"cryptography", "openpyxl"} & set(sys.modules)
print(make_parts(settings).push.client.public_key)
"""

JOINS = """
import asyncio
from waia.kit.logs import set_up_logging
set_up_logging("INFO", "")
asyncio.run(make_parts(settings).relay.run())
"""


def test_a_server_is_made_without_what_it_can_do_without(tmp_path: Path) -> None:
    _run(tmp_path, START, *OPTIONAL, *ONLY_WHEN_USED)


def test_a_server_with_redis_in_its_settings_starts_without_the_library_and_says_so(tmp_path: Path) -> None:
    told = _run(tmp_path, START + JOINS, "redis", DATABASE_URL="mysql://db/waia", REDIS_URL="redis://cache/0")
    assert [json.loads(line)["event"] for line in told.splitlines()] == ["redis_not_used"]
    assert "pip install waia[redis]" in told


def test_keys_of_notifications_are_loaded_when_somebody_wants_them(tmp_path: Path) -> None:
    assert len(_run(tmp_path, START + LOADED_LATER).strip()) == 87


def _run(folder: Path, program: str, *absent: str, **settings: str) -> str:
    environment = {"WAIA_DATA": str(folder), "SECRET_KEY": "k" * 40, **settings}
    command = (sys.executable, "-c", program, *absent)
    result = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout
