"""Puts templates, static files, migrations and catalogues into the wheel as `waia/_files/…`."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("templates", "static", "migrations", "locale")


class FilesHook(BuildHookInterface[Any]):
    """Editable installs map nothing: there `waia.kit.files` finds the folders at the repository root."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or self.target_name != "wheel":
            return
        root = Path(self.root)
        if not (root / "static/vendor/manifest.json").is_file():
            raise SystemExit("static/vendor is empty: run `make wheel`, which installs the front-end packages")
        for folder in FOLDERS:
            build_data["force_include"].update(_mapped(root, folder))


def _mapped(root: Path, folder: str) -> dict[str, str]:
    files = (path for path in (root / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path): f"waia/_files/{path.relative_to(root).as_posix()}" for path in sorted(files)}
