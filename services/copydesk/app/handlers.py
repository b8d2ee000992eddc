"""Handlers: how a job of a stage is answered. A fault belongs to its record; there is an answer for every record."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog
from aiokafka.errors import InvalidMessageError

from copydesk.adapters.kafka.jobs import AbandonedError, Handled, Job
from copydesk.adapters.kafka.progress import Progress
from copydesk.adapters.spans import NoSpans, Spans
from copydesk.core.dead_letters import dead_letter, origin_of
from copydesk.core.options import Options
from copydesk.core.ports import Overlay, PoolUnavailableError, TaskPool, TaskTimeoutError, WorkerCrashedError
from copydesk.core.records import Message, Outcome, StageResult
from copydesk.core.replay import carried
from copydesk.core.stages import dead_letter_for, run_dedupe
from copydesk_schemas.reasons import Code, Stage

Handler = Callable[[Job], Awaitable[list[Handled]]]
StageFunction = Callable[[Message, Options, datetime], StageResult]
Clock = Callable[[], datetime]

TIMEOUT_CODES = {Stage.PARSE: Code.PARSE_TIMEOUT, Stage.ENRICH: Code.ENRICH_TIMEOUT}
CRASH_PAUSES_S = (0.25, 2.0)
"""Pauses before a record whose process died is tried again. Then the death is taken to be its own doing."""
ERROR_CODES = {Stage.PARSE: Code.PARSE_ERROR, Stage.ENRICH: Code.ENRICH_ERROR}

_log = structlog.get_logger("copydesk.delivery")


def now_utc() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class PoolHandler:
    """Runs a pure stage function for every record of a job in the process pool, many at a time, answers in order."""

    def __init__(
        self,
        stage: Stage,
        function: StageFunction,
        pool: TaskPool,
        options: Options,
        clock: Clock = now_utc,
        *,
        activity: Progress | None = None,
        spans: Spans | None = None,
    ) -> None:
        self._stage = stage
        self._function = function
        self._pool = pool
        self._options = options
        self._clock = clock
        self._activity = activity
        self._spans = spans or NoSpans()

    async def __call__(self, job: Job) -> list[Handled]:
        """Answer a job.

        Raises:
            PoolUnavailableError: there is no pool; the whole batch is tried again later.
        """
        return list(await asyncio.gather(*(self._one(job, message) for message in job.messages)))

    async def _one(self, job: Job, message: Message) -> Handled:
        if job.abandoned:
            raise AbandonedError
        structlog.contextvars.bind_contextvars(**_place(self._stage, message))  # each record has a task of its own
        with self._spans.of(self._stage, message) as span:
            result = span.done(await self._result(message))
        job.moved()
        if self._activity is not None:
            self._activity.touch()
        return Handled(result)

    async def _result(self, message: Message) -> StageResult:
        try:
            return await self._run(message)
        except TaskTimeoutError as error:
            return self._dead(message, TIMEOUT_CODES[self._stage], error)
        except PoolUnavailableError:
            raise  # no record is to blame
        except Exception as error:  # noqa: BLE001 - a fault belongs to its record
            attempts = len(CRASH_PAUSES_S) + 1 if isinstance(error, WorkerCrashedError) else 1
            return self._dead(message, ERROR_CODES[self._stage], error, attempts)

    async def _run(self, message: Message) -> StageResult:
        for pause_s in CRASH_PAUSES_S:
            try:
                return await self._pool.run(self._function, message, self._options, self._clock())
            except WorkerCrashedError as error:
                # A process may die for reasons of its own, such as memory that a neighbour took.
                _log.warning(
                    "worker process died, trying the record again",
                    error=str(error),
                )
                await asyncio.sleep(pause_s)
        return await self._pool.run(self._function, message, self._options, self._clock())

    def _dead(self, message: Message, code: Code, error: Exception, attempts: int = 1) -> StageResult:
        return dead_letter_for(message, self._stage, code, error, self._options, self._clock(), attempts=attempts)


class DedupeHandler:
    """Decides on the records of a job one by one, in order: the second must see what the first has changed."""

    def __init__(self, options: Options, clock: Clock = now_utc, *, spans: Spans | None = None) -> None:
        self._options = options
        self._clock = clock
        self._spans = spans or NoSpans()

    async def __call__(self, job: Job) -> list[Handled]:
        """Answer a job."""
        if job.overlay is None:
            raise RuntimeError("the dedupe stage needs its state")
        handled: list[Handled] = []
        for index, message in enumerate(job.messages):
            if job.abandoned:
                raise AbandonedError
            bound = structlog.contextvars.bound_contextvars(**_place(Stage.DEDUPE, message))
            with bound, self._spans.of(Stage.DEDUPE, message) as span:
                one = self._decide(message, job.overlay, job.refused.get(index))
                handled.append(replace(one, result=span.done(one.result)))
            job.moved()
            if index % 16 == 15:
                await asyncio.sleep(0)  # heartbeats and commits of other partitions go on meanwhile
        return handled

    def _decide(self, message: Message, overlay: Overlay, refused: Exception | None) -> Handled:
        if refused is not None:
            code = refusal_code(refused)
            return Handled(dead_letter_for(message, Stage.DEDUPE, code, refused, self._options, self._clock()))
        decided = run_dedupe(message, overlay, self._options, self._clock())
        return Handled(decided.result, decided.events)


def _place(stage: Stage, message: Message) -> dict[str, Any]:
    return {"stage": str(stage), "topic": message.topic, "partition": message.partition, "offset": message.offset}


def refusal_code(error: Exception) -> Code:
    """Why a record was not taken: its size, or something else that the broker holds against it."""
    return Code.PUBLISH_FAILED if isinstance(error, InvalidMessageError) else Code.PUBLISH_TOO_LARGE


class Refusal:
    """Makes the dead letter of an item whose record the broker does not take."""

    def __init__(self, options: Options, clock: Clock = now_utc) -> None:
        self._options = options
        self._clock = clock

    def __call__(self, handled: Handled, message: Message, position: int, error: Exception) -> Handled:
        """The same answer with a dead letter at `position`; a refused dead letter loses the input that it carries."""
        result = handled.result
        outcome = result.outcomes[position]
        raw, article_id = origin_of(message, outcome.stage)
        raw = raw.model_copy(update={"item": outcome.item, "items": outcome.items})
        again = outcome.code in (Code.PUBLISH_TOO_LARGE, Code.PUBLISH_FAILED)
        emit, dead = dead_letter(
            replace(message, key=None, value=None, headers=carried(message.headers)) if again else message,
            outcome.stage,
            refusal_code(error),
            error,
            options=self._options,
            now=self._clock(),
            raw=raw,
            article_id=outcome.article_id or article_id,
            backfill=outcome.backfill,
            domain=outcome.domain,
        )
        emits, outcomes = list(result.emits), list[Outcome](result.outcomes)
        emits[position], outcomes[position] = emit, dead
        return replace(handled, result=replace(result, emits=tuple(emits), outcomes=tuple(outcomes)))
