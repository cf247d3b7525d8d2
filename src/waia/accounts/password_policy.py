"""Which new passwords are accepted: long ones that nobody would try first, of whatever characters."""

import re
import unicodedata

from waia.accounts.common_words import COMMON_WORDS
from waia.kit.i18n import N_

SHORTEST = 12
LONGEST = 256
FEWEST_DIFFERENT = 5
FEWEST_OWN_LETTERS = 4
DEFAULT_PASSWORD = "admin123"  # noqa: S105  # the original's, known to everybody

TOO_SHORT = N_("Usa al menos 12 caracteres; una frase de varias palabras es fácil de recordar.")
TOO_LONG = N_("Usa 256 caracteres como máximo.")
TOO_COMMON = N_("Es fácil de adivinar. Prueba con varias palabras que no tengan que ver entre sí.")
CONTAINS_NAME = N_("No uses tu nombre de usuario dentro de la contraseña.")

WALKS = (
    "01234567890123456789",
    "09876543210987654321",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcbazyxwvutsrqponmlkjihgfedcba",
    "1234567890qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiopasdfghjklzxcvbnmqwertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
)
LOOKALIKES = str.maketrans("0134578@$!", "oleastbasi")
_WORDS = re.compile("|".join(sorted(map(re.escape, COMMON_WORDS), key=len, reverse=True)))


def password_problem(password: str, username: str) -> str | None:
    """What to tell somebody who chose this password; None if it may be used."""
    if len(password) < SHORTEST:
        return TOO_COMMON if password == DEFAULT_PASSWORD else TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    plain = _plain(password)
    if len(username) >= FEWEST_OWN_LETTERS and _plain(username) in plain:
        return CONTAINS_NAME
    return TOO_COMMON if _is_common(plain) else None


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _is_common(plain: str) -> bool:
    if len(set(plain)) < FEWEST_DIFFERENT or _is_repetition(plain) or any(plain in walk for walk in WALKS):
        return True
    return _is_built_of_words(plain) or _is_built_of_words(plain.translate(LOOKALIKES))


def _is_repetition(plain: str) -> bool:
    """`abc123abc123` is a shorter password typed more than once."""
    return plain in (plain + plain)[1:-1]


def _is_built_of_words(plain: str) -> bool:
    """Little is left after taking out the words of guesses; digits, such as a phone number, are nothing."""
    rest = [letter for letter in _WORDS.sub("", plain) if letter.isalpha()]
    return len(rest) < FEWEST_OWN_LETTERS
