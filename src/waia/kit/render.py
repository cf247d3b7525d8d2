"""Renders templates: without a request for the stream (`Pages`), with one for pages and fragments (`Page`)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from litestar import MediaType, Response

from waia.kit.clock import Clock
from waia.kit.files import asset, template_dir, vendor
from waia.kit.i18n import (
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
    """All templates, with autoescape and strict names. One per process; languages are cached apart."""

    def __init__(self, zone: ZoneInfo, clock: Clock, *, demo: bool = False) -> None:
        self._zone, self._clock, self._demo = zone, clock, demo
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
            bytecode_cache=_compiled(language),
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
    """What templates were compiled to: all `Pages` of a process share it, and a process that is forked brings it."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, Any]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._codes.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = (bucket.checksum, bucket.code)


@cache
def _compiled(language: str) -> _Compiled:
    """A filter on a fixed text is worked out while a template is compiled, so each language has its own."""
    return _Compiled()


def choose_language(accept_language: str | None, user_language: str | None, default: str) -> str:
    return negotiate(accept_language, user_language or None, default)


def _moment(when: datetime, language: str, zone: ZoneInfo, now: datetime) -> str:
    """The time of day within the last 24 hours, else the day."""
    if timedelta(0) <= now - when < timedelta(hours=24) or when > now:
        return format_time(when, language, zone)
    return format_day(when, language, zone, now)
