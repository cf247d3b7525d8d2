"""Structured logs: on standard output, text at a terminal and JSON elsewhere; if asked, JSON in a rotating file.

Never a message's text, a name, a number or a token: callers pass ids and error classes. The words of an exception may
hold what people wrote, so they are told at level DEBUG only; where it arose is told always. What runs for a request, a
chat or a job says so once (`about`), and each line that is written meanwhile carries it.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import PurePath
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

FILE_BYTES, FILES = 10 * 1024 * 1024, 5
QUIET = ("httpx", "httpcore", "aiosqlite", "alembic", "sqlalchemy", "uvicorn.access")
OURS = "waia"

about, within = bind_contextvars, bound_contextvars
"""`about(chat=7)`: until the end of this request or task. `with within(job=3)`: until the end of the block."""


def set_up_logging(level: str, file: str, form: str = "auto") -> None:
    """`form` is json, text, or auto: text where somebody reads along."""
    as_text = form == "text" or (form == "auto" and sys.stdout.isatty())
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    handlers[0].setFormatter(_formatter(structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty()) if as_text else JSON))
    if file:
        handlers.append(RotatingFileHandler(file, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8"))
        handlers[1].setFormatter(_formatter(JSON))
    logging.basicConfig(level=level, handlers=handlers, force=True)
    for noisy in QUIET:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def cause(error: BaseException) -> dict[str, Any]:
    """For a line about an error that was answered: its class, where in our code it arose, the driver's code."""
    told: dict[str, Any] = {"error": type(error).__name__}
    if (place := _place(error)) is not None:
        told["at"] = place
    if (code := _code(error)) is not None:
        told["code"] = code
    if _may_tell_words():
        told["words"] = str(error)[:300]
    return told


def _place(error: BaseException) -> str | None:
    """The last line of ours on the way; of the kit, through which everything goes, only where there is no other."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f"{_below_ours(each.filename)}:{each.lineno}" for each in frames if OURS in PurePath(each.filename).parts]
    return next((place for place in reversed(ours) if not place.startswith("kit/")), ours[-1] if ours else None)


def _below_ours(filename: str) -> str:
    parts = PurePath(filename).parts
    return "/".join(parts[len(parts) - parts[::-1].index(OURS) :])


def _code(error: BaseException) -> str | int | None:
    """What SQLite, MariaDB or the system calls it."""
    origin = getattr(error, "orig", None) or error
    named: str | None = getattr(origin, "sqlite_errorname", None)
    first = origin.args[0] if origin.args else None
    return named or (first if isinstance(first, int) and not isinstance(first, bool) else None)


def _may_tell_words() -> bool:
    return logging.getLogger().isEnabledFor(logging.DEBUG)


def _tell_exception(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """The frames and classes of the chain, the last one last; at DEBUG with their words, as Python tells them."""
    exc_info = line.pop("exc_info", None)
    error = sys.exc_info()[1] if exc_info is True else exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if isinstance(error, BaseException):
        told = traceback.format_exception(error) if _may_tell_words() else _without_words(error)
        line["exception"] = "".join(told).rstrip()
    return line


def _without_words(error: BaseException) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _without_words(earlier)
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _without_words(each)


def _keep_first_line(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Libraries, asyncio above all, go on with values: a task, and the words of its exception."""
    line["event"] = str(line["event"]).partition("\n")[0]
    return line


def _formatter(renderer: Processor) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*SHARED, _keep_first_line],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


JSON = structlog.processors.JSONRenderer(ensure_ascii=True)
SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _tell_exception,
)
