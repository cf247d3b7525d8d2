"""What every change on an owner's page needs: who makes it, when, from where; and how it is noted and answered."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from litestar import Request, Response
from litestar.di import NamedDependency as Given
from litestar.response import Redirect

from waia.accounts import audit
from waia.accounts.parts import Accounts
from waia.accounts.signed_in import SignedIn
from waia.kit.db import Transaction
from waia.kit.overtaken import Overtaken
from waia.kit.render import Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, when (real time) and from which address: what its entry in the trail says."""

    actor: SignedIn
    now: datetime
    address: str = ""

    async def note(self, tx: Transaction, action: str, subject: str, **details: Any) -> None:
        """One entry, committed with the change; `before` and `after` are what the page of the trail compares."""
        told: dict[str, Any] = {"subject": subject, "details": details, "address": self.address}
        await audit.record(tx, self.actor, action, **told, now=self.now)


@dataclass(frozen=True, slots=True)
class Office:
    request: Request[Any, Any, Any]
    page: Page
    accounts: Accounts
    user: SignedIn
    by: By

    async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        return await self.accounts.database.run(work)

    @property
    def wants_fragment(self) -> bool:
        return "hx-request" in self.request.headers

    def answer(self, template: str, page: str, **context: Any) -> Response[Any]:
        """To htmx the fragment, to a plain form the page where it stands."""
        if not self.wants_fragment:
            return Redirect(page, status_code=303)
        return self.page.html(template, **context)

    def refused(self, template: str, errors: Mapping[str, str], **context: Any) -> Response[str]:
        """The form with what is wrong beside each field, and all that was typed."""
        return self.page.html(template, status=422, errors=errors, **context)

    def overtaken(self, template: str, error: Overtaken, **context: Any) -> Response[str]:
        """The form with what was typed, and beside it what somebody else saved meanwhile."""
        return self.page.html(template, status=error.status, errors={}, overtaken=True, **context)


def provide_office(
    request: Request[Any, Any, Any], page: Given[Page], accounts: Given[Accounts], user: Given[SignedIn]
) -> Office:
    by = By(user, accounts.clock.real(), accounts.visitor(request).address)
    return Office(request, page, accounts, user, by)
