"""Numbers as they are spoken: a transcript has none of the digits that a typed answer has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from waia.bot.normalise import normalise

LONGEST_SPOKEN = 2_000
MOST_IN_WORDS = 9_999


@dataclass(frozen=True, slots=True)
class Tongue:
    """The number words of a language, without accents (`accents` has those that are written with one).

    Where `hundreds` is empty, `hundred` is counted (`two hundred`). `articles` are numbers only before a unit or a
    decimal mark: `un metro`, but not `un favor`. `choice` are words around the number of an option.
    """

    small: Mapping[str, int]
    tens: Mapping[str, int]
    hundreds: Mapping[str, int]
    thousand: str
    marks: tuple[str, ...]
    mark: str
    halves: tuple[tuple[str, ...], ...]
    articles: frozenset[str]
    units: tuple[str, ...]
    by: str
    choice: re.Pattern[str]
    hundred: str = ""
    between_tens: str = ""
    after_hundred: str = ""
    accents: Mapping[str, str] = field(default_factory=dict)

    def written(self, word: str) -> str:
        return self.accents.get(word, word)


def _numbered(words: str, start: int = 0, step: int = 1) -> dict[str, int]:
    return {word: start + step * place for place, word in enumerate(words.split())}


SPANISH = Tongue(
    small=_numbered(
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis "
        "diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis "
        "veintisiete veintiocho veintinueve"
    )
    | {"un": 1, "una": 1, "veintiun": 21, "veintiuna": 21},
    tens=_numbered("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10),
    hundreds=_numbered(
        "cien doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos", 100, 100
    )
    | {"ciento": 100},
    thousand="mil",
    marks=("coma", "punto"),
    mark=",",
    halves=(("y", "medio"), ("y", "media")),
    articles=frozenset({"un", "una"}),
    units=("metro", "metros", "centimetro", "centimetros", "milimetro", "milimetros"),
    by="por",
    choice=re.compile(r"(?:(?:la|el) )?(?:opcion |numero |opcion numero )?([0-9]{1,3})"),
    between_tens="y",
    accents={
        "dieciseis": "dieciséis", "veintidos": "veintidós", "veintitres": "veintitrés", "veintiseis": "veintiséis",
        "veintiun": "veintiún", "centimetro": "centímetro", "centimetros": "centímetros",
        "milimetro": "milímetro", "milimetros": "milímetros",
    },
)  # fmt: skip
ENGLISH = Tongue(
    small=_numbered(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen"
    )
    | {"a": 1},
    tens=_numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    hundreds={},
    thousand="thousand",
    marks=("point",),
    mark=".",
    halves=(("and", "a", "half"),),
    articles=frozenset({"a"}),
    units=("meter", "meters", "centimeter", "centimeters", "millimeter", "millimeters"),
    by="by",
    choice=re.compile(r"(?:the )?(?:option |number |option number )?([0-9]{1,3})"),
    hundred="hundred",
    after_hundred="and",
)


def tongue_of(locale: str) -> Tongue:
    return ENGLISH if locale.lower().startswith("en") else SPANISH


def with_digits(text: str, locale: str) -> str:
    """`dos coma cinco por tres` is `2,5 por 3`, `la opción dos` is `2`; other words stay, normalised."""
    tongue, words = tongue_of(locale), normalise(text[:LONGEST_SPOKEN]).split()
    found: list[str] = []
    place = 0
    while place < len(words):
        number, after = _number(tongue, words, place)
        found.append(number if after > place else words[place])
        place = max(after, place + 1)
    joined = " ".join(found)
    chosen = tongue.choice.fullmatch(joined)
    return chosen[1] if chosen else joined


def in_words(number: int, locale: str) -> str:
    """`35` is `treinta y cinco`; empty above `MOST_IN_WORDS`, which nobody says as one word."""
    tongue = tongue_of(locale)
    if not 0 <= number <= MOST_IN_WORDS:
        return ""
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _below_thousand(tongue, rest)
    counted = [] if thousands == 1 and not tongue.hundred else [_below_thousand(tongue, thousands)]
    return " ".join([*counted, tongue.thousand, *([_below_thousand(tongue, rest)] if rest else [])])


def number_words(locale: str) -> tuple[str, ...]:
    """Every word that a spoken number or measure is made of, as it is written."""
    tongue = tongue_of(locale)
    counted = (*tongue.small, *tongue.tens, *tongue.hundreds, tongue.hundred, tongue.thousand)
    beside = (
        tongue.between_tens,
        tongue.after_hundred,
        *tongue.marks,
        *sum(tongue.halves, ()),
        *tongue.units,
        tongue.by,
    )
    return tuple(dict.fromkeys(tongue.written(word) for word in (*counted, *beside) if word))


def _number(tongue: Tongue, words: Sequence[str], place: int) -> tuple[str, int]:
    """The number that begins there and where it ends; the same place when there is none."""
    value, after = _whole(tongue, words, place)
    if after == place:
        return "", place
    if after < len(words) and words[after] in tongue.marks:
        digits, end = _fraction(tongue, words, after + 1)
        if digits:
            return f"{value}{tongue.mark}{digits}", end
    for half in tongue.halves:
        if tuple(words[after : after + len(half)]) == half:
            return f"{value}{tongue.mark}5", after + len(half)
    is_article = after - place == 1 and words[place] in tongue.articles
    if is_article and not (after < len(words) and words[after] in tongue.units):
        return "", place
    return str(value), after


def _whole(tongue: Tongue, words: Sequence[str], place: int) -> tuple[int, int]:
    value, after = _hundreds(tongue, words, place)
    if after < len(words) and words[after] == tongue.thousand:
        rest, end = _hundreds(tongue, words, after + 1)
        return (value if after > place else 1) * 1000 + rest, end
    return value, after


def _hundreds(tongue: Tongue, words: Sequence[str], place: int) -> tuple[int, int]:
    if place < len(words) and words[place] in tongue.hundreds:
        rest, after = _tens(tongue, words, place + 1)
        return tongue.hundreds[words[place]] + rest, after
    value, after = _tens(tongue, words, place)
    if place < after < len(words) and words[after] == tongue.hundred:
        after += 2 if words[after + 1 : after + 2] == [tongue.after_hundred] else 1
        rest, after = _tens(tongue, words, after)
        return value * 100 + rest, after
    return value, after


def _tens(tongue: Tongue, words: Sequence[str], place: int) -> tuple[int, int]:
    word = words[place] if place < len(words) else ""
    if word not in tongue.tens:
        return (tongue.small[word], place + 1) if word in tongue.small else (0, place)
    unit = place + 1
    if tongue.between_tens:
        unit += words[unit : unit + 1] == [tongue.between_tens]
        if unit == place + 1:
            return tongue.tens[word], unit
    value = tongue.small.get(words[unit], 0) if unit < len(words) else 0
    return (tongue.tens[word] + value, unit + 1) if 0 < value < 10 else (tongue.tens[word], place + 1)


def _fraction(tongue: Tongue, words: Sequence[str], place: int) -> tuple[str, int]:
    """After the mark, zeros count by themselves: `uno coma cero cinco` is `1,05`."""
    zeros = ""
    while place < len(words) and tongue.small.get(words[place]) == 0:
        zeros, place = f"{zeros}0", place + 1
    value, after = _tens(tongue, words, place)
    return (f"{zeros}{value}" if after > place else zeros), after


def _below_thousand(tongue: Tongue, number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words: list[str] = []
    if hundreds and tongue.hundred:
        words += [_named(tongue.small, hundreds), tongue.hundred]
    elif hundreds:
        words.append("ciento" if hundreds == 1 and rest else _named(tongue.hundreds, hundreds * 100))
    if rest or not hundreds:
        words.append(_below_hundred(tongue, rest))
    return " ".join(words)


def _below_hundred(tongue: Tongue, number: int) -> str:
    if number in tongue.small.values():
        return tongue.written(_named(tongue.small, number))
    tens, unit = _named(tongue.tens, number - number % 10), number % 10
    return " ".join([tens, *filter(None, [tongue.between_tens]), _named(tongue.small, unit)]) if unit else tens


def _named(words: Mapping[str, int], number: int) -> str:
    return next(word for word, value in words.items() if value == number)
