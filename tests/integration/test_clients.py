"""Producers and consumers of other makes, the README's example, and the pages of a live worker."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.support.collector import collecting
from tests.support.kafka import CLIENT, KafkaBroker, jars
from tests.support.service import DEFAULT_NAMES, Raw, Service, declare, ending, following, get_page, own_names, produce

from copydesk.adapters.metrics import CATALOGUE, Kind
from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka
ROOT = Path(__file__).parents[2]
CONSOLE_PRODUCER = "org.apache.kafka.tools.ConsoleProducer"

BODY = """The town council of Marlow voted on Tuesday to rebuild the old ferry landing, which was swept away by the
floods of last winter. Work will begin in April and is expected to take a year, the engineer, Ruth Adler, said.
“We have waited long enough for this,” Adler told the meeting. Shopkeepers along the quay had asked for the landing to
be rebuilt in stone, but the council chose timber because it is cheaper and can be repaired piece by piece."""

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Orchards report a poor harvest</title>
<link rel="canonical" href="https://orchard.example/news/harvest">
<meta property="article:published_time" content="2026-03-06T09:30:00Z"></head><body><nav><a href="/">Home</a></nav>
<article><h1>Orchards report a poor harvest</h1>
<p>Apple growers in the valley have brought in the smallest harvest for a decade, their association said on Friday.</p>
<p>A late frost in May killed most of the blossom, and hail damaged what was left in the weeks that followed.</p>
<p>“Some of our members have nothing to sell at all,” said Martin Hale, who chairs the association.</p>
<p>Prices in the shops are not expected to rise, because growers abroad report a harvest well above the average.</p>
</article></body></html>"""

TRACE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

MUST_MOVE = (
    "copydesk_live",
    "copydesk_ready",
    "copydesk_broker_up",
    "copydesk_event_loop_delay_seconds_count",
    "copydesk_stage_duration_seconds_sum",
    "copydesk_step_duration_seconds_total",
    "copydesk_freshness_seconds_count",
    "copydesk_next_offset",
    "copydesk_end_offset",
    "copydesk_consumed_bytes_total",
    "copydesk_published_bytes_total",
    "copydesk_last_commit_timestamp_seconds",
    "copydesk_rebalances_total",
    "copydesk_state_keys",
    "copydesk_state_bytes",
    "copydesk_pool_workers",
    "copydesk_pool_wait_seconds_count",
    "copydesk_duplicate_similarity_ratio_count",
    "copydesk_quality_score_ratio_sum",
    "copydesk_article_words_sum",
    "copydesk_log_lines_total",
    "faust_http_latency_count",
    "process_resident_memory_bytes",
)
"""What may not be 0 after a few articles, whatever they are."""


