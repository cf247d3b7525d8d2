"""Where the token may go: an allow-list, https, public addresses, no redirects; everything else gets no connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from waia.kit.places import AllowedPlaces, Forbidden
from waia.media.download import Downloads, Failed
from waia.media.folder import FolderStorage
from waia.media.intake import Expected
from waia.media.values import Reason

HOSTS = ("lookaside.fbsbx.com", "*.fbcdn.net", "*.whatsapp.net")
INSIDE = (
    "127.0.0.1", "127.1", "0.0.0.0", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]",
    "[::]", "localhost", "10.0.0.1", "192.168.0.1", "172.16.0.1", "169.254.169.254", "[fd00::1]", "[fe80::1]",
    "100.64.0.1", "metadata.google.internal", "localhost.localdomain", "0",
)  # fmt: skip
STRANGERS = (
    "example.com", "fbcdn.net", "evilfbcdn.net", "lookaside.fbsbx.com.evil.test", "evil.test/lookaside.fbsbx.com",
    "lookaside.fbsbx.com@evil.test", "user:pw@lookaside.fbsbx.com", "evil.test#lookaside.fbsbx.com", "whatsapp.net",
    "evil.test?x=.fbcdn.net", "evil.test\\.fbcdn.net", "x.fbcdn.net:8443", "x.fbcdn.net:80", "fbsbx.com",
    "lookaside.fbsbx.com.", "\uff4cookaside.fbsbx.com", "x .fbcdn.net", "x\t.fbcdn.net", "x\n.fbcdn.net", "",
)  # fmt: skip
CORPUS = [
    *(f"{scheme}://{host}/x" for host in INSIDE for scheme in ("http", "https")),
    *(f"https://{host}/x" for host in STRANGERS),
    *(f"http://{host}/x" for host in ("lookaside.fbsbx.com", "x.fbcdn.net", "mmg.whatsapp.net")),
    "ftp://lookaside.fbsbx.com/x", "file:///etc/passwd", "gopher://127.0.0.1:25/x", "data:text/plain,x", "//x/y", "x",
    "javascript:alert(1)", "https://", "https:///x", "https://[::1", "https://x.fbcdn.net:99999/", "unix:/run/x",
    "dict://127.0.0.1:11211/stat", "ldap://127.0.0.1/", "jar:http://127.0.0.1!/", "HTTPS://EVIL.TEST/", "https:x",
    "netdoc:///etc/passwd", "tftp://127.0.0.1/x", "https://*.fbcdn.net/x", "smb://127.0.0.1/x",
]  # fmt: skip


@dataclass
class Listener:
    port: int = 0
    hits: int = 0


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """Counts who comes."""
    listener = Listener()

    async def come(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.hits += 1
        writer.close()

    server = await asyncio.start_server(come, "127.0.0.1", 0)
    listener.port = server.sockets[0].getsockname()[1]
    async with server:
        yield listener


async def test_ssrf_corpus(tmp_path: Path) -> None:
    """I28, N18: 80 addresses, and the same at a port where somebody listens: nobody is ever asked."""
    async with listening() as listener:
        downloads = Downloads(FolderStorage(tmp_path), AllowedPlaces(HOSTS, "https://graph.facebook.com"), "secret")
        ported = [f"http://{host}:{listener.port}/x" for host in INSIDE]
        ported += [f"https://{host}:{listener.port}/x" for host in INSIDE]
        assert len(CORPUS) >= 80
        for url in [*CORPUS, *ported]:
            with pytest.raises(Failed) as refused:
                await downloads.fetch(url, Expected(limit=1000))
            assert refused.value.reason is Reason.REFUSED, url
        await downloads.close()
        assert listener.hits == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_listed_name_that_leads_inside_is_refused(host: str) -> None:
    """A name on the list whose address is not public, as a rebinding resolver would tell."""
    places = AllowedPlaces([host], "https://graph.facebook.com")
    with pytest.raises(Forbidden, match="public"):
        await places.place_of(f"https://{host}/x")


async def test_c12_only_metas_hosts_and_the_graph_that_the_owner_named_are_ever_asked() -> None:
    places = AllowedPlaces(HOSTS, "http://127.0.0.1:5000/simulador/graph")
    assert (await places.place_of("http://127.0.0.1:5000/lookaside?x=1")).address == "127.0.0.1"
    for other in ("http://127.0.0.1:5001/x", "https://127.0.0.1:5000/x", "http://localhost:5000/x"):
        with pytest.raises(Forbidden):
            await places.place_of(other)
