"""Slows down guessing of passwords: per account and address, and per address, never per account alone.

So nobody can lock out somebody else from afar, and a login that exists already is not touched.
"""

import asyncio
import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from waia.accounts.errors import TooManyTries
from waia.accounts.logins import repository
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction

WINDOW = timedelta(minutes=15)
MEMORY = timedelta(hours=24)
LONGEST_WAIT = timedelta(hours=4)
TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 20


@dataclass(frozen=True, slots=True)
class Try:
    """A try that counts as failed until it has succeeded; so parallel guesses cannot slip through together.

    `last` tells that the next one will have to wait.
    """

    id: int
    account: str
    address: str
    last: bool


class Throttle:
    """Tries are rows, so they count in all processes. In one process they queue here, before they take a connection."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._turn = asyncio.Lock()

    async def begin(self, account: str, address: str) -> Try:
        """Take a try before the password is hashed. Raises TooManyTries, also for users that do not exist."""
        account, address = _fingerprint(account), _network(address)
        async with self._database.reading() as tx:
            await self._refuse_if_blocked(tx, account, address)
        async with self._turn:
            return await self._database.run(lambda tx: self._count(tx, account, address))

    async def succeed(self, tx: Transaction, taken: Try) -> None:
        await repository.forget_failures(tx, taken.id, taken.account, taken.address)

    async def _count(self, tx: Transaction, account: str, address: str) -> Try:
        await repository.take_turn(tx)
        await self._refuse_if_blocked(tx, account, address)
        failure_id = await repository.add_failure(tx, account, address, self._clock.real())
        return Try(failure_id, account, address, last=await self._wait(tx, account, address) > timedelta())

    async def _refuse_if_blocked(self, tx: Transaction, account: str, address: str) -> None:
        wait = await self._wait(tx, account, address)
        if wait > timedelta():
            raise TooManyTries(math.ceil(wait.total_seconds()))

    async def _wait(self, tx: Transaction, account: str, address: str) -> timedelta:
        now = self._clock.real()
        since = now - MEMORY
        of_account = await repository.failures_of(tx, address, account, since, TRIES_PER_ACCOUNT)
        of_address = await repository.failures_of(tx, address, None, since, TRIES_PER_ADDRESS)
        return max(
            _still_blocked(*of_account, TRIES_PER_ACCOUNT, now),
            _still_blocked(*of_address, TRIES_PER_ADDRESS, now),
        )


def _still_blocked(newest: list[datetime], in_all: int, allowed: int, now: datetime) -> timedelta:
    """Blocked once `allowed` tries fell into one window; each further full set of them doubles the wait."""
    if len(newest) < allowed or newest[0] - newest[-1] >= WINDOW:
        return timedelta()
    doublings: int = min(in_all // allowed - 1, 8)
    wait = min(WINDOW * (1 << doublings), LONGEST_WAIT)
    return max(newest[0] + wait - now, timedelta())


def _fingerprint(account: str) -> str:
    """Some people type their password into the field of the name: what was typed is not stored."""
    return hashlib.sha256(account.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()


def _network(address: str) -> str:
    """One IPv6 customer holds a whole /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((found, 64), strict=False))
