"""A world with Ana in it, a webhook that hears of it, and a client of its Graph API."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from tests.simulator.graph import ANA, OTHER_PNID, PNID, TOKEN, WABA, Graph
from tests.simulator.phone_page import PhonePage, phone_app
from tests.simulator.receiver import SECRET, VERIFY_TOKEN, Receiver
from waia.kit.clock import Clock
from waia.simulator import World, create_graph_app
from waia.simulator.pace import Pace
from waia.simulator.server import serving

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
async def world(clock: Clock) -> AsyncIterator[World]:
    """Nobody listens to its webhooks yet."""
    world = World(
        clock=clock,
        webhook_url="http://127.0.0.1:9/webhook",
        app_secret=SECRET,
        verify_token=VERIFY_TOKEN,
        phone_number_ids=[PNID, OTHER_PNID],
        token=TOKEN,
        waba_id=WABA,
        time_scale=0.002,
        pace=Pace(attempts=8),
        rng=random.Random(7),
    )
    world.add_customer("ana", "Ana", ANA)
    world.postman.subscribed = False
    yield world
    await world.aclose()


@pytest.fixture
async def receiver(world: World) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with serving(receiver) as address:
        world.postman.url = f"{address}/webhook"
        world.postman.subscribed = True
        yield receiver
        await world.aclose()


@pytest.fixture
async def graph(world: World) -> AsyncIterator[Graph]:
    """Without sockets, and with Ana's window open."""
    world.windows.open(PNID, "ana", world.clock.business())
    headers = {"authorization": f"Bearer {TOKEN}"}
    transport = httpx.ASGITransport(app=create_graph_app(world))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://graph.test", headers=headers) as http:
        yield Graph(world, http)


@pytest.fixture
async def wired(world: World) -> AsyncIterator[Graph]:
    """Over real sockets, whose connections can break."""
    world.windows.open(PNID, "ana", world.clock.business())
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with (
        serving(create_graph_app(world)) as address,
        httpx.AsyncClient(base_url=address, headers=headers, timeout=5) as http,
    ):
        yield Graph(world, http)


@pytest.fixture
async def phone(world: World, clock: Clock, graph: Graph) -> AsyncIterator[PhonePage]:
    closing = asyncio.Event()
    async with (
        serving(phone_app(world, clock, closing)) as address,
        httpx.AsyncClient(base_url=address, timeout=5) as http,
    ):
        yield PhonePage(http, world, graph, closing)
        closing.set()
