"""Addresses of the former application, `…/static/uploads/<file>`: which file of ours they mean."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from waia.kit.db import Transaction
from waia.media.repository import find_named, lent_files
from waia.media.values import Attachment

UPLOADS = "/static/uploads/"
LONGEST = 255


async def named(tx: Transaction, name: str) -> list[Attachment]:
    """Files that were imported under this name, the newest first."""
    return await find_named(tx, name) if is_plain(name) else []


async def files_at(tx: Transaction, links: Iterable[str]) -> dict[str, int]:
    """Our files by the old addresses that rules and quick replies still hold; one question for all of them."""
    names = {link: name for link in links if (name := old_name(link))}
    found = await lent_files(tx, names.values()) if names else {}
    return {link: found[name] for link, name in names.items() if name in found}


def old_name(url: str) -> str | None:
    """The file's name in an old address, whatever its host; None for any other address."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return None
    _, found, name = path.rpartition(UPLOADS)
    return name if found and is_plain(name) else None


def is_plain(name: str) -> bool:
    """A bare name: no folder, nothing that is not text."""
    return 0 < len(name) <= LONGEST and name.isprintable() and not set(name) & set("/\\") and name not in {".", ".."}
