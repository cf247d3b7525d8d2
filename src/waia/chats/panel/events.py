"""What an open page is told. Each has one template, `chats/stream/<name>.html`, which says where it goes.

They hold nothing personal, so one rendering serves everybody who reads the same language.
"""

import re
from dataclasses import dataclass

from waia.chats.panel.bubble import Bubble
from waia.chats.panel.listing import Listing
from waia.chats.panel.viewmodels import ChatRow, Counts, HolderStrip


@dataclass(frozen=True, slots=True)
class MessageAdded:
    bubble: Bubble
    is_admin: bool


@dataclass(frozen=True, slots=True)
class MessageChanged:
    bubble: Bubble
    is_admin: bool


@dataclass(frozen=True, slots=True)
class HolderChanged:
    strip: HolderStrip


@dataclass(frozen=True, slots=True)
class ChatChanged:
    """`listing`: the list that takes the row at its place; without one, only a row that is there is replaced."""

    row: ChatRow
    listing: Listing | None


@dataclass(frozen=True, slots=True)
class ChatRemoved:
    """From the list: it is gone, or out of sight; with `listing`, this one does not hold it any more."""

    chat_id: int
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class CountsChanged:
    counts: Counts
    listing: Listing


PageEvent = MessageAdded | MessageChanged | HolderChanged | ChatChanged | ChatRemoved | CountsChanged


def template_of(event: PageEvent) -> str:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(event).__name__).lower()
    return f"chats/stream/{name}.html"
