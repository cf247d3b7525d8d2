"""Hashes and checks passwords: argon2id in worker threads, never more than two at once."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from waia.accounts.legacy_hashes import is_legacy, legacy_matches
from waia.kit.errors import Unavailable

AT_ONCE = 2
MOST_WAITING = 64
LONGEST_INPUT_BYTES = 1024
NOBODYS = f"$argon2id$v=19$m=19456,t=2,p=1${'A' * 22}${'A' * 43}"  # of no password; made of the usual cost
T = TypeVar("T")


def new_hasher() -> PasswordHasher:
    """Argon2id with 19 MiB and two passes, the least that OWASP's password storage sheet advises."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Verdict(StrEnum):
    WRONG = "wrong"
    RIGHT = "right"
    RIGHT_BUT_OUTDATED = "outdated"
    """The password is right; its hash should be made anew."""


class Passwords:
    """A check of an unknown user costs the same as that of a known one."""

    def __init__(self) -> None:
        self._hasher = new_hasher()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._in_turn(lambda: self._hasher.hash(password))

    async def check(self, password: str, stored: str | None) -> Verdict:
        """`stored` is None for a user that does not exist: the answer is wrong, after the usual time."""
        if len(password.encode("utf-8", "surrogatepass")) > LONGEST_INPUT_BYTES:
            return Verdict.WRONG
        return await self._in_turn(lambda: self._check(password, stored))

    def _check(self, password: str, stored: str | None) -> Verdict:
        if stored is not None and is_legacy(stored):
            return Verdict.RIGHT_BUT_OUTDATED if legacy_matches(password, stored) else Verdict.WRONG
        hashed = stored if stored is not None and stored.startswith("$argon2") else None
        try:
            self._hasher.verify(hashed or NOBODYS, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return Verdict.WRONG
        if hashed is None:
            return Verdict.WRONG
        return Verdict.RIGHT_BUT_OUTDATED if self._hasher.check_needs_rehash(hashed) else Verdict.RIGHT

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise Unavailable
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1
