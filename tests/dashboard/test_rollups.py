"""The roll-ups equal a plain count of everything: 200 random histories, told bit by bit, in two time zones."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update

from waia.chats.models import Chat, ChatMove, Contact, Message
from waia.dashboard.counting import Basis
from waia.dashboard.models import ConversationRow, DailyFigure, DailyMessages, MonthlyTop
from waia.dashboard.rollups import Rollups
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.wakeups import Wakeups
from waia.rules.hours import parse_holidays, parse_hours

HISTORIES, STEPS = 200, 4
BEGIN = datetime(2026, 3, 30, tzinfo=UTC)
ZONES = (ZoneInfo("America/Santiago"), ZoneInfo("Asia/Kolkata"))
HOURS = parse_hours("lun-vie 09:00-18:00; sáb 09:00-13:00")
WORDS = ("hola", "precio", "mesón", "de", "cuarzo", "para", "gracias", "envío", "a", "medida", "Precio")
DAY = timedelta(days=1)
AUTHORS = ("customer", "bot", "user", "phone", "note", "system")
KINDS = ("text", "text", "text", "image", "voice", "media_placeholder")


class World:
    """Chats whose histories grow and change at random; what the database holds is told as waia tells it."""

    def __init__(self, seed: int, histories: int = HISTORIES) -> None:
        self.dice = random.Random(seed)
        self.now = {chat: BEGIN + timedelta(minutes=self.dice.randrange(8_000)) for chat in range(1, histories + 1)}
        self.roles = dict.fromkeys(self.now, "")
        self.holder = dict.fromkeys(self.now, "bot")
        self.messages = 0

    async def begin(self, tx: Transaction) -> None:
        await tx.execute(insert(Contact), [{"id": chat, "created_at": BEGIN} for chat in self.now])
        await tx.execute(insert(Chat), [self._chat(chat) for chat in self.now])

    async def go_on(self, tx: Transaction) -> None:
        """Each chat says some more, and some of what was said before changes."""
        said, moved = list[dict[str, Any]](), list[dict[str, Any]]()
        for chat in self.now:
            for _ in range(self.dice.choice((0, 1, 2, 5))):
                said.append(self._say(tx, chat))
                if self.dice.random() < 0.25:
                    moved.append(self._move(tx, chat, said[-1]["timestamp"]))
        await tx.execute(insert(Message), said)
        await tx.execute(insert(ChatMove), moved)
        for message in self.dice.sample(range(1, self.messages + 1), self.messages // 20):
            await tx.execute(update(Message).where(Message.id == message).values(**self._changed()))
            tx.announce("message_changed", 1, str(message))

    async def forget(self, tx: Transaction, chat: int) -> None:
        await tx.execute(delete(Message).where(Message.chat_id == chat))
        await tx.execute(delete(ChatMove).where(ChatMove.chat_id == chat))
        await tx.execute(delete(Chat).where(Chat.id == chat))
        tx.announce("chat_removed", chat)

    def _chat(self, chat: int) -> dict[str, Any]:
        told = {"phone_number_id": "1", "contact_id": chat, "last_message_at": BEGIN, "bot_memory": {}}
        return {"id": chat, "numero": f"57{chat:04d}", **told}

    def _say(self, tx: Transaction, chat: int) -> dict[str, Any]:
        dice = self.dice
        self.now[chat] += timedelta(seconds=dice.choice((1, 5, 70, 4_000, 40_000, 90_000, 200_000)))
        late = timedelta(hours=dice.choice((0, 0, 0, 0, 30)))  # what was filed later than it was said
        if dice.random() < 0.1:
            self.roles[chat] = dice.choice(("", ",1,", ",1,2,", ",2,"))
        author = dice.choices(AUTHORS, (8, 5, 4, 1, 1, 1))[0]
        if author in {"user", "phone"}:
            self.holder[chat] = "person"
        self.messages += 1
        tx.announce("message_added", chat, str(self.messages))
        user = dice.choice((7, 8)) if author == "user" else None
        return {
            "id": self.messages, "public_id": f"r{self.messages}", "chat_id": chat, "text": self._text(),
            "timestamp": self.now[chat] - late, "received_at": self.now[chat], "author": author,
            "direction": "in" if author == "customer" else "out", "kind": dice.choice(KINDS), "details": {},
            "status": 0 if author == "customer" else dice.choice((0, 1, 2, -1, -3, -4)), "user_id": None,
            "owner_then": user or dice.choice((None, 7)), "held_by": self.holder[chat],
            "roles_then": self.roles[chat], "unmatched": author == "customer" and dice.random() < 0.2,
            "error_code": dice.choice((None, 131047)), "revoked_at": None,
        }  # fmt: skip

    def _text(self) -> str:
        return " ".join(self.dice.choices(WORDS, k=self.dice.randrange(5)))

    def _move(self, tx: Transaction, chat: int, at: datetime) -> dict[str, Any]:
        what = self.dice.choice(("queue", "person", "bot", "closed", "reopened"))
        self.holder[chat] = what if what in {"queue", "person"} else "bot"
        tx.announce("chat_changed", chat)
        at += timedelta(seconds=self.dice.choice((0, 1, 600)))
        return {"chat_id": chat, "at": at, "what": what, "user_id": None}

    def _changed(self) -> dict[str, Any]:
        changes: tuple[dict[str, Any], ...] = (
            {"text": self._text(), "edited_at": BEGIN},
            {"revoked_at": BEGIN},
            {"status": -1},
            {"kind": "text"},
        )
        return self.dice.choice(changes)


async def test_the_roll_ups_equal_a_plain_count_however_the_histories_came_about(database_url: str) -> None:
    database, world = Database(database_url, Wakeups()), World(7)
    rollups, clock = Rollups(database, Clock()), ZONES[0]
    await database.run(world.begin)
    await count_with(rollups, clock)
    for _ in range(STEPS):
        await database.run(world.go_on)
        await count_with(rollups, clock)
    await database.run(lambda tx: world.forget(tx, 5))
    await count_with(rollups, clock)
    assert await _stored(database) == await _plain(database, ZONES[0])
    await count_with(rollups, ZONES[1])  # another time zone: all is counted anew
    assert await _stored(database) == await _plain(database, ZONES[1])
    await database.close()


async def count_with(rollups: Rollups, zone: ZoneInfo) -> None:
    while await rollups.step(Basis(zone, HOURS)):
        pass


async def _stored(database: Database) -> dict[str, Any]:
    """What the roll-ups hold, without what came to nothing."""
    async with database.reading() as tx:
        hours, words = Counter[Any](), Counter[Any]()
        for row in await tx.execute(select(DailyMessages.__table__)):
            key = (row.day, row.roles, row.owner_id, row.author, row.kind)
            hours.update({(*key, hour): getattr(row, f"h{hour:02}") for hour in range(24)})
            words[key] += row.words
            assert row.messages == sum(getattr(row, f"h{hour:02}") for hour in range(24))
        figures = Counter(
            {(row.figure, row.day, row.roles, row.owner_id, row.term): row.n for row in await _all(tx, DailyFigure)}
        )
        tops = Counter({(row.figure, row.month, row.term): row.n for row in await _all(tx, MonthlyTop)})
        talks = [(row.chat_id, row.opened_at, row.handled_by, row.is_new) for row in await _all(tx, ConversationRow)]
    told = {"hours": hours, "words": words, "figures": figures, "tops": tops}
    assert all(n >= 0 for counter in told.values() for n in counter.values())
    return {**{name: +counter for name, counter in told.items()}, "talks": sorted(talks)}


async def _all(tx: Transaction, model: Any) -> Sequence[Any]:
    return (await tx.execute(select(model.__table__))).all()  # type: ignore[no-any-return]


async def _plain(database: Database, zone: ZoneInfo) -> dict[str, Any]:
    async with database.reading() as tx:
        messages = (await tx.execute(select(Message.__table__).order_by(Message.chat_id, Message.id))).all()
        moves = (await tx.execute(select(ChatMove.__table__).order_by(ChatMove.id))).all()
    told = {name: Counter[Any]() for name in ("hours", "words", "figures", "tops")}
    talks = []
    for chat, rows in groupby(messages, key=lambda row: row.chat_id):
        counted = [row for row in rows if is_message(row)]
        _plain_messages(told, chat, counted, zone)
        own = [move for move in moves if move.chat_id == chat]
        for talk in _plain_talks([row for row in counted if row.status != -1 or row.author == "customer"], own):
            talks.append((chat, talk["at"], _handled(talk), talk["new"]))
            _plain_figures(told["figures"], talk, zone)
    return {**{name: +counter for name, counter in told.items()}, "talks": sorted(talks)}


def is_message(row: Any) -> bool:
    return row.author not in {"note", "system"} and row.kind != "media_placeholder" and row.status != -4


def _plain_messages(told: dict[str, Counter[Any]], chat: int, rows: Sequence[Any], zone: ZoneInfo) -> None:
    for row in rows:
        local = row.timestamp.astimezone(zone)
        day, owner = local.date(), row.owner_then or 0
        text_now = "" if row.revoked_at else row.text or ""
        if row.author != "customer" and row.status == -1:
            told["figures"]["failed", day, row.roles_then, owner, str(row.error_code or 0)] += 1
            continue
        told["hours"][day, row.roles_then, owner, row.author, row.kind, local.hour] += 1
        told["words"][day, row.roles_then, owner, row.author, row.kind] += len(text_now.split())
        month = day.replace(day=1)
        told["tops"]["words", month, str(chat)] += len(text_now.split())
        if row.author == "customer":
            told["tops"]["received", month, str(chat)] += 1
            for word in text_now.lower().split():
                if word in {"precio", "mesón", "cuarzo", "envío", "medida"}:
                    told["figures"]["word", day, row.roles_then, owner, word] += 1
                    told["tops"]["word", month, word] += 1
            if row.unmatched and text_now:
                told["figures"]["unmatched", day, row.roles_then, owner, text_now.lower()] += 1
        elif row.status == -3:
            told["figures"]["uncertain", day, row.roles_then, owner, ""] += 1


class _Talks:
    """Conversations one after the other, as docs/es/tablero.md says it."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []
        self.last: datetime | None = None
        self.asked: datetime | None = None
        self.wanted: datetime | None = None

    @property
    def open(self) -> dict[str, Any] | None:
        return self.all[-1] if self.all and self.all[-1]["closed"] is None else None

    def move(self, what: str, at: datetime) -> None:
        if self.all and what == "reopened":
            self.all[-1]["closed"] = None
        elif self.open and what == "closed":
            self.open["closed"], self.asked, self.wanted = at, None, None
        elif self.open and what == "bot":
            self.wanted = None
        elif self.open:
            self.open["handed"], self.wanted = True, self.wanted or (at if what == "queue" else None)

    def customer(self, at: datetime, held_by: str) -> None:
        if self.open is None or (self.last and at - self.last >= DAY):
            self.asked = self.wanted = None
            talk = {"at": at, "new": not self.all, "closed": None, "handed": False, "bot": False, "person": False}
            self.all.append(talk | {"bot_s": None, "person_s": None})
        self.asked = self.asked or at
        self.wanted = self.wanted or (at if held_by in {"queue", "person"} else None)

    def answer(self, by: str, at: datetime, who: int) -> None:
        since = self.asked if by == "bot" else self.wanted or self.asked
        self.asked, self.wanted = None, self.wanted if by == "bot" else None
        if self.open:
            self.open[by], self.open["handed"] = True, self.open["handed"] or by == "person"
            if since and self.open[f"{by}_s"] is None:
                self.open[f"{by}_s"] = (since, at, who)


