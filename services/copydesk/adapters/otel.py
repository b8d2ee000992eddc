"""Spans of OpenTelemetry, sent to a collector by OTLP over HTTP. Needs the extra `otel`.

Attributes follow the semantic conventions for messaging; what is ours begins with `copydesk.`. They hold no article
text, nor the text of an error, which may quote it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind, Status, StatusCode, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from copydesk import __version__
from copydesk.adapters.spans import Span
from copydesk.core.headers import TRACEPARENT, trace_headers
from copydesk.core.records import Headers, Message, StageResult
from copydesk_schemas.reasons import FAILURES, Stage

_SEND_WITHIN_S = 3.0
"""A collector that is away must not hold up the end of the worker."""
_PROPAGATOR = TraceContextTextMapPropagator()


class OtelSpans:
    """Begins spans with a provider's tracer.

    Args:
        provider: where they go.
        groups: consumer groups by stage.
    """

    def __init__(self, provider: TracerProvider, groups: Mapping[Stage, str]) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("copydesk", __version__)
        self._groups = groups

    @contextmanager
    def of(self, stage: Stage, message: Message) -> Iterator[Span]:
        """A span below the one that the record's `traceparent` names; the first of a trace where there is none."""
        carrier = {name: value.decode("ascii") for name, value in trace_headers(message.headers)}
        span = self._tracer.start_span(
            f"{stage} {message.topic}",
            context=_PROPAGATOR.extract(carrier),
            kind=SpanKind.CONSUMER,
            attributes=_attributes(stage, message, self._groups[stage]),
        )
        with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                yield _Traced(span)
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def close(self) -> None:
        """Send what is left, as far as the collector takes it in time."""
        self._provider.shutdown()


class _Traced:
    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    def done(self, result: StageResult) -> StageResult:
        """Note the outcome, and put this span in the place of the one that the record came with."""
        self._span.set_attributes(_results(result))
        failed = next((one.code for one in result.outcomes if one.code in FAILURES), None)
        if failed is not None:
            self._span.set_status(Status(StatusCode.ERROR, str(failed)))
        carrier: dict[str, str] = {}
        with use_span(self._span):
            _PROPAGATOR.inject(carrier)
        if TRACEPARENT not in carrier:
            return result  # no span that anybody could be below of
        parent = carrier[TRACEPARENT].encode()
        trace_id = f"{self._span.get_span_context().trace_id:032x}"
        return replace(
            result,
            emits=tuple(replace(emit, headers=_below(emit.headers, parent)) for emit in result.emits),
            outcomes=tuple(replace(outcome, trace_id=trace_id) for outcome in result.outcomes),
        )


def otlp_spans(app_id: str, groups: Mapping[Stage, str], endpoint: str | None) -> OtelSpans:
    """Spans to a collector.

    Args:
        app_id: the service's name, unless OTEL_SERVICE_NAME gives one.
        groups: consumer groups by stage.
        endpoint: base address of the collector; None leaves it to the OTEL_… variables of the exporter.
    """
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": app_id}
    provider = TracerProvider(resource=Resource.create({**named, "service.version": __version__}))
    address = None if endpoint is None else f"{endpoint.rstrip('/')}/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address, timeout=_SEND_WITHIN_S)))
    return OtelSpans(provider, groups)


def _attributes(stage: Stage, message: Message, group: str) -> dict[str, AttributeValue]:
    return {
        "messaging.system": "kafka",
        "messaging.operation.name": str(stage),
        "messaging.operation.type": "process",
        "messaging.destination.name": message.topic,
        "messaging.destination.partition.id": str(message.partition),
        "messaging.kafka.offset": message.offset,
        "messaging.consumer.group.name": group,
        "messaging.message.body.size": len(message.value or b""),
    }


def _results(result: StageResult) -> dict[str, AttributeValue]:
    first = result.outcomes[0]
    found: dict[str, AttributeValue | None] = {
        "copydesk.items": len(result.outcomes),
        "copydesk.outcome": str(first.kind),
        "copydesk.reason": str(first.code or first.verdict or "ok"),
        "copydesk.article_id": first.article_id,
        "copydesk.work_ms": round(sum(result.timings.values()), 3),
        **{f"copydesk.step.{step}_ms": spent for step, spent in result.timings.items()},
    }
    return {name: value for name, value in found.items() if value is not None}


def _below(headers: Headers, parent: bytes) -> Headers:
    return (*((name, value) for name, value in headers if name != TRACEPARENT), (TRACEPARENT, parent))
