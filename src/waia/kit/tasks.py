"""The end of tasks that run beside the rest."""

import asyncio
from collections.abc import Iterable

AGAIN_S = 1.0


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel them and wait until they ended, however they do.

    One cancellation may be lost: in Python 3.11 `asyncio.wait_for`, which drivers use, swallows one that comes when
    what was waited for has just happened. So whoever is still there is told again.
    """
    left = everybody = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN_S)
    await asyncio.gather(*everybody, return_exceptions=True)  # an error here is no news
