"""Thousands of damaged but signed bodies through the real webhook: no 5xx, and no valid sibling is lost."""

import asyncio
import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.crash.effort import times
from tests.road_world import Inside, inside
from tests.roads.bodies import text, value, webhook
from tests.roads.invariants import check_invariants
from tests.whatsapp.bodies import NAMES, body

DAMAGED_TREES, DAMAGED_BYTES, AT_ONCE = times(4_000, 24_000), times(1_000, 6_000), 50
TREES: dict[str, Any] = {name: json.loads(body(name)) for name in NAMES}
JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, 1.5, float("nan"), float("inf"), "", "0", "\x00", "\ud800", "ñ" * 300, "💥",
    "x" * 70_000, "2026-11-22", [], {}, [[]], [None], {"id": None}, {"id": {"id": []}}, {"body": 7}, [{}, "a", 1],
)  # fmt: skip


@pytest.mark.timeout(900)
async def test_damaged_bodies_are_taken_and_their_valid_siblings_stored(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url, PHONE_NUMBER_ID="1") as road:
        rng = random.Random(20261122)
        trees = [damaged_tree(rng, number) for number in range(DAMAGED_TREES)]
        torn = [damaged_bytes(rng) for _ in range(DAMAGED_BYTES)]
        answers = await post_all(road, trees + torn)
        assert set(answers) == {200}
        await road.calm(timeout_s=300)
        stored = await road.store.column("SELECT wa_id FROM mensajes WHERE wa_id LIKE 'wamid.sibling.%'")
        assert set(stored) == {f"wamid.sibling.{number}" for number in range(DAMAGED_TREES)}
        assert await road.store.one("SELECT count(*) FROM webhook_raw") > 0
        road.accepted.clear()
        await check_invariants(road)


async def post_all(road: Inside, bodies: list[bytes]) -> list[int]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def post(each: bytes) -> int:
        async with gate:
            return await road.post(each)

    return await asyncio.gather(*(post(each) for each in bodies))


def damaged_tree(rng: random.Random, number: int) -> bytes:
    """A body with one or two wounds, and a valid message as an entry of its own, before or after."""
    tree = copy.deepcopy(TREES[rng.choice(NAMES)])
    for _ in range(rng.randint(1, 2)):
        wound(rng, tree["entry"] if isinstance(tree.get("entry"), list) else tree)
    sibling = value([text(f"wamid.sibling.{number}", "sigo aquí", sender=f"5730055500{number % 40:02}")])
    entry = {"id": "1", "changes": [{"field": "messages", "value": sibling}]}
    entries = tree["entry"]
    entries.insert(rng.choice([0, len(entries)]), entry)
    return json.dumps(tree).encode()


def wound(rng: random.Random, tree: Any) -> None:
    """Remove, replace or wrap something somewhere below."""
    places = list(places_in(tree))
    if not places:
        return
    around, key = rng.choice(places)
    match rng.choice(["remove", "replace", "wrap"]):
        case "remove":
            del around[key]
        case "replace":
            around[key] = copy.deepcopy(rng.choice(JUNK))
        case _:
            around[key] = [around[key], copy.deepcopy(rng.choice(JUNK))]


def places_in(tree: Any) -> Any:
    keys: Any = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        yield from places_in(tree[key])


def damaged_bytes(rng: random.Random) -> bytes:
    """Flipped bytes, a missing tail, or both."""
    raw = bytearray(body(rng.choice(NAMES)))
    for _ in range(rng.randint(1, 6)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw[: rng.randint(0, len(raw))] if rng.random() < 0.3 else raw)


async def test_ids_and_kinds_of_any_length_are_kept_apart(tmp_path: Path, database_url: str) -> None:
    """MariaDB refuses what is longer than its column."""
    async with inside(tmp_path, database_url, PHONE_NUMBER_ID="1") as road:
        long = "wamid." + "x" * 400
        told = value([text(long + "1", "uno"), text(long + "2", "dos"), {**text("wamid.3", ""), "type": "k" * 30}])
        strange = copy.deepcopy(told) | {"metadata": {"phone_number_id": "9" * 90, "display_phone_number": "9" * 90}}
        for each in (told, told, strange):
            assert await road.post(webhook(each)) == 200
        await road.calm()
        kept = await road.store.column("SELECT mensaje FROM mensajes WHERE direction = 'in' ORDER BY id")
        assert kept[:2] == ["uno", "dos"]
        assert len(kept) == 3
        road.accepted.clear()
        await check_invariants(road)
