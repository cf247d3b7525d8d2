"""Two ways to press: as fast as answers come, or so many a second whatever happens."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.wire import Line

CONNECTIONS = 32
LAST_ANSWER_S = 30.0
Requests = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Pressed:
    """`waits_s`: how long each answer took."""

    lasted_s: float
    waits_s: list[float]

    @property
    def rate(self) -> float:
        return len(self.waits_s) / self.lasted_s


@dataclass
class _Answers:
    """What was asked on which line, and how long the answers took. Anything but 200 ends the measurement."""

    done: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    asked_at: dict[Line, float] = field(default_factory=dict)
    waits_s: list[float] = field(default_factory=list)

    def ask(self, line: Line, request: bytes) -> None:
        self.asked_at[line] = time.perf_counter()
        line.send(request)

    def note(self, line: Line, status: int) -> None:
        self.waits_s.append(time.perf_counter() - self.asked_at.pop(line))
        if status != 200 and not self.done.done():
            self.done.set_exception(RuntimeError(f"the server answered {status}"))


async def as_fast_as_possible(port: int, requests: Requests, seconds: float) -> Pressed:
    """32 connections, each with one request at a time."""
    answers, number = _Answers(), 0
    began = time.perf_counter()

    def heard(line: Line, status: int) -> None:
        answers.note(line, status)
        if time.perf_counter() - began < seconds:
            go_on(line)
        elif not answers.asked_at and not answers.done.done():
            answers.done.set_result(None)

    def go_on(line: Line) -> None:
        nonlocal number
        number += 1
        answers.ask(line, requests(number))

    lines = [await Line.open(port, heard) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for line in lines:
        go_on(line)
    async with asyncio.timeout(seconds + LAST_ANSWER_S):
        await answers.done
    lasted_s = time.perf_counter() - began
    _close(lines)
    return Pressed(lasted_s, answers.waits_s)


async def at_rate(port: int, requests: Requests, per_second: float, seconds: float) -> Pressed:
    """Each request at its time, late answers or not; enough connections for all that are open at once."""
    answers, free = _Answers(), list[Line]()
    count = max(1, round(per_second * seconds))

    def heard(line: Line, status: int) -> None:
        answers.note(line, status)
        free.append(line)
        if len(answers.waits_s) == count and not answers.done.done():
            answers.done.set_result(None)

    began = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        while free and not free[-1].is_open:
            free.pop()
        line = free.pop() if free else await Line.open(port, heard)
        answers.ask(line, requests(number))
    async with asyncio.timeout(LAST_ANSWER_S):
        await answers.done
    _close(free)
    return Pressed(time.perf_counter() - began, answers.waits_s)


def _close(lines: list[Line]) -> None:
    for line in lines:
        line.close()
