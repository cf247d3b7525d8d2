"""Meta's limits at their edges, and the numbered text that replaces a menu which breaks one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waia.kit.i18n import translator
from waia.whatsapp import template
from waia.whatsapp.breaches import FIELD_WORDS
from waia.whatsapp.content import (
    Button,
    Buttons,
    Card,
    ContactRequest,
    Contacts,
    Content,
    CtaUrl,
    Document,
    Flow,
    Header,
    HeaderMedia,
    Image,
    ListMenu,
    Location,
    Reaction,
    Row,
    Section,
    Template,
    Text,
)
from waia.whatsapp.cutting import cut, in_parts, shortened, units
from waia.whatsapp.limits import BreachCode, as_numbered_text, breaches, describe

C = BreachCode


def buttons(count: int = 1, **changes: object) -> Buttons:
    made = tuple(Button(f"id-{number}", f"Opción {number}") for number in range(count))
    return Buttons(**{"body": "¿Qué quieres?", "buttons": made, **changes})  # type: ignore[arg-type]


def rows(count: int, start: int = 0) -> tuple[Row, ...]:
    return tuple(Row(f"id-{number}", f"Opción {number}") for number in range(start, start + count))


def menu(*sections: Section, **changes: object) -> ListMenu:
    made = {"body": "Elige", "button": "Ver", "sections": sections or (Section(rows(1)),), **changes}
    return ListMenu(**made)  # type: ignore[arg-type]


FINE: list[Content] = [
    Text("x" * 4096),
    Text("👍" * 2048),
    Image(media_id="1", caption="x" * 1024),
    Image(link="http://a.example/i.png"),
    buttons(3),
    buttons(header=Header("x" * 60), footer="x" * 60, body="x" * 1024),
    Buttons("x", (Button("x" * 256, "x" * 20),)),
    menu(Section(rows(10)), body="x" * 4096, button="x" * 20),
    menu(Section((Row("x" * 200, "x" * 24, "x" * 72),)), header="x" * 60, footer="x" * 60),
    menu(*[Section(rows(1, number), title=f"S{number}") for number in range(10)]),
    CtaUrl("x", "x" * 20, "https://a.example"),
    Flow("x", "Abrir", flow_name="reserva"),
    Location(90, -180),
    Contacts((Card("Ana"),) * 257),
    Reaction("wamid.1"),
    Template("una_plantilla_1", "es"),
    ContactRequest("x" * 1024),
]
BROKEN: list[tuple[Content, list[tuple[str, BreachCode]]]] = [
    (Text("x" * 4097), [("body", C.TOO_LONG)]),
    (Text("👍" * 2049), [("body", C.TOO_LONG)]),
    (Text(" \n"), [("body", C.EMPTY)]),
    (Image(caption="x" * 1025), [("media", C.NO_SOURCE), ("caption", C.TOO_LONG)]),
    (Document(link="/static/uploads/a.pdf"), [("media", C.NOT_A_LINK)]),
    (buttons(0), [("buttons", C.TOO_FEW)]),
    (buttons(4), [("buttons", C.TOO_MANY)]),
    (buttons(body="x" * 1025), [("body", C.TOO_LONG)]),
    (buttons(footer="x" * 61, header=Header("x" * 61)), [("header", C.TOO_LONG), ("footer", C.TOO_LONG)]),
    (buttons(header=Header(media=HeaderMedia("image"))), [("media", C.NO_SOURCE)]),
    (
        Buttons("x", (Button("a", "Sí"), Button("a", "Sí "))),
        [("button_id", C.REPEATED), ("button_title", C.REPEATED)],
    ),
    (Buttons("x", (Button(" a", "x" * 21),)), [("button_id", C.BLANK_EDGES), ("button_title", C.TOO_LONG)]),
    (Buttons("x", (Button("", ""),)), [("button_id", C.EMPTY), ("button_title", C.EMPTY)]),
    (Buttons("x", (Button("x" * 257, "x"),)), [("button_id", C.TOO_LONG)]),
    (menu(Section(rows(11))), [("rows", C.TOO_MANY)]),
    (menu(Section(rows(6), "A"), Section(rows(5, 6), "B")), [("rows", C.TOO_MANY)]),
    (menu(Section(rows(1), "A"), Section(rows(1, 1))), [("section_title", C.EMPTY)]),
    (menu(Section(rows(1), "A"), Section((), "B")), [("section", C.TOO_FEW)]),
    (menu(Section(rows(1), "x" * 25)), [("section_title", C.TOO_LONG)]),
    (menu(sections=()), [("sections", C.TOO_FEW), ("rows", C.TOO_FEW)]),
    (
        menu(*[Section(rows(1, number), f"S{number}") for number in range(11)]),
        [("sections", C.TOO_MANY), ("rows", C.TOO_MANY)],
    ),
    (
        menu(Section((Row("a", "A"),), "A"), Section((Row("a", "B"),), "B")),
        [("row_id", C.REPEATED)],
    ),
    (
        menu(Section((Row("x" * 201, "x" * 25, "x" * 73),))),
        [("row_id", C.TOO_LONG), ("row_title", C.TOO_LONG), ("row_description", C.TOO_LONG)],
    ),
    (menu(button="x" * 21), [("list_button", C.TOO_LONG)]),
    (menu(body="x" * 4097), [("body", C.TOO_LONG)]),
    (CtaUrl("x", "", "pay.example"), [("label", C.EMPTY), ("url", C.NOT_A_LINK)]),
    (Flow("x", "x" * 21), [("label", C.TOO_LONG), ("flow", C.EMPTY)]),
    (Location(90.1, float("nan")), [("latitude", C.OUT_OF_RANGE), ("longitude", C.OUT_OF_RANGE)]),
    (Contacts(()), [("cards", C.TOO_FEW)]),
    (Contacts((Card("Ana"),) * 258), [("cards", C.TOO_MANY)]),
    (Contacts((Card(" "),)), [("card_name", C.EMPTY)]),
    (Reaction(""), [("message_id", C.EMPTY)]),
    (Template("Una Plantilla", ""), [("template_name", C.NOT_ALLOWED), ("template_language", C.EMPTY)]),
    (
        Template("a", "es", tuple(template.UrlButton(number, "x") for number in range(11))),
        [("buttons", C.TOO_MANY)],
    ),
    (Template("a", "es", (template.Body((template.TextValue(""),)),)), [("template_value", C.EMPTY)]),
    (ContactRequest(""), [("body", C.EMPTY)]),
]


@pytest.mark.parametrize("content", FINE, ids=lambda each: type(each).__name__)
def test_what_meta_takes_breaks_nothing(content: Content) -> None:
    assert breaches(content) == ()


@pytest.mark.parametrize(("content", "wanted"), BROKEN)
def test_what_meta_refuses_is_found_before_sending(content: Content, wanted: list[tuple[str, BreachCode]]) -> None:
    assert [(breach.field, breach.code) for breach in breaches(content)] == wanted


def test_a_breach_tells_the_limit_the_excess_and_the_place() -> None:
    (breach,) = breaches(Buttons("x", (Button("a", "Sí"), Button("b", "x" * 22))))
    assert (breach.limit, breach.actual, breach.position) == (20, 22, 2)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(("content", "wanted"), BROKEN)
def test_every_breach_can_be_said_in_words(
    language: str, content: Content, wanted: list[tuple[str, BreachCode]]
) -> None:
    for breach in breaches(content):
        sentence = describe(breach, translator(language).gettext)
        assert "%" not in sentence
        assert len(sentence) > len(FIELD_WORDS[breach.field])


def test_a_breach_is_said_in_spanish() -> None:
    (breach,) = breaches(Buttons("x", (Button("a", "Sí"), Button("b", "x" * 22))))
    words = describe(breach, translator("es").gettext)
    assert words == "El título del botón 2: tiene 22 caracteres y WhatsApp admite 20"


def test_a_menu_as_text_numbers_its_options_through_all_sections() -> None:
    told = as_numbered_text(
        menu(
            Section((Row("a", "Cali", "8:00"), Row("b", "Pasto")), "Sur"),
            Section((Row("c", "Tunja"),), "Norte"),
            header="Destinos",
            footer="Por persona",
        )
    )
    assert told.body == ("*Destinos*\n\nElige\n\n*Sur*\n1. Cali: 8:00\n2. Pasto\n*Norte*\n3. Tunja\n\nPor persona")


def test_buttons_as_text_are_numbered_too() -> None:
    assert as_numbered_text(buttons(4)).body.endswith("1. Opción 0\n2. Opción 1\n3. Opción 2\n4. Opción 3")


@pytest.mark.parametrize("body", ["x" * 5_000, "👍" * 3_000, ""])
def test_the_options_of_a_long_menu_all_fit(body: str) -> None:
    told = as_numbered_text(menu(Section(rows(40)), body=body))
    assert breaches(told) == ()
    assert "40. Opción 39" in told.body


def test_even_endless_options_make_a_text_that_meta_takes() -> None:
    assert breaches(as_numbered_text(menu(Section(rows(5_000))))) == ()


@pytest.mark.parametrize("emoji", ["👍🏽", "👨‍👩‍👧", "🇨🇴", "é", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_a_cut_never_splits_what_is_read_as_one_character(emoji: str) -> None:
    for limit in range(units(emoji * 3)):
        kept = cut(emoji * 3, limit)
        assert kept in {"", emoji, emoji * 2}


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_shortened_text_fits_and_is_its_beginning(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert units(short) <= limit
    assert text.startswith(short.removesuffix("…"))


@given(st.text(alphabet="ab \n👍", max_size=200), st.integers(2, 40))
def test_parts_fit_and_lose_nothing_but_blanks(text: str, limit: int) -> None:
    parts = in_parts(text, limit)
    assert all(0 < units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_long_text_is_parted_between_paragraphs() -> None:
    assert in_parts("uno " * 10 + "\n\n" + "dos " * 10, 60) == (("uno " * 10).strip(), ("dos " * 10).strip())
