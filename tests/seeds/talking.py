"""Talks to a flow without a database: each call is one message, its answer the texts of the bot."""

from datetime import UTC, datetime, timedelta

from waia.bot.engine import decide
from waia.bot.models import ChatState, Decision, Turn, Utterance, UtteranceKind
from waia.rules.book import Flow

OPEN = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CLOSED = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


class Talk:
    """One chat with a flow; `last` is the decision of the last message."""

    def __init__(self, flow: Flow, now: datetime = OPEN) -> None:
        self._flow, self._now, self._number = flow, now, 0
        self._previous: datetime | None = None
        self._menu_rule: int | None = None
        self.state = ChatState()
        self.last: Decision | None = None

    def says(self, text: str) -> list[str]:
        return self._hear(UtteranceKind.TEXT, text)

    def taps(self, title: str) -> list[str]:
        """An option of the last menu that the bot sent."""
        rule = self._flow.book.rule(self._menu_rule)
        assert rule is not None
        assert rule.menu is not None
        (option,) = [option for option in rule.menu.options if option.title == title]
        return self._hear(UtteranceKind.TAP, title, option.id)

    def sends(self, kind: UtteranceKind) -> list[str]:
        return self._hear(kind, "")

    def _hear(self, kind: UtteranceKind, text: str, option_id: str | None = None) -> list[str]:
        self._now += timedelta(minutes=1)
        self._number += 1
        said = Utterance(self._number, kind, text, self._now, option_id, self._menu_rule if option_id else None)
        turn = Turn((said,), self._now, self._flow.is_open(self._now), self._previous)
        self.last = decide(self._flow.book, self.state, turn)
        self.state, self._previous = self.last.state, self._now
        self._menu_rule = next((r.rule_id for r in reversed(self.last.replies) if r.menu), self._menu_rule)
        return [f"{reply.media.url.rpartition('/')[2]}" if reply.media else reply.text for reply in self.last.replies]
