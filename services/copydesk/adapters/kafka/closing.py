"""Closing a producer whose brokers may be away."""
# ruff: noqa: SLF001 - the library has no public way to stop without sending everything first

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import chain

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

_CLOSE_TIMEOUT_S = 2.0


async def stop_producer(producer: AIOKafkaProducer) -> None:
    """Close a producer. One that cannot say goodbye is fenced by the next: there is nothing left to lose here."""
    try:
        async with asyncio.timeout(_CLOSE_TIMEOUT_S):
            await producer.stop()
    except (KafkaError, TimeoutError):
        await _break_off(producer)


async def abort_and_stop(producer: AIOKafkaProducer) -> None:
    """End the open transaction and close the producer."""
    # The next producer with the same id ends the transaction in any case; this only makes it quicker. The assertion is
    # aiokafka's own: its transaction was already in the error state.
    with suppress(KafkaError, AssertionError, TimeoutError):
        async with asyncio.timeout(_CLOSE_TIMEOUT_S):
            await producer.abort_transaction()
    await stop_producer(producer)


async def _break_off(producer: AIOKafkaProducer) -> None:
    """End the producer's tasks and connections.

    The library's stop waits until everything is sent. Interrupted, it leaves its tasks behind, which would go on
    trying for ever, with a new set of them for each time that the partition is opened again.
    """
    accumulator, task = producer._message_accumulator, producer._sender.sender_task
    batches = [*chain.from_iterable(accumulator._batches.values()), *accumulator._pending_batches]
    accumulator.fail_all(KafkaConnectionError("closed while the brokers were away"))
    for batch in batches:
        waiter = batch._drain_waiter
        if waiter.done() and not waiter.cancelled():
            waiter.exception()  # looked at, so that asyncio does not complain that it never was
    for _ in range(2):  # cancelled once, the task still waits for the requests under way
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=_CLOSE_TIMEOUT_S / 4)
    with suppress(KafkaError, TimeoutError):
        async with asyncio.timeout(_CLOSE_TIMEOUT_S / 4):
            await producer.client.close()
