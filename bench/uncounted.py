"""`waia serve` as it would be without the board: nobody counts, and messages do not note how their chat was."""

import sys
from typing import Any

from waia.chats import repository
from waia.cli import main
from waia.workers.rollups import RollupsWorker

NEVER_S = 3_600.0


async def _no_count(_worker: RollupsWorker) -> float:
    return NEVER_S


async def _no_roles(*_told: Any) -> dict[int, str]:
    return {}


if __name__ == "__main__":
    setattr(RollupsWorker, "step", _no_count)  # noqa: B010  # a process of its own, that measures what is missing
    setattr(repository, "_roles_now", _no_roles)  # noqa: B010
    sys.argv[0] = "waia"
    main()
