"""An owner brings in a large sheet while customers write: how long it takes, and what the webhook feels."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
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
WAITS, READY = 'hx-get="/configuracion/excel/', "Aplicar todo"
Cells = tuple[str, ...]


def _rule(number: int) -> Cells:
    text = f"Respuesta {number}: abrimos de lunes a viernes de 8 a 6, y los sábados hasta la una."
    return (f"paso_{number // 50}", f"palabra {number}", text, "paso_0", "texto")


def _reply(number: int) -> Cells:
    text = f"Hola {{{{nombre}}}}, el artículo {number} llega de lunes a viernes de 8 a 6."
    return (f"respuesta {number}", text, f"https://tienda.example/{number}.jpg" if number % 5 == 0 else "", "todos")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a sheet holds, where it is brought in, and the pages on which its owner sees it then."""

    name: str
    upload: str
    pages: tuple[str, ...]
    titles: Cells
    row: Callable[[int], Cells]

    def sheet(self, rows: int) -> bytes:
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append(self.titles)
        for number in range(rows):
            sheet.append(self.row(number))
        written = BytesIO()
        book.save(written)
        return written.getvalue()


KINDS = (
    _Kind(
        "rules",
        "/configuracion/reglas/excel",
        ("/reglas", "/reglas/publicacion"),
        ("step", "input_text", "respuesta", "siguiente_step", "tipo"),
        _rule,
    ),
    _Kind(
        "quick replies",
        "/configuracion/botones/excel",
        ("/configuracion/botones",),
        ("nombre", "mensaje", "media_url", "para"),
        _reply,
    ),
)


@dataclass(frozen=True, slots=True)
class _Import:
    """`brought_s`: from the upload until all of it was applied; `pages_s`: until the owner sees it as well."""

    idle_ms: float
    brought_s: float
    meanwhile_ms: float
    pages_s: float
    seeing_ms: float


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    for kind in KINDS:
        async for figure in _measure(ground, kind):
            yield figure


async def _measure(ground: Ground, kind: _Kind) -> AsyncIterator[Figure]:
    rows = ground.size.rules
    sheet = await asyncio.to_thread(kind.sheet, rows)
    done = [await _import(ground, kind, sheet) for _ in range(ground.size.starts)]
    idle, meanwhile = median(one.idle_ms for one in done), median(one.meanwhile_ms for one in done)
    seeing = median(one.seeing_ms for one in done)
    most = at_most(max(100.0, round(1.5 * idle)))
    name = f"sheet of {rows:,} {kind.name}"
    yield Figure(f"{name}, from upload to applied", median(one.brought_s for one in done), "s", aim=at_most(10))
    yield Figure(f"{name}, webhook p99 meanwhile", meanwhile, "ms", idle, aim=most)
    yield Figure(f"{name}, then the pages that show it", median(one.pages_s for one in done), "s")
    yield Figure(f"{name}, webhook p99 while they are made", seeing, "ms", idle, aim=most)


async def _import(ground: Ground, kind: _Kind, sheet: bytes) -> _Import:
    async with ground.stand() as stand, _restarted(stand, kind) as (serving, cookie):
        customers = Customers(ground.size.people)
        idle = await at_rate(serving.port, customers.says, RATE, ground.size.steady_s)
        async with _owner(serving, cookie) as owner:
            began = time.perf_counter()
            meanwhile = await _beside(serving, customers, asyncio.create_task(_bring_in(owner, cookie, kind, sheet)))
            brought = time.perf_counter()
            seeing = await _beside(serving, customers, asyncio.create_task(_look(owner, kind)))
            seen = time.perf_counter()
    waits = (_p99(idle.waits_s), _p99(meanwhile), _p99(seeing))
    return _Import(waits[0], brought - began, waits[1], seen - brought, waits[2])


@asynccontextmanager
async def _restarted(stand: Stand, kind: _Kind) -> AsyncIterator[tuple[Serving, str]]:
    """A server that was started anew after an owner had brought in a small sheet: its pages were compiled then."""
    (cookie,) = await open_logins(stand.url, 1)
    async with stand.serving() as serving, _owner(serving, cookie) as owner:
        await _bring_in(owner, cookie, kind, kind.sheet(1))
        await _look(owner, kind)
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


async def _bring_in(owner: httpx.AsyncClient, cookie: str, kind: _Kind, sheet: bytes) -> None:
    csrf = csrf_token(cookie.partition("=")[2])
    sent = await owner.post(kind.upload, data={"_csrf": csrf}, files={"archivo": ("hoja.xlsx", sheet)})
    here = sent.headers["location"]
    while WAITS in (page := (await owner.get(here)).text):  # noqa: ASYNC110  # another process works on it
        await asyncio.sleep(LOOK_EVERY_S)
    if READY not in page:
        raise RuntimeError("the sheet was refused")
    applied = await owner.post(f"{here}/aplicacion", headers={"hx-request": "true", "x-csrf-token": csrf})
    applied.raise_for_status()


async def _look(owner: httpx.AsyncClient, kind: _Kind) -> None:
    for page in kind.pages:
        (await owner.get(page)).raise_for_status()


def _p99(waits_s: list[float]) -> float:
    return percentile(waits_s, 0.99) * 1000
