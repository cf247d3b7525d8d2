"""Two people edit the same thing: a form says which values it was opened with, and who saves second is told."""

import hashlib

import msgspec

from waia.kit.errors import Conflict
from waia.kit.i18n import N_


class Overtaken(Conflict):
    """What stands there is not what the form was opened with."""

    code = "overtaken"
    message = N_("Otra persona cambió esto mientras lo editabas.")


def seen_of(*values: object) -> str:
    """A short name of exactly these values."""
    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()[:16]


def refuse_overtaken(seen: str, now: str) -> None:
    """`seen` is what the form was opened with, empty where nobody looked at it before. Raises Overtaken."""
    if seen and seen != now:
        raise Overtaken
