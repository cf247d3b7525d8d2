"""Rules of the templates: partials with one root, nothing inline that the content security policy refuses."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import meta, nodes

from tests.architecture.markup import JINJA, Element, Page
from tests.architecture.source import ROOT, TEMPLATES, python_files, template_name, templates

# Values that htmx would have to evaluate: refused by the policy, so they fail silently in the browser.
EVALUATED = re.compile(r"^\s*(js|javascript):", re.IGNORECASE)
FOREIGN = re.compile(r"^\s*(https?:)?//", re.IGNORECASE)

every_template = pytest.mark.parametrize("path", templates(), ids=template_name)


@every_template
def test_a_partial_is_one_element_with_an_id(path: Path) -> None:
    if not path.name.startswith("_") or "macros" in path.parts:
        return
    page = Page(path, without=frozenset({"macro"}))
    ids = {root.attributes.get("id", "") for root in page.roots}
    assert len(ids) == 1, f"a partial has one root element, or alternatives with the same id; here: {sorted(ids)}"
    assert ids != {""}, "the root of a partial has an id"
    assert not "".join(page.loose_texts).strip(" \n\t0"), "no text stands beside the root of a partial"


@every_template
def test_nothing_is_inline_that_the_content_security_policy_refuses(path: Path) -> None:
    refused = [f"line {element.line}: {why}" for element in Page(path).elements for why in refusals(element)]
    assert not refused, refused


@every_template
def test_nothing_escapes_the_escaping(path: Path) -> None:
    tree = JINJA.parse(path.read_text("utf-8"))
    filters = [node.lineno for node in tree.find_all(nodes.Filter) if node.name in {"safe", "forceescape"}]
    blocks = [node.lineno for node in tree.find_all(nodes.ScopedEvalContextModifier)]
    assert not filters + blocks, f"lines {filters + blocks}: `safe` and autoescape blocks are banned"


@every_template
def test_a_template_is_used_somewhere(path: Path) -> None:
    name = template_name(path)
    used = name in _named_templates() or any(pattern.fullmatch(name) for pattern in _composed_names())
    assert used, f"{name} is neither rendered nor included"


def test_every_template_that_is_named_exists() -> None:
    missing = sorted(name for name in _named_templates() if not (TEMPLATES / name).is_file())
    assert not missing, missing


def test_every_icon_that_is_drawn_is_on_the_list() -> None:
    lines = (ROOT / "static/icons.txt").read_text("utf-8").splitlines()
    listed = {line.partition("#")[0].strip() for line in lines}
    missing = {f"{template_name(path)}: {icon}" for path in templates() for icon in _icons(path) if icon not in listed}
    assert not missing, f"add to static/icons.txt: {sorted(missing)}"


def test_python_marks_nothing_as_safe_html() -> None:
    marked = [
        f"{file.name}:{line}"
        for file in python_files()
        for line, name in file.imports()
        if name.rpartition(".")[2] == "Markup" or name == "markupsafe"
    ]
    assert not marked, marked


def refusals(element: Element) -> Iterator[str]:
    attributes = element.attributes
    if element.tag == "style" or "style" in attributes:
        yield "style belongs into static/css"
    if element.tag == "script" and "src" not in attributes and attributes.get("type") != "application/json":
        yield "script belongs into static/js"
    for name, value in attributes.items():
        if re.match(r"on|hx-on", name):
            yield f"{name} is inline script"
        if EVALUATED.match(value) or (name.startswith("hx-trigger") and "[" in value):
            yield f"{name}={value!r} has to be evaluated"
        if (name in {"src", "poster"} or element.tag == "link") and FOREIGN.match(value):
            yield f"{name}={value!r} comes from elsewhere"


@cache
def _named_templates() -> frozenset[str]:
    parsed = (JINJA.parse(path.read_text("utf-8")) for path in templates())
    in_templates = {name for tree in parsed for name in meta.find_referenced_templates(tree) if name}
    in_python = {
        node.value
        for file in python_files()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_template_name(node.value)
    }
    return frozenset(in_templates | in_python)


def _is_template_name(text: str) -> bool:
    return re.fullmatch(r"[\w./-]+\w\.html", text) is not None


@cache
def _composed_names() -> tuple[re.Pattern[str], ...]:
    """Names put together in f-strings, such as `chats/stream/{event}.html`."""
    composed = (node for file in python_files() for node in ast.walk(file.tree) if isinstance(node, ast.JoinedStr))
    named = (node for node in composed if _pattern(node.values[-1]).endswith(r"\.html"))  # else f"{x}" names them all
    return tuple(re.compile("".join(_pattern(part) for part in node.values)) for node in named)


def _pattern(part: ast.expr) -> str:
    return re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w-]+"


def _icons(path: Path) -> Iterator[str]:
    """Names given to the macro `icon`, those of tables called `…ICONS`, and those written into an address."""
    source = path.read_text("utf-8")
    tree = JINJA.parse(source)
    yield from re.findall(r"\{\{[^}]*icons[^}]*\}\}#([\w-]+)", source)
    for call in tree.find_all(nodes.Call):
        if getattr(call.node, "name", getattr(call.node, "attr", "")) == "icon" and call.args:
            yield from _words(call.args[0])
    for table in tree.find_all(nodes.Assign):
        if getattr(table.target, "name", "").endswith("ICONS") and isinstance(table.node, nodes.Dict):
            yield from (word for pair in table.node.items for word in _words(pair.value))


def _words(expression: nodes.Expr | None) -> Iterator[str]:
    if isinstance(expression, nodes.Const):
        yield str(expression.value)
    elif isinstance(expression, nodes.CondExpr):
        yield from (*_words(expression.expr1), *_words(expression.expr2))


def test_c18_no_page_loads_anything_from_elsewhere() -> None:
    loaded = [
        (f"{template_name(path)}:{element.line}", element.attributes.get("src") or element.attributes.get("href", ""))
        for path in templates()
        for element in Page(path).elements
        if "src" in element.attributes or element.tag == "link"
    ]
    assert loaded
    assert [place for place, address in loaded if FOREIGN.match(address)] == []
