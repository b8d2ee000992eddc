"""The one place that writes the metrics of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import prometheus_client
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from copydesk import __version__
from copydesk.adapters.catalogue import CATALOGUE, LABELS, Group, Kind, MetricSpec, Unit
from copydesk.adapters.kafka.observe import Commit, Place
from copydesk.adapters.metrics_start import begin
from copydesk.adapters.top import OTHER, Top
from copydesk.core.records import Outcome, OutcomeKind
from copydesk_schemas.reasons import FAILURES, DeadLetterKind, Stage

__all__ = ["CATALOGUE", "CONTENT_TYPE", "LABELS", "Group", "Kind", "MetricSpec", "Metrics", "Unit"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
UNKNOWN = "unknown"
_LANGUAGES = 100

# A time of birth for each series doubles their number, and nothing reads it. The library can only be told as a whole.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call] # the library leaves it untyped


class Metrics:
    """Writes the catalogue's metrics into a registry of its own, so that two applications stay apart.

    What may happen is there from the start with 0, as far as it can be named: the first fault is an increase then.

    Args:
        stages: those of this worker.
        top_sources: publishers that get series of their own; the others are `other`.
    """

    def __init__(self, stages: Sequence[Stage] = tuple(Stage), top_sources: int = 50) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
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
        begin(self._counters, self._histograms, stages)
        self._totals: dict[tuple[str, ...], int] = {}
        self._sources = Top(top_sources, self._forget_source)
        self._languages = Top(_LANGUAGES, self._forget_language)

    def render(self) -> bytes:
        """The exposition text for Prometheus."""
        return generate_latest(self.registry)

    # --- outcomes -------------------------------------------------------------------------------------------------

    def received(self) -> None:
        """An item came in."""
        self._counters["copydesk_items_received_total"].inc()
        self._gauges["copydesk_balance_items"].inc()

    def outcome(self, outcome: Outcome, now: float) -> None:
        """An item's outcome in a stage was committed at `now`, seconds since 1970."""
        reason = outcome.code or outcome.verdict or "ok"
        self._counters["copydesk_outcomes_total"].labels(outcome.stage, outcome.kind, reason).inc()
        if outcome.kind is OutcomeKind.FORWARDED:
            return
        self._gauges["copydesk_balance_items"].dec()
        if outcome.kind is OutcomeKind.DEAD:
            kind = DeadLetterKind.FAILED if outcome.code in FAILURES else DeadLetterKind.REJECTED
            self._counters["copydesk_dead_letters_total"].labels(outcome.stage, kind, str(outcome.code)).inc()
        elif outcome.kind is OutcomeKind.DUPLICATE:
            self._copy(outcome)
        else:
            self._published(outcome)
        self._of_source(outcome, now)

    def _copy(self, outcome: Outcome) -> None:
        verdict = outcome.verdict or UNKNOWN
        self._counters["copydesk_duplicates_total"].labels(verdict, outcome.method or UNKNOWN).inc()
        if outcome.similarity is not None and outcome.similarity < 1:  # 1 is identity, which nothing was measured for
            self._histograms["copydesk_duplicate_similarity_ratio"].labels(verdict).observe(outcome.similarity)

    def _published(self, outcome: Outcome) -> None:
        for flag in outcome.flags:
            self._counters["copydesk_flags_total"].labels(flag).inc()
        for name in outcome.filled:
            self._counters["copydesk_fields_filled_total"].labels(name).inc()
        self._counters["copydesk_languages_total"].labels(self._languages.seen(outcome.language or "und")).inc()
        self._counters["copydesk_extractors_total"].labels(outcome.extractor or "none").inc()
        if outcome.change is not None:
            self._counters["copydesk_changes_total"].labels(outcome.change).inc()
        if outcome.quality is not None:
            self._histograms["copydesk_quality_score_ratio"].observe(outcome.quality)
        if outcome.words is not None:
            self._histograms["copydesk_article_words"].observe(outcome.words)

    def _of_source(self, outcome: Outcome, now: float) -> None:
        source = self._sources.seen(outcome.domain) if outcome.domain else UNKNOWN
        self._counters["copydesk_source_outcomes_total"].labels(source, outcome.kind).inc()
        for name in outcome.filled:
            self._counters["copydesk_source_fields_filled_total"].labels(source, name).inc()
        if not outcome.backfill and source not in (OTHER, UNKNOWN):
            self._gauges["copydesk_source_last_seen_timestamp_seconds"].labels(source).set(now)
        self._gauges["copydesk_sources_tracked"].set(len(self._sources))

    def _forget_source(self, source: str) -> None:
        for name in ("copydesk_source_outcomes_total", "copydesk_source_fields_filled_total"):
            self._counters[name].remove_by_labels({"source": source})
        self._gauges["copydesk_source_last_seen_timestamp_seconds"].remove_by_labels({"source": source})

    def _forget_language(self, language: str) -> None:
        self._counters["copydesk_languages_total"].remove_by_labels({"language": language})

    def end_to_end(self, kind: OutcomeKind, seconds: float) -> None:
        """Time from the raw record to the committed outcome."""
        self._histograms["copydesk_end_to_end_seconds"].labels(kind).observe(seconds)

    def freshness(self, seconds: float) -> None:
        """Age of a new article's publication date at its commit."""
        self._histograms["copydesk_freshness_seconds"].observe(seconds)

    def worked(self, stage: Stage, timings_ms: Mapping[str, float]) -> None:
        """Work time of a record, milliseconds a step as the stage returned them."""
        self._histograms["copydesk_stage_duration_seconds"].labels(stage).observe(sum(timings_ms.values()) / 1000)
        for step, spent in timings_ms.items():
            self._counters["copydesk_step_duration_seconds_total"].labels(stage, step).inc(spent / 1000)

    # --- delivery -------------------------------------------------------------------------------------------------

    def committed(self, stage: Stage, commit: Commit) -> None:
        """A batch was committed."""
        self._counters["copydesk_transactions_total"].labels(stage, "committed").inc()
        self._histograms["copydesk_transaction_duration_seconds"].labels(stage).observe(commit.seconds)
        self._histograms["copydesk_batch_records"].labels(stage).observe(commit.records)
        self._gauges["copydesk_last_commit_timestamp_seconds"].labels(stage).set_to_current_time()
        self._counters["copydesk_consumed_bytes_total"].labels(stage).inc(commit.consumed_bytes)
        for topic, (records, size) in commit.published.items():
            self._counters["copydesk_published_records_total"].labels(stage, topic).inc(records)
            self._counters["copydesk_published_bytes_total"].labels(stage, topic).inc(size)

    def aborted(self, stage: Stage) -> None:
        """A transaction was begun and not committed."""
        self._counters["copydesk_transactions_total"].labels(stage, "aborted").inc()

    def fenced(self, stage: Stage) -> None:
        """A producer was fenced by a newer one of the same partition."""
        self._counters["copydesk_transactions_total"].labels(stage, "fenced").inc()

    def refused(self, stage: Stage, records: int) -> None:
        """Output records can not be published."""
        self._counters["copydesk_refused_records_total"].labels(stage).inc(records)

    def restarted(self, stage: Stage, reason: str) -> None:
        """A partition failed and is opened again."""
        self._counters["copydesk_partition_restarts_total"].labels(stage, reason).inc()

    def fuse_blown(self, stage: Stage) -> None:
        """Too many records failed: the batch was held back."""
        self._counters["copydesk_fuse_blown_total"].labels(stage).inc()

    def rebalanced(self, stage: Stage) -> None:
        """Partitions were assigned anew."""
        self._counters["copydesk_rebalances_total"].labels(stage).inc()

    def place(self, stage: Stage, topic: str, partition: int, now: Place) -> None:
        """Where a partition stands. What is not known has no series, for a stale figure would be worse."""
        figures = {
            "copydesk_lag_records": now.lag,
            "copydesk_lag_seconds": now.lag_s,
            "copydesk_next_offset": now.next_offset,
            "copydesk_end_offset": now.end,
            "copydesk_progress_age_seconds": now.idle_s,
        }
        where = (stage, topic, str(partition))
        for name, figure in figures.items():
            if figure is None:
                self._gauges[name].remove(*where)
            else:
                self._gauges[name].labels(*where).set(figure)

    def in_flight(self, stage: Stage, records: int, size: int, limit: int) -> None:
        """Records and bytes between fetch and commit, and how many bytes there may be."""
        self._gauges["copydesk_in_flight_records"].labels(stage).set(records)
        self._gauges["copydesk_in_flight_bytes"].labels(stage).set(size)
        self._gauges["copydesk_in_flight_limit_bytes"].labels(stage).set(limit)

    def partition_states(self, stage: Stage, counts: Mapping[str, int]) -> None:
        """Assigned partitions by what they are doing."""
        for state, count in counts.items():
            self._gauges["copydesk_partitions"].labels(stage, state).set(count)

    def broker_up(self, stage: Stage, *, up: bool) -> None:
        """Whether the brokers answer."""
        self._gauges["copydesk_broker_up"].labels(stage).set(up)

    # --- state ----------------------------------------------------------------------------------------------------

    def restore_progress(self, partition: int, done: int, total: int) -> None:
        """Records of the state log."""
        gauge = self._gauges["copydesk_restore_records"]
        gauge.labels(str(partition), "done").set(done)
        gauge.labels(str(partition), "total").set(total)

    def state_size(self, partition: int, keys: int, size: int) -> None:
        """Keys and bytes of a partition's state."""
        self._gauges["copydesk_state_keys"].labels(str(partition)).set(keys)
        self._gauges["copydesk_state_bytes"].labels(str(partition)).set(size)

    def state_forgotten(self, partition: int) -> None:
        """The partition went to another worker."""
        for name in ("copydesk_state_keys", "copydesk_state_bytes", "copydesk_restore_records"):
            self._gauges[name].remove_by_labels({"partition": str(partition)})

    def pruned(self, records: int) -> None:
        """Records fell out of the window."""
        self._counters["copydesk_state_pruned_records_total"].inc(records)

    # --- the process ----------------------------------------------------------------------------------------------

    def health(self, *, live: bool, ready: bool) -> None:
        """What the probes say."""
        self._gauges["copydesk_live"].set(live)
        self._gauges["copydesk_ready"].set(ready)

    def loop_delay(self, seconds: float) -> None:
        """So much later than asked the event loop came back."""
        self._histograms["copydesk_event_loop_delay_seconds"].observe(seconds)

    def pool(self, *, workers: int, busy: int, waiting: int, **totals: int) -> None:
        """State of the pool; `timeouts`, `crashes`, `recycled` and `rebuilds` are totals since its start."""
        self._gauges["copydesk_pool_workers"].set(workers)
        self._gauges["copydesk_pool_busy"].set(busy)
        self._gauges["copydesk_pool_waiting"].set(waiting)
        for name, total in totals.items():
            self._raise_to(total, f"copydesk_pool_{name}_total")

    def pool_wait(self, seconds: float) -> None:
        """A call waited so long for the pool."""
        self._histograms["copydesk_pool_wait_seconds"].observe(seconds)

    def log_lines(self, level: str, written: int, dropped: int) -> None:
        """Log lines of a level since the process began."""
        self._raise_to(written, "copydesk_log_lines_total", level)
        self._raise_to(dropped, "copydesk_log_lines_dropped_total", level)

    def _raise_to(self, total: int, name: str, *labels: str) -> None:
        """Bring a counter up to a total that something else keeps; totals that begin anew are added on."""
        counter = self._counters[name].labels(*labels) if labels else self._counters[name]
        known = self._totals.get((name, *labels), 0)
        counter.inc(total - known if total >= known else total)
        self._totals[name, *labels] = total
