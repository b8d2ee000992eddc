"""The worker process: starts the app, stops on SIGINT and SIGTERM, and ends with an honest exit code."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading

import structlog

from copydesk.adapters.kafka.authorization import explain_kafka_error
from copydesk.adapters.logs import Sampling, configure_logging
from copydesk.app.settings import ConfigurationError, LogFormat, Settings
from copydesk.app.watchdog import StalledError, watch
from copydesk.app.wiring import CopydeskApp, Overrides, build_app, running

STOP_WITHIN_S = 9.0
"""After so long a stop is enforced: what is unfinished belongs to no transaction that was committed."""

STALLED = 5
"""Exit code of a worker that ended itself because it got no further."""

_log = structlog.get_logger("copydesk.worker")


def run_worker(settings: Settings, *, overrides: Overrides | None = None) -> int:
    """Run until told to stop; 0 after a stop, 1 after a failure, 5 where it got no further for too long.

    The app runs as a service in a loop of ours. Faust's own worker takes over logging and standard output, and hides
    exits from within.
    """
    pretty = settings.log_format is LogFormat.PRETTY or (settings.log_format is LogFormat.AUTO and sys.stderr.isatty())
    sampling = Sampling(settings.log_burst, settings.log_keep_one_in) if settings.log_burst else None
    configure_logging(pretty=pretty, level=settings.log_level, sampling=sampling, secrets=settings.secrets())
    logging.captureWarnings(capture=True)
    return asyncio.run(_serve(settings, overrides))


async def _serve(settings: Settings, overrides: Overrides | None) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    app = build_app(settings, overrides=overrides)
    told = asyncio.create_task(stop.wait())
    watching = asyncio.create_task(watch(app.desk))
    life = asyncio.create_task(_live(app, settings))
    try:
        await asyncio.wait({told, watching, life}, return_when=asyncio.FIRST_COMPLETED)
        _enforce(STALLED if watching.done() else 1)
        # Also a start that takes for ever is ended by this: it may wait for brokers or models.
        life.cancel()
        watching.cancel()
        await asyncio.wait({life, watching})
        for task in (watching, life):
            if not task.cancelled():
                task.result()
    except StalledError as error:
        _log.error("ending: nothing moves", stalled=str(error), exit_code=STALLED)
        return STALLED
    except Exception as error:  # noqa: BLE001 - the last place to say why
        _log.error("the worker failed", why=explain_kafka_error(error), exc_info=error)
        return 1
    finally:
        told.cancel()
    if app.crashed:
        return 1
    _log.info("stopped")
    return 0


async def _live(app: CopydeskApp, settings: Settings) -> None:
    """Start the app, and stop it when it has ended by itself or this is cancelled."""
    async with running(app):
        _log.info("running", stages=[str(s) for s in settings.stages], app_id=settings.app_id)
        await app.wait_until_stopped()


def _enforce(code: int) -> None:
    """End the process if stopping hangs. A thread, because a blocked event loop could not do it."""
    timer = threading.Timer(STOP_WITHIN_S, os._exit, args=(code,))
    timer.daemon = True
    timer.start()


if __name__ == "__main__":
    try:
        sys.exit(run_worker(Settings.load()))
    except ConfigurationError as problem:
        sys.exit(str(problem))
