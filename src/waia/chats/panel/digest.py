"""What a page of logged events comes to: which chats and which messages, each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from waia.kit.events import LoggedEvent

CHAT_KINDS = frozenset({"message_added", "message_changed", "chat_changed", "chat_removed"})


@dataclass
class Touched:
    """What happened in one chat. A message that was added and changed counts as added."""

    removed: bool = False
    added: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)

    @property
    def messages(self) -> set[int]:
        return self.added | self.changed


@lru_cache(64)
def digest(events: Sequence[LoggedEvent]) -> Mapping[int, Touched]:
    """By chat, the one touched last at the end. What is sent is the state of now, so repeats say nothing."""
    chats: dict[int, Touched] = {}
    for event in events:
        if event.chat_id is None or event.kind not in CHAT_KINDS:
            continue
        touched = chats.pop(event.chat_id, None) or Touched()
        chats[event.chat_id] = touched
        touched.removed = event.kind == "chat_removed"
        if event.ref.isascii() and event.ref.isdigit():
            (touched.added if event.kind == "message_added" else touched.changed).add(int(event.ref))
    return chats
