"""Tasks beside the rest end, also those that lose a cancellation or fail over it."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from waia.kit import tasks

PATIENCE_S = 10.0


async def loses_one() -> None:
    for _ in range(2):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue


async def fails_over_it() -> None:
    try:
        await asyncio.Event().wait()
    finally:
        raise ConnectionError


async def has_ended() -> None:
    """At once."""


@pytest.mark.parametrize("work", [loses_one, fails_over_it, has_ended])
async def test_whatever_it_does_it_ends(work: Callable[[], Coroutine[None, None, None]]) -> None:
    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE_S):
        await tasks.end([task, asyncio.create_task(has_ended())])
    assert task.done()


async def test_nothing_to_end_is_no_error() -> None:
    await tasks.end([])
