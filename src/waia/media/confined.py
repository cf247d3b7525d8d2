"""Starts a decoder in a small box: `confined.py <parent pid> <memory> <cpu seconds> <file size> command…`.

It replaces itself by the command, so that the limits and the death signal hold for exactly that process. It imports
nothing of ours and, where the system has them, takes the network away too.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
OPEN_FILES = 64


def main(arguments: list[str]) -> None:
    """Never returns: the command takes this process over, or it ends with 127."""
    parent, memory, cpu_s, file_size = (int(each) for each in arguments[:4])
    _die_with(parent)
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_FSIZE: file_size,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))
    try:
        os.execv(arguments[4], arguments[4:])  # noqa: S606  # no shell is what we want
    except OSError:
        os._exit(127)


def _die_with(parent: int) -> None:
    """The kernel ends us when the parent ends; if that was before we asked, we end here."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None)
    libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])
