"""Renders templates: without a request for the stream (`Pages`), with one for pages and fragments (`Page`)."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    Template,
    nodes,
)
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from litestar import MediaType, Response

from waia.kit import i18n
from waia.kit.clock import Clock
from waia.kit.files import asset, template_dir, vendor
from waia.kit.i18n import (
    catalogue_file,
    format_date,
    format_datetime,
    format_day,
    format_length,
    format_number,
    format_size,
    format_time,
    format_weekday,
    negotiate,
    translator,
)


class Pages:
    """All templates, with autoescape and strict names. One per process; languages are cached apart.

    `kept`: the folder where compiled templates wait for the next start.
    """

    def __init__(self, zone: ZoneInfo, clock: Clock, *, demo: bool = False, kept: Path | None = None) -> None:
        self._zone, self._clock, self._demo, self._kept = zone, clock, demo, kept
        self._environment = lru_cache(maxsize=None)(self._build)

    def render(self, template: str, language: str, context: Mapping[str, Any]) -> str:
        return self._environment(language).get_template(template).render(context)

    def _build(self, language: str) -> Environment:
        words = translator(language)
        environment = _OneLanguage(
            words.gettext,
            loader=FileSystemLoader(template_dir()),
            auto_reload=self._demo,
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=_Compiled(language, self._kept),
        )
        environment.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
        environment.globals.update(
            lang=language,
            asset=asset,
            vendor=vendor,
            demo=self._demo,
            zone_name=str(self._zone),
            now=self._clock.business,
        )
        environment.filters.update(self._filters(language))
        return environment

    def _filters(self, language: str) -> dict[str, Any]:
        zone, clock = self._zone, self._clock
        return {
            "clock_time": lambda when: format_time(when, language, zone),
            "date": lambda day: format_date(day, language),
            "day_of": lambda text: format_weekday(date.fromisoformat(text), language),
            "day": lambda when: format_day(when, language, zone, clock.business()),
            "moment": lambda when: _moment(when, language, zone, clock.business()),
            "full_moment": lambda when: format_datetime(when, language, zone),
            "iso": lambda when: when.isoformat(timespec="seconds"),
            "file_size": lambda size: format_size(size, language),
            "length_of": format_length,
            "number": lambda value: format_number(value, language),
            "translate": translator(language).gettext,
        }


class Page:
    """What one request needs to answer with HTML: its language, its user and its CSRF token are in every context."""

    def __init__(self, pages: Pages, *, language: str, user: Any, csrf_token: str, path: str) -> None:
        self.pages, self.language = pages, language
        self._context = {"user": user, "csrf_token": csrf_token, "path": path}

    def text(self, template: str, **context: Any) -> str:
        return self.pages.render(template, self.language, {**self._context, **context})

    def html(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
    ) -> Response[str]:
        body = self.text(template, **context)
        return Response(body, status_code=status, media_type=MediaType.HTML, headers=dict(headers or {}))


class _SharedMacros(Template):
    """Macros are imported anew for every row of a list; no template here has globals of its own to look for."""

    def _get_default_module(self, ctx: Context | None = None) -> Any:
        return super()._get_default_module()


class _OneLanguage(Environment):
    """Translates what stands in `_('…')` while a template is compiled: a page has hundreds of such texts."""

    template_class = _SharedMacros

    def __init__(self, gettext: Callable[[str], str], **options: Any) -> None:
        self._gettext = gettext
        super().__init__(**options)

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        return super()._generate(_Translated(self._gettext).visit(source), *args, **options)


class _Translated(NodeTransformer):
    """Texts without values; those with values are translated while a page is rendered."""

    def __init__(self, gettext: Callable[[str], str]) -> None:
        self._gettext = gettext

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802  # the name that the visitor looks for
        match call:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str(text))], kwargs=[]):
                return nodes.MarkSafe(nodes.Const(self._gettext(text) % {}), lineno=call.lineno)
        return self.generic_visit(call)


class _Compiled(BytecodeCache):
    """What templates were compiled to, in one language: a filter on a fixed text is worked out then as well.

    All `Pages` of a process share it, and a process that is forked brings it; with a folder, so does the next start: to
    compile a page takes a tenth of a second, in which nobody else is answered.
    """

    def __init__(self, language: str, folder: Path | None) -> None:
        self._codes, self._basis, self._folder = _codes(language), _basis(language), folder
        self._files = FileSystemBytecodeCache(str(folder), f"{language}-%s") if folder else None

    def get_source_checksum(self, source: str) -> str:
        return hashlib.sha256(f"{self._basis} {source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._codes.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None
        if bucket.code is None and self._files is not None:
            with suppress(OSError):
                self._files.load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = (bucket.checksum, bucket.code)
        if self._files is not None and self._folder is not None:
            with suppress(OSError):
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._files.dump_bytecode(bucket)


@cache
def _codes(language: str) -> dict[str, tuple[str, Any]]:
    return {}


@cache
def _basis(language: str) -> str:
    """What else a compiled template depends on: our words, what translates them, and Jinja."""
    told = hashlib.sha256(jinja2.__version__.encode())
    for file in (catalogue_file(language), Path(__file__), Path(i18n.__file__)):
        told.update(file.read_bytes())
    return told.hexdigest()


def choose_language(accept_language: str | None, user_language: str | None, default: str) -> str:
    return negotiate(accept_language, user_language or None, default)


def _moment(when: datetime, language: str, zone: ZoneInfo, now: datetime) -> str:
    """The time of day within the last 24 hours, else the day."""
    if timedelta(0) <= now - when < timedelta(hours=24) or when > now:
        return format_time(when, language, zone)
    return format_day(when, language, zone, now)
