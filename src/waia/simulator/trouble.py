"""How the answer to one send goes wrong: by knob, by magic recipient, or by request header.

Magic recipients: 9990 + seven digits of a code is refused with it; 9991 + code is accepted and fails with it
later; 9992 + seven digits of a position in `Trouble` is answered in that way.
The header `x-simulator-fault` takes `131026`, `later:131026` or the name of a trouble.
"""

import random
import re
from dataclasses import dataclass
from enum import StrEnum

from waia.simulator.faults import Faults
from waia.simulator.graph_errors import RATE_LIMITS, UNCLEAR, GraphError
from waia.simulator.wire import Json

HEADER = "x-simulator-fault"
_MAGIC = re.compile(r"999([012])(\d{7})")


class Trouble(StrEnum):
    """Named as the knobs in SendFaults. The first three come before acceptance unless told otherwise."""

    CUT_BEFORE = "cut_before"
    HTTP_500_JSON = "http_500_json"
    HTTP_502_HTML = "http_502_html"
    SLOW = "slow"
    LOST_ANSWER = "lost_answer"
    EMPTY_BODY = "empty_body"
    BAD_JSON = "bad_json"
    NO_MESSAGE_ID = "no_message_id"
    HUGE_BODY = "huge_body"
    SLOW_LORIS = "slow_loris"


GATEWAY = frozenset({Trouble.HTTP_500_JSON, Trouble.HTTP_502_HTML})


@dataclass(frozen=True, slots=True)
class Omen:
    """What will go wrong with one send. `refused` at once, `failing` later."""

    refused: GraphError | None = None
    failing: GraphError | None = None
    trouble: Trouble | None = None
    goes_out: bool = True
    """Whether the message is accepted although the answer says or suggests otherwise."""


def foresee(faults: Faults, rng: random.Random, payload: Json, header: str | None) -> Omen:
    """A header or a magic recipient goes before the knobs."""
    told = _told(header) if header else _magic(payload)
    refused, trouble = told.refused or _refusal(faults, rng), told.trouble or _drawn(faults, rng)
    ambiguous = trouble in GATEWAY or (refused is not None and refused.code in UNCLEAR)
    goes_out = ambiguous and faults.send.accepted_despite_error.fires(rng)
    if refused is not None and refused.code in RATE_LIMITS:
        refused.http = faults.send.rate_limit_http
    if trouble is Trouble.CUT_BEFORE or ((refused or trouble in GATEWAY) and not goes_out):
        return Omen(refused, told.failing, trouble, goes_out=False)
    return Omen(refused, told.failing, trouble)


def _told(header: str) -> Omen:
    later, _, code = header.rpartition(":")
    if code.isdecimal():
        error = GraphError(int(code))
        return Omen(failing=error) if later else Omen(refused=error)
    if code not in list(Trouble):
        raise GraphError(100, f"No such fault: {header}")
    return Omen(trouble=Trouble(code))


def _magic(payload: Json) -> Omen:
    written = payload.get("to")
    match = _MAGIC.fullmatch(written.lstrip("+")) if isinstance(written, str) else None
    if match is None:
        return Omen()
    kind, number = match[1], int(match[2])
    if kind == "2":
        return Omen(trouble=list(Trouble)[number % len(Trouble)])
    return Omen(refused=GraphError(number)) if kind == "0" else Omen(failing=GraphError(number))


def _refusal(faults: Faults, rng: random.Random) -> GraphError | None:
    send = faults.send
    if send.next_codes:
        return GraphError(send.next_codes.pop(0))
    return GraphError(send.refused_code) if send.refused.fires(rng) else None


def _drawn(faults: Faults, rng: random.Random) -> Trouble | None:
    for trouble in Trouble:
        if getattr(faults.send, trouble.value).fires(rng):
            return trouble
    return None
