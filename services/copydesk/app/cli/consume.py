"""`copydesk consume`: what the service has published, as JSON lines or as cards."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import click

from copydesk.app.cli import options
from copydesk.app.cli.broker import broker_config, broker_errors, quiet_unless, topics_there
from copydesk.app.cli.errors import CommandError, Exit
from copydesk.app.cli.options import load_settings
from copydesk.app.cli.output import console, is_terminal, write_json

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

    from copydesk.adapters.kafka.config import DeliveryConfig
    from copydesk.app.settings import Settings

_POLL_MS = 200


@click.command(short_help="Read finished records from Kafka.")
@options.bootstrap_servers
@click.option(
    "--topic",
    "-t",
    "topics",
    multiple=True,
    default=("enriched",),
    metavar="NAME",
    help="enriched (the default), duplicate, dead, raw, …, or a topic's own name; may be repeated.",
)
@click.option("--pretty/--json", "pretty", default=None, help="Cards or JSON lines; default: cards on a terminal.")
@click.option("--from-beginning/--latest", default=True, help="All records (the default), or only new ones.")
@click.option("--number", "-n", type=click.IntRange(min=1), help="Stop after so many records.")
@click.option("--exit-at-end/--follow", default=False, help="Stop at the end, or wait for more (the default).")
@click.option(
    "--with-place", is_flag=True, help="Wrap each line: topic, partition, offset, time, key, headers, record."
)
@options.verbose
def consume(
    *,
    bootstrap_servers: str | None,
    topics: tuple[str, ...],
    pretty: bool | None,
    from_beginning: bool,
    number: int | None,
    exit_at_end: bool,
    with_place: bool,
    verbose: bool,
) -> None:
    """Read records that are committed, without a consumer group: nobody else's position moves.

    The end is where the topic ended at the start of the command. A record that is no JSON (a raw document) is wrapped
    as with --with-place, its bytes as `value` where they are UTF-8, else as `value_base64`.
    """
    quiet_unless(verbose)
    settings = load_settings(bootstrap_servers=bootstrap_servers)
    asyncio.run(
        _run(
            settings,
            topics,
            pretty=is_terminal() if pretty is None else pretty,
            from_beginning=from_beginning,
            number=number,
            exit_at_end=exit_at_end,
            with_place=with_place,
        )
    )


async def _run(
    settings: Settings,
    topics: tuple[str, ...],
    *,
    pretty: bool,
    from_beginning: bool,
    number: int | None,
    exit_at_end: bool,
    with_place: bool,
) -> None:
    config = broker_config(settings)
    there = await topics_there(settings, config)
    names = list(dict.fromkeys(topic_name(settings, topic) for topic in topics))
    for name in names:
        if name not in there:
            others = ", ".join(sorted(there)) or "none"
            raise CommandError(f"there is no topic {name}, or this user may not see it; there are: {others}.")
    partitions = [(name, partition) for name in names for partition in there[name]]
    seen = 0
    with broker_errors(settings, "reading"):
        records = _records(config, partitions, from_beginning=from_beginning, exit_at_end=exit_at_end)
        async with aclosing(records):
            async for record in records:
                _show(record, pretty=pretty, with_place=with_place)
                seen += 1
                if seen == number:
                    return


def topic_name(settings: Settings, written: str) -> str:
    """The topic of a role (`enriched`, `dead`, …) at this deployment; any other name is a topic's own.

    Raises:
        CommandError: an empty name.
    """
    from copydesk_schemas.topics import TopicRole

    if not written.strip():
        raise CommandError("--topic needs a name.", Exit.USAGE)
    roles = {role.name.lower(): role for role in TopicRole}
    return settings.topic(roles[written]) if written in roles else written


async def _records(
    config: DeliveryConfig, partitions: list[tuple[str, int]], *, from_beginning: bool, exit_at_end: bool
) -> AsyncGenerator[ConsumerRecord, None]:
    """Committed records of these partitions, those that arrive together by their time."""
    from aiokafka import TopicPartition

    from copydesk.adapters.kafka.connection import reader

    places = [TopicPartition(topic, partition) for topic, partition in partitions]
    async with reader(config) as consumer:
        consumer.assign(places)
        # With read_committed this is the last stable offset: what is still open in a transaction lies behind it.
        ends = await consumer.end_offsets(places)
        starts = await consumer.beginning_offsets(places) if from_beginning else ends
        for place in places:
            consumer.seek(place, starts[place])
        left = set(places)
        while left or not exit_at_end:
            batches = await consumer.getmany(*places, timeout_ms=_POLL_MS)
            arrived = [record for batch in batches.values() for record in batch]
            for record in sorted(arrived, key=lambda r: (r.timestamp, r.topic, r.partition, r.offset)):
                if not exit_at_end or record.offset < ends[TopicPartition(record.topic, record.partition)]:
                    yield record
            # Transaction markers take offsets too, and the last one is often such: only the position tells the end.
            for place in sorted(left):
                if await consumer.position(place) >= ends[place]:
                    left.discard(place)


def _show(record: ConsumerRecord, *, pretty: bool, with_place: bool) -> None:
    import orjson

    try:
        fields, is_json = orjson.loads(record.value or b""), True
    except orjson.JSONDecodeError:
        fields, is_json = _wrapped(record, _content(record)), False
    if pretty:
        from copydesk.app.cli.cards import card

        console().print(card(fields, f"{record.topic}, partition {record.partition}, offset {record.offset}"))
    elif is_json and with_place:
        write_json(_wrapped(record, {"record": fields}))
    else:
        write_json(fields)


def _wrapped(record: ConsumerRecord, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp_ms": record.timestamp,
        "key": None if record.key is None else record.key.decode("utf-8", "replace"),
        "headers": [[name, value.decode("utf-8", "replace")] for name, value in record.headers],
        **content,
    }


def _content(record: ConsumerRecord) -> dict[str, Any]:
    if record.value is None:
        return {"value": None}
    try:
        return {"value": record.value.decode()}
    except UnicodeDecodeError:
        return {"value_base64": base64.b64encode(record.value).decode()}
