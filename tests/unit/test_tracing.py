"""A trace goes from the raw record through all stages to the outputs, with OpenTelemetry and without."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from tests.support.collector import collecting
from tests.support.documents import Writer, page

from copydesk.adapters.kafka.jobs import Handled, Job
from copydesk.adapters.otel import OtelSpans
from copydesk.adapters.pool import InlineTaskPool
from copydesk.adapters.spans import NoSpans, Spans
from copydesk.adapters.state_memory import MemoryStore
from copydesk.app.handlers import DedupeHandler, Handler, PoolHandler
from copydesk.app.settings import ConfigurationError, Settings
from copydesk.app.tracing import spans_for
from copydesk.core.options import Options
from copydesk.core.ports import Overlay, PoolUnavailableError
from copydesk.core.records import Emit, Headers, Message, Outcome
from copydesk.core.stages import run_enrich, run_parse
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import TopicRole

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01".encode()
GROUPS = {stage: f"copydesk-{stage}" for stage in Stage}
OPTIONS = Options()


def document(seed: int = 1) -> bytes:
    writer = Writer(seed)
    return page(f"https://paper.example/{seed}", writer.title(), writer.paragraphs())


class Line:
    """The three stages, one behind the other, with one dedupe state."""

    def __init__(self, spans: Spans) -> None:
        pool: Any = InlineTaskPool()
        self._overlay = Overlay(MemoryStore())
        self._handlers: dict[Stage, Handler] = {
            Stage.PARSE: PoolHandler(Stage.PARSE, run_parse, pool, OPTIONS, spans=spans),
            Stage.DEDUPE: DedupeHandler(OPTIONS, spans=spans),
            Stage.ENRICH: PoolHandler(Stage.ENRICH, run_enrich, pool, OPTIONS, spans=spans),
        }
        self._offset = 0

    async def send(self, value: bytes, headers: Headers = ()) -> list[tuple[Emit, Outcome]]:
        """What each stage made of a raw record, until its end."""
        made: list[tuple[Emit, Outcome]] = []
        topic, key = "raw-articles", b"key"
        for stage, handler in self._handlers.items():
            self._offset += 1
            message = Message(topic, 0, self._offset, 1_700_000_000_000, key, value, headers)
            answer: asyncio.Future[list[Handled]] = asyncio.get_running_loop().create_future()
            (handled,) = await handler(Job(stage, (message,), answer, self._overlay))
            ((emit, outcome),) = zip(handled.result.emits, handled.result.outcomes, strict=True)
            made.append((emit, outcome))
            if emit.role not in (TopicRole.PARSED, TopicRole.UNIQUE):
                break
            topic, value, headers = emit.role.value, emit.value or b"", emit.headers
        return made


def traced() -> tuple[Line, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Line(OtelSpans(provider, GROUPS)), exporter


def parent_of(emit: Emit) -> bytes | None:
    values = [value for name, value in emit.headers if name == "traceparent"]
    assert len(values) <= 1
    return values[0] if values else None


def context_of(span: ReadableSpan) -> bytes:
    context = span.get_span_context()
    assert context is not None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-01".encode()


async def test_without_tracing_a_valid_traceparent_goes_through_all_topics_as_it_came() -> None:
    made = await Line(NoSpans()).send(document(), (("traceparent", PARENT),))
    assert [emit.role for emit, _ in made] == [TopicRole.PARSED, TopicRole.UNIQUE, TopicRole.ENRICHED]
    assert [parent_of(emit) for emit, _ in made] == [PARENT] * 3
    assert [outcome.trace_id for _, outcome in made] == [TRACE] * 3


async def test_copies_and_dead_letters_carry_it_too() -> None:
    line = Line(NoSpans())
    await line.send(document())
    copy = await line.send(document(), (("traceparent", PARENT),))
    dead = await line.send(b"", (("traceparent", PARENT),))
    assert [made[-1][0].role for made in (copy, dead)] == [TopicRole.DUPLICATE, TopicRole.DEAD]
    assert [parent_of(made[-1][0]) for made in (copy, dead)] == [PARENT, PARENT]


async def test_an_invalid_traceparent_goes_nowhere() -> None:
    made = await Line(NoSpans()).send(document(), (("traceparent", b"00-1-2-01"),))
    assert [parent_of(emit) for emit, _ in made] == [None] * 3
    assert [outcome.trace_id for _, outcome in made] == [None] * 3


async def test_each_stage_is_a_span_below_the_one_before() -> None:
    line, exporter = traced()
    made = await line.send(document(), (("traceparent", PARENT),))
    spans = exporter.get_finished_spans()
    assert [span.name for span in spans] == ["parse raw-articles", "dedupe parsed-articles", "enrich unique-articles"]
    parents = [f"{span.parent.span_id:016x}" for span in spans if span.parent is not None]
    assert parents == ["00f067aa0ba902b7", *(context_of(span).decode().split("-")[2] for span in spans[:2])]
    assert [parent_of(emit) for emit, _ in made] == [context_of(span) for span in spans]
    assert {outcome.trace_id for _, outcome in made} == {TRACE}
    parse = spans[0]
    assert parse.kind is SpanKind.CONSUMER
    assert parse.status.status_code is StatusCode.UNSET
    attributes = dict(parse.attributes or {})
    assert attributes["messaging.system"] == "kafka"
    assert attributes["messaging.consumer.group.name"] == "copydesk-parse"
    assert attributes["messaging.kafka.offset"] == 1
    assert attributes["copydesk.outcome"] == "forwarded"
    assert "copydesk.step.decode_ms" in attributes
    article = json.loads(made[-1][0].value or b"")
    assert article["body"][:40] not in json.dumps([dict(span.attributes or {}) for span in spans])


@pytest.mark.parametrize("headers", [(), (("traceparent", b"ff-no-trace"),)])
async def test_a_record_without_a_trace_begins_one(headers: Headers) -> None:
    line, exporter = traced()
    made = await line.send(document(), headers)
    spans = exporter.get_finished_spans()
    assert spans[0].parent is None
    assert len({outcome.trace_id for _, outcome in made}) == 1
    carried = parent_of(made[-1][0]) or b""
    assert carried[:-2] == context_of(spans[-1])[:-2]
    assert int(carried[-2:], 16) & 1, "sampled; another bit says that the id was drawn by chance"


async def test_a_trace_that_its_producer_does_not_sample_is_carried_and_not_recorded() -> None:
    line, exporter = traced()
    made = await line.send(document(), (("traceparent", PARENT[:-2] + b"00"),))
    assert exporter.get_finished_spans() == ()
    carried = [parent_of(emit) or b"" for emit, _ in made]
    assert all(value.startswith(f"00-{TRACE}-".encode()) and value.endswith(b"-00") for value in carried)


async def test_a_fault_is_an_error_and_a_refusal_is_none() -> None:
    line, exporter = traced()
    await line.send(b"")
    (refused,) = exporter.get_finished_spans()
    assert refused.status.status_code is StatusCode.UNSET
    assert dict(refused.attributes or {})["copydesk.reason"] == "empty"

    exporter.clear()
    line._handlers = {Stage.DEDUPE: line._handlers[Stage.DEDUPE]}
    await line.send(b"no article")
    (fault,) = exporter.get_finished_spans()
    assert (fault.status.status_code, fault.status.description) == (StatusCode.ERROR, "schema_invalid")


async def test_what_is_no_fault_of_the_record_ends_its_span_without_the_text_of_the_error() -> None:
    class NoPool:
        async def run(self, *_: Any, **__: Any) -> Any:
            raise PoolUnavailableError("a text that may hold anything")

        async def close(self) -> None:
            """Nothing to close."""

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    pool: Any = NoPool()
    line = Line(OtelSpans(provider, GROUPS))
    line._handlers = {
        Stage.PARSE: PoolHandler(Stage.PARSE, run_parse, pool, OPTIONS, spans=OtelSpans(provider, GROUPS))
    }
    with pytest.raises(PoolUnavailableError):
        await line.send(document())
    (span,) = exporter.get_finished_spans()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "PoolUnavailableError")
    assert "hold anything" not in span.to_json()


# --- where to ---------------------------------------------------------------------------------------------------------


def settings(**given: Any) -> Settings:
    return Settings.load({}, **given)


def test_nobody_traces_unless_a_collector_is_named() -> None:
    assert isinstance(spans_for(settings(), GROUPS, {}), NoSpans)
    disabled = {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
    assert isinstance(spans_for(settings(), GROUPS, disabled), NoSpans)


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "copydesk.adapters.otel", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'copydesk\[otel\]'"):
        spans_for(settings(otel_endpoint="http://127.0.0.1:1"), GROUPS, {})


def test_a_variable_that_a_platform_gives_to_all_stops_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "copydesk.adapters.otel", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with structlog.testing.capture_logs() as lines:
        assert isinstance(spans_for(settings(), GROUPS, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}), NoSpans)
    assert [line["extra"] for line in lines] == ["copydesk[otel]"]


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"COPYDESK_OTEL_ENDPOINT: «collector:4318» does not begin with http"):
        settings(otel_endpoint="collector:4318")


async def test_spans_reach_a_collector_when_the_worker_ends_at_the_latest() -> None:
    with collecting() as collector:
        spans = spans_for(settings(otel_endpoint=f"http://127.0.0.1:{collector.server_port}/"), GROUPS, {})
        await Line(spans).send(document(), (("traceparent", PARENT),))
        await asyncio.to_thread(spans.close)
    (request,) = collector.requests
    (resources,) = request.resource_spans
    names = {pair.key: pair.value.string_value for pair in resources.resource.attributes}
    assert names["service.name"] == "copydesk"
    (scope,) = resources.scope_spans
    assert [span.name.split()[0] for span in scope.spans] == ["parse", "dedupe", "enrich"]
    assert {span.trace_id.hex() for span in scope.spans} == {TRACE}


async def test_a_collector_that_is_away_costs_no_article() -> None:
    spans = spans_for(settings(otel_endpoint="http://127.0.0.1:9"), GROUPS, {})
    made = await Line(spans).send(document())
    assert made[-1][0].role is TopicRole.ENRICHED
    await asyncio.to_thread(spans.close)
