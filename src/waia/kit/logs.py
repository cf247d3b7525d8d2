"""Structured logs: one JSON object a line, on standard output and, if asked, in a rotating file.

Never a message's text, a token or a cookie; the callers pass ids and error classes only.
"""

import logging
import sys
from logging.handlers import RotatingFileHandler

import structlog

FILE_BYTES, FILES = 10 * 1024 * 1024, 5


def set_up_logging(level: str, file: str) -> None:
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    if file:
        handlers.append(RotatingFileHandler(file, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8"))
    logging.basicConfig(level=level, format="%(message)s", handlers=handlers, force=True)
    for noisy in ("httpx", "httpcore", "aiosqlite", "alembic", "sqlalchemy", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
