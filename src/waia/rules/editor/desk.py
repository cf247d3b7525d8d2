"""What every page of the editor needs: who edits, the draft with its check, and how a change is written and noted."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency as Given

from waia.accounts import audit
from waia.accounts.signed_in import SignedIn
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.i18n import translator
from waia.kit.render import Page
from waia.kit.security import client_address
from waia.rules import draft_repository as repository
from waia.rules.book import Flow, Rules
from waia.rules.checking import Checked, changes_of, check_draft
from waia.rules.content import RuleContent
from waia.rules.draft import Draft
from waia.settings import Settings

AnyRequest = Request[Any, Any, Any]
T = TypeVar("T")
LARGEST_FORM = 262_144
LONGEST_DETAIL = 4000


@dataclass(frozen=True, slots=True)
class State:
    """The draft as it is now, checked. `roles` are names by keyword; `changes` counts what waits to be published."""

    draft: Draft
    checked: Checked
    roles: Mapping[str, str]
    changes: int


@dataclass(slots=True)
class NewestState:
    """One per process. Until a rule, a role or a setting changes, no page reads and checks the flow once more."""

    _basis: tuple[Any, ...] = ()
    _state: State | None = None

    def of(self, basis: tuple[Any, ...]) -> State | None:
        return self._state if basis == self._basis else None

    def keep(self, basis: tuple[Any, ...], state: State) -> None:
        self._basis, self._state = basis, state


class RuleDesk:
    """Who edits, on what, and when. `flow` is the one in force, `rules` has to read it again after a change."""

    def __init__(
        self, request: AnyRequest, page: Page, database: Database, user: SignedIn, settings: Settings, rules: Rules,
        flow: Flow, clock: Clock, newest: NewestState,
    ) -> None:  # fmt: skip
        self.request, self.page, self.database, self.user = request, page, database, user
        self.settings, self.rules, self.flow, self._newest = settings, rules, flow, newest
        self.now, self.real_now = clock.business(), clock.real()

    @property
    def by_htmx(self) -> bool:
        return "hx-request" in self.request.headers

    def gettext(self, text: str) -> str:
        return translator(self.page.language).gettext(text)

    async def state(self) -> State:
        async with self.database.reading() as tx:
            roles = await repository.role_names(tx)
            basis = (await repository.last_turn(tx), self.flow.fingerprint, roles)
            if (known := self._newest.of(basis)) is not None:
                return known
            draft = await repository.read_draft(tx)
        state = await self.state_of(draft, roles)
        self._newest.keep(basis, state)
        return state

    async def state_of(self, draft: Draft, roles: Mapping[str, str]) -> State:
        """Checks the whole flow, which takes a second where it is huge: not in a transaction that others wait for."""
        return await asyncio.to_thread(_state, draft, self.flow, roles)

    async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """What is written counts for the bot of this process at once."""
        done = await self.database.run(work)
        self.rules.read_again()
        return done

    async def note(
        self, tx: Transaction, action: str, subject: str, before: str = "", after: str = "", **more: audit.Detail
    ) -> None:
        """One entry in the trail of who did what."""
        details: dict[str, audit.Detail] = {"before": before, "after": after, **more}
        address = client_address(self.request.scope, self.settings.trusted_proxies)
        await audit.record(tx, self.user, action, subject=subject, details=details, address=address, now=self.real_now)

    async def note_rule(
        self, tx: Transaction, action: str, rule_id: int, before: RuleContent | None, after: RuleContent | None
    ) -> None:
        """Of both sides what differs."""
        old, new = (one.to_json() if one else {} for one in (before, after))
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        sides = [msgspec.json.encode({name: side[name] for name in names if name in side}) for side in (old, new)]
        first, second = (side.decode()[:LONGEST_DETAIL] if side != b"{}" else "" for side in sides)
        await self.note(tx, action, f"rule {rule_id}", first, second)

    def html(self, template: str, *, status: int = 200, **context: Any) -> Response[str]:
        return self.page.html(template, status=status, gettext_of=self.gettext, **context)


def _state(draft: Draft, flow: Flow, roles: Mapping[str, str]) -> State:
    return State(draft, check_draft(draft, flow.settings_of, roles), roles, changes_of(draft))


async def provide_rule_desk(
    request: AnyRequest,
    page: Given[Page],
    database: Given[Database],
    user: Given[SignedIn],
    settings: Given[Settings],
    clock: Given[Clock],
    rules: Given[Rules],
    newest_state: Given[NewestState],
) -> RuleDesk:
    flow = await rules.book(clock.real())
    return RuleDesk(request, page, database, user, settings, rules, flow, clock, newest_state)