def console_producer(broker: KafkaBroker, topic: str, line: bytes) -> None:
    command = ["java", "-Xmx128m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{jars(CLIENT)}/*"]
    done = subprocess.run(
        [*command, CONSOLE_PRODUCER, "--bootstrap-server", broker.bootstrap, "--topic", topic],
        input=line + b"\n",
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()


async def test_records_of_other_clients_are_enriched_and_the_pages_show_it(
    broker: KafkaBroker, app_id: str, tmp_path: Path, free_port: int
) -> None:
    names = own_names(app_id)
    raw = names[TopicRole.RAW]
    await declare(broker.bootstrap, names)
    envelope = {
        "url": "https://marlow.example/ferry",
        "media_type": "text/plain",
        "content": f"Ferry landing\n\n{BODY}",
    }
    with ending(Service(broker.bootstrap, app_id, tmp_path, names)) as service:
        worker = service.start("one", free_port)
        await asyncio.to_thread(console_producer, broker, raw, json.dumps(envelope).encode())
        # Bare bytes, without key and headers.
        await produce(broker.bootstrap, raw, [Raw(PAGE.encode())])
        await service.ready(worker, free_port)
        async with following(broker.bootstrap, names) as follower:
            await follower.until(2, 60)
            near = {
                "url": "https://copies.example/ferry",
                "media_type": "text/plain",
                "content": f"Ferry landing\n\n{BODY} The work will be paid for by the county.",
            }
            trace = (("traceparent", TRACE),)
            await produce(
                broker.bootstrap,
                raw,
                [Raw(PAGE.encode(), headers=trace), Raw(b"", headers=trace), Raw(json.dumps(near).encode())],
            )
            await follower.until(5, 30)
            await follower.quiet(1.0)
        page = get_page(free_port, "/metrics")
        assert json.loads(get_page(free_port, "/health/live"))["live"]
        assert await service.stop(worker) == 0

    enriched = {article["title"]: article for article in map(json.loads, values(follower.seen[TopicRole.ENRICHED]))}
    assert set(enriched) == {"Ferry landing", "Orchards report a poor harvest"}
    ferry, harvest = enriched["Ferry landing"], enriched["Orchards report a poor harvest"]
    assert ferry["canonical_url"] == "https://marlow.example/ferry"
    assert [quote["speaker"] for quote in ferry["quotes"]] == ["Ruth Adler"]
    assert harvest["canonical_url"] == "https://orchard.example/news/harvest"
    assert "Home" not in harvest["body"]
    assert [quote["speaker"] for quote in harvest["quotes"]] == ["Martin Hale"]
    copies = {copy["verdict"]: copy for copy in map(json.loads, values(follower.seen[TopicRole.DUPLICATE]))}
    originals = {verdict: copy["duplicate_of"]["article_id"] for verdict, copy in copies.items()}
    assert originals == {"same_url_unchanged": harvest["article_id"], "near_duplicate": ferry["article_id"]}
    (dead,) = map(json.loads, values(follower.seen[TopicRole.DEAD]))
    assert dead["code"] == "empty"
    ends = [record for role in (TopicRole.DEAD, TopicRole.DUPLICATE) for record in follower.seen[role]]
    assert [dict(record.headers).get("traceparent") for record in ends].count(TRACE) == 2
    check_log((tmp_path / "one.log").read_text(encoding="utf-8"))

    check_metrics(page)


def values(records: list[object]) -> list[bytes]:
    return [record.value for record in records]  # type: ignore[attr-defined] # records of an untyped library


def check_log(text: str) -> None:
    lines = [json.loads(line) for line in text.splitlines()]  # all of it: what libraries and Faust say too
    assert all({"timestamp", "level", "event", "logger"} <= set(line) for line in lines)
    articles = [line for line in lines if line["event"] == "article"]
    assert sorted(line["outcome"] for line in articles) == ["dead", "duplicate", "duplicate", "enriched", "enriched"]
    (enriched, _) = (line for line in articles if line["outcome"] == "enriched")
    assert set(enriched["work_ms"]) == {"parse", "enrich"}
    assert (enriched["verdict"], enriched["revision"], enriched["language"]) == ("unique", 1, "en")
    assert sum(line.get("trace_id") == TRACE[3:35].decode() for line in articles) == 2
    (failed,) = (line for line in articles if line["outcome"] == "dead")
    assert (failed["level"], failed["code"]) == ("warning", "empty")
    for words in ("Ruth Adler", "swept away", "smallest harvest", "blossom"):
        assert words not in text, "text of an article"


def check_metrics(page: str) -> None:
    families = {family.name: family for family in text_string_to_metric_families(page)}
    samples = {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families.values() for s in f.samples}
    for spec in CATALOGUE:
        family = spec.name.removesuffix("_total") if spec.kind is Kind.COUNTER else spec.name
        assert families[family].type == spec.kind
        assert families[family].documentation == spec.help
        name = f"{spec.name}_bucket" if spec.kind is Kind.HISTOGRAM else spec.name
        labels = {frozenset(dict(pairs)) - {"le"} for n, pairs in samples if n == name}
        assert labels == {frozenset(spec.labels)}, spec.name

    def of(name: str, **labels: str) -> float:
        return sum(value for (n, pairs), value in samples.items() if n == name and set(labels.items()) <= set(pairs))

    assert [name for name in MUST_MOVE if not of(name)] == []
    assert of("copydesk_items_received_total") == 5
    assert of("copydesk_balance_items") == 0
    assert of("copydesk_outcomes_total", kind="enriched") == 2
    assert of("copydesk_outcomes_total", kind="duplicate") == 2
    assert of("copydesk_duplicates_total", verdict="near_duplicate") == 1
    assert of("copydesk_changes_total", change="new") == 2
    assert of("copydesk_source_outcomes_total", source="marlow.example", kind="enriched") == 1
    assert of("copydesk_source_outcomes_total", source="copies.example", kind="duplicate") == 1
    assert of("copydesk_source_fields_filled_total", source="marlow.example", field="title") == 1
    assert of("copydesk_source_last_seen_timestamp_seconds", source="marlow.example") > 1.7e9
    assert of("copydesk_dead_letters_total", kind="rejected", code="empty") == 1
    assert of("copydesk_dead_letters_total", kind="failed") == 0
    assert of("copydesk_outcomes_total", kind="dead", reason="empty") == 1
    assert of("copydesk_end_to_end_seconds_count") == 5
    assert of("copydesk_lag_records") == of("copydesk_lag_seconds") == 0
    assert of("copydesk_transactions_total", result="aborted") == 0


def readme_example() -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- test: aiokafka -->\n```python\n(.*?)```", text, re.DOTALL)
    assert found is not None, "the README has lost its example"
    return found.group(1)


async def test_the_example_of_the_readme_works_and_its_spans_reach_a_collector(
    broker: KafkaBroker, app_id: str, tmp_path: Path, free_port: int
) -> None:
    await declare(broker.bootstrap, DEFAULT_NAMES)
    script = tmp_path / "example.py"
    script.write_text(readme_example(), encoding="utf-8")
    with collecting() as collector, ending(Service(broker.bootstrap, app_id, tmp_path, DEFAULT_NAMES)) as service:
        service.settings = {"OTEL_ENDPOINT": f"http://127.0.0.1:{collector.server_port}"}
        worker = service.start("one", free_port)
        environment = {**os.environ, "COPYDESK_BOOTSTRAP_SERVERS": broker.bootstrap}
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, str(script)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert await service.stop(worker) == 0
    assert done.stdout.strip() == "Harbour bridge reopens after two years | ['Anna Keller']"
    by_stage = {span.name.split()[0]: span for span in collector.spans()}
    assert set(by_stage) == {"parse", "dedupe", "enrich"}
    assert len({span.trace_id for span in by_stage.values()}) == 1
    assert by_stage["enrich"].parent_span_id == by_stage["dedupe"].span_id
    assert by_stage["dedupe"].parent_span_id == by_stage["parse"].span_id
