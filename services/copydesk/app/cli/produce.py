"""`copydesk produce`: documents as they were fetched, or envelopes, to the topic that the service reads."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import click

from copydesk.app.cli import options
from copydesk.app.cli.broker import CONNECT_WITHIN_S, broker_config, broker_errors, quiet_unless, topics_there
from copydesk.app.cli.errors import CommandError, Exit
from copydesk.app.cli.inputs import Document, read_ahead, read_documents
from copydesk.app.cli.left_out import LeftOut
from copydesk.app.cli.options import load_settings
from copydesk.app.cli.outgoing import Outgoing, document_records, line_records
from copydesk.app.cli.output import is_terminal, say, write_json

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer

    from copydesk.adapters.kafka.config import DeliveryConfig
    from copydesk.app.settings import Settings
    from copydesk_schemas.raw import SourceHint

_IN_FLIGHT = 200
"""Records that wait for their acknowledgement; the next is read when one of them is acknowledged."""


@dataclass(slots=True)
class Tally:
    """What was acknowledged."""

    records: int = 0
    size: int = 0
    refused: int = 0
    offsets: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By partition: first and last offset, number."""

    def add(self, partition: int, offset: int, size: int) -> None:
        """Count one acknowledged record."""
        self.records += 1
        self.size += size
        seen = self.offsets[partition]
        seen[:] = [min(seen[0], offset), max(seen[1], offset), seen[2] + 1] if seen else [offset, offset, 1]

    def sentence(self, topic: str) -> str:
        """The summary."""
        parts = []
        for partition, (first, last, number) in sorted(self.offsets.items()):
            reach = f"offset {first}" if number == 1 else f"offsets {first} to {last}"
            parts.append(f"partition {partition}, {reach}")
        noun = "record" if self.records == 1 else "records"
        placed = f": {'; '.join(parts)}" if parts else ""
        return f"{self.records:,} {noun}, {self.size:,} bytes, acknowledged by {topic}{placed}."


