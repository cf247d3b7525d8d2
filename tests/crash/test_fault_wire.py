"""What strangers and Meta may put on the wire: forged, huge, odd and crowded bodies."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.crash.effort import SOAK, note_figures, times
from tests.crash.fault_world import Meta, quiet_body
from tests.road_world import SECRET, Served, inside, served
from tests.roads.bodies import OTHER_PNID, text, texts, value, webhook
from tests.roads.invariants import check_invariants
from waia.simulator.wire import signature

FORGERIES, DOORS = times(10_000, 100_000), 10
ITEMS, CROWD_S, OTHERS_S = 10_000, 1.5, 0.5
PATIENCE = 1 if SOAK else 4  # how much slower a loaded machine may be
TOO_LARGE, GROWTH_KB, REFUSED_S = 5 * 1024 * 1024, 8 * 1024, 0.1
DEEP, LONG_NUMBER = 200_000, 5_000


async def test_forged_signatures_10000(tmp_path: Path, sqlite_url: str) -> None:
    """F32, N10: all are refused and none is stored; the same body with its signature is taken at the same door."""
    async with served(tmp_path, sqlite_url) as road:
        body, chance = quiet_body("wamid.forged"), random.Random(20261122)
        signs = list(forgeries(signature(body, SECRET).encode(), chance))
        answers = await asyncio.gather(*(ask_all(road, body, signs[n::DOORS]) for n in range(DOORS)))
        assert sum(answers, Counter()) == {403: FORGERIES}
        assert await road.store.one("SELECT count(*) FROM mensajes_procesados") == 0
        assert await road.store.one("SELECT count(*) FROM webhook_raw") == 0
        assert await road.post(body) == 200


def forgeries(right: bytes, chance: random.Random) -> Iterator[bytes]:
    """Changed, cut and lengthened signatures; header values may hold any byte but line ends and NUL."""
    allowed = [byte for byte in range(32, 256) if byte != 127]
    made = 0
    while made < FORGERIES:
        forged = bytearray(right)
        for _ in range(chance.randint(1, 3)):
            forged[chance.randrange(len(forged))] = chance.choice(allowed)
        match chance.randrange(5):
            case 0:
                forged = forged[: chance.randrange(len(right))]
            case 1:
                forged = bytearray(right[: chance.randrange(len(right))])
            case 2:
                forged += b"0"
        if bytes(forged).strip() != right:
            made += 1
            yield bytes(forged)


async def ask_all(road: Served, body: bytes, signs: list[bytes]) -> "Counter[int]":
    """One connection, one request after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(road.waia.environ["PORT"]))
    answers: Counter[int] = Counter()
    for sign in signs:
        head = b"POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\nX-Hub-Signature-256: %b\r\n\r\n"
        writer.write(head % (len(body), sign) + body)
        answered = await reader.readuntil(b"\r\n\r\n")
        answers[int(answered.split()[1])] += 1
        await reader.readexactly(int(answered.lower().partition(b"content-length:")[2].split()[0]))
    writer.close()
    return answers


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
async def test_a_body_that_is_too_large_is_refused_at_once_and_fills_no_memory(
    tmp_path: Path, sqlite_url: str, chunked: bool
) -> None:
    """F31."""
    async with served(tmp_path, sqlite_url) as road:
        assert await road.post(quiet_body("wamid.small")) == 200
        before, took = resident_kb(road), list[float]()
        for _ in range(5):
            started = time.monotonic()
            assert await too_large(road, chunked) == 413
            took.append(time.monotonic() - started)
        assert min(took) < REFUSED_S * PATIENCE
        assert resident_kb(road) - before < GROWTH_KB
        assert await road.post(quiet_body("wamid.next")) == 200


