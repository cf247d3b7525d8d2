"""Knocking at our own webhook from outside: what stands between Meta and us is told apart."""

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.road_world import SECRET, VERIFY_TOKEN, inside
from tests.servers import free_port
from tests.whatsapp.raw_server import answer, serving
from waia.whatsapp import own_door
from waia.whatsapp.own_door import Door, Heard, Knock

Question = Callable[[Door], Awaitable[Heard]]
QUESTIONS: dict[str, Question] = {"handshake": Door.handshake, "signed": Door.signed, "forged": Door.forged}


def door(address: str, word: str = VERIFY_TOKEN, secret: str = SECRET) -> Door:
    return Door(f"{address}/webhook", word, secret)


async def knocks(at: Door) -> dict[str, Knock]:
    return {name: (await ask(at)).knock for name, ask in QUESTIONS.items()}


async def test_our_own_webhook_takes_what_is_signed_stores_nothing_and_refuses_the_rest(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        address = str(road.http.base_url).rstrip("/")
        assert set((await knocks(door(address))).values()) == {Knock.WELL}
        wrong = await knocks(door(address, word="wrong", secret="wrong"))
        assert wrong == {"handshake": Knock.REFUSED, "signed": Knock.REFUSED, "forged": Knock.WELL}
        for table in ("inbox", "mensajes", "mensajes_procesados", "webhook_raw", "account_alerts"):
            assert await road.store.one(f"SELECT count(*) FROM {table}") == 0, table


@pytest.mark.parametrize(
    ("status", "headers", "wanted"),
    [
        (200, {}, {"handshake": Knock.STRANGE, "signed": Knock.WELL, "forged": Knock.STRANGE}),
        (301, {"location": "https://www.example.com/webhook"}, dict.fromkeys(QUESTIONS, Knock.REDIRECTED)),
        (502, {}, {"handshake": Knock.REFUSED, "signed": Knock.REFUSED, "forged": Knock.STRANGE}),
    ],
)
async def test_another_server_at_the_address_is_noticed(
    status: int, headers: dict[str, str], wanted: dict[str, Knock]
) -> None:
    async with serving(answer(status, b"<html>", **headers)) as server:
        assert await knocks(door(server.url)) == wanted


async def test_nobody_there_and_a_server_that_never_answers_are_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await door(f"http://127.0.0.1:{free_port()}").handshake()).knock is Knock.UNREACHABLE
    monkeypatch.setattr(own_door, "DEADLINE_S", 0.2)
    never = asyncio.Event()

    async def wait(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await never.wait()

    async with serving(wait) as server:
        assert (await door(server.url).handshake()).knock is Knock.UNREACHABLE
        never.set()


async def test_a_certificate_that_nobody_vouches_for_is_told(tmp_path: Path) -> None:
    async with self_signed(tmp_path) as address:
        assert (await door(address).handshake()).knock is Knock.BAD_CERTIFICATE


@asynccontextmanager
async def self_signed(folder: Path) -> AsyncIterator[str]:
    """A TLS server on loopback that signed its own certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "chat.test")]), datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "self-signed.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