@click.command(short_help="Send files, web archives or JSON lines to Kafka.")
@click.argument("files", nargs=-1, required=True, metavar="FILE|DIR|-...")
@options.bootstrap_servers
@click.option("--url", help="Where the (one) document was fetched; also the record's key.")
@click.option("--source", metavar="NAME/DOMAIN", help="The publisher: the name, the domain, or both.")
@click.option("--jsonl", is_flag=True, help="Each line of FILE is a RawArticle envelope, sent as it is.")
@click.option("--quiet", "-q", is_flag=True, help="No summary.")
@options.verbose
def produce(
    *,
    files: tuple[str, ...],
    bootstrap_servers: str | None,
    url: str | None,
    source: str | None,
    jsonl: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Send each FILE (HTML, text, a feed, an envelope; gzip or not) as one record to the topic of raw articles.

    A folder is sent file by file, `-` is standard input. The value is the file's bytes as they are, with what is known
    in the headers content-type and x-url; with --source it is an envelope. With --jsonl each line is a record, its
    `url` the key. In a pipe, one JSON line tells partition and offset of each record. Returns when all are
    acknowledged; a record that is too large is told and left out, and the exit code is 1.

    Of a web archive (WARC, gzip or not) each response with status 200 and a page, text, feed or JSON in it is a
    record: unpacked, with its address (also the key), type and time; in an envelope where its HTTP headers say more of
    it, such as Last-Modified. The summary counts what is left out.
    """
    quiet_unless(verbose)
    if jsonl and (url is not None or source is not None):
        raise CommandError("--url and --source belong in the lines themselves with --jsonl.", Exit.USAGE)
    settings = load_settings(bootstrap_servers=bootstrap_servers)
    hint = None if source is None else read_source(source)
    left_out = LeftOut()
    records = line_records(files) if jsonl else document_records(_documents(files, url, left_out), url, hint)
    tally = Tally()
    try:
        asyncio.run(_send(settings, records, tally))
    finally:
        if not quiet and (tally.records or tally.refused or left_out):
            from copydesk_schemas.topics import TopicRole

            say(f"{tally.sentence(settings.topic(TopicRole.RAW))} {left_out.sentence()}".strip())
    if tally.refused:
        raise CommandError(f"{tally.refused} too large, not sent.")


def read_source(written: str) -> SourceHint:
    """`The Example Times/example.com`, `example.com` or `The Example Times`.

    Raises:
        CommandError: there is nothing in it.
    """
    from copydesk_schemas.raw import SourceHint

    name, slash, domain = (part.strip() for part in written.rpartition("/"))
    if not slash and (" " in domain or "." not in domain):
        name, domain = domain, ""
    if not name and not domain:
        raise CommandError("--source names a publisher: NAME/DOMAIN, NAME or DOMAIN.", Exit.USAGE)
    return SourceHint(name=name or None, domain=domain or None)


def _documents(files: tuple[str, ...], url: str | None, left_out: LeftOut) -> Iterable[Document]:
    documents = read_documents(files, left_out)
    if url is None:
        return documents
    first = list(_at_most(documents, 2))
    if len(first) != 1:
        raise CommandError("--url names the address of one document: give one FILE with it.", Exit.USAGE)
    return first


def _at_most(documents: Iterator[Document], number: int) -> Iterator[Document]:
    for _, document in zip(range(number), documents, strict=False):
        yield document


async def _send(settings: Settings, records: Iterator[Outgoing], tally: Tally) -> None:
    """Send everything and tell of each record as it is acknowledged, in order."""
    from copydesk.adapters.kafka.connection import start_producer
    from copydesk_schemas.topics import TopicRole

    config = broker_config(settings)
    topic = settings.topic(TopicRole.RAW)
    there = await topics_there(settings, config)
    with broker_errors(settings, "connecting"):
        async with asyncio.timeout(CONNECT_WITHIN_S):
            producer = await start_producer(config, None)
    try:
        if topic not in there:
            await declare_raw_topic(settings, config, topic)
        with broker_errors(settings, "sending"):
            async for record, sent in _acknowledged(producer, topic, records, config.limit(TopicRole.RAW)):
                if isinstance(sent, str):
                    tally.refused += 1
                    say(f"copydesk: {record.name} has {record.size:,} bytes, {sent}.")
                    continue
                tally.add(sent.partition, sent.offset, record.size)
                if not is_terminal():
                    placed = {"topic": topic, "partition": sent.partition, "offset": sent.offset}
                    write_json({"record": record.name, **placed, "bytes": record.size})
                elif not record.one_of_many:
                    click.echo(f"{record.name}: partition {sent.partition}, offset {sent.offset}")
    finally:
        await producer.stop()


async def declare_raw_topic(settings: Settings, config: DeliveryConfig, topic: str) -> None:
    """Create the topic of raw articles, where that is wanted.

    Raises:
        CommandError: it is not, or the broker refuses it.
    """
    from copydesk.adapters.kafka.topics import TopicError, declare_topics
    from copydesk_schemas.topics import TopicRole

    if not settings.declare_topics:
        raise CommandError(
            f"there is no topic {topic}, or this user may not see it; create it or set COPYDESK_DECLARE_TOPICS=true."
        )
    only = replace(config, topics={TopicRole.RAW: config.topics[TopicRole.RAW]})
    try:
        with broker_errors(settings, f"creating the topic {topic}"):
            await declare_topics(only, settings.replication_factor)
    except TopicError as error:
        raise CommandError(f"{error}.") from error


async def _acknowledged(
    producer: AIOKafkaProducer, topic: str, records: Iterator[Outgoing], limit: int
) -> AsyncIterator[tuple[Outgoing, Any]]:
    """Each record with its metadata once it is acknowledged; with words where it is too large for the topic."""
    from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError

    too_large = f"more than a record of {topic} may have ({limit:,}, by COPYDESK_TOPICS__RAW__MAX_MESSAGE_BYTES)"
    waiting: asyncio.Queue[tuple[Outgoing, asyncio.Future[Any] | None] | None] = asyncio.Queue(_IN_FLIGHT)

    async def feed() -> None:
        try:
            async for record in read_ahead(records, 4):
                future = None
                if record.size <= limit:
                    future = await producer.send(topic, record.value, record.key, headers=list(record.headers))
                await waiting.put((record, future))
        except Exception:
            await waiting.put(None)  # whoever waits goes on, and meets the error at the end
            raise
        # Cancelled it says nothing: nobody reads any more, and a full queue would be waited for without end.
        await waiting.put(None)

    feeder = asyncio.create_task(feed())
    try:
        while (entry := await waiting.get()) is not None:
            record, future = entry
            try:
                yield record, too_large if future is None else await future
            except (MessageSizeTooLargeError, RecordListTooLargeError):
                yield record, f"more than the broker lets {topic} have (max.message.bytes of the topic)"
        await feeder
    finally:
        feeder.cancel()
        await asyncio.gather(feeder, return_exceptions=True)
