"""Starts the child that reads a sheet: with little memory, little time, no network, and gone when we are."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from waia.kit.i18n import N_
from waia.media.decoders import BOX
from waia.owner.sheets.safety import MB
from waia.owner.sheets.values import Context, Problem, Summary

CHILD = str(Path(__file__).with_name("child.py"))
# The child stands back: where others keep the processors busy, its thirty seconds of them take minutes.
MEMORY, FILE_SIZE, CPU_S, WALL_S = 512 * MB, 64 * MB, 30, 300.0
GAVE_UP = N_("El archivo pide demasiada memoria o demasiado tiempo. Copia los datos a un libro nuevo y guárdalo.")


async def look_through(
    content: bytes, context: Context, folder: Path, tell: Callable[[int], Awaitable[None]], *, wall_s: float = WALL_S
) -> tuple[Summary, Path]:
    """What stands in the sheet against what is there, and the file with the lines of what it changes (`Change`).

    Never raises for anything that the file holds.
    """
    sheet, told, summary, changes = (folder / name for name in ("sheet.xlsx", "told.json", "summary.json", "changes"))
    await asyncio.to_thread(sheet.write_bytes, content)
    await asyncio.to_thread(_write, told, context)
    command = [sys.executable, "-I", CHILD, *map(str, (sheet, told, summary, changes))]
    code = await _run(command, tell, wall_s)
    if code != 0 or not summary.is_file():
        await asyncio.to_thread(changes.write_bytes, b"")
        return Summary(problems=[Problem("", GAVE_UP)], more={"problems": 1}), changes
    return msgspec.json.decode(await asyncio.to_thread(summary.read_bytes), type=Summary), changes


def _write(file: Path, context: Context) -> None:
    """A few rows at a time: encoding ten thousand in one call would hold up everybody."""
    head = msgspec.json.encode(msgspec.structs.replace(context, current={}))
    before, after = head.split(b'"current":{}', 1)
    with file.open("wb") as out:
        out.write(before + b'"current":{')
        for place, (key, values) in enumerate(context.current.items()):
            out.write((b"," if place else b"") + msgspec.json.encode(key) + b":" + msgspec.json.encode(values))
        out.write(b"}" + after)


async def _run(command: list[str], tell: Callable[[int], Awaitable[None]], wall_s: float) -> int:
    box = [sys.executable, "-I", "-S", BOX, str(os.getpid()), str(MEMORY), str(CPU_S), str(FILE_SIZE)]
    child = await asyncio.create_subprocess_exec(
        *box,
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    try:
        async with asyncio.timeout(wall_s):
            assert child.stdout is not None
            async for line in child.stdout:
                if line.strip().isdigit():
                    await tell(int(line))
            return await child.wait()
    except TimeoutError:
        return -1
    finally:
        if child.returncode is None:
            os.killpg(child.pid, signal.SIGKILL)
            await child.wait()
