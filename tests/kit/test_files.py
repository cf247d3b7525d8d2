"""Where templates and static files are found, and how their addresses change with the content."""

import os
from pathlib import Path

import pytest

from waia.kit import files


def test_the_folders_of_the_clone_are_found() -> None:
    for folder in (files.template_dir(), files.static_dir(), files.migrations_dir(), files.locale_dir()):
        assert folder.is_dir(), folder


@pytest.mark.parametrize("name", ["htmx.min.js", "hx-sse.min.js", "hx-upsert.min.js", "chart.min.js", "icons.svg"])
def test_front_end_files_are_addressed_by_a_hashed_name_that_exists(name: str) -> None:
    address = files.vendor(name)
    assert address.startswith("/static/vendor/")
    assert not address.endswith(f"/{name}")
    assert (files.static_dir() / address.removeprefix("/static/")).stat().st_size > 500


def test_an_unknown_front_end_file_is_named_in_the_error() -> None:
    with pytest.raises(files.FrontEndNotInstalled, match=r"no left-pad\.js"):
        files.vendor("left-pad.js")


def test_the_address_of_an_asset_changes_when_its_content_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "static_dir", lambda: tmp_path)
    style = tmp_path / "base.css"
    style.write_text("a {}")
    before = files.asset("base.css")
    assert files.asset("base.css") == before
    style.write_text("b {}")
    os.utime(style, ns=(1, 1))
    assert files.asset("base.css") != before


def test_a_missing_asset_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        files.asset("css/none.css")
