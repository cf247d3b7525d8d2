"""The demo: settings that need no account, and the other end of the wire mounted beside the application."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from waia.accounts import routes as account_routes
from waia.app.parts import Parts
from waia.seeds.cast import CUSTOMERS
from waia.seeds.repository import newest_message_at, open_windows
from waia.seeds.templates import TEMPLATES
from waia.simulator import Template
from waia.simulator.graph_api import graph_routes
from waia.simulator.phone import phone_routes
from waia.simulator.phone_cast import invite, reopen_windows
from waia.simulator.world import World

PHONE_NUMBER_ID, ACCOUNT_ID = "106540352242922", "102290129340398"
SHOP = "Mesones La Piedra"


def demo_environment(environ: dict[str, str]) -> dict[str, str]:
    """What `waia demo` adds to the environment: SQLite, loopback, made-up secrets, the simulator as Meta."""
    port = environ.get("PORT", "5000")
    fixed = {
        "WAIA_DEMO": "1",
        "HOST": "127.0.0.1",
        "META_API_URL": f"http://127.0.0.1:{port}/simulador/graph",
        "META_TOKEN": f"demo-{secrets.token_hex(16)}",
        "META_APP_SECRET": secrets.token_hex(16),
        "VERIFY_TOKEN": secrets.token_hex(8),
        "PHONE_NUMBER_ID": PHONE_NUMBER_ID,
        "WABA_ID": ACCOUNT_ID,
        "DATABASE_URL": "",
        "DB_HOST": "",
        "INIT_DB_ON_START": "1",
        "WAIA_ALLOWED_HOSTS": "",
    }
    defaults = {"WAIA_DATA": "./data/demo", "WAIA_HOURS": "mon-fri 08:00-18:00; sat 09:00-13:00"}
    return {**defaults, **environ, **fixed}


@dataclass(frozen=True, slots=True)
class OtherEnd:
    """The fake Graph API and the phone page; they speak to the application over loopback HTTP only."""

    world: World
    closing: asyncio.Event

    @property
    def routes(self) -> list[Any]:
        demo_only = account_routes.demo_routes
        return [graph_routes(self.world, "/simulador/graph"), *phone_routes(self.world, self.closing), *demo_only]

    async def start(self, parts: Parts) -> None:
        """The people of the shop hold their phones, and Meta remembers who wrote within a day."""
        invite(self.world, CUSTOMERS, SHOP)
        for told in TEMPLATES:
            self.world.add_template(Template(**told))
        async with parts.database.reading() as tx:
            _go_on_from(parts, await newest_message_at(tx))
            reopen_windows(self.world, await open_windows(tx, parts.clock.business()))

    async def close(self) -> None:
        await self.world.aclose()


def _go_on_from(parts: Parts, newest: datetime | None) -> None:
    """A restart does not take back the hours by which the time machine had moved the clock."""
    ahead = newest - parts.clock.business() if newest else timedelta()
    if ahead > timedelta():
        parts.clock.advance(ahead + timedelta(seconds=1))


def other_end(parts: Parts) -> OtherEnd:
    settings = parts.settings
    world = World(
        clock=parts.clock,
        webhook_url=f"http://127.0.0.1:{settings.port}/webhook",
        app_secret=settings.meta_app_secret,
        verify_token=settings.verify_token,
        phone_number_ids=settings.phone_number_ids,
        waba_id=settings.waba_id or ACCOUNT_ID,
        token=settings.meta_token,
    )
    return OtherEnd(world, parts.closing)
