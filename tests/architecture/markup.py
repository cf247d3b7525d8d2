"""Templates as HTML: elements and texts that are written in them, with Jinja's tags taken out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment

JINJA = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
# Stands where a template inserts a value: neither empty nor a letter.
INSERTED = "0"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    line: int
    depth: int
    texts: list[str] = field(default_factory=list)
    untranslated_on_purpose: bool = False


class Page(HTMLParser):
    """Collects the elements of a template, and the text that stands outside of any of them.

    `without` names block tags, such as `macro`, whose content is left out; that of `trans` always is.
    """

    def __init__(self, path: Path, *, without: frozenset[str] = frozenset()) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.loose_texts: list[str] = []
        self._open: list[Element] = []
        self.feed("".join(_pieces(path.read_text("utf-8"), without | {"trans"})))
        self.close()

    @property
    def roots(self) -> list[Element]:
        return [element for element in self.elements if element.depth == 0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._append(tag, attrs)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._append(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        (self._open[-1].texts if self._open else self.loose_texts).append(data)

    def _append(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        attributes = {name: value or "" for name, value in attrs}
        inherited = bool(self._open) and self._open[-1].untranslated_on_purpose
        on_purpose = inherited or attributes.get("translate") == "no"
        line = self.getpos()[0]
        element = Element(tag, attributes, line, len(self._open), untranslated_on_purpose=on_purpose)
        self.elements.append(element)
        return element


def _pieces(source: str, muted: frozenset[str]) -> Iterator[str]:
    """The template's own text with line breaks kept, so that line numbers stay true."""
    inside, tag_begun = 0, False
    for _, token, value in JINJA.lex(source):
        if token == "data":
            yield "\n" * value.count("\n") if inside else value
            continue
        if token == "name" and tag_begun:
            inside += (value in muted) - (value.removeprefix("end") in muted and value.startswith("end"))
        if token != "whitespace":
            tag_begun = token == "block_begin"
        if token == "variable_begin" and not inside:
            yield INSERTED
        yield "\n" * value.count("\n")
