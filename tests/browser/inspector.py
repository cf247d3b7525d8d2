"""Looks at a page for anything that a customer's words have become besides text."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import Page, Request

from tests.browser.hostile_words import HOST

# Where a customer's words may stand in an attribute, and what a link may lead to.
FIND_MARKUP = """([html, within]) => {
    const holders = "href title aria-label value data-quote-text download data-name data-text";
    const mayHold = new Set(holders.split(" "));
    const told = (value) => value.replace(/wamid\\.[\\w+/=%]+/g, ""); // random letters, and some of them spell it
    const leads = /^(href|src|action|formaction|xlink:href)$/i;
    const asks = /^(hx-get|hx-sse:connect|action)$/;
    const found = [];
    const page = html === null ? document : new DOMParser().parseFromString(html, "text/html");
    const parts = within && within.split(",").flatMap((each) => [each, `${each} *`]);
    for (const element of page.querySelectorAll(parts || "*")) {
        const tell = () => found.push(element.cloneNode(false).outerHTML?.slice(0, 200));
        for (const { name, value } of element.attributes) {
            if (/^on/i.test(name) || /pwn/i.test(name)) tell();
            else if (asks.test(name) && !/pwn/i.test(new URL(value, "http://x").pathname)) continue; // words in a query
            else if (/pwn/i.test(told(value)) && !mayHold.has(name)) tell();
            else if (leads.test(name) && /^\\s*(javascript|vbscript|data:text)/i.test(value)) tell();
        }
        if (/pwn/i.test(element.localName)) tell();
        if (/^(script|style)$/.test(element.localName) && /pwn/i.test(element.textContent)) tell();
        const address = element.localName === "a" && element.getAttribute("href");
        if (!address || !/pwn/i.test(address)) continue;
        if (/^\\/(?!\\/)/.test(address) && !/pwn/i.test(new URL(address, "http://x").pathname)) continue;
        if (!/^(https?|mailto|tel):/.test(address)) tell();
        if (!/noopener noreferrer nofollow/.test(element.rel)) tell();
    }
    return found;
}"""


@dataclass
class Inspector:
    """What ran or was asked for because of a customer's words, on one page, since it was opened."""

    page: Page
    ran: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)

    @classmethod
    async def at(cls, page: Page) -> "Inspector":
        """Words that run call `__pwn`; those that load ask `pwn.invalid`, or for a path with that name."""
        inspector = cls(page)
        await page.context.expose_binding("__pwn", lambda _, *told: inspector.ran.append(repr(told)))
        page.context.on("request", inspector._note)
        return inspector

    async def markup(self, html: str | None = None, within: str = "") -> list[str]:
        """In the page (or only in these elements of it), or in another that is only read."""
        return [str(found) for found in await self.page.evaluate(FIND_MARKUP, [html, within])]

    def _note(self, request: Request) -> None:
        address = urlsplit(request.url)
        if HOST in (address.hostname or "") or address.path.startswith(("/pwn", "/logout")):
            self.asked_for.append(request.url)
