"""Private servers for tests: started from PATH on a temporary folder and a free port, stopped at the end."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.programs import need

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
LEAN = (
    "--innodb-buffer-pool-size=64M",
    "--innodb-flush-log-at-trx-commit=1",
    "--innodb-log-file-size=16M",
    "--skip-log-bin",
    "--skip-name-resolve",
)


@dataclass
class Server:
    """A server of our own, which can be killed and started again on the same files and port."""

    address: str
    folder: Path
    port: int
    command: tuple[str, ...]
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Until it accepts connections."""
        log = self.folder / "log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(self.command, stdout=output, stderr=output)
        _wait_for(self.process, self.port, log)

    def kill(self) -> None:
        """As `kill -9`."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            _stop(self.process)


@contextmanager
def mariadb_process(*more: str) -> Iterator[Server]:
    """`more` options win over ours. The address is without a database's name: `mysql://root@127.0.0.1:<port>`."""
    program, install = need("mariadbd"), need("mariadb-install-db")
    with _short_folder() as folder:
        options = ("--no-defaults", f"--datadir={folder}/data", f"--tmpdir={folder}", *_as_root())
        _run(install, *options, "--auth-root-authentication-method=normal", "--skip-test-db")
        port = free_port()
        place = (f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/s", f"--pid-file={folder}/p")
        command = (program, *options, *place, *LEAN, *more)
        with _running(Server(f"mysql://root@127.0.0.1:{port}", folder, port, command)) as server:
            yield server


@contextmanager
def redis_process() -> Iterator[Server]:
    """A Redis (or Valkey) that keeps nothing."""
    program, port = need("redis-server", "valkey-server"), free_port()
    with _short_folder() as folder:
        options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))
        with _running(Server(f"redis://127.0.0.1:{port}/0", folder, port, (program, *options))) as server:
            yield server


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for the name of a socket, which may have about 100 characters."""
    folder = Path(tempfile.mkdtemp(prefix="waia"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _wait_for(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{server.args!r} did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        server.kill()


def _as_root() -> tuple[str, ...]:
    return ("--user=root",) if os.geteuid() == 0 else ()


def _run(*command: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=START_TIMEOUT_S)
    if result.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{result.stdout[-2000:]}\n{result.stderr[-2000:]}")
