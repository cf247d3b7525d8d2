"""Every text that people read goes through the catalogues, and every catalogue has it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from tests.architecture.markup import Element, Page
from tests.architecture.source import ROOT, python_files, template_name, templates
from waia.kit.i18n import LANGUAGES, SOURCE_LANGUAGE

# Names, the same in every language.
NAMES = {"waia", "WhatsApp", "Meta", "Excel"}
READ_BY_PEOPLE = (
    "title",
    "aria-label",
    "aria-description",
    "placeholder",
    "alt",
    "data-confirm",
    "hx-confirm",
)
NOT_PROSE = {"script", "style", "code", "kbd", "samp", "pre"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")

foreign_language = pytest.mark.parametrize("language", [name for name in LANGUAGES if name != SOURCE_LANGUAGE])


@foreign_language
def test_every_text_is_translated(language: str) -> None:
    catalogue = _catalogue(language)
    missing = sorted(text for text in _texts() if not _is_translated(catalogue.get(text)))
    assert not missing, f"run `make strings` and translate in locale/{language}:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_over(language: str) -> None:
    unused = [message.id for message in _catalogue(language) if message.id and _key(message) not in _texts()]
    assert not unused, f"run `make strings`, which drops from locale/{language}: {unused}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_text(language: str) -> None:
    for message in _catalogue(language):
        wanted = set(PLACEHOLDER.findall(" ".join(_forms(message.id))))
        for translation in filter(None, _forms(message.string)):
            extra = set(PLACEHOLDER.findall(translation)) ^ wanted if message.id else set()
            assert not extra or isinstance(message.id, tuple), f"{message.id!r}: {extra}"


@pytest.mark.parametrize("path", templates(), ids=template_name)
def test_a_template_holds_no_text_outside_of_gettext(path: Path) -> None:
    page = Page(path)
    inside = [words for element in page.elements for words in prose(element)]
    loose = [text.strip() for text in page.loose_texts if _has_words(text)]
    assert not inside + loose, f"wrap in _(), or mark the element translate=no: {inside + loose}"


def test_the_message_of_an_error_is_marked_for_the_catalogues() -> None:
    unmarked = [
        f"{file.name}:{statement.lineno}"
        for file in python_files()
        for statement in _class_statements(file.tree)
        if _assigns_plain_message(statement)
    ]
    assert not unmarked, f'write message = N_("…"), from waia.kit.i18n: {unmarked}'


@cache
def _texts() -> frozenset[str]:
    """Every message id of code and templates; of a plural its singular."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = (
        message
        for folder in ("src", "templates")
        for _, _, message, *_ in extract_from_dir(ROOT / folder, methods, options, DEFAULT_KEYWORDS)
    )
    return frozenset(message if isinstance(message, str) else message[0] for message in found)


@cache
def _catalogue(language: str) -> Catalog:
    with (ROOT / "locale" / language / "LC_MESSAGES/waia.po").open("rb") as file:
        return read_po(file, locale=language)


def _is_translated(message: Message | None) -> bool:
    return message is not None and not message.fuzzy and all(_forms(message.string))


def _key(message: Message) -> str:
    return _forms(message.id)[0]


def _forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def prose(element: Element) -> Iterator[str]:
    if element.untranslated_on_purpose or element.tag in NOT_PROSE:
        return
    attributes = (element.attributes.get(name, "") for name in READ_BY_PEOPLE)
    for text in (*element.texts, *attributes):
        if _has_words(text):
            yield f"line {element.line} <{element.tag}>: {' '.join(text.split())}"


def _has_words(text: str) -> bool:
    return bool(set(re.findall(r"[^\W\d_]{2,}", text)) - NAMES)


def _class_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from node.body


def _assigns_plain_message(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or not isinstance(statement.value, ast.Constant):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    named = any(isinstance(target, ast.Name) and target.id == "message" for target in targets)
    return named and isinstance(statement.value.value, str) and bool(statement.value.value)
