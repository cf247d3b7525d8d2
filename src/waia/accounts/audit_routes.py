"""`/auditoria`: who did what, when and to what; the address holds the filters, and pages go on from the last entry."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromQuery, QueryParameter

from waia.accounts import repository
from waia.accounts.audit.repository import Wanted, newest_entries
from waia.accounts.audit.view import Entry, entry_of
from waia.accounts.audit.words import ACTIONS, GROUPS
from waia.accounts.guards import require_admin
from waia.accounts.office import Office

PAGE_SIZE = 50
NUMBER_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Filters:
    """As they stand in the address. What cannot be read does not narrow."""

    quien: str = ""
    que: str = ""
    objeto: str = ""
    del_: str = ""
    al: str = ""
    antes: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.quien or self.que or self.objeto or self.del_ or self.al)

    @property
    def query(self) -> str:
        named = {"quien": self.quien, "que": self.que, "objeto": self.objeto, "del": self.del_, "al": self.al}
        return urlencode({name: value for name, value in {**named, "antes": self.antes}.items() if value})

    def wanted(self, zone: ZoneInfo) -> Wanted:
        groups = {str(number): tuple(group) for number, group in enumerate(GROUPS.values())}
        actions = groups.get(self.que) or ((self.que,) if self.que in ACTIONS else ())
        last = _midnight(self.al, zone)
        return Wanted(
            username=self.quien,
            actions=actions,
            subject=self.objeto.strip(),
            since=_midnight(self.del_, zone),
            until=last + timedelta(days=1) if last else None,
            before_id=int(self.antes) if self.antes.isascii() and self.antes.isdigit() else None,
        )


@dataclass(frozen=True, slots=True)
class Trail:
    """One page of entries. `more` is the address that goes on, empty at the end."""

    filters: Filters
    entries: list[Entry] = field(default_factory=list)
    more: str = ""


@get("/auditoria", guards=[require_admin])
async def show_trail(
    office: Given[Office],
    quien: FromQuery[str] = "",
    que: FromQuery[str] = "",
    objeto: FromQuery[str] = "",
    al: FromQuery[str] = "",
    antes: FromQuery[str] = "",
    del_: Annotated[str, QueryParameter(name="del")] = "",
) -> Response[Any]:
    filters = Filters(quien[:50], que[:60], objeto[:120], del_[:10], al[:10], antes[:NUMBER_DIGITS])
    trail = await _trail(office, filters)
    if office.wants_fragment and filters.antes:
        return office.page.html("accounts/audit/more.html", trail=trail)
    if office.wants_fragment:
        return office.page.html("accounts/audit/_trail.html", trail=trail)
    async with office.accounts.database.reading() as tx:
        people = [user.username for user in await repository.users(tx).by_name()]
    return office.page.html("accounts/audit/page.html", trail=trail, people=people, groups=GROUPS)


async def _trail(office: Office, filters: Filters) -> Trail:
    async with office.accounts.database.reading() as tx:
        wanted = filters.wanted(office.accounts.settings.timezone)
        rows = await newest_entries(tx, wanted, PAGE_SIZE + 1)
    shown = [entry_of(row) for row in rows[:PAGE_SIZE]]
    more = f"/auditoria?{replace(filters, antes=str(shown[-1].id)).query}" if len(rows) > PAGE_SIZE else ""
    return Trail(filters, shown, more)


def _midnight(day: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(day), time(), zone)
    except (ValueError, OverflowError):
        return None
