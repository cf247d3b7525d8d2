"""Meta's error codes: each has one class, and each can be explained to a person."""

import pytest

from waia.kit.i18n import translator
from waia.whatsapp.error_words import has_words, reason_words
from waia.whatsapp.errors import ErrorClass, Scope, classify, scope_of, wait_s

SPECIFIED = {
    ErrorClass.RETRY: [4, 80007, 130429, 131056, 131057, 133004, 2494100, 134101],
    ErrorClass.UNCLEAR: [1, 2, 131000, 131016],
    ErrorClass.TOKEN: [0, 190, 3, 10, 200, 250, 299, 131005],
    ErrorClass.ACCOUNT: [368, 131031, 131037, 131042, 131044, 131045, 133010, 130497],
    ErrorClass.REQUEST: [33, 100, 131008, 131009, 131021, 131051, 135000, 134011, 134100, 134102, 131055],
    ErrorClass.RECIPIENT: [131026, 131030, 130403, 131050, 131062, 137000],
    ErrorClass.POLICY: [130472, 131049, 131048, 131064],
    ErrorClass.WINDOW: [131047],
    ErrorClass.MEDIA: [131052, 131053],
    ErrorClass.TEMPLATE: [
        132000,
        132001,
        132005,
        132007,
        132008,
        132012,
        132015,
        132016,
        132018,
        132068,
        132069,
    ],
    ErrorClass.STORAGE: [131035, 131036],
}
CODES = [(code, group) for group, codes in SPECIFIED.items() for code in codes]


@pytest.mark.parametrize(("code", "group"), CODES)
def test_a_code_has_the_class_that_meta_documents(code: int, group: ErrorClass) -> None:
    assert classify(code) is group


@pytest.mark.parametrize("code", [*[code for code, _ in CODES], 424242, -1, None])
def test_every_code_can_be_said_in_words(code: int | None) -> None:
    assert reason_words(code)


@pytest.mark.parametrize("code", [code for code, _ in CODES])
def test_every_code_that_meta_documents_has_a_sentence_of_its_own(code: int) -> None:
    assert has_words(code)


def test_words_are_spanish_sentences_for_the_screen_to_translate() -> None:
    words = translator("es").gettext(reason_words(131047))
    assert words == "Pasaron más de 24 horas desde el último mensaje del cliente: usa una plantilla"


def test_what_must_slow_down_depends_on_the_code() -> None:
    assert [scope_of(code) for code in (131056, 4, 130429)] == [Scope.CHAT, Scope.APP, Scope.NUMBER]
    assert (wait_s(134101), wait_s(130429)) == (600, None)
