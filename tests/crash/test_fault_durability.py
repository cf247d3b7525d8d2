"""200 means stored: on SQLite by the order of system calls, on MariaDB by what the server promises at start."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.effort import times
from tests.programs import need
from tests.road_world import PATIENCE_S, Served, Waia, eventually, served, spawn_program
from tests.roads.bodies import OTHER_PNID, text, value, webhook
from tests.roads.store import Store

REQUESTS, AT_ONCE = times(1_000, 5_000), 8
CALL = re.compile(r"^\d+ +(?P<name>\w+)\((?P<fd>\d+)<(?P<path>[^>]*)>(?P<rest>.*)$")
RESUMED = re.compile(r"^(?P<thread>\d+) +<\.\.\. (?P<name>\w+) resumed>")
BEGUN = re.compile(r"^(?P<thread>\d+) +(?P<call>.*) <unfinished \.\.\.>$")
WRITES, SYNCS = {"write", "pwrite64", "pwritev", "writev", "sendto", "sendmsg"}, {"fsync", "fdatasync"}
READS, REQUEST = {"read", "recvfrom", "recvmsg"}, "POST /webhook"
FLUSH, LOSSY = "innodb_flush_log_at_trx_commit", "The database server may lose committed messages"


@asynccontextmanager
async def traced(road: Served, log: Path) -> AsyncIterator[None]:
    """Every write and sync of the running waia goes to `log`, in the order in which they ended."""
    assert road.waia.process is not None
    calls = ",".join(sorted(WRITES | SYNCS | READS))
    options = ("-f", "-y", "-s", "16", "-e", f"trace={calls}", "-o", str(log), "-p", str(road.waia.process.pid))
    tracer = await asyncio.create_subprocess_exec(
        need("strace"), *options, stderr=asyncio.subprocess.PIPE, env={"PATH": os.defpath}
    )
    assert tracer.stderr is not None
    async with asyncio.timeout(PATIENCE_S):
        told = await tracer.stderr.readline()
    assert b"attached" in told, told
    try:
        yield
    finally:
        tracer.terminate()
        await tracer.wait()


def finished_calls(log: str) -> list[re.Match[str]]:
    """One entry per call at the time of its end; a call that another thread interrupted is put together."""
    begun: dict[str, str] = {}
    ended: list[re.Match[str]] = []
    for line in log.splitlines():
        if half := BEGUN.match(line):
            begun[half["thread"]] = f"{half['thread']} {half['call']}"
            continue
        resumed = RESUMED.match(line)
        whole = begun.pop(resumed["thread"], "") + line[resumed.end() :] if resumed else line
        if call := CALL.match(whole):
            ended.append(call)
    return ended


def test_calls_of_several_threads_are_put_together() -> None:
    lines = ("1 fsync(5</d/waia.db-wal> <unfinished ...>", '2 write(9<socket:[1]>, "H"..., 3) = 3')
    calls = finished_calls("\n".join((*lines, "1 <... fsync resumed>) = 0")))
    assert [call["name"] for call in calls] == ["write", "fsync"]


@dataclass
class Verdict:
    """How many requests were answered 200, and how many of them before their commit was on the disk."""

    answers: int = 0
    early: int = 0


def judge(calls: list[re.Match[str]]) -> Verdict:
    """Between the request and its 200 lie a write to the log and, after it, a sync of the log."""
    verdict = Verdict()
    asked: dict[str, int] = {}
    written = synced = -1
    for place, call in enumerate(calls):
        if call["path"].endswith("waia.db-wal"):
            if call["name"] in WRITES:
                written = place
            else:
                synced = written
        elif REQUEST in call["rest"]:
            asked[call["path"]] = place
        elif "HTTP/1.1 200" in call["rest"]:
            verdict.answers += 1
            verdict.early += synced < asked.pop(call["path"])
    return verdict


async def test_200_only_after_fsync(tmp_path: Path, sqlite_url: str) -> None:
    """F3, N5. One after the other, and then several at once."""
    log = tmp_path / "strace"
    async with served(tmp_path, sqlite_url, start=False, spawn=spawn_program) as road:
        road.waia.arguments = ("serve", "--web-only")
        await road.waia.start()
        async with traced(road, log):
            alone = [await road.post(quiet_body(number)) for number in range(REQUESTS // 3)]
            gate = asyncio.Semaphore(AT_ONCE)

            async def post(number: int) -> int:
                async with gate:
                    return await road.post(quiet_body(number))

            together = await asyncio.gather(*(post(number) for number in range(len(alone), REQUESTS)))
            assert {*alone, *together} == {200}
            await eventually(lambda: asyncio.to_thread(is_written, log), "the trace is written")
        verdict = judge(finished_calls(log.read_text("utf-8", "replace")))
        assert verdict.answers >= REQUESTS
        assert verdict.early == 0


def is_written(log: Path) -> bool:
    return log.read_text("utf-8", "replace").count("HTTP/1.1 200") >= REQUESTS


def quiet_body(number: int) -> bytes:
    """For a number that is not ours: nobody answers."""
    return webhook(value([text(f"wamid.{number}", "Hola", sender=f"57300{number % 50:07}")], pnid=OTHER_PNID))


async def test_a_server_that_forgets_the_last_second_is_refused_with_one_line(tmp_path: Path, mariadb_url: str) -> None:
    store = Store(mariadb_url)
    await store.rows(f"SET GLOBAL {FLUSH} = 2")
    try:
        async with served(tmp_path, mariadb_url, start=False) as road:
            line = await refusal(road.waia)
            assert LOSSY in line
            assert f"{FLUSH} = 1" in line
            await road.waia.start(DB_DURABILITY="relaxed")
            assert await road.talk("Hola"), "the owner said that it is fine"
    finally:
        await store.rows(f"SET GLOBAL {FLUSH} = 1")


async def refusal(waia: Waia) -> str:
    """The one line that a waia says that does not start."""
    before = len(waia.log) if (waia.folder / "log").exists() else 0
    with pytest.raises(AssertionError):
        await waia.start()
    assert await waia.died() == 2
    lines = waia.log[before:].strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]
