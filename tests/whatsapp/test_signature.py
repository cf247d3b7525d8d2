"""Forged, damaged and rotated signatures against the one that fits."""

import hashlib
import hmac
import json
import random

import pytest

from tests.whatsapp.bodies import body
from waia.whatsapp.signature import is_signed, sign

SECRET = b"current-secret"
BODY = body("text")
GOOD = b"sha256=" + hmac.new(SECRET, BODY, hashlib.sha256).hexdigest().encode()


def test_the_right_signature_is_accepted_and_a_wrong_one_over_the_same_body_is_not() -> None:
    assert is_signed(BODY, GOOD, [SECRET])
    assert not is_signed(BODY, b"sha256=" + b"0" * 64, [SECRET])


def test_signing_makes_what_checking_accepts() -> None:
    assert is_signed(BODY, sign(BODY, SECRET).encode(), [SECRET])


def test_the_previous_secret_still_counts_during_rotation() -> None:
    assert is_signed(BODY, GOOD, [b"next-secret", SECRET])
    assert not is_signed(BODY, GOOD, [b"next-secret"])


def test_the_raw_bytes_are_signed_not_the_meaning() -> None:
    same_meaning = json.dumps(json.loads(BODY), ensure_ascii=False).encode()
    assert not is_signed(same_meaning, GOOD, [SECRET])


@pytest.mark.parametrize("secrets", [[], [b""], [b"", b""]])
def test_without_a_secret_nothing_is_accepted(secrets: list[bytes]) -> None:
    assert not is_signed(BODY, GOOD, secrets)
    assert not is_signed(BODY, sign(BODY, b"").encode(), secrets)


@pytest.mark.parametrize(
    "header",
    [
        None,
        b"",
        b"sha256=",
        b"sha256",
        GOOD[:-1],
        GOOD + b"0",
        GOOD + b" ",
        b" " + GOOD,
        GOOD + b"," + GOOD,
        GOOD[:20],
        b"sha256=" + GOOD[7:].upper(),
        GOOD.replace(b"sha256", b"SHA256"),
        GOOD.replace(b"sha256", b"sha1"),
        GOOD[7:],
        b"sha256=" + "ñ".encode() * 32,
        b"\xff" * 71,
        GOOD + b"\x00",
    ],
)
def test_a_damaged_header_is_refused_without_an_error(header: bytes | None) -> None:
    assert not is_signed(BODY, header, [SECRET])


def test_ten_thousand_forgeries_are_refused() -> None:
    chance = random.Random(20261101)
    accepted = 0
    for _ in range(10_000):
        forged = bytearray(GOOD)
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(forged))
            forged[place] = chance.choice([byte for byte in range(256) if byte != forged[place]])
        if chance.random() < 0.2:
            forged = forged[: chance.randrange(len(forged))]
        accepted += is_signed(BODY, bytes(forged), [SECRET]) and bytes(forged) != GOOD
    assert accepted == 0
