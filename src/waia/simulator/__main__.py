"""`python -m waia.simulator`: the fake Graph API as a process, with its control API."""

import asyncio
import random
import signal
from datetime import UTC, datetime

import click
from litestar import Litestar

from waia.kit.clock import Clock
from waia.simulator.control import control_routes
from waia.simulator.graph_api import graph_routes
from waia.simulator.server import serving
from waia.simulator.world import World


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=0, show_default="a free one")
@click.option("--webhook", required=True, help="URL that gets the webhooks.")
@click.option("--app-secret", default="test-app-secret", show_default=True)
@click.option("--verify-token", default="test-verify-token", show_default=True)
@click.option("--token", default="test-token", show_default=True, help="Bearer token to accept.")
@click.option("--pnid", multiple=True, default=["106540352242922"], show_default=True)
@click.option("--waba", default="102290129340398", show_default=True)
@click.option("--time-scale", default=1.0, show_default=True, help="0.01: a hundred times faster.")
@click.option("--keep", default=100_000, show_default=True, help="How much of everything to remember.")
@click.option("--clock", type=click.DateTime(), help="Stops business time at this UTC time; it can be moved.")
@click.option("--seed", type=int, default=None, help="Makes ids and chances repeatable.")
def main(port: int, host: str, clock: datetime | None, seed: int | None, **settings: object) -> None:
    """Prints its address when it is ready; ends on SIGINT or SIGTERM."""
    business = Clock(clock and clock.replace(tzinfo=UTC))
    asyncio.run(_run(host, port, business, _world_settings(seed, settings)))


def _world_settings(seed: int | None, settings: dict[str, object]) -> dict[str, object]:
    names = {"webhook": "webhook_url", "pnid": "phone_number_ids", "waba": "waba_id"}
    told = {names.get(key, key): value for key, value in settings.items()}
    return told if seed is None else told | {"rng": random.Random(seed)}


async def _run(host: str, port: int, clock: Clock, settings: dict[str, object]) -> None:
    world = World(clock=clock, **settings)  # type: ignore[arg-type]
    app = Litestar(
        [control_routes(world, clock), graph_routes(world)],
        on_shutdown=[world.aclose],
        openapi_config=None,
        logging_config=None,
    )
    stop = asyncio.Event()
    async with serving(app, host=host, port=port) as address:
        world.graph_url = address
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        click.echo(address)
        await stop.wait()


if __name__ == "__main__":
    main()
