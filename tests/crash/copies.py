"""A copy of what is committed, with its own sources in force: what runs in it does not change while it runs."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
BUILT = Path("static") / "vendor"


@contextmanager
def copy_of_head() -> Iterator[Path]:
    """The last commit and the front-end packages, in a folder of their own. Not committed: not part of it."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory(prefix="waia") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        shutil.copytree(ROOT / BUILT, Path(folder) / BUILT, dirs_exist_ok=True)
        yield Path(folder)


def run_tests(copy: Path, arguments: Sequence[str], results: Path, environ: Mapping[str, str] | None = None) -> int:
    """pytest in the copy, by this Python; `results` becomes a JUnit file. Its exit code."""
    told = {**os.environ, "PYTHONPATH": str(copy / "src"), **(environ or {})}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={results}", *arguments]
    return subprocess.run(command, cwd=copy, env=told, check=False).returncode


def verdicts(results: Path) -> list[tuple[str, str, str]]:
    """(file, test with its parameters, `passed`, `failed` or `skipped`) of each test in a JUnit file."""
    if not results.exists():
        return []
    cases = ElementTree.parse(results).iter("testcase")
    return [(case.get("classname", "").replace(".", "/"), case.get("name", ""), _verdict(case)) for case in cases]


def commit_of(root: Path = ROOT) -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, cwd=root, capture_output=True, text=True, check=False).stdout.strip()


def _verdict(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"
