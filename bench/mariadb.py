"""A MariaDB of our own with durable commits, when the machine has one."""

import itertools
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.wire import free_port

PATIENCE_S = 60.0
OPTIONS = (
    "--innodb-buffer-pool-size=128M",
    "--innodb-flush-log-at-trx-commit=1",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--bind-address=127.0.0.1",
)


@dataclass(frozen=True, slots=True)
class Server:
    folder: Path
    port: int
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"bench{next(self._numbers)}"
        client = shutil.which("mariadb") or "mysql"
        statement = f"CREATE DATABASE {name} CHARACTER SET utf8mb4"
        subprocess.run([client, "--no-defaults", f"--socket={self.folder}/s", "-uroot", "-e", statement], check=True)  # noqa: S603
        return f"mysql://root@127.0.0.1:{self.port}/{name}"


@contextmanager
def mariadb() -> Iterator[Server | None]:
    """None when there is no MariaDB on PATH."""
    server, install = shutil.which("mariadbd"), shutil.which("mariadb-install-db")
    if not (server and install):
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="waia"))
    place = ("--no-defaults", f"--datadir={folder}/data", "--user=root")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([install, *place, "--auth-root-authentication-method=normal"], check=True, **quiet)  # type: ignore[call-overload] # noqa: S603
    port = free_port()
    process = subprocess.Popen([server, *place, f"--port={port}", f"--socket={folder}/s", *OPTIONS], **quiet)  # type: ignore[call-overload] # noqa: S603
    try:
        _wait_for(port)
        yield Server(folder, port)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("MariaDB did not start")
