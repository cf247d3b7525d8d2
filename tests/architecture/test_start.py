"""What a serving process loads: neither packages that an installation may lack, nor heavy ones before they are used."""

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


def test_a_server_is_made_without_what_it_can_do_without(tmp_path: Path) -> None:
    _run(tmp_path, START, *OPTIONAL, *ONLY_WHEN_USED)


def test_keys_of_notifications_are_loaded_when_somebody_wants_them(tmp_path: Path) -> None:
    assert len(_run(tmp_path, START + LOADED_LATER).strip()) == 87


def _run(folder: Path, program: str, *absent: str) -> str:
    environment = {"WAIA_DATA": str(folder), "SECRET_KEY": "k" * 40}
    command = (sys.executable, "-c", program, *absent)
    result = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout
