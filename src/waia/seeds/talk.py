"""How a past conversation of the demo is written down: lines, who said them, how they ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from waia.seeds.cast import Agent, Customer
from waia.transcription.values import Word

QUEUED, SENT, DELIVERED, READ, FAILED, UNCERTAIN = 0, 1, 2, 3, -1, -3


@dataclass(frozen=True, slots=True)
class Line:
    """`after` is the time since the line before; `rule` is (step, triggers) of the bot's rule.

    `quotes` counts back to the line that it answers; `status` is that of an outgoing message.
    `file` is one of the demo's own (`samples`). `heard` are the words of a voice note, as the machine would tell them.
    """

    author: str
    text: str
    after: timedelta = timedelta(seconds=20)
    kind: str = "text"
    agent: Agent | None = None
    rule: tuple[str, str] | None = None
    status: int = READ
    quotes: int = 0
    reaction: str = ""
    error: tuple[int, str] | None = None
    mime: str | None = None
    link: str | None = None
    file: str = ""
    heard: tuple[Word, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversation:
    """`ended` is how long ago the last line was; `waits` marks a customer whom nobody has answered."""

    customer: Customer
    ended: timedelta
    lines: tuple[Line, ...]
    holder: str = "bot"
    owner: Agent | None = None
    estado: str = "espera_usuario"
    step: str | None = None
    role: str = ""
    queue: str = ""
    needs_person: str = ""
    unread: int = 0
    waits: bool = False
    alias: str = ""
    captured: Mapping[str, str] = field(default_factory=dict)


def customer(text: str, kind: str = "text", **more: Any) -> Line:
    return Line("customer", text, kind=kind, **more)


def voice_note(file: str, *heard: tuple[str, int, int, float], **more: Any) -> Line:
    """`heard`: word, begin and end in milliseconds, how sure. It is written down by hand, as all of the demo's past."""
    words = tuple(Word(*each) for each in heard)
    text = " ".join(word.text for word in words)
    told: dict[str, Any] = {"mime": "audio/ogg", "file": file, "details": {"voice": True}, "heard": words}
    return Line("customer", text, kind="voice", **told, **more)


def bot(text: str, rule: tuple[str, str] | None = None, kind: str = "text", **more: Any) -> Line:
    return Line("bot", text, timedelta(seconds=3), kind=kind, rule=rule, **more)


def agent(who: Agent, text: str, **more: Any) -> Line:
    return Line("user", text, more.pop("after", timedelta(minutes=2)), agent=who, **more)


def chosen(title: str, *, of: int = 1, kind: str = "list_reply") -> Line:
    """The tap on an option of the menu so many lines before."""
    option = {"id": title.lower().replace(" ", "_"), "title": title}
    return Line("customer", title, kind=kind, quotes=of, details={"chosen": option})


def options(*titles: str, **frame: str) -> dict[str, Any]:
    shown = [{"id": title.lower().replace(" ", "_"), "title": title, "description": ""} for title in titles]
    return {"options": shown, **frame}
