"""What is between the internet and waia: TLS, nothing that strangers may not ask, nothing held back or made up."""

import asyncio
import json
import os
import re
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.crash.fault_world import admins_signed_in
from tests.deploy.caddy import CADDYFILE, Door, door
from tests.programs import need
from tests.road_world import VERIFY_TOKEN, eventually, said
from tests.roads.bodies import texts
from waia.accounts.throttle import TRIES_PER_ADDRESS
from waia.app.server import KEEP_ALIVE_S
from waia.chats.panel.attaching import LARGEST_BODY
from waia.chats.panel.audience.viewer import STREAMS_PER_USER
from waia.chats.panel.feed import Pace
from waia.whatsapp.webhook import MAX_BODY

# Less than a heartbeat, which would push out what is held back and notice who is gone; a loaded machine takes seconds.
SOON_S = Pace().heartbeat_s * 0.7
pytestmark = pytest.mark.timeout(300)
ONCE = (
    "strict-transport-security", "content-security-policy", "x-content-type-options", "referrer-policy",
    "cross-origin-opener-policy", "cache-control",
)  # fmt: skip
PRIVATE = (
    "/readyz",
    "/readyz/",
    "/READYZ",
    "//readyz",
    "/./readyz",
    "/%72eadyz",
    "/readyz?x",
    "/x/../readyz",
    "/metrics",
)


@pytest.fixture
async def front(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Door]:
    async with door(tmp_path, sqlite_url) as opened:
        yield opened


async def test_a_signed_message_arrives_over_tls_and_is_answered(front: Door) -> None:
    body = texts(("wamid.over-tls", "Hola"))
    assert (await front.post(body, sign="sha256=" + "0" * 64)).status_code == 403
    assert (await front.post(body)).status_code == 200
    await front.road.calm()
    assert await front.road.store.column("SELECT wa_id FROM mensajes WHERE wa_id = 'wamid.over-tls'")
    assert [said(sent) for sent in front.road.world.sent], "the bot greets"
    async with front.browser() as meta:
        asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
        assert (await meta.get("/webhook", params=asked)).text == "1158201444"
        login = await meta.get("/login")
    assert {cookie.secure for cookie in login.cookies.jar} == {True}
    assert {name: len(login.headers.get_list(name)) for name in ONCE} == dict.fromkeys(ONCE, 1)
    assert "server" not in login.headers
    assert login.headers["content-encoding"] == "gzip"


async def test_plain_http_is_sent_to_tls_and_browsers_are_offered_http_2(front: Door) -> None:
    async with httpx.AsyncClient(trust_env=False) as stranger:
        answer = await stranger.get(f"http://localhost:{front.plain}/panel")
    assert answer.status_code == 308
    assert answer.headers["location"].startswith("https://localhost")
    front.trust.set_alpn_protocols(["h2", "http/1.1"])
    _, writer = await front.connect()
    tls = writer.get_extra_info("ssl_object")
    assert isinstance(tls, ssl.SSLObject)
    assert tls.selected_alpn_protocol() == "h2"
    writer.close()


async def test_how_waia_is_doing_is_told_to_nobody_outside(front: Door) -> None:
    assert b"checks" in (await front.road.http.get("/readyz")).content
    for target in PRIVATE:
        answer = await front.ask_raw(target)
        assert answer.startswith(b"HTTP/1.1 404"), (target, answer[:200])
        assert b"checks" not in answer
    assert b'{"status":"ok"}' in await front.ask_raw("/healthz")


async def test_a_forged_address_gets_no_more_tries_and_takes_nobody_elses(front: Door) -> None:
    statuses = []
    for number in range(TRIES_PER_ADDRESS + 1):
        forged = f"198.51.100.{number}"
        async with front.browser("127.0.0.3", **{"X-Forwarded-For": forged, "X-Real-IP": forged}) as guesser:
            statuses.append((await guesser.sign_in(f"user{number}", "wrong")).status_code)
    assert statuses == [401] * TRIES_PER_ADDRESS + [429]
    async with front.browser("127.0.0.4") as other:
        assert (await other.sign_in("somebody", "wrong")).status_code == 401
    seen = await front.road.store.column("SELECT DISTINCT address FROM login_failures ORDER BY address")
    assert seen == ["127.0.0.3", "127.0.0.4"]


