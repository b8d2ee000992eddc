"""Structured logs: one JSON line an event, the same pipeline for our records and those of Faust, mode and aiokafka.

A canonical line an article holds ids, coordinates, verdict, durations and flags; never article text or secrets.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

NOISY = ("aiokafka", "faust", "mode", "asyncio", "trafilatura", "htmldate", "charset_normalizer", "justext")
"""Libraries whose information is of no interest to an operator: warnings and worse only."""


REPEAT_S = 10.0
_KINDS = 500


class Repeats(logging.Filter):
    """Lets one record of a kind through in ten seconds, and says how many like it were left out meanwhile.

    The Kafka library logs every failed attempt of every client: some 250 lines a second while a broker is away, in
    which the lines that matter would drown. A kind is a logger, a level and an unformatted message.

    Args:
        loggers: names of loggers whose repeats, and those of their children, are left out.
        clock: seconds, monotonic.
    """

    def __init__(self, loggers: tuple[str, ...], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._loggers = loggers
        self._clock = clock
        self._kinds: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it goes through."""
        if not record.name.startswith(self._loggers):
            return True
        kind = (record.name, record.levelno, str(record.msg))
        now = self._clock()
        since, left_out = self._kinds.get(kind, (now - REPEAT_S, 0))
        if now - since < REPEAT_S:
            self._kinds[kind] = since, left_out + 1
            return False
        if len(self._kinds) > _KINDS:  # some messages are formatted before they are logged, and none is like another
            self._kinds.clear()
        self._kinds[kind] = now, 0
        if left_out:
            record.msg = f"{record.msg} [and {left_out} more like it]"
        return True


def _to_json(_: WrappedLogger, __: str, event: EventDict) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


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
    return shared


def formatter(*, pretty: bool) -> logging.Formatter:
    """A formatter for the standard library's handlers that puts every record through the pipeline."""
    render: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if pretty:
        render.append(structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback))
    else:
        render.append(_to_json)
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_processors(pretty=pretty), processors=render)


def configure_logging(*, pretty: bool, level: str = "info", stream: TextIO | None = None) -> None:
    """Set up structlog and the standard library's logging for this process.

    Args:
        pretty: coloured lines for a person instead of JSON.
        level: least severe level.
        stream: where to, standard error by default.
    """
    structlog.configure(
        processors=[*_processors(pretty=pretty), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter(pretty=pretty))
    handler.addFilter(Repeats(("aiokafka",)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in NOISY:
        logging.getLogger(name).setLevel(max(logging.getLevelName(level.upper()), logging.WARNING))
