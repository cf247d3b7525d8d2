"""A quick reply as a value: the same in the table, in a form and in a row of a sheet."""

import hashlib
import re
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from waia.kit.overtaken import seen_of

ALL, ROLES, PRIVATE = "all", "roles", "private"
AUDIENCES = (ALL, ROLES, PRIVATE)
OWN_FILE = re.compile(r"/media/[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class ReplyFile:
    """A file of ours (`file_id`), or only its address, which Meta fetches."""

    url: str
    mime: str = ""
    file_id: int | None = None

    @property
    def key(self) -> str:
        """For its place on a page."""
        return hashlib.sha256(self.url.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def kind(self) -> str:
        """image, video, audio or document."""
        found = (self.mime or guess_type(urlsplit(self.url).path)[0] or "").partition("/")[0]
        return found if found in {"image", "video", "audio"} else "document"

    @property
    def name(self) -> str:
        return file_name(self.url) or self.url


@dataclass(frozen=True, slots=True)
class ReplyContent:
    name: str
    text: str
    audience: str = ALL
    role_ids: tuple[int, ...] = ()
    files: tuple[ReplyFile, ...] = ()

    @property
    def kind(self) -> str:
        """As the original names it: of the first file, else text."""
        return self.files[0].kind if self.files else "texto"

    def told(self) -> dict[str, str | list[str]]:
        """For the trail."""
        files = [file.url for file in self.files]
        return {"name": self.name, "text": self.text, "audience": self.audience, "files": files}

    @property
    def seen(self) -> str:
        urls = [file.url for file in self.files]
        return seen_of(self.name, self.text, self.audience, self.role_ids, urls)


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """A row of the page. `author` is told of private ones."""

    id: int
    place: int
    content: ReplyContent
    author: str
    mine: bool
    may_change: bool


def is_number(text: str) -> bool:
    """Of an id or a place: digits, and few enough of them."""
    return text.isascii() and text.isdigit() and len(text) < 10


def file_name(url: str) -> str:
    """What a file is called: an address of ours is random, so the name follows its `#`."""
    parts = urlsplit(url)
    return unquote(parts.fragment if OWN_FILE.fullmatch(parts.path) else PurePosixPath(parts.path).name)
