"""Caddy with the file that an installation uses, certificates of its own making, and waia behind it."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.accounts.world import Browser
from tests.architecture.source import ROOT
from tests.programs import need
from tests.road_world import PATIENCE_S, SECRET, Served, eventually, served
from tests.servers import free_port
from waia.simulator.wire import signature

CADDYFILE = ROOT / "tools/deploy/Caddyfile"
# What only a test needs: ports that anybody may take, and nothing written into the machine's list of authorities.
AROUND = """{{
	admin off
	default_bind 127.0.0.1
	http_port {plain}
	skip_install_trust
}}
import {file}
"""


@dataclass
class Door:
    """`port` speaks TLS, `plain` sends there; `road` is what stands behind."""

    road: Served
    port: int
    plain: int
    trust: ssl.SSLContext

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}"

    def browser(self, source: str = "127.0.0.1", **headers: str) -> Browser:
        """Somebody who calls from that address."""
        transport = httpx.AsyncHTTPTransport(verify=self.trust, local_address=source)
        return Browser(base_url=self.address, transport=transport, timeout=PATIENCE_S, headers=headers)

    async def post(self, body: bytes, sign: str | None = None) -> httpx.Response:
        """As Meta does, rightly signed unless `sign` says otherwise."""
        async with self.browser() as meta:
            headers = {"x-hub-signature-256": signature(body, SECRET) if sign is None else sign}
            return await meta.post("/webhook", content=body, headers=headers)

    async def ask_raw(self, target: str, method: str = "GET", *headers: str) -> bytes:
        """The whole answer to a request of exactly these bytes, which no client tidies up."""
        head = (f"{method} {target} HTTP/1.1", f"Host: localhost:{self.port}", "Connection: close", *headers)
        reader, writer = await self.connect()
        writer.write("\r\n".join((*head, "", "")).encode())
        async with asyncio.timeout(PATIENCE_S):
            answer = await reader.read()
        writer.transport.abort()
        return answer

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.trust, server_hostname="localhost")


@asynccontextmanager
async def door(folder: Path, url: str) -> AsyncIterator[Door]:
    """waia as its own process, and Caddy before it."""
    port, plain = free_port(), free_port()
    async with served(folder, url, BASE_URL=f"https://localhost:{port}") as road:
        authority = folder / "caddy/pki/authorities/local/root.crt"
        async with _caddy(folder, plain, BASE_URL=f"https://localhost:{port}", WAIA_UPSTREAM=road.waia.address[7:]):
            await eventually(lambda: _has_a_certificate(port, authority), "Caddy has a certificate", 60)
            yield Door(road, port, plain, ssl.create_default_context(cafile=str(authority)))


@asynccontextmanager
async def _caddy(folder: Path, plain: int, **environ: str) -> AsyncIterator[None]:
    program, file = need("caddy"), folder / "Caddyfile"
    file.write_text(AROUND.format(plain=plain, file=CADDYFILE))
    told = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        **environ,
    }
    with (folder / "caddy.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            program, "run", "--config", str(file), "--adapter", "caddyfile", stdout=log, stderr=log, env=told
        )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def _has_a_certificate(port: int, authority: Path) -> bool:
    try:
        trust = ssl.create_default_context(cafile=str(authority))
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname="localhost")
    except OSError:
        return False
    writer.transport.abort()
    return True
