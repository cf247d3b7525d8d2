"""How fast a number may send, and when it pauses."""

from datetime import UTC, datetime, timedelta

from waia.whatsapp.errors import Scope
from waia.workers.throttle import NumberThrottle, next_pair_token, pair_tokens

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_number_sends_its_rate_and_then_waits() -> None:
    throttle = NumberThrottle(per_second=3)
    assert [throttle.wait("1", NOW) for _ in range(3)] == [None, None, None]
    free_at = throttle.wait("1", NOW)
    assert free_at is not None
    assert NOW < free_at <= NOW + timedelta(seconds=0.34)
    assert throttle.wait("1", free_at) is None


def test_numbers_do_not_slow_each_other_down() -> None:
    throttle = NumberThrottle(per_second=1)
    assert throttle.wait("1", NOW) is None
    assert throttle.wait("1", NOW) is not None
    assert throttle.wait("2", NOW) is None


def test_a_number_that_meta_slows_down_pauses_as_long_as_asked() -> None:
    throttle = NumberThrottle(per_second=80)
    throttle.slow_down("1", Scope.NUMBER, 7, NOW)
    assert throttle.wait("1", NOW) == NOW + timedelta(seconds=7)
    assert throttle.wait("1", NOW + timedelta(seconds=7)) is None


def test_a_limit_of_one_customer_does_not_pause_the_number() -> None:
    throttle = NumberThrottle(per_second=80)
    throttle.slow_down("1", Scope.CHAT, 7, NOW)
    assert throttle.wait("1", NOW) is None


def test_after_five_failures_one_probe_goes_out_each_fifteen_seconds() -> None:
    throttle = NumberThrottle(per_second=80)
    for _ in range(5):
        throttle.troubled("1", NOW)
    probe_at = NOW + timedelta(seconds=15)
    assert throttle.wait("1", NOW) == probe_at
    assert throttle.wait("1", probe_at) is None
    assert throttle.wait("1", probe_at) == probe_at + timedelta(seconds=15)
    throttle.answered("1", probe_at)
    assert throttle.wait("1", probe_at) is None


def test_a_customer_gets_45_at_once_and_then_one_every_six_seconds() -> None:
    assert pair_tokens(0, None, NOW) == 45
    assert pair_tokens(0, NOW, NOW + timedelta(seconds=3)) == 0.5
    assert next_pair_token(0.5, NOW) == NOW + timedelta(seconds=3)
    assert pair_tokens(44, NOW, NOW + timedelta(hours=1)) == 45


def test_a_clock_that_was_set_back_holds_up_nobody() -> None:
    throttle, hour = NumberThrottle(per_second=80), timedelta(hours=1)
    throttle.stop("1", NOW)
    assert throttle.wait("1", NOW) is not None
    assert throttle.wait("1", NOW - hour) is None
    assert pair_tokens(0, NOW, NOW) < 1
    assert pair_tokens(0, NOW, NOW - hour) >= 1
