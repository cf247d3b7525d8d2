"""The board: each card with ten thousand messages and with a million, and what counting costs those who write."""

import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

from bench.figures import Figure, Of, at_least, at_most
from bench.office import open_logins
from bench.road import in_turns, sustained
from bench.stand import Ground, Stand
from bench.town import build, multiply
from bench.wire import ask, get
from waia.dashboard.board import SHOWS

PERIOD = "periodo=30d"
BY_CHAT = ("numeros", "sin_asesor", "palabras_por_numero")  # kept for the periods of the menu, counted for others
UNCOUNTED = (sys.executable, "-m", "bench.uncounted")
Times = dict[str, float]


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    async with ground.stand() as stand:
        await build(stand.url, ground.size.town)
        (cookie,) = await open_logins(stand.url, 1)
        few, _ = await _card_times(ground, stand, cookie)
        await multiply(stand.url, ground.size.copies)
        many, others = await _card_times(ground, stand, cookie)
    total = f"{ground.size.town * ground.size.copies:,} messages"
    slowest, steepest = max(many, key=lambda key: many[key]), max(many, key=lambda key: many[key] / few[key])
    for key in SHOWS:
        yield Figure(f"board card {key}, {total}", many[key], "ms", growth=many[key] / few[key])
    yield Figure(f"slowest card of the board ({slowest}), {total}", many[slowest], "ms", aim=at_most(50))
    growth = many[steepest] / few[steepest]
    name = f"card of the board that grows most ({steepest}), {total}"
    yield Figure(name, many[steepest], "ms", growth=growth, aim=at_most(1.5, Of.GROWTH))
    for key, ms in others.items():
        yield Figure(f"board card {key} of 30 days of nobody's menu, {total}", ms, "ms", aim=at_most(50))
    without, counting = await in_turns(lambda counts: _taken_in(ground, counts=counts))
    yield Figure("whole road, counted for the board", counting, "messages/s", without, aim=at_least(0.9, Of.RATIO))


async def _card_times(ground: Ground, stand: Stand, cookie: str) -> tuple[Times, Times]:
    """Median time of each card, for an admin, in ms; and of those by chat in a period that nobody keeps."""
    looks = max(ground.size.looks // 3, 2)
    last = datetime.now(UTC).date() - timedelta(days=9)
    other = f"periodo=otro&del={last - timedelta(days=29)}&al={last}"
    async with stand.serving(web_only=True) as serving:
        for key in SHOWS:  # statements are written and pages read for the first time
            await _time(serving.port, cookie, f"{key}?{PERIOD}", 2)
        times = {key: await _time(serving.port, cookie, f"{key}?{PERIOD}", looks) for key in SHOWS}
        return times, {key: await _time(serving.port, cookie, f"{key}?{other}", looks) for key in BY_CHAT}


async def _time(port: int, cookie: str, card: str, looks: int) -> float:
    """Each look at another set of rows, so that nothing is kept from the one before."""
    times = []
    for look in range(looks):
        request = get(f"/tablero/tarjetas/{card}&limite={10 + look % 3}", cookie)
        began = time.perf_counter()
        (reply,) = await ask(port, request)
        times.append((time.perf_counter() - began) * 1_000)
        if reply.status != 200:
            raise RuntimeError(f"card {card} answered {reply.status}")
    return median(times[looks // 6 :])


async def _taken_in(ground: Ground, *, counts: bool) -> float:
    """Messages a second on the whole road, on an empty database."""
    async with ground.stand() as stand:
        serve = partial(stand.serving, command=None if counts else UNCOUNTED)
        return (await sustained(ground, serve, ground.size.press_s)).rate
