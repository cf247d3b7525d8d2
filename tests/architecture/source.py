"""The source tree as the structure tests see it: Python files with their syntax trees, and templates."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/waia"
TEMPLATES = ROOT / "templates"


@dataclass(frozen=True)
class PythonFile:
    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path below `src/waia`, as in `chats/repository.py`."""
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def feature(self) -> str:
        """The folder or module directly below `src/waia`, as in `chats`."""
        return Path(self.name).parts[0].removesuffix(".py")

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of everything imported, `from a import b` as `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{self._origin(node)}.{alias.name}") for alias in node.names)

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = ("waia", *Path(self.name).parent.parts)
        parents = package[: len(package) - node.level + 1]
        return ".".join((*parents, *([node.module] if node.module else [])))


@cache
def python_files() -> tuple[PythonFile, ...]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return tuple(PythonFile(path, ast.parse(path.read_text("utf-8"), str(path))) for path in paths)


@cache
def templates() -> tuple[Path, ...]:
    return tuple(sorted(TEMPLATES.rglob("*.html")))


def template_name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@cache
def repository_files(git: str) -> tuple[Path, ...]:
    """Every file that is in git or would be with the next commit; empty outside a clone."""
    listing = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listing.stdout.split("\0") if listing.returncode == 0 else []
    return tuple(path for name in names if name and (path := ROOT / name).is_file())
