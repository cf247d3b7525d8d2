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
from waia.owner.sheets.values import Context, Problem, Report

CHILD = str(Path(__file__).with_name("child.py"))
MEMORY, FILE_SIZE, CPU_S, WALL_S = 512 * MB, 64 * MB, 30, 60.0
GAVE_UP = N_("El archivo pide demasiada memoria o demasiado tiempo. Copia los datos a un libro nuevo y guárdalo.")


async def look_through(
    content: bytes, context: Context, folder: Path, tell: Callable[[int], Awaitable[None]], *, wall_s: float = WALL_S
) -> Report:
    """What stands in the sheet against what is there. Never raises for anything that the file holds."""
    sheet, told, report = folder / "sheet.xlsx", folder / "context.json", folder / "report.json"
    await asyncio.to_thread(sheet.write_bytes, content)
    await asyncio.to_thread(lambda: told.write_bytes(msgspec.json.encode(context)))
    code = await _run([sys.executable, "-I", CHILD, str(sheet), str(told), str(report)], tell, wall_s)
    if code != 0 or not report.is_file():
        return Report(problems=[Problem("", GAVE_UP)])
    return await asyncio.to_thread(lambda: msgspec.json.decode(report.read_bytes(), type=Report))


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
