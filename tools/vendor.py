"""Copies the front-end files that pages use from node_modules to static/vendor, with a hash in each name.

`static/vendor/manifest.json` maps the plain name (`htmx.min.js`) to its hashed one, for `waia.kit.files`.
"""

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "hx-sse.min.js": "htmx.org/dist/ext/hx-sse.min.js",
    "hx-upsert.min.js": "htmx.org/dist/ext/hx-upsert.min.js",
    "chart.min.js": "chart.js/dist/chart.umd.min.js",
}
LICENCES = ("htmx.org/LICENSE", "chart.js/LICENSE.md", "lucide-static/LICENSE")
SOURCE_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*\Z")
ICON = re.compile(r"<svg\b[^>]*>(?P<shape>.*?)</svg>", re.DOTALL)


class Missing(Exception):
    """A file that the front end needs is not in the installed packages."""


def main() -> None:
    try:
        install(ROOT / "node_modules", ROOT / "static/icons.txt", ROOT / "static/vendor")
    except Missing as missing:
        sys.exit(f"waia: {missing}")


def install(packages: Path, icon_list: Path, target: Path) -> Mapping[str, str]:
    """Fill `target` anew and return its manifest; a failure leaves the old folder as it was."""
    contents = {name: SOURCE_MAP.sub(b"\n", _read(packages / path)) for name, path in SCRIPTS.items()}
    contents["icons.svg"] = _sprite(packages / "lucide-static/icons", _names(icon_list)).encode()
    licences = b"\n\n".join(_titled(packages, path) for path in LICENCES)
    return _write(target, contents, licences)


def _names(icon_list: Path) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in icon_list.read_text("utf-8").splitlines())
    return sorted({line for line in lines if line})


def _sprite(icons: Path, names: list[str]) -> str:
    symbols = "".join(_symbols(icons, names))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'


def _symbols(icons: Path, names: list[str]) -> Iterator[str]:
    unknown = [name for name in names if not (icons / f"{name}.svg").is_file()]
    if unknown:
        raise Missing(f"static/icons.txt names icons that lucide does not have: {', '.join(unknown)}")
    for name in names:
        yield f'<symbol id="{name}" viewBox="0 0 24 24">{_shape(icons / f"{name}.svg")}</symbol>'


def _shape(icon: Path) -> str:
    drawing = ICON.search(icon.read_text("utf-8"))
    if drawing is None:
        raise Missing(f"{icon.name} is not a drawing that can become a symbol")
    return re.sub(r"\s*\n\s*", "", drawing["shape"])


def _titled(packages: Path, path: str) -> bytes:
    return f"{path.partition('/')[0]}\n\n".encode() + _read(packages / path).strip()


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise Missing(f"{path.name} is not in node_modules: run `make setup`")
    return path.read_bytes()


def _write(target: Path, contents: Mapping[str, bytes], licences: bytes) -> Mapping[str, str]:
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    manifest = {name: _hashed_name(name, body) for name, body in contents.items()}
    for name, body in contents.items():
        (fresh / manifest[name]).write_bytes(body)
    (fresh / "LICENSES.txt").write_bytes(licences + b"\n")
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", "utf-8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return manifest


def _hashed_name(name: str, body: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}-{hashlib.sha256(body).hexdigest()[:12]}{dot}{suffix}"


if __name__ == "__main__":
    main()