def _plain_talks(messages: Sequence[Any], moves: Sequence[Any]) -> list[dict[str, Any]]:
    events = [((row.timestamp, 0, row.id), row) for row in messages] + [((move.at, 1, move.id), move) for move in moves]
    talks = _Talks()
    for (at, is_move, _), row in sorted(events, key=lambda event: event[0]):
        if is_move:
            talks.move(row.what, at)
            continue
        if row.author == "customer":
            talks.customer(at, row.held_by)
        else:
            who = row.owner_then or 0 if row.author == "user" else 0
            talks.answer("bot" if row.author == "bot" else "person", at, who)
        talks.last = at
        if talks.open:
            talks.open["roles"], talks.open["owner"] = row.roles_then, row.owner_then or talks.open.get("owner", 0)
    return talks.all


def _handled(talk: dict[str, Any]) -> str:
    return "person" if talk["person"] else "waiting" if talk["handed"] else "bot" if talk["bot"] else "nobody"


def _plain_figures(figures: Counter[Any], talk: dict[str, Any], zone: ZoneInfo) -> None:
    key = (talk["at"].astimezone(zone).date(), talk["roles"])
    own = (*key, talk["owner"])
    figures["customer", *own, "new" if talk["new"] else "returning"] += 1
    figures["handled", *own, _handled(talk)] += 1
    if talk["bot_s"]:
        figures["bot_s", *own, _rounded(talk["bot_s"][1] - talk["bot_s"][0])] += 1
    if talk["person_s"]:
        since, until, who = talk["person_s"]
        figures["person_s", *key, who, _rounded(until - since)] += 1
        figures["open_s", *key, who, _rounded(_open(since, until, zone))] += 1
    if talk["closed"]:
        whose = "closed_person_s" if talk["person"] else "closed_bot_s"
        figures[whose, *own, _rounded(talk["closed"] - talk["at"])] += 1


