"""What a customer's phone shows of a reply: for the preview of a rule and for the phone that tries the draft."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from waia.bot.flow import FlowSettings
from waia.bot.models import Menu, Reply, Rule
from waia.bot.replies import replies_of

PICTURES = ("image",)


@dataclass(frozen=True, slots=True)
class Bubble:
    """`own` is the customer's. `picture` is an address that the page may show; another file has only its `name`."""

    own: bool
    text: str
    kind: str = "texto"
    menu: Menu | None = None
    picture: str = ""
    name: str = ""
    rule_id: int | None = None
    numbered: str = ""


def bubbles_of(replies: Iterable[Reply], base_url: str) -> list[Bubble]:
    return [_bubble(reply, base_url) for reply in replies]


def preview_of(rule: Rule, settings: FlowSettings, base_url: str) -> list[Bubble]:
    """As if the rule were sent now: what is kept of a customer stands as its name."""
    return bubbles_of(replies_of(rule, rule.text, settings), base_url)


def own_path(url: str, base_url: str) -> str:
    """The address on this server, empty for one elsewhere, which the page does not load."""
    if url.startswith("/") and not url.startswith("//"):
        return url
    prefix = f"{base_url.rstrip('/')}/"
    return url[len(prefix) - 1 :] if url.startswith(prefix) else ""


def file_name(url: str) -> str:
    try:
        return unquote(PurePosixPath(urlsplit(url).path).name) or url
    except ValueError:
        return url


def _bubble(reply: Reply, base_url: str) -> Bubble:
    url = reply.media.url if reply.media else ""
    path = own_path(url, base_url) if reply.kind.value in PICTURES else ""
    return Bubble(
        own=False,
        text=reply.text,
        kind=reply.kind.value,
        menu=reply.menu,
        picture=path,
        name=file_name(url) if url and not path else "",
        rule_id=reply.rule_id,
        numbered=reply.numbered or "",
    )