async def test_live_events_pass_at_once_and_end_with_the_browser(front: Door) -> None:
    """A stream that outlived its browser, until its next heartbeat, would take the room of the browser's next ones."""
    (token,) = await admins_signed_in(front.road, 1)
    streams = [await _open_stream(front, token) for _ in range(STREAMS_PER_USER)]
    await eventually(lambda: _all_hear(streams, b"event: ready"), "all streams are ready")
    await front.post(texts(("wamid.live", "Hola")))
    await eventually(lambda: _all_hear(streams, b"Hola"), "the message is shown", SOON_S)
    for stream in streams:
        stream.close()
    streams.clear()

    async def has_room() -> bool:
        streams.append(await _open_stream(front, token))
        await eventually(lambda: _all_hear(streams[-1:], b"\r\n\r\n"), "it is answered")
        return sum(stream.heard.startswith(b"HTTP/1.1 200") for stream in streams) == STREAMS_PER_USER

    await eventually(has_room, "as many streams as before are open", SOON_S)
    for stream in streams:
        stream.close()


async def test_who_reads_during_a_restart_waits_and_is_answered(front: Door) -> None:
    assert await front.road.waia.stop() == 0
    async with front.browser() as reader:
        asked = asyncio.create_task(reader.get("/login"))
        with pytest.raises(httpx.ConnectError):
            await front.road.http.get("/healthz")
        await front.road.waia.start()
        assert (await asked).status_code == 200


async def test_a_body_that_waia_would_not_take_is_refused(front: Door) -> None:
    announced = ("Content-Length: " + str(MAX_BODY + 1), "Expect: 100-continue")
    assert b"HTTP/1.1 413 " in await front.ask_raw("/webhook", "POST", *announced)
    assert (await front.post(b"x" * MAX_BODY)).status_code == 200, "this one waia takes, though it means nothing"


def test_the_file_is_valid_and_agrees_with_waia() -> None:
    found = json.dumps(_adapted(CADDYFILE), separators=(",", ":"))
    (kept_ns,) = re.findall(r'"idle_timeout":(\d+)', found)
    assert int(kept_ns) / 1e9 < KEEP_ALIVE_S, "a webhook could meet a connection that waia is just closing"
    limits = {int(size) for size in re.findall(r'"max_size":(\d+)', found)}
    assert MAX_BODY in limits
    assert max(limits) >= LARGEST_BODY, "an agent may send what waia takes"


def _adapted(file: Path) -> object:
    """What Caddy makes of the file; it fails on what it does not understand."""
    told = {**os.environ, "BASE_URL": "https://chat.example.com"}
    command = (need("caddy"), "adapt", "--config", str(file), "--adapter", "caddyfile")
    made = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert "not formatted" not in made.stderr, made.stderr
    adapted: object = json.loads(made.stdout)
    return adapted


class Stream:
    """What a browser hears of `/eventos`, read as it comes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard = b""
        self._writer = writer
        self._reading = asyncio.create_task(self._read(reader))

    def close(self) -> None:
        self._reading.cancel()
        self._writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while received := await reader.read(65_536):
            self.heard += received


async def _open_stream(front: Door, token: str) -> Stream:
    reader, writer = await front.connect()
    head = f"GET /eventos?vista=todos HTTP/1.1\r\nHost: localhost:{front.port}\r\nHX-Request: true\r\n"
    writer.write(f"{head}Cookie: __Host-waia={token}\r\n\r\n".encode())
    return Stream(reader, writer)


async def _all_hear(streams: list[Stream], words: bytes) -> bool:
    return all(words in stream.heard for stream in streams)
