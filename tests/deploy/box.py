"""A machine as the image is: waia in /opt/waia, a root that nobody may write to, a user without rights.

It is a mount name space of this machine. The steps of the Dockerfile run in it; only the libraries are not fetched but
those of this environment.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.source import ROOT, repository_files
from tests.programs import need, need_root
from tests.road_world import Running, Waia

DATA, USER = "/mnt", "10001"
MAKING_S = 100
# $1: this tree, $2: Python, $3: its libraries, $4: the folder for data.
MAKE = f"""
set -eu
mount -t tmpfs -o mode=755 tmpfs /opt
mkdir /opt/source /opt/python /opt/libraries
mount --bind "$1" /opt/source
mount --bind "$2" /opt/python
mount --bind "$3" /opt/libraries
export PATH=/opt/python/bin:$PATH
for environment in /opt/waia /opt/waia.tools; do
  python3 -m venv --without-pip "$environment"
  echo /opt/libraries >"$(echo "$environment"/lib/python*/site-packages)/libraries.pth"
done
sh /opt/source/tools/deploy/steps.sh application /opt/waia
mount --bind "$4" {DATA}
chown {USER}:{USER} {DATA}
mount -t tmpfs -o mode=1777,noexec,nosuid,nodev tmpfs /tmp
cut -d' ' -f5 /proc/self/mountinfo | while read -r place; do
  case "$place" in {DATA}|/tmp|/proc|/proc/*|/dev|/dev/pts) ;; *) mount -o remount,bind,ro "$place" || true ;; esac
done
echo made
exec sleep infinity
"""
AS_USER = (
    "setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "--no-new-privs", "--bounding-set=-all",
    "--inh-caps=-all",
)  # fmt: skip


@dataclass(frozen=True)
class Box:
    """`data` is what the box has as its folder for data."""

    pid: int
    data: Path

    def command(self, *words: str) -> tuple[str, ...]:
        """What runs these words in the box, as its user."""
        return ("nsenter", "--target", str(self.pid), "--mount", "--", "env", f"--chdir={DATA}", *AS_USER, *words)

    def run(self, *words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        command = self.command(*words)
        told = _told(environ)
        return subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=MAKING_S)

    async def spawn(self, waia: Waia, environ: dict[str, str]) -> Running:
        """As the image starts it."""
        with (waia.folder / "log").open("ab") as log:
            command = self.command("waia", *waia.arguments)
            return await asyncio.create_subprocess_exec(*command, env=_told(environ), stdout=log, stderr=log)


@contextmanager
def box(folder: Path) -> Iterator[Box]:
    """Made by the steps of the Dockerfile; gone after the block."""
    data = folder / "data"
    data.mkdir()
    with name_space(MAKE, str(_tree(folder / "source")), _python(), _libraries(), str(data), log=folder / "log") as pid:
        yield Box(pid, data)


@contextmanager
def name_space(script: str, *arguments: str, log: Path) -> Iterator[int]:
    """A process in a mount name space of its own, once the script said `made`; what it mounted goes with it."""
    need_root("to mount what nobody else sees")
    command = (need("unshare"), "--mount", "--propagation", "private", "sh", "-c", script, "make", *arguments)
    with log.open("wb") as output:
        maker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output)
    try:
        assert maker.stdout is not None
        assert maker.stdout.read(5) == b"made\n", log.read_text("utf-8", errors="replace")
        yield maker.pid
    finally:
        maker.kill()
        maker.wait()


def copy_of_tree(target: Path) -> Path:
    """What the Dockerfile copies: the files of the repository."""
    for file in repository_files(need("git")):
        copy = target / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    return target


def _tree(target: Path) -> Path:
    """With the packages of the front end, as after the first stage."""
    shutil.copytree(ROOT / "node_modules", target / "node_modules", symlinks=True)
    return copy_of_tree(target)


def _python() -> str:
    return str(Path(sys.base_prefix).resolve())


def _libraries() -> str:
    return next(path for path in sys.path if path.startswith(sys.prefix) and path.endswith("site-packages"))


def _told(environ: dict[str, str]) -> dict[str, str]:
    """These variables, and those of the image; a Python that was moved has to be told where its own library is."""
    path = f"/opt/waia/bin:/opt/python/bin:{os.defpath}"
    return {**environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "LD_LIBRARY_PATH": "/opt/python/lib"}
