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
OPEN_FILES, TASKS = 64, 64
STEPS_BACK = 19  # customers and agents go first; on a machine with nothing else to do it costs nothing
LAST_SECONDS = 5  # between the signal that says that its time is up and the one that nobody survives


def main(arguments: list[str]) -> None:
    """Never returns: the command takes this process over, or it ends with 127."""
    parent, memory, cpu_s, file_size = (int(each) for each in arguments[:4])
    limits = {
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_CPU: (cpu_s, cpu_s + LAST_SECONDS),
        resource.RLIMIT_FSIZE: (file_size, file_size),
        resource.RLIMIT_NOFILE: (OPEN_FILES, OPEN_FILES),
        resource.RLIMIT_CORE: (0, 0),
    }
    if _die_with(parent):
        limits[resource.RLIMIT_NPROC] = (TASKS, TASKS)
    os.nice(STEPS_BACK)
    for limit, most in limits.items():
        resource.setrlimit(limit, most)
    try:
        os.execv(arguments[4], arguments[4:])  # noqa: S606  # no shell is what we want
    except OSError:
        os._exit(127)


def _die_with(parent: int) -> bool:
    """The kernel ends us when the parent ends; if that was before we asked, we end here.

    Whether we are alone in a name space of users: only there a limit of tasks counts ours and nobody else's.
    """
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None)
    is_alone: bool = libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(127)
    return is_alone


if __name__ == "__main__":
    main(sys.argv[1:])
