"""What counting some chats anew comes to: rows to be written, and what is added to the figures. Pure."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from waia.dashboard.counting import Basis, Counted, DayCount, Key, count, open_s
from waia.dashboard.keeping import ByDay
from waia.dashboard.kept_repository import Sums
from waia.dashboard.models import HOURS
from waia.dashboard.rollup_repository import OldDay, tops_of
from waia.dashboard.timeline import Carry, Conversation, Moved, Said


@dataclass(frozen=True, slots=True)
class Change:
    """What counting these chats anew, each from its day on, comes to: rows, and whether any figure is another."""

    since: Mapping[int, date]
    days: list[dict[str, Any]]
    conversations: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    figures: list[dict[str, Any]]
    tops: list[dict[str, Any]]
    sums: ByDay

    @property
    def is_news(self) -> bool:
        return bool(self.messages or self.figures)


@dataclass(frozen=True, slots=True)
class Told:
    """By chat, what it said and what became of it, from where it went on; and what it added before."""

    said: Mapping[int, Sequence[Said]]
    moved: Mapping[int, Sequence[Moved]]
    carries: Mapping[int, Carry]
    before: Sequence[OldDay]


def change_of(since: Mapping[int, date], told: Told, basis: Basis) -> Change:
    counted = {
        chat_id: count(
            told.said.get(chat_id, ()), told.moved.get(chat_id, ()), told.carries.get(chat_id, Carry()), basis
        )
        for chat_id in since
    }
    deltas, tops = _deltas(counted, told.before)
    days = ((chat_id, day, each) for chat_id, one in counted.items() for day, each in one.days.items())
    talks = ((chat_id, each) for chat_id, one in counted.items() for each in one.conversations)
    return Change(
        since=since,
        days=[_chat_day(*each) for each in days],
        conversations=[_conversation(chat_id, each, basis) for chat_id, each in talks],
        messages=_message_rows(deltas),
        figures=_figure_rows(deltas),
        tops=[{"figure": f, "month": m, "term": t, "n": n} for (f, m, t), n in sorted(tops.items()) if n],
        sums=_sums(counted, told.before),
    )


def _deltas(
    counted: Mapping[int, Counted], before: Sequence[OldDay]
) -> tuple[dict[date, Counter[Key]], Counter[tuple[str, date, str]]]:
    """What is added to each day, and to the tops of each month."""
    deltas: defaultdict[date, Counter[Key]] = defaultdict(Counter)
    tops: Counter[tuple[str, date, str]] = Counter()
    for old in before:
        deltas[old.day].subtract(old.counts)
        _add_tops(tops, old.chat_id, old.day, old.tops, -1)
    for chat_id, one in counted.items():
        for day, each in one.days.items():
            deltas[day].update(each.counts)
            _add_tops(tops, chat_id, day, tops_of(each.received, each.words, each.by_people), 1)
    for day, delta in deltas.items():
        for key, n in delta.items():
            if key[:2] == ("f", "word"):
                tops["word", day.replace(day=1), str(key[4])] += n
    return dict(sorted(deltas.items())), tops


def _add_tops(tops: Counter[tuple[str, date, str]], chat_id: int, day: date, counts: Counter[str], sign: int) -> None:
    for figure in ("received", "words"):
        if counts[figure]:
            tops[figure, day.replace(day=1), str(chat_id)] += sign * counts[figure]


def _sums(counted: Mapping[int, Counted], before: Sequence[OldDay]) -> dict[date, dict[int, Sums]]:
    """What each chat adds to a day more than before; days of which it adds as much are missing."""
    sums: defaultdict[date, dict[int, Sums]] = defaultdict(dict)
    for chat_id, one in counted.items():
        for day, each in one.days.items():
            sums[day][chat_id] = Sums(each.received, each.words, each.by_people)
    for old in before:
        had = Sums(old.tops["received"], old.tops["words"], old.tops["people"])
        sums[old.day][old.chat_id] = sums[old.day].get(old.chat_id, Sums()).plus(had.times(-1))
    return {day: {chat_id: each for chat_id, each in chats.items() if any(each)} for day, chats in sorted(sums.items())}


def _message_rows(deltas: Mapping[date, Counter[Key]]) -> list[dict[str, Any]]:
    """In the order of their key, so that two transactions cannot wait for each other."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for day, delta in deltas.items():
        for key, n in delta.items():
            if not n or key[0] not in {"m", "w"}:
                continue
            roles, owner_id, author, kind = key[1:5]
            row = rows.setdefault((day, roles, owner_id, author, kind), dict.fromkeys((*HOURS, "messages", "words"), 0))
            row |= {"day": day, "roles": roles, "owner_id": owner_id, "author": author, "kind": kind}
            if key[0] == "w":
                row["words"] += n
            else:
                row[HOURS[int(key[5])]] += n
                row["messages"] += n
    return [rows[key] for key in sorted(rows)]


def _figure_rows(deltas: Mapping[date, Counter[Key]]) -> list[dict[str, Any]]:
    """In the order of their key too."""
    rows = [
        {"day": day, "figure": key[1], "roles": key[2], "owner_id": key[3], "term": key[4], "n": n}
        for day, delta in deltas.items()
        for key, n in delta.items()
        if n and key[0] == "f"
    ]
    return sorted(rows, key=lambda row: (row["figure"], row["day"], row["roles"], row["owner_id"], row["term"]))


def _chat_day(chat_id: int, day: date, each: DayCount) -> dict[str, Any]:
    return {
        "chat_id": chat_id,
        "day": day,
        "roles": each.roles,
        "owner_id": each.owner_id,
        "received": each.received,
        "by_bot": each.by_bot,
        "by_people": each.by_people,
        "words": each.words,
        "counts": msgspec.json.encode(list(each.counts.items())).decode(),
        "carry": each.carry,
    }


def _conversation(chat_id: int, each: Conversation, basis: Basis) -> dict[str, Any]:
    return {
        "chat_id": chat_id,
        "opened_at": each.opened_at,
        "day": basis.day(each.opened_at),
        "roles": each.roles,
        "owner_id": each.owner_id,
        "is_new": each.is_new,
        "handled_by": each.handled_by,
        "bot_s": _whole_s(each.bot_since, each.bot_at),
        "person_s": _whole_s(each.person_since, each.person_at),
        "person_open_s": open_s(each, basis),
        "person_id": each.person_id,
        "closed_at": each.closed_at,
    }


def _whole_s(since: datetime | None, until: datetime | None) -> int | None:
    return None if since is None or until is None else max(int((until - since).total_seconds()), 0)
