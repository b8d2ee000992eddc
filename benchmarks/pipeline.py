"""copydesk against the plain script, on a real broker, in one run: throughput, CPU, latency, memory.

Prints the tables of docs/performance.md. Needs Java, Maven and COPYDESK_EVAL_DATA.

Usage: python -m benchmarks.pipeline [--rounds N] [--pages N]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from benchmarks.pages import Page, data_folder, load_pages
from tests.support.kafka import KafkaBroker, free_port

from copydesk.core.options import EnrichOptions, Options
from copydesk.core.ports import Overlay
from copydesk.core.records import Message, StageResult
from copydesk.core.stages import run_dedupe, run_enrich, run_parse
from copydesk.core.warm_up import warm_up
from copydesk_schemas.topics import TopicRole

OUTPUTS = ("ENRICHED", "DUPLICATE", "DEAD")
MIB = 1024 * 1024


@dataclass
class Usage:
    """CPU seconds and memory of a process tree between two moments."""

    main_cpu_s: float = 0.0
    children_cpu_s: float = 0.0
    rss_mib: float = 0.0
    pss_mib: float = 0.0


@dataclass
class Run:
    """One measured run over all pages."""

    name: str
    articles: int
    seconds: float
    usage: Usage
    steps_s: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Articles a second."""
        return self.articles / self.seconds


