"""Ids in the shapes Meta uses, drawn from one seeded source so that a run can be repeated."""

import base64
import random


class Ids:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def wamid(self) -> str:
        """Unequal in length, with `=`, `+` and `/` now and then, as real ones have."""
        raw = b"\x1c\x18" + self._rng.randbytes(self._rng.randint(26, 34))
        return "wamid." + base64.b64encode(raw).decode()

    def wacid(self) -> str:
        return "wacid." + base64.b64encode(self._rng.randbytes(24)).decode()

    def number(self, digits: int = 16) -> str:
        """Media, flow and template ids: decimal digits without a leading zero."""
        return str(self._rng.randrange(10 ** (digits - 1), 10**digits))

    def trace(self) -> str:
        return "A" + base64.urlsafe_b64encode(self._rng.randbytes(16)).decode().rstrip("=")

    def bsuid(self, country: str) -> str:
        return f"{country}.{self.number(20)}"

    def parent_bsuid(self, country: str) -> str:
        return f"{country}.ENT.{self.number(20)}"
