"""Which list a page shows: a tab and its filters, as its address says it and as the stream has to know it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property
from hashlib import blake2s
from urllib.parse import urlencode

from waia.bot.models import Estado
from waia.chats.panel.viewmodels import ChatRow, View

NOBODY = 0
LONGEST_KEYWORD = 100


@dataclass(frozen=True)
class Filters:
    """`role`: a keyword in lower case. `owner`: a user, or NOBODY. `since` to `until`: when the last message came,
    from one midnight to another."""

    role: str = ""
    owner: int | None = None
    estado: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def admit(self, row: ChatRow) -> bool:
        return (
            (not self.role or any(role.keyword.lower() == self.role for role in row.roles))
            and (self.owner is None or (row.owner_id or NOBODY) == self.owner)
            and (not self.estado or row.estado == self.estado)
            and (self.since is None or row.at >= self.since)
            and (self.until is None or row.at < self.until)
        )

    @property
    def first_day(self) -> date | None:
        return self.since.date() if self.since else None

    @property
    def last_day(self) -> date | None:
        """The day before `until`, as people say it."""
        return (self.until - timedelta(days=1)).date() if self.until else None

    @property
    def fields(self) -> Mapping[str, str]:
        """As they stand in an address; those that are not set are left out."""
        told = {
            "rol": self.role,
            "dueno": "" if self.owner is None else str(self.owner),
            "estado": self.estado,
            "del": self.first_day.isoformat() if self.first_day else "",
            "al": self.last_day.isoformat() if self.last_day else "",
        }
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class Listing:
    """A tab with its filters. Two pages with equal listings of one person hold the same chats."""

    view: View = View.ALL
    filters: Filters = Filters()

    def holds(self, row: ChatRow, user_id: int) -> bool:
        return row.is_in(self.view, user_id) and self.filters.admit(row)

    @cached_property
    def fields(self) -> Mapping[str, str]:
        view = {} if self.view is View.ALL else {"vista": self.view.value}
        return {**view, **self.filters.fields}

    @property
    def query(self) -> str:
        return urlencode(self.fields)

    @cached_property
    def name(self) -> str:
        """Safe in a selector: the tab, and with filters a short digest of them."""
        if not self.filters.fields:
            return self.view.value
        digest = blake2s(urlencode(self.filters.fields).encode(), digest_size=6)
        return f"{self.view.value}-{digest.hexdigest()}"

    def tab(self, view: str) -> "Listing":
        return replace(self, view=View(view))

    def without(self, *names: str) -> str:
        """The address of this list with these filters taken away."""
        return f"/?{urlencode({name: value for name, value in self.fields.items() if name not in names})}"


def read_listing(query: Mapping[str, str], zone: tzinfo) -> Listing:
    """Odd values in an address are as good as none."""
    view, estado, owner = query.get("vista", ""), query.get("estado", ""), query.get("dueno", "")
    last = _day(query.get("al", ""), zone)
    return Listing(
        View(view) if view in set(View) else View.ALL,
        Filters(
            role=query.get("rol", "")[:LONGEST_KEYWORD].replace("\0", "").lower(),
            owner=int(owner) if owner.isascii() and owner.isdigit() and len(owner) < 10 else None,
            estado=estado if estado in set(Estado) else "",
            since=_day(query.get("del", ""), zone),
            until=_next(last, zone) if last else None,
        ),
    )


def _day(text: str, zone: tzinfo) -> datetime | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day, time(), zone) if 1970 < day.year < 9000 else None


def _next(midnight: datetime, zone: tzinfo) -> datetime:
    return datetime.combine(midnight.date() + timedelta(days=1), time(), zone)
