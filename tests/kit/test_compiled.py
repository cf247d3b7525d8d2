"""What templates are compiled to waits for the next start: a page that was seen once is never compiled again."""

import marshal
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from waia.kit import render
from waia.kit.clock import Clock
from waia.kit.render import Pages


@pytest.fixture(autouse=True)
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with one template; each `started()` knows only what lies on the disk."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text("{{ _('Enviar') }} {{ name }}")
    monkeypatch.setattr(render, "template_dir", lambda: folder)
    yield folder
    render._codes.cache_clear()


def started(kept: Path, *, can_compile: bool = True) -> Pages:
    render._codes.cache_clear()
    pages = Pages(ZoneInfo("UTC"), Clock(), kept=kept)
    if not can_compile:
        for language in ("es", "en"):
            pages._environment(language).compile = _never  # type: ignore[method-assign, assignment]
    return pages


def _never(*_told: object, **_more: object) -> None:
    raise AssertionError("it was compiled again")


def said(pages: Pages, language: str = "es") -> str:
    return pages.render("page.html", language, {"name": "<ana>"})


def test_the_next_start_compiles_nothing_that_was_seen_in_each_language(tmp_path: Path) -> None:
    first = started(tmp_path / "kept")
    assert (said(first), said(first, "en")) == ("Enviar &lt;ana&gt;", "Send &lt;ana&gt;")
    second = started(tmp_path / "kept", can_compile=False)
    assert (said(second), said(second, "en")) == ("Enviar &lt;ana&gt;", "Send &lt;ana&gt;")


def test_another_text_or_translation_is_compiled_anew(
    tmp_path: Path, templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(started(tmp_path / "kept"))
    (templates / "page.html").write_text("{{ _('Enviar') }} a {{ name }}")
    assert said(started(tmp_path / "kept")) == "Enviar a &lt;ana&gt;"
    monkeypatch.setattr(render, "_basis", lambda _language: "another catalogue")
    with pytest.raises(AssertionError):
        said(started(tmp_path / "kept", can_compile=False))


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"j2" + marshal.dumps("other")])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    said(started(tmp_path / "kept"))
    (file,) = (tmp_path / "kept").iterdir()
    for content in (damage, file.read_bytes()[:-20]):
        file.write_bytes(content)
        assert said(started(tmp_path / "kept")) == "Enviar &lt;ana&gt;"


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file is in the way")
    assert said(started(tmp_path / "kept")) == "Enviar &lt;ana&gt;"


def test_nobody_else_may_write_what_is_run(tmp_path: Path) -> None:
    said(started(tmp_path / "cache" / "kept"))
    assert (tmp_path / "cache" / "kept").stat().st_mode & 0o077 == 0
