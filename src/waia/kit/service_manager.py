"""Tells the service manager (systemd, `Type=notify`) that we are ready, alive, stopping. Silent where there is none."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

READY, STOPPING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"


def tell(state: str) -> None:
    """One datagram. A manager that does not listen keeps nobody from working."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.setblocking(False)
        line.connect("\0" + address[1:] if address.startswith("@") else address)
        line.send(state.encode())


@asynccontextmanager
async def watched() -> AsyncIterator[None]:
    """Inside, the event loop says that it turns, twice in the time of `WatchdogSec=`; a stuck one says nothing."""
    limit_us = os.environ.get("WATCHDOG_USEC", "")
    if not limit_us.isdigit() or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        yield
        return
    pulse = asyncio.create_task(_say_alive(int(limit_us) / 1_000_000 / 2))
    try:
        yield
    finally:
        pulse.cancel()


async def _say_alive(every_s: float) -> None:
    while True:
        tell(ALIVE)
        await asyncio.sleep(every_s)