async def too_large(road: Served, chunked: bool) -> int:
    """The status; whoever answers early may close the door while we are still talking."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(TOO_LARGE // 65_536):
            yield b"x" * 65_536

    headers = {"x-hub-signature-256": "sha256=" + "0" * 64}
    content = pieces() if chunked else b"x" * TOO_LARGE
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
        return (await http.post(f"{road.waia.address}/webhook", content=content, headers=headers)).status_code


def resident_kb(road: Served) -> int:
    assert road.waia.process is not None
    status = Path(f"/proc/{road.waia.process.pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


def with_sibling(part: str) -> bytes:
    """A good message, and beside it an entry with something odd."""
    good = webhook(value([text("wamid.good", "sigo aquí")], pnid=OTHER_PNID)).decode()
    odd = f'{{"id":"1","changes":[{{"field":"messages","value":{part}}}]}}'
    return good.replace('"entry":[', f'"entry":[{odd},', 1).encode("utf-8", "surrogatepass")


ODD_PARTS = {
    "wrong types": '{"messages":7,"statuses":"x","contacts":{}}',
    "not a number": '{"messages":[{"id":NaN,"timestamp":Infinity,"type":"text"}]}',
    "very deep": '{"messages":' + "[" * 5_000 + "]" * 5_000 + "}",
    "a number of 5,000 digits": '{"messages":[{"id":"wamid.n","timestamp":%s}]}' % ("9" * LONG_NUMBER),
    "NUL": '{"messages":[{"from":"1","id":"wamid.\\u0000","timestamp":"1","type":"text","text":{"body":"\\u0000"}}]}',
    "a lone surrogate": '{"messages":[{"from":"1","id":"w","timestamp":"1","type":"text","text":{"body":"\\ud800"}}]}',
    "an unknown type": '{"messages":[{"from":"1","id":"wamid.u","timestamp":"1","type":"hologram","hologram":{}}]}',
}
UNREADABLE = {
    "depth 200,000": b"[" * DEEP,
    "bad UTF-8": b'{"entry": "\xff\xfe',
    "nothing": b"",
    "only a mark": b"\xef\xbb\xbf",
}


async def test_odd_bodies_are_taken_and_what_is_good_in_them_is_stored(tmp_path: Path, database_url: str) -> None:
    """F33, N11: never a 5xx because of content; what nobody can read is kept as it came, and told."""
    async with inside(tmp_path, database_url) as road:
        for number, (name, part) in enumerate(ODD_PARTS.items()):
            body = with_sibling(part).replace(b"wamid.good", f"wamid.good.{number}".encode())
            assert await road.post(body) == 200, name
            assert await road.post(b"\xef\xbb\xbf" + body) == 200, f"{name}, after a byte order mark"
        for name, raw in UNREADABLE.items():
            assert await road.post(raw) == 200, name
        await road.calm()
        stored = await road.store.column("SELECT wa_id FROM mensajes WHERE wa_id LIKE 'wamid.good.%'")
        assert sorted(stored) == sorted(f"wamid.good.{number}" for number in range(len(ODD_PARTS)))
        assert await road.store.one("SELECT count(*) FROM webhook_raw") == len(UNREADABLE)
        assert await road.store.one("SELECT count(*) FROM account_alerts WHERE kind = 'unparsable'") == 1
        road.accepted.clear()
        await check_invariants(road)


async def test_ten_thousand_items_in_one_body_hold_up_nobody_for_long(tmp_path: Path, sqlite_url: str) -> None:
    """F34: one commit, answered soon, and others are answered meanwhile."""
    people = [f"5730055{number:05}" for number in range(100)]
    crowd = webhook(
        value([text(f"wamid.{n}", f"número {n}", sender=people[n % 100]) for n in range(ITEMS)], pnid=OTHER_PNID)
    )
    async with served(tmp_path, sqlite_url) as road:
        assert await road.post(texts(("wamid.warm", "Hola"))) == 200
        meta, waits = Meta(road), list[float]()
        started = time.monotonic()
        large = asyncio.create_task(meta.once(crowd))
        number = 0
        while not large.done():
            asked = time.monotonic()
            assert await road.post(quiet_body(f"wamid.other.{number}")) == 200
            waits.append(time.monotonic() - asked)
            number += 1
        assert await large == 200
        took = time.monotonic() - started
        note_figures("F34", items=ITEMS, answered_s=round(took, 2), others_waited_s=round(max(waits), 2))
        assert took < CROWD_S * PATIENCE
        assert max(waits) < OTHERS_S * PATIENCE
        await road.calm(90)
        assert await road.store.one("SELECT count(*) FROM mensajes WHERE direction = 'in'") == ITEMS + number + 1
        await check_invariants(road)
