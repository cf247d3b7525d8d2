"""The copying of front-end packages: hashed names, one sprite, and a clear word for what is missing."""

from pathlib import Path

import pytest

from tools import vendor

ICON = '<!-- @license -->\n<svg\n  class="lucide"\n>\n  <path d="M1 1" />\n  <path d="M2 2" />\n</svg>\n'


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A node_modules with a word in each file that is copied, and two icons."""
    folder = tmp_path / "node_modules"
    for name in (*vendor.SCRIPTS.values(), *vendor.LICENCES):
        _write(folder / name, f"{name}\n//# sourceMappingURL=elsewhere.map\n")
    for icon in ("inbox", "send"):
        _write(folder / f"lucide-static/icons/{icon}.svg", ICON)
    return folder


def test_each_file_is_found_by_its_plain_name(packages: Path, tmp_path: Path) -> None:
    manifest = vendor.install(packages, _icons(tmp_path, "inbox"), tmp_path / "vendor")
    assert sorted(manifest) == sorted([*vendor.SCRIPTS, "icons.svg"])
    for hashed in manifest.values():
        assert (tmp_path / "vendor" / hashed).is_file()


def test_scripts_lose_the_address_of_a_source_map_that_is_not_copied(packages: Path, tmp_path: Path) -> None:
    manifest = vendor.install(packages, _icons(tmp_path, "inbox"), tmp_path / "vendor")
    script = (tmp_path / "vendor" / manifest["htmx.min.js"]).read_text()
    assert script == "htmx.org/dist/htmx.min.js\n"


def test_a_changed_file_gets_another_name_and_the_old_one_goes(packages: Path, tmp_path: Path) -> None:
    icons, target = _icons(tmp_path, "inbox"), tmp_path / "vendor"
    before = vendor.install(packages, icons, target)
    _write(packages / vendor.SCRIPTS["htmx.min.js"], "another release")
    after = vendor.install(packages, icons, target)
    assert before["htmx.min.js"] != after["htmx.min.js"]
    assert before["chart.min.js"] == after["chart.min.js"]
    assert not (target / before["htmx.min.js"]).exists()


def test_the_sprite_holds_the_icons_on_the_list_once(packages: Path, tmp_path: Path) -> None:
    listed = _icons(tmp_path, "# icons of pages\nsend\ninbox  # the queue\n\nsend")
    manifest = vendor.install(packages, listed, tmp_path / "vendor")
    sprite = (tmp_path / "vendor" / manifest["icons.svg"]).read_text()
    assert sprite.count("<symbol") == 2
    assert '<symbol id="inbox" viewBox="0 0 24 24"><path d="M1 1" /><path d="M2 2" /></symbol>' in sprite


def test_an_unknown_icon_is_named_and_the_old_files_stay(packages: Path, tmp_path: Path) -> None:
    target = tmp_path / "vendor"
    manifest = vendor.install(packages, _icons(tmp_path, "inbox"), target)
    with pytest.raises(vendor.Missing, match=r"static/icons\.txt .*: warp-drive"):
        vendor.install(packages, _icons(tmp_path, "inbox\nwarp-drive"), target)
    assert (target / manifest["htmx.min.js"]).is_file()


def test_a_package_that_is_not_installed_is_named(packages: Path, tmp_path: Path) -> None:
    (packages / vendor.SCRIPTS["chart.min.js"]).unlink()
    with pytest.raises(vendor.Missing, match="make setup"):
        vendor.install(packages, _icons(tmp_path, "inbox"), tmp_path / "vendor")


def _icons(folder: Path, names: str) -> Path:
    return _write(folder / "icons.txt", names)


def _write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path
