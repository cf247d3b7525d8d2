"""How an answer names its file: RFC 6266, in any script, with nothing in it that could end the header."""

import unicodedata
from urllib.parse import quote

from waia.media.kinds import FileKind

LONGEST = 150
UNSAFE = set('"\\/:*?<>|')
UNQUOTABLE = UNSAFE | set(";%")  # what old programs stumble over inside filename="…"
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
JOINERS = {"\u200c", "\u200d"}  # Persian words and family emoji are written with them
ALIASES = {"jpg": ("jpeg", "jpe"), "ogg": ("oga", "opus"), "m4a": ("mp4",), "mp4": ("m4v",)}
NAMELESS = "archivo"


def content_disposition(filename: str, kind: FileKind) -> str:
    """`attachment; filename="…"; filename*=UTF-8''…`: the first for old programs, the second as it is."""
    name = safe_name(filename, kind)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(sign for sign in plain if sign not in UNQUOTABLE).strip(" .")
    shown = "inline" if kind.is_inline else "attachment"
    return f"{shown}; filename=\"{plain or f'{NAMELESS}.{kind.extension}'}\"; filename*=UTF-8''{quote(name, safe='')}"


def safe_name(filename: str, kind: FileKind) -> str:
    """Letters of any script stay; folders, control and direction marks go. What is shown ends as its bytes say."""
    shown = "".join("_" if sign in UNSAFE else sign for sign in without_unseen(filename)).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if not dot:
        stem, ending = shown, kind.extension
    elif kind.is_inline and ending.lower() not in {kind.extension, *ALIASES.get(kind.extension, ())}:
        ending = kind.extension
    return f"{stem[:LONGEST].strip(' .') or NAMELESS}.{ending[:12]}"


def without_unseen(filename: str) -> str:
    """Control signs, and those that turn a name around so that it seems to end otherwise, are left out."""
    return "".join(sign for sign in filename if sign in JOINERS or unicodedata.category(sign) not in UNSEEN)
