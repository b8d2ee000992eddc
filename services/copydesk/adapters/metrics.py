"""The catalogue of metrics, and the one place that writes them.

Everything is in base units (seconds, bytes, records). Labels are bounded: no URL, no source name, no free text.
"""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from copydesk import __version__
from copydesk.adapters.catalogue import CATALOGUE, LABELS, Group, Kind, MetricSpec, Unit
from copydesk.core.records import Outcome, OutcomeKind
from copydesk_schemas.reasons import Stage

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


__all__ = ["CATALOGUE", "CONTENT_TYPE", "LABELS", "Group", "Kind", "MetricSpec", "Metrics", "Unit"]


class Metrics:
    """Writes the catalogue's metrics into a registry of its own, so that two applications stay apart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        for spec in CATALOGUE:
            if spec.kind is Kind.COUNTER:
                self._counters[spec.name] = Counter(spec.name, spec.help, spec.labels, registry=self.registry)
            elif spec.kind is Kind.GAUGE:
                self._gauges[spec.name] = Gauge(spec.name, spec.help, spec.labels, registry=self.registry)
            else:
                self._histograms[spec.name] = Histogram(
                    spec.name, spec.help, spec.labels, registry=self.registry, buckets=spec.buckets
                )
        self._gauges["copydesk_build_info"].labels(__version__).set(1)

    def render(self) -> bytes:
        """The exposition text for Prometheus."""
        return generate_latest(self.registry)

    # --- outcomes -------------------------------------------------------------------------------------------------

    def received(self) -> None:
        """An item came in."""
        self._counters["copydesk_items_received_total"].inc()
        self._gauges["copydesk_balance_items"].inc()

    def outcome(self, outcome: Outcome) -> None:
        """An item's outcome in a stage was committed."""
        reason = outcome.code or outcome.verdict or "ok"
        self._counters["copydesk_outcomes_total"].labels(outcome.stage, outcome.kind, reason).inc()
        if outcome.kind is OutcomeKind.FORWARDED:
            return
        self._gauges["copydesk_balance_items"].dec()
        if outcome.kind is OutcomeKind.ENRICHED:
            for flag in outcome.flags:
                self._counters["copydesk_flags_total"].labels(flag).inc()
            for name in outcome.filled:
                self._counters["copydesk_fields_filled_total"].labels(name).inc()
            self._counters["copydesk_languages_total"].labels(outcome.language or "und").inc()
            self._counters["copydesk_extractors_total"].labels(outcome.extractor or "none").inc()

    def end_to_end(self, kind: OutcomeKind, seconds: float) -> None:
        """Time from the raw record to the committed outcome."""
        self._histograms["copydesk_end_to_end_seconds"].labels(kind).observe(seconds)

    def worked(self, stage: Stage, timings_ms: dict[str, float]) -> None:
        """Work time of a record, milliseconds a step as the stage returned them."""
        self._histograms["copydesk_stage_duration_seconds"].labels(stage).observe(sum(timings_ms.values()) / 1000)
        for step, spent in timings_ms.items():
            self._counters["copydesk_step_duration_seconds_total"].labels(stage, step).inc(spent / 1000)

    # --- delivery -------------------------------------------------------------------------------------------------

    def transaction_committed(self, stage: Stage, partition: int, seconds: float, records: int) -> None:  # noqa: ARG002 - a label a partition would multiply the series
        """A batch was committed."""
        self._counters["copydesk_transactions_total"].labels(stage, "committed").inc()
        self._histograms["copydesk_transaction_duration_seconds"].labels(stage).observe(seconds)
        self._histograms["copydesk_batch_records"].labels(stage).observe(records)
        self._gauges["copydesk_last_commit_timestamp_seconds"].labels(stage).set_to_current_time()

    def transaction_aborted(self, stage: Stage, reason: str) -> None:  # noqa: ARG002 - the reason is in the log
        """A batch was aborted and will be tried again."""
        self._counters["copydesk_transactions_total"].labels(stage, "aborted").inc()

    def fenced(self, stage: Stage) -> None:
        """A producer was fenced by a newer one of the same partition."""
        self._counters["copydesk_transactions_total"].labels(stage, "fenced").inc()

    def lag(self, stage: Stage, topic: str, partition: int, records: int) -> None:
        """Records behind the end."""
        self._gauges["copydesk_lag_records"].labels(stage, topic, str(partition)).set(records)

    def lag_forgotten(self, stage: Stage, topic: str, partition: int) -> None:
        """The partition went to another worker: a stale figure would be worse than none."""
        gauge = self._gauges["copydesk_lag_records"]
        gauge.labels(stage, topic, str(partition))
        gauge.remove(stage, topic, str(partition))

    def in_flight(self, stage: Stage, records: int) -> None:
        """Records between fetch and commit."""
        self._gauges["copydesk_in_flight_records"].labels(stage).set(records)

    def partition_states(self, stage: Stage, counts: Mapping[str, int]) -> None:
        """Assigned partitions by what they are doing."""
        for state, count in counts.items():
            self._gauges["copydesk_partitions"].labels(stage, state).set(count)

    def fuse_blown(self, stage: Stage) -> None:
        """Too many records failed: the batch was held back."""
        self._counters["copydesk_fuse_blown_total"].labels(stage).inc()

    def restore_progress(self, partition: int, done: int, total: int) -> None:
        """Records of the state log."""
        gauge = self._gauges["copydesk_restore_records"]
        gauge.labels(str(partition), "done").set(done)
        gauge.labels(str(partition), "total").set(total)

    def rebalanced(self, stage: Stage) -> None:
        """Partitions were assigned anew."""
        self._counters["copydesk_rebalances_total"].labels(stage).inc()

    # --- pool -----------------------------------------------------------------------------------------------------

    def pool(self, workers: int, busy: int, timeouts: int, crashes: int, recycled: int = 0, rebuilds: int = 0) -> None:
        """State of the pool; all but workers and busy are totals since start."""
        self._gauges["copydesk_pool_workers"].set(workers)
        self._gauges["copydesk_pool_busy"].set(busy)
        totals = {"timeouts": timeouts, "crashes": crashes, "recycled": recycled, "rebuilds": rebuilds}
        for name, total in totals.items():
            counter = self._counters[f"copydesk_pool_{name}_total"]
            known = counter._value.get()  # noqa: SLF001 - the library has no public reader
            counter.inc(max(0, total - known))
