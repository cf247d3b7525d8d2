"""WhatsApp's formatting becomes pieces: nothing is lost, nothing is trusted, nothing takes long."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waia.chats.panel.whatsapp_text import Piece, is_safe_link, pieces, plain


def _drawn(found: tuple[Piece, ...]) -> str:
    """A short notation: <b>, <i>, <s>, <code>, <pre>, [text](address), {control}."""
    tags = {"bold": "b", "italic": "i", "strike": "s"}
    return "".join(_one(piece, tags) for piece in found)


def _one(piece: Piece, tags: dict[str, str]) -> str:
    match piece.kind:
        case "text":
            return piece.text
        case "code":
            return f"<code>{piece.text}</code>"
        case "block":
            return f"<pre>{piece.text}</pre>"
        case "link":
            return f"[{piece.text}]({piece.target})"
        case "control":
            return f"{{{piece.target}}}"
        case _:
            tag = tags[piece.kind]
            return f"<{tag}>{_drawn(piece.parts)}</{tag}>"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("hola", "hola"),
        ("*hola*", "<b>hola</b>"),
        ("_a_ y ~b~", "<i>a</i> y <s>b</s>"),
        ("*uno _dos ~tres~ dos_ uno*", "<b>uno <i>dos <s>tres</s> dos</i> uno</b>"),
        ("¡*ya*!", "¡<b>ya</b>!"),
        ("2*3*4", "2*3*4"),
        ("mesa_de_centro", "mesa_de_centro"),
        ("* a *", "* a *"),
        ("**", "**"),
        ("*a\nb*", "*a\nb*"),
        ("*a _b* c_", "<b>a _b</b> c_"),
        ("*abierto", "*abierto"),
        ("`x*y*z`", "<code>x*y*z</code>"),
        ("```x\n*y*```", "<pre>x\n*y*</pre>"),
        ("a ```sin cierre", "a ```sin cierre"),
        ("ver https://a.co/b_c_d.", "ver [https://a.co/b_c_d](https://a.co/b_c_d)."),
        ("(https://a.co/x)", "([https://a.co/x](https://a.co/x))"),
        ("https://es.org/Rol_(web)", "[https://es.org/Rol_(web)](https://es.org/Rol_(web))"),
        ("www.a.co/b", "[www.a.co/b](https://www.a.co/b)"),
        ("a ana@b.co!", "a [ana@b.co](mailto:ana@b.co)!"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("http://", "http://"),
        ("a\u202eb", "a{RLO}b"),
        ("", ""),
    ],
)
def test_a_text_is_read_as_whatsapp_shows_it(text: str, drawn: str) -> None:
    assert _drawn(pieces(text)) == drawn


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://a.co", True),
        ("HTTP://A.CO/x?y=1", True),
        ("tel:+573001234567", True),
        ("mailto:a@b.co", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
        ("file:///etc/passwd", False),
        ("//a.co", False),
        ("https:///x", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_only_addresses_that_lead_to_the_web_a_phone_or_a_mail_become_links(address: str, safe: bool) -> None:
    assert is_safe_link(address) is safe


def test_plain_takes_the_marks_away_and_puts_everything_on_one_line() -> None:
    assert plain("*Hola* _Ana_\n\n mira `x` https://a.co") == "Hola Ana mira x https://a.co"


@given(st.text(alphabet="ab *_~`\n\u202e@.:/w" + "<&", max_size=120))
def test_every_letter_of_a_text_is_still_there(text: str) -> None:
    def letters(found: str) -> list[str]:
        return [sign for sign in found if sign.isalnum() or sign in "<&@"]

    assert letters("".join(_texts(pieces(text)))) == letters(text)


@given(st.text(alphabet="*_~` ab\n", max_size=200))
def test_marks_nest_at_most_three_deep(text: str) -> None:
    assert max((_depth(piece) for piece in pieces(text)), default=0) <= 4


@pytest.mark.parametrize(
    "text",
    ["*a ", "_*~", "```", "`", "*a*", "```a", "http://", "a@", "a.b@c.", "www.", "\n", "(", "* _ ~ "],
)
def test_a_text_of_65536_characters_is_read_in_a_moment(text: str) -> None:
    long = (text * 65_536)[:65_536]
    started = time.process_time()
    pieces(long)
    assert time.process_time() - started < 5


def _texts(found: tuple[Piece, ...]) -> Iterator[str]:
    for piece in found:
        yield piece.text
        yield from _texts(piece.parts)


def _depth(piece: Piece) -> int:
    return 1 + max((_depth(part) for part in piece.parts), default=0)
