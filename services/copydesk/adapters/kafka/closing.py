"""What the library has no public way to: close a producer whose brokers are away, and ask one why it failed."""
# ruff: noqa: SLF001 - see above

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


def transaction_error(producer: AIOKafkaProducer) -> BaseException | None:
    """What put the open transaction into its error state, if anything has.

    Errors of the records are only what follows from it: without a right on one topic, records of another are answered
    with «invalid transaction state».
    """
    manager = producer._txn_manager
    waiter = None if manager is None else manager._transaction_waiter
    if waiter is None or not waiter.done() or waiter.cancelled():
        return None
    error: BaseException | None = waiter.exception()
    return error


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
