"""The wheel stands on its own: it holds the front end, templates, migrations and catalogues."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

LOOK_AROUND = """
import pathlib, waia, waia.kit.files as files, waia.kit.i18n as i18n
packed = pathlib.Path(waia.__file__).parent / "_files"
for folder in (files.template_dir(), files.static_dir(), files.migrations_dir(), files.locale_dir()):
    assert folder.parent == packed and folder.is_dir(), folder
script = files.static_dir() / files.vendor("htmx.min.js").removeprefix("/static/")
assert b"htmx" in script.read_bytes()
assert (files.migrations_dir() / "env.py").is_file()
assert i18n.translator("en").gettext("Hoy") == "Today"
print(packed)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    (built,) = folder.glob("waia-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of a fresh environment with the wheel; the dependencies are those of this one."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False, symlinks=True)
    site_packages = next(home.glob("lib/python*/site-packages"))
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = (sys.executable, "-m", "pip", "--python", str(home / "bin/python"))
    _run(*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel), cwd=home)
    return home / "bin"


def test_the_wheel_holds_no_cache_and_no_secret(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".env", ".db"))]
    assert "waia/_files/static/vendor/LICENSES.txt" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_an_installed_wheel_finds_its_files(installed: Path, tmp_path: Path) -> None:
    found = _run(str(installed / "python"), "-c", LOOK_AROUND, cwd=tmp_path)
    assert Path(found.strip()).is_relative_to(installed.parent)


def test_the_command_of_an_installed_wheel_runs_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    if not (ROOT / "src/waia/cli.py").is_file():
        pytest.skip("src/waia/cli.py does not exist yet")
    assert "0.1.0" in _run(str(installed / "waia"), "--version", cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def _run(*command: str, cwd: Path) -> str:
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=100)
    assert result.returncode == 0, result.stderr
    return result.stdout
