"""The cookies of a login and of the login form, and what they may hold."""

import hashlib
import hmac
import re
import secrets

from litestar.datastructures import Cookie

LONGEST_LOGIN_S = 7 * 24 * 3600
TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


def new_token() -> str:
    """256 bits; only the browser has it, we keep its hash."""
    return secrets.token_urlsafe(32)


def is_token(text: str | None) -> bool:
    return text is not None and TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_token(token: str) -> str:
    """Bound to the login, and of no use for finding out its token."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def login_cookie_name(https: bool) -> str:
    """The prefix makes browsers refuse the cookie from plain http, from subdomains and for other paths."""
    return "__Host-waia" if https else "waia"


def form_cookie_name(https: bool) -> str:
    return "__Host-waia-form" if https else "waia-form"


def login_cookie(token: str, https: bool) -> Cookie:
    return _cookie(login_cookie_name(https), token, https, LONGEST_LOGIN_S)


def no_login_cookie(https: bool) -> Cookie:
    return _cookie(login_cookie_name(https), "", https, 0)


def form_cookie(sealed: str, https: bool, lifetime_s: int) -> Cookie:
    return _cookie(form_cookie_name(https), sealed, https, lifetime_s)


def _cookie(name: str, value: str, https: bool, lifetime_s: int) -> Cookie:
    return Cookie(key=name, value=value, path="/", httponly=True, secure=https, samesite="lax", max_age=lifetime_s)
