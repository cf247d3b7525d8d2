"""Every setting is in .env.example, and nothing else is."""

import importlib
import re

import pytest

from tests.architecture.source import PACKAGE, ROOT

EXAMPLE = ROOT / ".env.example"


@pytest.fixture(scope="module")
def variables() -> set[str]:
    if not (PACKAGE / "settings.py").is_file():
        pytest.skip("src/waia/settings.py does not exist yet")
    return {setting.variable for setting in importlib.import_module("waia.settings").SETTINGS}


def test_every_setting_is_in_the_example(variables: set[str]) -> None:
    missing = sorted(variables - _example_variables())
    assert not missing, f"add to .env.example: {missing}"


def test_the_example_names_nothing_that_waia_does_not_read(variables: set[str]) -> None:
    secret_files = {f"{variable}_FILE" for variable in variables}
    unknown = sorted(_example_variables() - variables - secret_files)
    assert not unknown, f"not in waia.settings.SETTINGS: {unknown}"


def _example_variables() -> set[str]:
    assert EXAMPLE.is_file(), ".env.example is missing"
    return set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE))
