"""Which message of a chat goes next."""

from datetime import UTC, datetime, timedelta

from waia.chats.outbox_repository import Pending
from waia.workers.choosing import choose

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WAIT = timedelta(seconds=20)


def pending(
    number: int,
    origin: str = "bot",
    state: str = "queued",
    available_at: datetime = NOW,
    uncertain_since: datetime | None = None,
) -> Pending:
    return Pending(
        id=number,
        public_id=f"p{number}",
        chat_id=1,
        phone_number_id="1",
        origin=origin,
        payload="{}",
        address_to="57",
        address_recipient="",
        quoted_wamid=None,
        state=state,
        attempts=0,
        resends=0,
        available_at=available_at,
        uncertain_since=uncertain_since,
        window_ends_at=None,
        pair_tokens=45,
        pair_tokens_at=None,
    )


def test_messages_of_a_chat_go_in_order() -> None:
    assert choose([pending(1), pending(2)], NOW, WAIT).item == pending(1)


def test_a_message_in_backoff_holds_the_later_ones_of_its_line() -> None:
    later = NOW + timedelta(seconds=3)
    choice = choose([pending(1, available_at=later), pending(2)], NOW, WAIT)
    assert (choice.item, choice.again_at) == (None, later)


def test_an_agents_message_does_not_wait_behind_the_bot() -> None:
    later = NOW + timedelta(seconds=3)
    agents = pending(2, origin="agent")
    assert choose([pending(1, available_at=later), agents], NOW, WAIT).item == agents


def test_followers_wait_behind_uncertain_for_a_while_and_then_go_on() -> None:
    doubt = pending(1, state="uncertain", uncertain_since=NOW)
    assert choose([doubt, pending(2)], NOW, WAIT).again_at == NOW + WAIT
    assert choose([doubt, pending(2)], NOW + WAIT, WAIT).item == pending(2)


def test_a_send_that_is_repeated_does_not_wait_for_a_later_doubt() -> None:
    doubt = pending(2, state="uncertain", uncertain_since=NOW)
    assert choose([pending(1), doubt], NOW, WAIT).item == pending(1)


def test_nothing_is_left_when_only_doubts_remain() -> None:
    choice = choose([pending(1, state="uncertain", uncertain_since=NOW)], NOW, WAIT)
    assert (choice.item, choice.again_at) == (None, None)
