"""Answers that many streams want at one moment: asked for once, several in one question, kept a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """`take` waits for the answers, whoever asked; a stream that goes away does not disturb the others. `ready` does
    not wait: None while there is no answer."""

    def __init__(self, size: int, keep_s: float) -> None:
        self._size, self._keep_s = size, keep_s
        self._tasks: OrderedDict[K, tuple[float, asyncio.Task[Mapping[K, V]]]] = OrderedDict()

    async def take(self, keys: Collection[K], make: Callable[[list[K]], Awaitable[Mapping[K, V]]]) -> dict[K, V]:
        """Keys without an answer are left out. An error reaches all who wait, and is not kept."""
        self._drop_old()
        missing = [key for key in keys if key not in self._tasks]
        if missing:
            self._ask(missing, make)
        tasks = {key: self._tasks[key][1] for key in keys}
        for task in tasks.values():
            if not task.done():
                await asyncio.shield(task)
        return {key: task.result()[key] for key, task in tasks.items() if key in task.result()}

    def ready(self, key: K) -> V | None:
        until, task = self._tasks.get(key, (0.0, None))
        if task is None or not task.done() or task.cancelled() or task.exception() is not None:
            return None
        return task.result().get(key) if until > asyncio.get_running_loop().time() else None

    def _ask(self, keys: list[K], make: Callable[[list[K]], Awaitable[Mapping[K, V]]]) -> None:
        async def answer() -> Mapping[K, V]:
            return await make(keys)

        def forget_failed(task: asyncio.Task[Mapping[K, V]]) -> None:
            if task.cancelled() or task.exception():
                for key in keys:
                    self._tasks.pop(key, None)

        task = asyncio.create_task(answer())
        task.add_done_callback(forget_failed)
        until = asyncio.get_running_loop().time() + self._keep_s
        self._tasks.update(dict.fromkeys(keys, (until, task)))

    def _drop_old(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._tasks:
            until, _ = next(iter(self._tasks.values()))
            if until > now and len(self._tasks) <= self._size:
                return
            self._tasks.popitem(last=False)
