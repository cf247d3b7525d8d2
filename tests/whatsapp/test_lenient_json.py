"""Bodies that strict readers refuse."""

import json
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from waia.whatsapp import fields
from waia.whatsapp.lenient_json import MAX_DEPTH, Unreadable, decode, encode


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": NaN, "b": -Infinity, "c": 1e999}', {"a": None, "b": None, "c": None}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'"a\\ud800b"', "a\ufffdb"),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'["\\ud83d", "\\ude00"]', ["\ufffd", "\ufffd"]),
        (b'"a\xffb"', "a\ufffdb"),
        (b'"a\x01b"', "a\x01b"),
        (b'"caf\\u00e9 \\/"', "café /"),
        (b"9" * 5_000, "9" * 5_000),
        (b" [1] ", [1]),
    ],
)
def test_an_odd_body_is_mended(body: bytes, value: object) -> None:
    assert decode(body) == value


@pytest.mark.parametrize("body", [b"", b"{", b'{"a":}', b"{}x", b"hola", b"\x00", b"[" * 2_000_000])
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(body)


@pytest.mark.parametrize("body", [b'"' + b'\\"' * 1_000_000, b'"\\', b'{"a": "' + b"[" * 1_000_000])
def test_a_string_without_an_end_is_unreadable_at_once(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises(Unreadable):
        decode(body)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("depth", [900, 5_000, 100_000])
def test_what_lies_too_deep_is_cut_and_its_siblings_stay(depth: int) -> None:
    body = b'{"before": 1, "deep": ' + b"[" * depth + b"]" * depth + b', "after": "}]{"}'
    tree = decode(body)
    assert isinstance(tree, dict)
    assert (tree["before"], tree["after"]) == (1, "}]{")
    assert decode(encode(tree))


def test_depth_that_reads_but_no_longer_writes_is_cut_when_writing() -> None:
    tree: object = "bottom"
    for _ in range(3_000):
        tree = {"in": tree}
    assert encode(tree).count(b'"in"') == MAX_DEPTH
    assert json.loads(encode(tree))


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("1790000000", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        (1790000000, datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        (1790000000000, datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_from_text_or_number(told: object, moment: object) -> None:
    assert fields.moment(told) == moment


@pytest.mark.parametrize("told", [None, "", "0", 0, -5, True, "soon", "nan", 10**30, "9" * 400, [], {}])
def test_a_nonsense_time_is_none(told: object) -> None:
    assert fields.moment(told) is None


@pytest.mark.parametrize(
    ("told", "phone"),
    [
        ("16315558151", "16315558151"),
        ("+1 631-555-8151", "16315558151"),
        (16315558151, "16315558151"),
        ("", None),
        (None, None),
        ("Y2FwaV9ncm91cA", "Y2FwaV9ncm91cA"),
        ("+", None),
    ],
)
def test_a_phone_is_its_digits_however_it_is_written(told: object, phone: str | None) -> None:
    assert fields.phone(told) == phone


def test_amounts_come_as_numbers_or_text_with_either_separator() -> None:
    assert [fields.decimal(told) for told in (99.99, "99.99", "99,99", 3)] == [
        *[Decimal("99.99")] * 3,
        Decimal(3),
    ]
    assert [fields.decimal(told) for told in ("NaN", "1e99", "x", None, True)] == [None] * 5


def test_only_the_sign_before_a_user_name_is_dropped() -> None:
    assert [fields.username(told) for told in ("@ana", "ana", "@@ana", "@", "")] == [
        "ana",
        "ana",
        "@ana",
        None,
        None,
    ]
