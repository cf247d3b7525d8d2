"""The webhook alone: how many bodies are stored a second, beside a route that does nothing else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bench.customers import Customers
from bench.figures import Figure, Of, at_least, at_most, percentile
from bench.graph import graph
from bench.load import Pressed, as_fast_as_possible, at_rate
from bench.stand import Ground, Serving

STEADY = 300.0


@dataclass(frozen=True, slots=True)
class _Ingest:
    """As much as goes in, and what one body costs the server; then a steady stream of them."""

    pressed: Pressed
    cpu_ms: float
    steady: Pressed


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    async with ground.bare() as serving:
        bare = await _ingest(ground, serving)
    async with ground.stand() as stand, stand.serving(web_only=True) as serving:
        held = await _ingest(ground, serving)
    aim = at_least(0.5 if ground.mariadb else 0.6, Of.RATIO)
    yield Figure("webhook, processing held", held.pressed.rate, "acks/s", bare.pressed.rate, aim=aim)
    yield Figure("webhook, processor time", held.cpu_ms, "ms/ack", bare.cpu_ms)
    yield Figure("webhook at 300/s, p99", _p99(held.steady), "ms", _p99(bare.steady), aim=at_most(100))
    async with graph(lambda _: None) as port, ground.stand() as stand, stand.serving(port) as serving:
        draining = await _ingest(ground, serving)
    yield Figure("webhook, workers draining", draining.pressed.rate, "acks/s", bare.pressed.rate)
    yield Figure("webhook at 300/s, workers draining, p99", _p99(draining.steady), "ms", aim=at_most(100))


async def _ingest(ground: Ground, serving: Serving) -> _Ingest:
    size, customers = ground.size, Customers(ground.size.people)
    await as_fast_as_possible(serving.port, customers.says, size.warm_s)
    before = serving.cpu_s
    pressed = await as_fast_as_possible(serving.port, customers.says, size.press_s)
    cpu_ms = (serving.cpu_s - before) / len(pressed.waits_s) * 1000
    steady = await at_rate(serving.port, customers.says, STEADY, size.steady_s)
    return _Ingest(pressed, cpu_ms, steady)


def _p99(pressed: Pressed) -> float:
    return percentile(pressed.waits_s, 0.99) * 1000
