"""Names the processes that own leases, and tells whether an owner is gone; only for processes of this machine."""

import os
import socket
from uuid import uuid4

_THIS_RUN = uuid4().hex[:8]


def owner_prefix() -> str:
    """Names this run of this process among all that may hold leases."""
    return f"{socket.gethostname()}|{os.getpid()}|{_THIS_RUN}|"


def is_gone(owner: str) -> bool:
    """False for owners on other machines, because nobody here can know. A process id may be used again."""
    host, _, rest = owner.partition("|")
    pid, _, rest = rest.partition("|")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return not rest.startswith(_THIS_RUN)
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
