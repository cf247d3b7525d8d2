"""Starts waia processes fast: imports everything once, then each start is a fork that runs the `waia` command.

`python -m tests.crash.fork_server <socket>`; one connection is one process: it sends an order, gets the process id
and later the exit code. Who hangs up kills the process.
"""

import gc
import json
import os
import random
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncmy
import httptools
import uvloop

from tests.crash import sabotage
from waia import cli
from waia.app import composition, server
from waia.kit import failpoints, migrate
from waia.kit.clock import Clock
from waia.kit.render import Pages
from waia.settings import load_settings
from waia.workers import processes

LOADED_BEFORE_THE_FORK = (asyncmy, httptools, uvloop, server)


def warm_up() -> None:
    """What every start would work out anew; nothing here opens a file, a thread or a connection."""
    settings = load_settings({"DATABASE_URL": "sqlite:///nowhere.db"}, env_file=None)
    composition.create_app(settings)
    migrate.newest()
    templates = Pages(settings.timezone, Clock())._environment(settings.lang)
    for name in templates.list_templates():
        templates.get_template(name)


def stop_here() -> None:
    """Stand still as a process does that its machine has forgotten."""
    os.kill(os.getpid(), signal.SIGSTOP)


def run_waia(order: dict[str, Any]) -> None:
    """In the forked process: become a `waia` of its own; never returns."""
    os.chdir(order["folder"])
    log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for fd in (1, 2):
        os.dup2(log, fd)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.closerange(3, 1024)
    os.environ.clear()
    os.environ.update(order["environ"])
    time.tzset()
    processes._THIS_RUN = uuid4().hex[:8]
    random.seed()
    strike = stop_here if order["stops"] else failpoints.arm.__defaults__[0]  # type: ignore[index]
    failpoints.arm(os.environ.get("WAIA_FAILPOINT", ""), strike)
    sabotage.apply(order["sabotage"])
    code = 1
    try:
        cli.main(args=order["arguments"], standalone_mode=False)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        os._exit(code)


class ForkServer:
    def __init__(self, path: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(64)
        self._children: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._awake, waker = socket.socketpair()
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno())
        self._waker = waker
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for source in (self._listener, self._awake, sys.stdin):
            self._selector.register(source, selectors.EVENT_READ)

    def run(self) -> None:
        """Until standard input ends: whoever started this is gone."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is sys.stdin:
                    return
                self._handle(key.fileobj)

    def _handle(self, source: Any) -> None:
        if source is self._listener:
            self._selector.register(self._listener.accept()[0], selectors.EVENT_READ)
        elif source is self._awake:
            self._awake.recv(4096)
            self._bury()
        else:
            self._listen_to(source)

    def _listen_to(self, line: socket.socket) -> None:
        said = line.makefile("rb").readline()
        if said:
            self._fork(line, json.loads(said))
            return
        self._selector.unregister(line)
        for pid in [pid for pid, other in self._children.items() if other is line]:
            os.kill(pid, signal.SIGKILL)

    def _fork(self, line: socket.socket, order: dict[str, Any]) -> None:
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            run_waia(order)
        self._children[pid] = line
        line.sendall(f"{pid}\n".encode())

    def _bury(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            line = self._children.pop(pid)
            try:
                line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
            except OSError:
                continue


if __name__ == "__main__":
    warm_up()
    gc.collect()
    gc.freeze()
    ForkServer(Path(sys.argv[1])).run()
