"""Takes the browsers' reports about content that the policy refused, and logs a few of them."""

import re
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec
import structlog
from litestar import Request, post
from litestar.datastructures import State

LONGEST_REPORT = 16_384
SECONDS_BETWEEN_LINES = 10
DIRECTIVE = re.compile(r"[a-z-]{1,40}")
log = structlog.get_logger(__name__)


class Sampler:
    """Lets one event through in a while and counts the others."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._last, self.dropped = seconds, float("-inf"), 0

    def lets_through(self, now: float) -> bool:
        if now - self._last < self._seconds:
            self.dropped += 1
            return False
        self._last = now
        return True


_sampler = Sampler(SECONDS_BETWEEN_LINES)


@post(
    "/csp-report",
    status_code=204,
    opt={"public": True, "csrf": False},
    request_max_body_size=LONGEST_REPORT,
    include_in_schema=False,
)
async def take_csp_report(request: Request[object, object, State]) -> None:
    report = _read(await request.body())
    if report is not None and _sampler.lets_through(time.monotonic()):
        log.warning("content policy violated", **report, unlogged_before=_sampler.dropped)
        _sampler.dropped = 0


def _read(body: bytes) -> dict[str, str] | None:
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    report = sent.get("csp-report") if isinstance(sent, Mapping) else None
    if not isinstance(report, Mapping):
        return None
    return {
        "page": _part(report.get("document-uri")),
        "directive": _directive(str(report.get("violated-directive", ""))),
        "blocked": _origin(report.get("blocked-uri")),
    }


def _directive(told: str) -> str:
    """Its name; newer browsers send it alone, older ones with all that it allows."""
    name = told.split(" ", 1)[0]
    return name if DIRECTIVE.fullmatch(name) else ""


def _part(address: object) -> str:
    """Which part of waia: what follows may be a phone number, a token, or what somebody searched for."""
    try:
        first = urlsplit(str(address)).path.split("/")[1:2]
    except ValueError:
        return ""
    return "/" + first[0] if first and DIRECTIVE.fullmatch(first[0]) else "/"


def _origin(address: object) -> str:
    """Where it would have come from, or a browser's word such as `inline`."""
    told = str(address)
    try:
        found = urlsplit(told)
    except ValueError:
        return ""
    if found.scheme and found.hostname:
        return f"{found.scheme}://{found.hostname}"[:100]
    return told if DIRECTIVE.fullmatch(told) else found.scheme[:20]
