"""Seals a message so that only the browser can read it, not the push service in between (RFC 8291, RFC 8188)."""

import os
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from waia.push import base64url

RECORD_SIZE = 4096
LONGEST = 3_000  # sealed it must stay under 4,096 bytes, which every push service takes
LAST_RECORD = b"\x02"
POINT_LENGTH, SECRET_LENGTH = 65, 16
CURVE = ec.SECP256R1


class BadKeys(ValueError):
    """What the browser gave is no key of this kind."""


def check_keys(public_key: str, secret: str) -> None:
    """Raises BadKeys."""
    _read_keys(public_key, secret)


def seal(message: bytes, public_key: str, secret: str) -> bytes:
    """The body of a request with `Content-Encoding: aes128gcm`. Raises BadKeys."""
    if len(message) > LONGEST:
        raise ValueError("longer than a push service takes")
    theirs, shared_secret = _read_keys(public_key, secret)
    ours, salt = ec.generate_private_key(CURVE()), os.urandom(16)
    our_point, their_point = point_of(ours.public_key()), point_of(theirs)
    told = b"WebPush: info\0" + their_point + our_point
    key = _derive(ours.exchange(ec.ECDH(), theirs), shared_secret, told, 32)
    content_key = _derive(key, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(key, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(content_key).encrypt(nonce, message + LAST_RECORD, None)
    return salt + struct.pack("!IB", RECORD_SIZE, len(our_point)) + our_point + sealed


def private_key(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number, CURVE())


def sign(key: ec.EllipticCurvePrivateKey, words: bytes) -> bytes:
    """64 bytes, as JSON Web Tokens want them (ES256)."""
    r, s = decode_dss_signature(key.sign(words, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as browsers write it."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _read_keys(public_key: str, secret: str) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    try:
        point, shared = base64url.decode(public_key), base64url.decode(secret)
        if len(point) != POINT_LENGTH or len(shared) != SECRET_LENGTH:
            raise ValueError("wrong length")
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE(), point), shared
    except ValueError as error:
        raise BadKeys(str(error)) from error


def _derive(material: bytes, salt: bytes, told: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=told).derive(material)
