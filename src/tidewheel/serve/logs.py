"""Log lines for people (console) or machines (json): no secrets, no addresses of people, no bodies."""

from __future__ import annotations

import logging
import sys

import structlog

from tidewheel.core.settings import Settings


def set_up(settings: Settings) -> None:
    """Write structured lines to standard error."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shape: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            shape,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # standard error as it is by then
        cache_logger_on_first_use=False,
    )
