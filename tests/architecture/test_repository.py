"""What may stand in no file of the repository: addresses of registries, paths of one machine, loose ends."""

import json
import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, repository_files
from tests.programs import need

# Put together from pieces, so that this file does not hold what it looks for.
REGISTRIES = [
    f"{host}.{domain}"
    for host, domain in [
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"),
        ("crates", "io"), ("golang", "org"), ("deb.debian", "org"), ("archive.ubuntu", "com"),
        ("docker", "io"),
    ]
]  # fmt: skip
OPTIONS = ["-".join(("--index", "url")), "-".join(("--extra", "index", "url")), "-".join(("--find", "links"))]
MACHINE_PATHS = re.compile(r"(?<![\w.~}])/(work|root|home/\w+|Users/\w+|opt/wheels)/".replace("work", "w" + "ork"))
LOOSE_ENDS = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b")
BINARY = {".png", ".jpg", ".webp", ".ico", ".ogg", ".opus", ".mp3", ".mp4", ".pdf", ".xlsx", ".woff2", ".db"}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    files = [path for path in repository_files(need("git")) if path.suffix not in BINARY]
    if not files:
        pytest.skip("this is not a clone")
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8", errors="replace") for path in files}


def test_no_file_names_a_package_registry(texts: dict[str, str]) -> None:
    named = [f"{name}: {host}" for name, text in texts.items() for host in REGISTRIES if host in text]
    assert not named, named


def test_requirements_are_locked_by_hash_and_name_no_index(texts: dict[str, str]) -> None:
    locked = [name for name in texts if Path(name).match("requirements/*.txt")]
    assert locked
    for name in locked:
        assert not [option for option in OPTIONS if option in texts[name]], name
        pins = re.findall(r"^[\w.\[\]-]+==.*\\\n\s+--hash=sha256:", texts[name], re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[\w.\[\]-]+==", texts[name], re.MULTILINE)) > 0, name


def test_the_npm_lock_holds_hashes_and_no_addresses(texts: dict[str, str]) -> None:
    packages = json.loads(texts["package-lock.json"])["packages"]
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert not name or "integrity" in package, name


def test_no_file_holds_a_path_of_one_machine(texts: dict[str, str]) -> None:
    found = [f"{name}: {match[0]}" for name, text in texts.items() if (match := MACHINE_PATHS.search(text))]
    assert not found, found


def test_no_file_holds_a_loose_end(texts: dict[str, str]) -> None:
    found = [f"{name}: {match[0]}" for name, text in texts.items() if (match := LOOSE_ENDS.search(text))]
    assert not found, found
