"""Which message of a chat goes next: order within a chat, people not behind the bot, nobody behind a doubt for long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from waia.chats.outbox_repository import Pending
from waia.kit.clock import has_come

FARTHEST = timedelta(minutes=15)  # the longest lease is ten, the longest pause between two tries six


@dataclass(frozen=True, slots=True)
class Choice:
    """The item to send now, or when to look again (both None: nothing is left)."""

    item: Pending | None = None
    again_at: datetime | None = None


def choose(pending: Sequence[Pending], now: datetime, longest_wait: timedelta) -> Choice:
    """Bot and agent are two lines; in each the first waiting item is next, unless a doubt holds the line.

    Behind a doubt it waits `longest_wait`.
    """
    again: list[datetime] = []
    for origin in ("agent", "bot"):
        line = [item for item in pending if item.origin == origin]
        waiting = [item for item in line if item.state == "queued"]
        if not waiting:
            continue
        free_at = max(waiting[0].available_at, _doubt_until(line, waiting[0], now, longest_wait) or now)
        if has_come(free_at, now, FARTHEST):
            return Choice(item=waiting[0])
        again.append(free_at)
    return Choice(again_at=min(again, default=None))


def _doubt_until(line: Sequence[Pending], item: Pending, now: datetime, longest_wait: timedelta) -> datetime | None:
    """Followers of a send of unknown outcome wait a little: its status may come, and order would be kept."""
    doubts = [each.uncertain_since for each in line if each.state == "uncertain" and each.id < item.id]
    return max((since + longest_wait for since in doubts if since and since <= now), default=None)
