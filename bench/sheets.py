"""An owner brings in a large sheet of rules while customers write: how long it takes, and what the webhook feels."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from statistics import median

import httpx
from openpyxl import Workbook

from bench.customers import Customers
from bench.figures import Figure, at_most, percentile
from bench.load import at_rate
from bench.office import open_logins
from bench.stand import Ground, Serving, Stand
from waia.accounts.cookies import csrf_token

RATE, LOOK_EVERY_S, PATIENCE_S, SLICE_S = 50.0, 0.2, 90.0, 0.5
HERE = "/configuracion/reglas/excel"
WAITS, READY = 'hx-get="/configuracion/excel/', "Aplicar todo"
TITLES = ("step", "input_text", "respuesta", "siguiente_step", "tipo")


@dataclass(frozen=True, slots=True)
class _Import:
    """`draft_s`: from the upload until the draft holds all of it; `pages_s`: until the owner sees it as well."""

    idle_ms: float
    draft_s: float
    meanwhile_ms: float
    pages_s: float
    seeing_ms: float


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    rows = ground.size.rules
    sheet = await asyncio.to_thread(_sheet, rows)
    done = [await _import(ground, sheet) for _ in range(ground.size.starts)]
    idle, meanwhile = median(one.idle_ms for one in done), median(one.meanwhile_ms for one in done)
    seeing = median(one.seeing_ms for one in done)
    most = at_most(max(100.0, round(1.5 * idle)))
    name = f"sheet of {rows:,} rules"
    yield Figure(f"{name}, from upload to draft", median(one.draft_s for one in done), "s", aim=at_most(10))
    yield Figure(f"{name}, webhook p99 meanwhile", meanwhile, "ms", idle, aim=most)
    yield Figure(f"{name}, then the pages that show it", median(one.pages_s for one in done), "s")
    yield Figure(f"{name}, webhook p99 while they are made", seeing, "ms", idle, aim=most)


async def _import(ground: Ground, sheet: bytes) -> _Import:
    async with ground.stand() as stand, _restarted(stand) as (serving, cookie):
        customers = Customers(ground.size.people)
        idle = await at_rate(serving.port, customers.says, RATE, ground.size.steady_s)
        async with _owner(serving, cookie) as owner:
            began = time.perf_counter()
            meanwhile = await _beside(serving, customers, asyncio.create_task(_bring_in(owner, cookie, sheet)))
            brought = time.perf_counter()
            seeing = await _beside(serving, customers, asyncio.create_task(_look(owner)))
            seen = time.perf_counter()
    waits = (_p99(idle.waits_s), _p99(meanwhile), _p99(seeing))
    return _Import(waits[0], brought - began, waits[1], seen - brought, waits[2])


@asynccontextmanager
async def _restarted(stand: Stand) -> AsyncIterator[tuple[Serving, str]]:
    """A server that was started anew after an owner had brought in a small sheet: its pages were compiled then."""
    (cookie,) = await open_logins(stand.url, 1)
    async with stand.serving() as serving, _owner(serving, cookie) as owner:
        await _bring_in(owner, cookie, _sheet(1))
        await _look(owner)
    async with stand.serving() as serving:
        yield serving, cookie


def _owner(serving: Serving, cookie: str) -> httpx.AsyncClient:
    headers = {"accept": "text/html", "cookie": cookie, "sec-fetch-site": "same-origin"}
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{serving.port}", headers=headers, trust_env=False, timeout=PATIENCE_S
    )


async def _beside(serving: Serving, customers: Customers, work: "asyncio.Task[None]") -> list[float]:
    """How long each customer waited until the work was done."""
    waits: list[float] = []
    while not work.done():
        waits += (await at_rate(serving.port, customers.says, RATE, SLICE_S)).waits_s
    await work
    return waits


async def _bring_in(owner: httpx.AsyncClient, cookie: str, sheet: bytes) -> None:
    csrf = csrf_token(cookie.partition("=")[2])
    sent = await owner.post(HERE, data={"_csrf": csrf}, files={"archivo": ("reglas.xlsx", sheet)})
    here = sent.headers["location"]
    while WAITS in (page := (await owner.get(here)).text):  # noqa: ASYNC110  # another process works on it
        await asyncio.sleep(LOOK_EVERY_S)
    if READY not in page:
        raise RuntimeError("the sheet was refused")
    applied = await owner.post(f"{here}/aplicacion", headers={"hx-request": "true", "x-csrf-token": csrf})
    applied.raise_for_status()


async def _look(owner: httpx.AsyncClient) -> None:
    for page in ("/reglas", "/reglas/publicacion"):
        (await owner.get(page)).raise_for_status()


def _sheet(rows: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("reglas")
    sheet.append(TITLES)
    for number in range(rows):
        text = f"Respuesta {number}: abrimos de lunes a viernes de 8 a 6, y los sábados hasta la una."
        sheet.append((f"paso_{number // 50}", f"palabra {number}", text, "paso_0", "texto"))
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _p99(waits_s: list[float]) -> float:
    return percentile(waits_s, 0.99) * 1000
