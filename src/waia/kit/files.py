"""Finds the files that are not Python: templates, static files, migrations and catalogues.

In a wheel they lie beside the code in `waia/_files`, in a clone at the repository root.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
ASSET_HASH_LENGTH = 8


class FrontEndNotInstalled(RuntimeError):
    """`static/vendor` has not been filled, or lacks the file that was asked for."""


def template_dir() -> Path:
    return _root() / "templates"


def static_dir() -> Path:
    return _root() / "static"


def migrations_dir() -> Path:
    return _root() / "migrations"


def locale_dir() -> Path:
    return _root() / "locale"


def vendor(name: str) -> str:
    """The address of a front-end package's file, such as `htmx.min.js`; it changes with the content."""
    manifest = _vendor_manifest()
    if name not in manifest:
        raise FrontEndNotInstalled(f"static/vendor has no {name}; it has {', '.join(sorted(manifest))}")
    return f"/static/vendor/{manifest[name]}"


def asset(path: str) -> str:
    """The address of one of our own static files, such as `css/base.css`; its query changes with it."""
    file = static_dir() / path
    stat = file.stat()
    return f"/static/{path}?v={content_hash(file, stat.st_mtime_ns, stat.st_size)[:ASSET_HASH_LENGTH]}"


@lru_cache(maxsize=512)
def content_hash(file: Path, modified_ns: int, size: int) -> str:
    """Of a file as it was at that time, with that size."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


@cache
def _root() -> Path:
    packed = PACKAGE / "_files"
    return packed if packed.is_dir() else PACKAGE.parents[1]


@cache
def _vendor_manifest() -> Mapping[str, str]:
    try:
        manifest: dict[str, str] = json.loads((static_dir() / "vendor/manifest.json").read_bytes())
    except FileNotFoundError:
        raise FrontEndNotInstalled("static/vendor is empty: run `make setup`") from None
    return manifest
