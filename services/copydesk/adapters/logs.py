"""Structured logs: one JSON line an event, the same pipeline for our records and those of Faust, mode and aiokafka.

A canonical line an article holds ids, coordinates, verdict, durations and flags; never article text or secrets.
"""

from __future__ import annotations

import functools
import json
import logging
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from copydesk.adapters.log_floods import TALLY, Floods, Repeats, Sampling

__all__ = ["TALLY", "Repeats", "Sampling", "configure_logging", "formatter"]

NOISY = (
    "aiokafka",
    "faust",
    "mode",
    "asyncio",
    "trafilatura",
    "htmldate",
    "charset_normalizer",
    "justext",
    "opentelemetry",
    "urllib3",
)
"""Libraries whose information is of no interest to an operator: warnings and worse only."""
REPEATING = ("aiokafka", "opentelemetry")
"""Libraries that log each failed attempt while the other side is away."""

_FIRST = ("timestamp", "level", "event")
_LONGEST = 1_000
"""Characters of a value. What is longer is a document, or quotes one."""
_MASK = "***"
_SECRET_KEY = re.compile(r"passw|secret|token|authoriz|credential|cookie", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/\s\"'@]*:[^/\s\"'@]*@")


def _to_json(_: WrappedLogger, __: str, event: EventDict) -> str:
    ordered = {key: event[key] for key in _FIRST if key in event} | dict(event)
    try:
        return orjson.dumps(ordered, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        return json.dumps(ordered, default=str)  # orjson refuses lone surrogates, which other people's texts can have


def _clean(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask what is called a secret, and cut what is too long."""
    return {key: _cleaned(key, value) for key, value in event.items()}


def _cleaned(key: object, value: object) -> object:
    if _is_secret(str(key)):
        return value if value is None else _MASK
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}… ({len(value)} characters)"
    if isinstance(value, dict):
        return {inner: _cleaned(inner, member) for inner, member in value.items()}
    if isinstance(value, list):
        return [_cleaned(key, member) for member in value]
    return value


@functools.lru_cache(maxsize=4096)
def _is_secret(key: str) -> bool:
    return _SECRET_KEY.search(key) is not None


def _mask_values(secrets: Iterable[str]) -> Callable[[WrappedLogger, str, Any], str]:
    """Masks secrets in a rendered line, however they came into it: in an error's text, say."""
    known = sorted(
        {form for secret in secrets if secret for form in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1])},
        key=len,
    )

    def mask(_: WrappedLogger, __: str, rendered: Any) -> str:
        line = str(rendered)
        for secret in reversed(known):
            line = line.replace(secret, _MASK)
        return _USER_INFO.sub(f"{_MASK}@", line)

    return mask


def _processors(*, pretty: bool) -> list[Processor]:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    if not pretty:
        # Local variables would put article text and secrets into the log.
        tracebacks = structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        )
        shared.append(tracebacks)
    shared.append(_clean)
    return shared


def formatter(*, pretty: bool, secrets: Iterable[str] = ()) -> logging.Formatter:
    """A formatter for the standard library's handlers that puts every record through the pipeline.

    Args:
        pretty: coloured lines for a person instead of JSON.
        secrets: values that no line may hold.
    """
    render: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if pretty:
        render.append(structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback))
    else:
        render.append(_to_json)
    render.append(_mask_values(secrets))
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_processors(pretty=pretty), processors=render)


class _Counting(logging.StreamHandler[TextIO]):
    """Counts what it writes."""

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        TALLY.written(record.levelname)


def configure_logging(
    *,
    pretty: bool,
    level: str = "info",
    stream: TextIO | None = None,
    sampling: Sampling | None = None,
    secrets: Iterable[str] = (),
) -> None:
    """Set up structlog and the standard library's logging for this process.

    Args:
        pretty: coloured lines for a person instead of JSON.
        level: least severe level.
        stream: where to, standard error by default.
        sampling: when the same event comes too often; nothing is sampled by default.
        secrets: values that no line may hold.
    """
    structlog.configure(
        processors=[*_processors(pretty=pretty), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _Counting(stream or sys.stderr)
    handler.setFormatter(formatter(pretty=pretty, secrets=secrets))
    handler.addFilter(Repeats(REPEATING))
    if sampling is not None:
        handler.addFilter(Floods(sampling))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in NOISY:
        logging.getLogger(name).setLevel(max(logging.getLevelName(level.upper()), logging.WARNING))
