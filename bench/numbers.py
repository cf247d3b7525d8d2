"""The board: each card with ten thousand messages and with a million, and what counting costs those who write."""

import sys
import time
from collections.abc import AsyncIterator
from statistics import median

from bench.customers import Customers
from bench.figures import Figure, Of, at_least, at_most
from bench.graph import graph
from bench.load import as_fast_as_possible
from bench.office import open_logins
from bench.stand import Ground
from bench.town import build
from bench.wire import ask, get
from waia.dashboard.board import SHOWS

PERIOD = "periodo=30d"
UNCOUNTED = (sys.executable, "-m", "bench.uncounted")


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    few, many = await _card_times(ground, 1), await _card_times(ground, ground.size.copies)
    total = f"{ground.size.town * ground.size.copies:,} messages"
    slowest, steepest = max(many, key=lambda key: many[key]), max(many, key=lambda key: many[key] / few[key])
    for key in SHOWS:
        yield Figure(f"board card {key}, {total}", many[key], "ms", growth=many[key] / few[key])
    yield Figure(f"slowest card of the board ({slowest}), {total}", many[slowest], "ms", aim=at_most(50))
    growth = many[steepest] / few[steepest]
    name = f"card of the board that grows most ({steepest}), {total}"
    yield Figure(name, many[steepest], "ms", growth=growth, aim=at_most(1.5, Of.GROWTH))
    without, counting = await _ingest(ground)
    yield Figure("webhook, workers draining and counting", counting, "acks/s", without, aim=at_least(0.9, Of.RATIO))


async def _card_times(ground: Ground, copies: int) -> dict[str, float]:
    """Median time of each card, for an admin, in ms."""
    async with ground.stand() as stand:
        await build(stand.url, ground.size.town, copies)
        (cookie,) = await open_logins(stand.url, 1)
        async with stand.serving(web_only=True) as serving:
            return {key: await _time(serving.port, cookie, key, max(ground.size.looks // 3, 2)) for key in SHOWS}


async def _time(port: int, cookie: str, key: str, looks: int) -> float:
    """Each look at another set of rows, so that nothing is kept from the one before."""
    times = []
    for look in range(looks):
        request = get(f"/tablero/tarjetas/{key}?{PERIOD}&limite={10 + look % 3}", cookie)
        began = time.perf_counter()
        (reply,) = await ask(port, request)
        times.append((time.perf_counter() - began) * 1_000)
        if reply.status != 200:
            raise RuntimeError(f"card {key} answered {reply.status}")
    return median(times[looks // 6 :])


async def _ingest(ground: Ground) -> tuple[float, float]:
    """Acks a second without the board and with it; in turns, so that the machine's moods fall on both."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    for counts in (False, True, True, False):
        command = None if counts else UNCOUNTED
        async with (
            graph(lambda _: None) as port,
            ground.stand() as stand,
            stand.serving(port, command=command) as serving,
        ):
            customers = Customers(ground.size.people)
            await as_fast_as_possible(serving.port, customers.says, ground.size.warm_s / 2)
            rates[counts].append(
                (await as_fast_as_possible(serving.port, customers.says, ground.size.press_s / 2)).rate
            )
    return median(rates[False]), median(rates[True])
