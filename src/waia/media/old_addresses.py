"""Addresses of the former application, `…/static/uploads/<file>`: which file of ours they mean."""

from urllib.parse import unquote, urlsplit

from waia.kit.db import Transaction
from waia.media.repository import find_named
from waia.media.values import Attachment

UPLOADS = "/static/uploads/"
LONGEST = 255


async def named(tx: Transaction, name: str) -> list[Attachment]:
    """Files that were imported under this name, the newest first."""
    return await find_named(tx, name) if is_plain(name) else []


def old_name(url: str) -> str | None:
    """The file's name in an old address, whatever its host; None for any other address."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return None
    before, found, name = path.rpartition(UPLOADS)
    return name if found and is_plain(name) and "/" not in before.removeprefix("/static") else None


def is_plain(name: str) -> bool:
    """A bare name: no folder, nothing that is not text."""
    return 0 < len(name) <= LONGEST and name.isprintable() and not set(name) & set("/\\") and name not in {".", ".."}
