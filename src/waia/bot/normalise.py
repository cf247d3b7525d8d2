"""One way to compare words: without accents, case, punctuation or underscores."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[\W_]+")
_EMOJI_MODIFIERS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")


def normalise(text: str) -> str:
    """`¡Ñandú  CAFÉ, nº1_2` becomes `nandu cafe nº1 2`; a text of emoji only becomes empty."""
    return _NOT_WORD.sub(" ", without_accents(text).lower()).strip()


def without_accents(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def step_key(step: str) -> str:
    """Steps compare trimmed, without case or accents; punctuation and underscores count."""
    return without_accents(step).lower().strip()


def raw_key(text: str) -> str:
    """For texts that normalise to nothing: an emoji equals itself in any skin tone or presentation."""
    return _EMOJI_MODIFIERS.sub("", text).strip()
