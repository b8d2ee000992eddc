"""The Faust agents: one a stage, fed by the stage's pump through a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import faust

from copydesk.adapters.kafka.jobs import AbandonedError, Ask, Job
from copydesk.app.handlers import Handler
from copydesk_schemas.reasons import Stage


async def answer(job: Job, handler: Handler) -> None:
    """Have a job handled. Whatever happens it gets an answer, else its partition would wait for ever."""
    try:
        handled = await handler(job)
    except asyncio.CancelledError:
        if not job.answer.done():
            job.answer.set_exception(AbandonedError("the agent was stopped"))
        raise
    except Exception as error:  # noqa: BLE001 - handed to the pump, which opens the partition again
        if not job.answer.done():
            job.answer.set_exception(error)
    else:
        if not job.answer.done():
            job.answer.set_result(handled)


def declare_agents(app: faust.App, handlers: Mapping[Stage, Handler]) -> dict[Stage, Ask]:
    """Declare an agent for each stage; for each, the function that hands it a job."""
    asks: dict[Stage, Ask] = {}
    for stage, handler in handlers.items():
        channel = app.channel()
        _declare(app, stage, channel, handler)
        asks[stage] = _sender(channel)
    return asks


def _declare(app: faust.App, stage: Stage, channel: Any, handler: Handler) -> None:
    at_once = stage is not Stage.DEDUPE

    @app.agent(channel, name=f"copydesk.{stage}")
    async def agent(jobs: Any) -> None:
        running: set[asyncio.Task[None]] = set()
        try:
            async for job in jobs:
                if not at_once:
                    await answer(job, handler)
                    continue
                # Jobs of several partitions run side by side; each partition has one job at a time.
                task = asyncio.create_task(answer(job, handler))
                running.add(task)
                task.add_done_callback(running.discard)
        finally:
            for task in running:
                task.cancel()


def _sender(channel: Any) -> Ask:
    async def ask(job: Job) -> None:
        await channel.send(value=job)

    return ask
