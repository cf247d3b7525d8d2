"""Forgets what is no longer needed: failed tries after two days, links that expired, logins a month after use."""

from datetime import datetime, timedelta

from waia.accounts.link_repository import delete_old_links
from waia.accounts.logins import repository
from waia.kit.db import Transaction

FAILURES_KEPT = timedelta(days=2)
LOGINS_KEPT = timedelta(days=30)


async def tidy(tx: Transaction, now: datetime) -> int:
    """For the scheduler, with real time; the number of rows that went."""
    failures = await repository.delete_old_failures(tx, now - FAILURES_KEPT)
    failures += await delete_old_links(tx, now)
    return failures + await repository.delete_old_logins(tx, now - LOGINS_KEPT)