def _rounded(time: timedelta) -> str:
    seconds = max(int(time.total_seconds()), 0)
    for below, step in ((60, 1), (600, 5), (7_200, 60), (86_400, 600), (10**12, 3_600)):
        if seconds < below:
            return str(seconds // step * step)
    raise AssertionError(seconds)


def _open(since: datetime, until: datetime, zone: ZoneInfo) -> timedelta:
    """Opening by opening; the shop opens at 9 for 9 hours, on Saturdays for 4."""
    total = timedelta()
    for day in _days(since.astimezone(zone).date(), until.astimezone(zone).date()):
        if day.weekday() == 6:
            continue
        closes = 13 if day.weekday() == 5 else 18
        begin = datetime(day.year, day.month, day.day, 9, tzinfo=zone).astimezone(UTC)
        end = datetime(day.year, day.month, day.day, closes, tzinfo=zone).astimezone(UTC)
        total += max(min(end, until) - max(begin, since), timedelta())
    return total


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def test_open_time_counts_only_while_it_is_open() -> None:
    zone, hours = ZONES[0], parse_hours("lun-vie 22:00-02:00")
    holidays = parse_holidays("03/04")
    night = datetime(2026, 4, 2, 21, 0, tzinfo=zone), datetime(2026, 4, 3, 12, 0, tzinfo=zone)
    assert hours.open_time(*night, zone) == timedelta(hours=4)
    with_holiday = type(hours)(hours.spans, holidays)
    assert with_holiday.open_time(*night, zone) == timedelta(hours=2)
    assert type(hours)().open_time(*night, zone) == timedelta(hours=15)
    turning = datetime(2026, 4, 4, 12, tzinfo=zone), datetime(2026, 4, 5, 12, tzinfo=zone)
    assert type(hours)().open_time(*turning, zone) == timedelta(hours=25)
