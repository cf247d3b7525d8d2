"""Goes through the original's messages once and says what each customer said in one go, and what was answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from waia.moving.original import OldMessage

QUIET = timedelta(seconds=3)
LONGEST_TURN = 20


@dataclass(slots=True)
class PastTurn:
    """`step` is where the chat was; `answers` are (rule, text) in order; `menu_rule_id` sent the last menu before.

    `silent_for` is the time since the customer's words before; `agent_ago` since an agent's last ones.
    """

    first_id: int
    numero: str
    step: str
    at: datetime
    texts: list[str]
    menu_rule_id: int | None
    silent_for: timedelta | None
    agent_ago: timedelta | None
    answers: list[tuple[int | None, str]] = field(default_factory=list)
    last_at: datetime | None = None

    @property
    def text(self) -> str:
        return " ".join(self.texts)


@dataclass(slots=True)
class _Chat:
    turn: PastTurn | None = None
    menu_rule_id: int | None = None
    heard_at: datetime | None = None
    agent_at: datetime | None = None


class PastTurns:
    """Feed it every message in order; what it gives back is complete. `menus`: rules that send one."""

    def __init__(self, menus: Mapping[int, object]) -> None:
        self._menus = menus
        self._chats: dict[str, _Chat] = {}

    def feed(self, row: OldMessage, at: datetime) -> Iterator[PastTurn]:
        chat = self._chats.setdefault(row.numero or "", _Chat())
        base = (row.tipo or "").partition("_")[0]
        if row.tipo == "cliente" and (row.mensaje or "").strip():
            yield from self._hear(chat, row, at)
        elif base == "bot":
            self._answer(chat, row)
        else:
            yield from _end(chat)
            if base == "asesor":
                chat.agent_at = at

    def rest(self) -> Iterator[PastTurn]:
        for chat in self._chats.values():
            yield from _end(chat)

    def _hear(self, chat: _Chat, row: OldMessage, at: datetime) -> Iterator[PastTurn]:
        text, turn = (row.mensaje or "").strip(), chat.turn
        if turn is not None and _goes_on(turn, at):
            turn.texts.append(text)
            turn.last_at = at
        else:
            yield from _end(chat)
            chat.turn = PastTurn(
                first_id=row.id,
                numero=row.numero or "",
                step=(row.step or "").strip(),
                at=at,
                texts=[text],
                menu_rule_id=chat.menu_rule_id,
                silent_for=at - chat.heard_at if chat.heard_at else None,
                agent_ago=at - chat.agent_at if chat.agent_at else None,
                last_at=at,
            )
        chat.heard_at = at

    def _answer(self, chat: _Chat, row: OldMessage) -> None:
        if chat.turn is not None:
            chat.turn.answers.append((row.regla_id, row.mensaje or ""))
        if row.regla_id in self._menus:
            chat.menu_rule_id = row.regla_id


def _goes_on(turn: PastTurn, at: datetime) -> bool:
    is_near = turn.last_at is not None and at - turn.last_at <= QUIET
    return not turn.answers and is_near and len(turn.texts) < LONGEST_TURN


def _end(chat: _Chat) -> Iterator[PastTurn]:
    if chat.turn is not None:
        yield chat.turn
    chat.turn = None