class Watch:
    """Samples the CPU time and memory of processes and their children."""

    def __init__(self, processes: Sequence[subprocess.Popen[str]]) -> None:
        self.roots = [psutil.Process(p.pid) for p in processes]
        self.peak = Usage()
        self._began = self._cpu()

    def _cpu(self) -> tuple[float, float]:
        main = children = 0.0
        for root in self.roots:
            times = root.cpu_times()
            main += times.user + times.system
            for child in root.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    times = child.cpu_times()
                    children += times.user + times.system
        return main, children

    def sample(self) -> None:
        """Take the memory of this moment, and the CPU time since the start."""
        rss = pss = 0.0
        for root in self.roots:
            for process in (root, *root.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    memory = process.memory_full_info()
                    rss += memory.rss / MIB
                    pss += memory.pss / MIB
        main, children = self._cpu()
        self.peak = Usage(
            main - self._began[0],
            children - self._began[1],
            max(self.peak.rss_mib, rss),
            max(self.peak.pss_mib, pss),
        )


async def create_topics(bootstrap: str, names: dict[str, int]) -> None:
    """Declare topics with limits that fit the pages."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics(
            [
                NewTopic(n, partitions, 1, topic_configs={"max.message.bytes": str(11 * MIB)})
                for n, partitions in names.items()
            ]
        )
    finally:
        await admin.close()


async def produce(bootstrap: str, topic: str, pages: Sequence[Page], rate: float | None = None) -> None:
    """Send the pages, as fast as they go or `rate` a second."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=11 * MIB, linger_ms=0)
    await producer.start()
    began = time.monotonic()
    try:
        for number, page in enumerate(pages):
            if rate is not None:
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            await producer.send(
                topic,
                page.html,
                key=page.url.encode(),
                headers=[("x-url", page.url.encode()), ("content-type", b"text/html")],
            )
        await producer.flush()
    finally:
        await producer.stop()


@contextlib.asynccontextmanager
async def reader(bootstrap: str, topics: Sequence[str]) -> AsyncIterator[AIOKafkaConsumer]:
    """A read_committed consumer without a group, from the beginning."""
    consumer = AIOKafkaConsumer(
        *topics,
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=16 * MIB,
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def collect(consumer: AIOKafkaConsumer, expected: int, watch: Watch, limit_s: float = 600) -> list[float]:
    """Arrival times of `expected` records, seconds since the epoch by the reader's clock.

    Raises:
        TimeoutError: fewer came within `limit_s` seconds.
    """
    arrivals: list[float] = []
    deadline = time.monotonic() + limit_s
    while len(arrivals) < expected:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(arrivals)} of {expected} outcomes within {limit_s:g} s")
        for records in (await consumer.getmany(timeout_ms=200)).values():
            arrivals.extend([time.time()] * len(records))
        watch.sample()
    return arrivals


@contextlib.contextmanager
def copydesk_worker(bootstrap: str, tag: str, enrichers: str | None) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A worker process with topics of its own; yields it and its web port when it is ready."""
    port = free_port()
    with tempfile.TemporaryDirectory() as state, tempfile.TemporaryFile("w+") as log:
        environment = {
            **os.environ,
            "COPYDESK_BOOTSTRAP_SERVERS": bootstrap,
            "COPYDESK_APP_ID": tag,
            "COPYDESK_STATE_DIR": state,
            "COPYDESK_WEB_PORT": str(port),
            "COPYDESK_LOG_FORMAT": "json",
            **{f"COPYDESK_TOPICS__{r.name}__NAME": f"{tag}-{r.value}" for r in TopicRole},
        }
        if enrichers is not None:
            environment["COPYDESK_ENRICH__ENRICHERS"] = enrichers
        process = subprocess.Popen(
            [sys.executable, "-m", "copydesk", "worker"], env=environment, stderr=log, stdout=log, text=True
        )
        try:
            wait_ready(process, port)
            yield process, port
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_ready(process: subprocess.Popen[str], port: int, limit_s: float = 90) -> None:
    """Wait until the worker says that it is ready."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the worker ended with exit code {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.3)
    raise TimeoutError("the worker was not ready in time")


@contextlib.contextmanager
def plain_scripts(bootstrap: str, tag: str) -> Iterator[list[subprocess.Popen[str]]]:
    """The plain script, twice in one group."""
    arguments = [sys.executable, "-m", "benchmarks.plain_script", bootstrap, f"{tag}-in", f"{tag}-out", tag]
    processes = [
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(2)
    ]
    try:
        for process in processes:
            if process.stdout is None or process.stdout.readline().strip() != "ready":
                raise RuntimeError("the plain script did not start")
        time.sleep(4)  # the group settles on both members
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


async def measure_copydesk(broker: KafkaBroker, tag: str, pages: Sequence[Page], enrichers: str | None) -> Run:
    """Throughput of one worker over all pages."""
    with copydesk_worker(broker.bootstrap, tag, enrichers) as (process, port):
        outputs = [f"{tag}-{TopicRole[name].value}" for name in OUTPUTS]
        async with reader(broker.bootstrap, outputs) as consumer:
            watch = Watch([process])
            began = time.time()
            sender = asyncio.create_task(produce(broker.bootstrap, f"{tag}-{TopicRole.RAW.value}", pages))
            arrivals = await collect(consumer, len(pages), watch)
            await sender
        steps = scrape_steps(port)
        return Run("copydesk", len(pages), arrivals[-1] - began, watch.peak, steps)


def scrape_steps(port: int) -> dict[str, float]:
    """Seconds of work by stage, from the worker's own metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    steps: dict[str, float] = {}
    for line in text.splitlines():
        if line.startswith("copydesk_stage_duration_seconds_sum"):
            label, value = line.rsplit(" ", 1)
            steps[label.split('stage="')[1].split('"')[0]] = float(value)
    return steps


async def measure_script(broker: KafkaBroker, tag: str, pages: Sequence[Page]) -> Run:
    """Throughput of the plain script, twice in one group, over all pages."""
    await create_topics(broker.bootstrap, {f"{tag}-in": 6, f"{tag}-out": 6})
    with plain_scripts(broker.bootstrap, tag) as processes:
        async with reader(broker.bootstrap, [f"{tag}-out"]) as consumer:
            watch = Watch(processes)
            began = time.time()
            sender = asyncio.create_task(produce(broker.bootstrap, f"{tag}-in", pages))
            arrivals = await collect(consumer, len(pages), watch)
            await sender
        return Run("plain script × 2", len(pages), arrivals[-1] - began, watch.peak)


async def measure_latency(
    broker: KafkaBroker, tag: str, pages: Sequence[Page], rate: float
) -> tuple[list[float], Usage]:
    """Seconds from the raw record's timestamp to a read_committed reader, at a fixed rate, every enricher on."""
    latencies: list[float] = []
    with copydesk_worker(broker.bootstrap, tag, None) as (process, _):
        outputs = [f"{tag}-{TopicRole[name].value}" for name in OUTPUTS]
        async with reader(broker.bootstrap, outputs) as consumer:
            watch = Watch([process])
            sender = asyncio.create_task(produce(broker.bootstrap, f"{tag}-{TopicRole.RAW.value}", pages, rate))
            while len(latencies) < len(pages):
                for records in (await consumer.getmany(timeout_ms=100)).values():
                    arrived = time.time()
                    latencies.extend(arrived - raw_time(record.value) for record in records)
                watch.sample()
            await sender
    return latencies, watch.peak


def raw_time(value: bytes) -> float:
    """Timestamp of the raw record behind an outcome, seconds since the epoch."""
    return datetime.fromisoformat(json.loads(value)["raw"]["timestamp"]).timestamp()


class _Memory:
    """The smallest state: a dictionary."""

    def __init__(self) -> None:
        self.data: dict[bytes, bytes | None] = {}

    def get(self, key: bytes) -> bytes | None:
        return self.data.get(key)


def cpu_by_stage(pages: Sequence[Page], options: Options) -> dict[str, list[float]]:
    """CPU milliseconds an article in each stage, in this process, nothing else running."""
    warm_up(options)
    now = datetime.now(UTC)
    state = _Memory()
    spent: dict[str, list[float]] = {"parse": [], "dedupe": [], "enrich": []}

    def timed(stage: str, began: float) -> None:
        spent[stage].append((time.process_time() - began) * 1000)

    def message(topic: str, value: bytes | None, **headers: bytes) -> Message:
        return Message(topic, 0, number, 1_700_000_000_000, None, value, tuple(headers.items()))

    for number, page in enumerate(pages):
        raw = Message("raw-articles", 0, number, 1_700_000_000_000, None, page.html, (("x-url", page.url.encode()),))
        began = time.process_time()
        parsed: StageResult = run_parse(raw, options, now)
        timed("parse", began)
        for emit in parsed.emits:
            if emit.role is not TopicRole.PARSED:
                continue
            overlay = Overlay(state)
            began = time.process_time()
            decided = run_dedupe(message("parsed-articles", emit.value), overlay, options, now)
            state.data.update(overlay.changes)
            timed("dedupe", began)
            for unique in decided.result.emits:
                if unique.role is TopicRole.UNIQUE:
                    began = time.process_time()
                    run_enrich(message("unique-articles", unique.value), options, now)
                    timed("enrich", began)
    return spent


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def report_runs(pairs: Sequence[tuple[Run, Run]]) -> None:
    """The throughput table."""
    print("\n| run | articles/s | CPU ms an article | of it main process | of it stages | RSS MiB | PSS MiB |")
    print("|---|---|---|---|---|---|---|")
    for run in (run for pair in pairs for run in pair):
        usage = run.usage
        cpu = (usage.main_cpu_s + usage.children_cpu_s) / run.articles * 1000
        main = usage.main_cpu_s / run.articles * 1000
        stages = ", ".join(f"{s} {v / run.articles * 1000:.1f}" for s, v in run.steps_s.items()) or "–"
        print(
            f"| {run.name} | {run.rate:.1f} | {cpu:.1f} | {main:.1f} | {stages} "
            f"| {usage.rss_mib:.0f} | {usage.pss_mib:.0f} |"
        )
    ratios = [ours.rate / theirs.rate for ours, theirs in pairs]
    print(f"\nRatio copydesk / script, pair by pair: {', '.join(f'{r:.2f}' for r in ratios)}")
    print(f"Median ratio: {statistics.median(ratios):.2f}")
    shares = []
    for ours, _ in pairs:
        total = ours.usage.main_cpu_s + ours.usage.children_cpu_s
        # The dedupe decision is work, and runs in the main process; all else there moves records.
        shares.append((ours.usage.main_cpu_s - ours.steps_s.get("dedupe", 0.0)) / total)
    print(f"Share of CPU that is transport (main process without the dedupe decision): {statistics.median(shares):.1%}")


def report_stages(title: str, spent: dict[str, list[float]]) -> None:
    """CPU by stage."""
    print(f"\n{title}\n\n| stage | articles | CPU ms median | mean | p95 |\n|---|---|---|---|---|")
    for stage, values in spent.items():
        print(
            f"| {stage} | {len(values)} | {statistics.median(values):.2f} | {statistics.fmean(values):.2f} "
            f"| {percentile(values, 0.95):.2f} |"
        )


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="copydesk against the plain script on a real broker")
    parser.add_argument("--rounds", type=int, default=2, help="pairs of runs (default 2)")
    parser.add_argument("--pages", type=int, default=0, help="use the first N pages only")
    arguments = parser.parse_args()
    pages = load_pages(data_folder())[: arguments.pages or None]
    print(f"{len(pages)} pages, {statistics.fmean(len(p.html) for p in pages) / 1024:.0f} KiB on average")
    plain = Options(enrich=EnrichOptions(enrichers=()))
    report_stages("CPU by stage, enrichers off", cpu_by_stage(pages, plain))
    report_stages("CPU by stage, every enricher on", cpu_by_stage(pages, Options()))
    mark = f"b{int(time.time())}"
    with KafkaBroker.running() as broker:
        pairs = []
        for number in range(arguments.rounds):
            ours = await measure_copydesk(broker, f"{mark}c{number}", pages, "")
            theirs = await measure_script(broker, f"{mark}s{number}", pages)
            pairs.append((ours, theirs))
        report_runs(pairs)
        full = await measure_copydesk(broker, f"{mark}f", pages, None)
        print(f"\nEvery enricher on: {full.rate:.1f} articles/s, RSS {full.usage.rss_mib:.0f} MiB")
        rate = full.rate / 2
        latencies, usage = await measure_latency(broker, f"{mark}l", pages, rate)
        median, tail = (percentile(latencies, share) * 1000 for share in (0.5, 0.99))
        print(f"End to end at half load ({rate:.1f}/s, every enricher on): p50 {median:.0f} ms, p99 {tail:.0f} ms")
        print(f"Memory at half load: RSS {usage.rss_mib:.0f} MiB, PSS {usage.pss_mib:.0f} MiB")


if __name__ == "__main__":
    asyncio.run(main())
