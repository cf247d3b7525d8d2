"""The panel's two pages, with few chats and with a hundred times as many."""

import time
from collections.abc import AsyncIterator
from statistics import median

from bench.figures import Figure, Of, at_most
from bench.office import MESSAGES_A_CHAT, open_logins
from bench.stand import Ground
from bench.wire import ask, get


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    size = ground.size
    few, many = await _page_times(ground, size.few), await _page_times(ground, size.many)
    for page, before, after in zip(("list", "thread"), few, many, strict=True):
        name = f"{page}, {size.many:,} chats of {MESSAGES_A_CHAT} messages"
        yield Figure(name, after, "ms", growth=after / before, aim=at_most(1.3, Of.GROWTH))


async def _page_times(ground: Ground, chats: int) -> tuple[float, float]:
    """Median time of the list and of a thread in the middle of it."""
    stand = await ground.filled(chats)
    (cookie,) = await open_logins(stand.url, 1)
    async with stand.serving() as serving:
        paths = ("/", f"/chats/{chats // 2}")
        times = [await _time(serving.port, get(path, cookie), ground.size.looks) for path in paths]
    return times[0], times[1]


async def _time(port: int, request: bytes, looks: int) -> float:
    times = []
    for _ in range(looks):
        began = time.perf_counter()
        (reply,) = await ask(port, request)
        times.append(time.perf_counter() - began)
        if reply.status != 200:
            raise RuntimeError(f"the page answered {reply.status}")
    return median(times[looks // 6 :]) * 1000
