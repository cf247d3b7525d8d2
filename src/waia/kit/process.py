"""What this process uses of its machine, under the names that Prometheus knows from every program."""

import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from waia.kit.metrics import Family, gauge

OURS = Path("/proc/self")
_STARTED_AT = time.time()


def process_families() -> Iterator[Family]:
    """Memory and files only where the system tells them (Linux)."""
    used = os.times()
    seconds = round(used.user + used.system, 3)
    yield Family("process_cpu_seconds_total", "counter", "Processor time of this process", [("", {}, seconds)])
    yield gauge("process_start_time_seconds", "When this process started, in seconds since 1970", _STARTED_AT)
    yield gauge("process_max_fds", "Files that this process may open", resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    if sys.platform.startswith("linux"):
        virtual, resident = (int(pages) for pages in (OURS / "statm").read_text("ascii").split()[:2])
        page = resource.getpagesize()
        yield gauge("process_resident_memory_bytes", "Memory that this process holds", resident * page)
        yield gauge("process_virtual_memory_bytes", "Addresses that this process reserved", virtual * page)
        yield gauge("process_open_fds", "Files that this process has open", len(os.listdir(OURS / "fd")))
