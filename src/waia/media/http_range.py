"""What part of a file a request wants, and whether its browser has it already (RFC 9110: ranges and conditions)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

_ONE_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


@dataclass(frozen=True, slots=True)
class Version:
    """A file as it is now. Its bytes never change, so the tag is strong."""

    tag: str
    modified: datetime
    size: int

    @property
    def etag(self) -> str:
        return f'"{self.tag}"'

    @property
    def last_modified(self) -> str:
        return format_datetime(self.modified.replace(microsecond=0), usegmt=True)


@dataclass(frozen=True, slots=True)
class Part:
    """`length` bytes from `start`."""

    start: int
    length: int


class Unsatisfiable(Exception):
    """The range begins behind the end."""


def is_known(headers: Mapping[str, str], version: Version) -> bool:
    """The browser's copy is still right. If-None-Match wins over If-Modified-Since."""
    told = headers.get("if-none-match")
    if told is not None:
        tags = [tag.strip().removeprefix("W/") for tag in told.split(",")]
        return "*" in tags or version.etag in tags
    since = _moment(headers.get("if-modified-since"))
    return since is not None and version.modified.replace(microsecond=0) <= since


def wanted_part(headers: Mapping[str, str], version: Version) -> Part | None:
    """One range; None means the whole, also for several ranges and for what nobody can read. Raises Unsatisfiable."""
    told = headers.get("range")
    found = _ONE_RANGE.fullmatch(told.strip()) if told else None
    if found is None or not _range_still_holds(headers.get("if-range"), version):
        return None
    first, last = found.groups()
    if not first:
        return _last_bytes(last, version.size)
    start = int(first)
    end = min(int(last), version.size - 1) if last else version.size - 1
    if last and int(last) < start:
        return None
    if start >= version.size:
        raise Unsatisfiable
    return Part(start, end - start + 1)


def _last_bytes(last: str, size: int) -> Part | None:
    if not last:
        return None
    if not int(last) or not size:
        raise Unsatisfiable
    length = min(int(last), size)
    return Part(size - length, length)


def _range_still_holds(told: str | None, version: Version) -> bool:
    """If-Range: the part only of the same version. A weak tag never proves that."""
    if told is None:
        return True
    if told.startswith(('"', "W/")):
        return told == version.etag
    return _moment(told) == version.modified.replace(microsecond=0)


def _moment(told: str | None) -> datetime | None:
    if not told:
        return None
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else None
