"""The catalogue of metrics: what each is called, counted in, labelled with, and means.

Everything is in base units. Labels are bounded: no address, no free text; sources are the few largest and `other`.
Dashboards, alerts and docs/metrics.md are held against this list by the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of Prometheus metrics in use."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Unit(StrEnum):
    """What a value counts. A timestamp is in seconds since 1970."""

    SECONDS = "seconds"
    TIMESTAMP = "timestamp"
    BYTES = "bytes"
    RATIO = "ratio"
    RECORDS = "records"
    ITEMS = "items"
    ARTICLES = "articles"
    WORDS = "words"
    OFFSET = "offset"
    TRANSACTIONS = "transactions"
    PARTITIONS = "partitions"
    KEYS = "keys"
    PROCESSES = "processes"
    CALLS = "calls"
    EVENTS = "events"
    LINES = "lines"
    SOURCES = "sources"
    BOOLEAN = "boolean"


class Group(StrEnum):
    """Chapters of the catalogue."""

    HEALTH = "Health"
    OUTCOMES = "Outcomes"
    TIMES = "Times"
    KAFKA = "Kafka"
    STATE = "Dedupe state"
    POOL = "Process pool"
    DEDUPE = "Copies and revisions"
    QUALITY = "Quality of the data"
    SOURCES = "Sources"
    LOGS = "Logs"


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric of the catalogue. `name` is as exported, so counters end in `_total`."""

    name: str
    kind: Kind
    unit: Unit
    group: Group
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


LABELS = {
    "version": "of the service",
    "stage": "`parse`, `dedupe`, `enrich`",
    "step": "a step of a stage, such as `decode`, `html`, `decide`, `entities`",
    "kind": "`forwarded`, `enriched`, `duplicate`, `dead`; of dead letters `rejected` (policy) or `failed` (a fault)",
    "reason": "a verdict or a dead letter's code; of restarts the class of the error, `fenced` or `fuse`",
    "code": "a dead letter's code",
    "result": "`committed`, `aborted`, `fenced`",
    "topic": "a topic",
    "partition": "number of a partition",
    "state": "`opening`, `restoring`, `idle`, `queued`, `working`, `committing`, `waiting`, `paused`, `closed`",
    "what": "`done` or `total`",
    "verdict": "of the dedupe stage on a copy, such as `near_duplicate`",
    "method": "how a copy was found, such as `bottom16-containment`",
    "change": "`new`, `revision`, `correction`, `takedown`",
    "flag": "a quality flag",
    "language": "BCP 47 code, `und` where unknown; the 100 most frequent, else `other`",
    "extractor": "what took the body out of its page",
    "field": "a field of an enriched article",
    "source": "the publisher's domain, `unknown` without one; the most frequent ones, else `other`",
    "level": "`debug`, `info`, `warning`, `error`, `critical`",
}
"""What each label holds."""

_WORK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
_WAIT = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
_DELAY = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_BATCH = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_AGE = (60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 43200.0, 86400.0, 259200.0, 604800.0, 2592000.0)
_SHARE = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
_WORDS = (25, 50, 100, 200, 400, 600, 800, 1200, 2000, 4000, 10000)

_PLACE = ("stage", "topic", "partition")

_HEALTH = (
    MetricSpec(
        "copydesk_build_info",
        Kind.GAUGE,
        Unit.BOOLEAN,
        Group.HEALTH,
        "1, with the version of the service.",
        ("version",),
    ),
    MetricSpec(
        "copydesk_live",
        Kind.GAUGE,
        Unit.BOOLEAN,
        Group.HEALTH,
        "1 while whatever should move does, as /health/live says; 0 is a stall.",
    ),
    MetricSpec(
        "copydesk_ready",
        Kind.GAUGE,
        Unit.BOOLEAN,
        Group.HEALTH,
        "1 while every assigned partition is open and restored, as /health/ready says.",
    ),
    MetricSpec(
        "copydesk_broker_up",
        Kind.GAUGE,
        Unit.BOOLEAN,
        Group.HEALTH,
        "1 while the brokers answer a stage.",
        ("stage",),
    ),
    MetricSpec(
        "copydesk_event_loop_delay_seconds",
        Kind.HISTOGRAM,
        Unit.SECONDS,
        Group.HEALTH,
        "How much later than asked the event loop came back to a timer, measured twice a second.",
        (),
        _DELAY,
    ),
)

_OUTCOMES = (
    MetricSpec(
        "copydesk_items_received_total",
        Kind.COUNTER,
        Unit.ITEMS,
        Group.OUTCOMES,
        "Items found in raw records; a feed has several.",
    ),
    MetricSpec(
        "copydesk_outcomes_total",
        Kind.COUNTER,
        Unit.ITEMS,
        Group.OUTCOMES,
        "Committed outcomes of items by stage, kind (forwarded, enriched, duplicate, dead) and verdict or code.",
        ("stage", "kind", "reason"),
    ),
    MetricSpec(
        "copydesk_dead_letters_total",
        Kind.COUNTER,
        Unit.ITEMS,
        Group.OUTCOMES,
        "Dead letters by stage, kind (rejected is policy, failed is a fault) and code.",
        ("stage", "kind", "code"),
    ),
    MetricSpec(
        "copydesk_balance_items",
        Kind.GAUGE,
        Unit.ITEMS,
        Group.OUTCOMES,
        "Items received minus items ended, in this process since its start. Summed over workers that have all "
        "run since the group was idle it is what is between the stages; a restart alone shifts it.",
    ),
)

_TIMES = (
    MetricSpec(
        "copydesk_stage_duration_seconds",
        Kind.HISTOGRAM,
        Unit.SECONDS,
        Group.TIMES,
        "Work time of a record in a stage.",
        ("stage",),
        _WORK,
    ),
    MetricSpec(
        "copydesk_step_duration_seconds_total",
        Kind.COUNTER,
        Unit.SECONDS,
        Group.TIMES,
        "Work time by step of a stage; over copydesk_stage_duration_seconds_count it is the mean a record.",
        ("stage", "step"),
    ),
    MetricSpec(
        "copydesk_end_to_end_seconds",
        Kind.HISTOGRAM,
        Unit.SECONDS,
        Group.TIMES,
        "From the raw record's timestamp to the committed outcome; backfill is left out.",
        ("kind",),
        _WAIT,
    ),
    MetricSpec(
        "copydesk_freshness_seconds",
        Kind.HISTOGRAM,
        Unit.SECONDS,
        Group.TIMES,
        "Age of published_at when the enriched article was committed; new, live articles with a date only.",
        (),
        _AGE,
    ),
)

_KAFKA = (
    MetricSpec(
        "copydesk_lag_records",
        Kind.GAUGE,
        Unit.RECORDS,
        Group.KAFKA,
        "Records behind the end of a partition, with the transaction markers among them.",
        _PLACE,
    ),
    MetricSpec(
        "copydesk_lag_seconds",
        Kind.GAUGE,
        Unit.SECONDS,
        Group.KAFKA,
        "Age of the oldest record of a partition that is not committed yet, by the record's time; 0 when caught up.",
        _PLACE,
    ),
    MetricSpec(
        "copydesk_next_offset",
        Kind.GAUGE,
        Unit.OFFSET,
        Group.KAFKA,
        "Offset of the next record to commit; its rate is the pace.",
        _PLACE,
    ),
    MetricSpec(
        "copydesk_end_offset",
        Kind.GAUGE,
        Unit.OFFSET,
        Group.KAFKA,
        "Offset after the last committed record of a partition; its rate is the input.",
        _PLACE,
    ),
    MetricSpec(
        "copydesk_progress_age_seconds",
        Kind.GAUGE,
        Unit.SECONDS,
        Group.KAFKA,
        "Time since a partition last got further, or had nothing to do.",
        _PLACE,
    ),
    MetricSpec(
        "copydesk_in_flight_records",
        Kind.GAUGE,
        Unit.RECORDS,
        Group.KAFKA,
        "Records between fetch and commit.",
        ("stage",),
    ),
    MetricSpec(
        "copydesk_in_flight_bytes",
        Kind.GAUGE,
        Unit.BYTES,
        Group.KAFKA,
        "Bytes of input in work.",
        ("stage",),
    ),
    MetricSpec(
        "copydesk_in_flight_limit_bytes",
        Kind.GAUGE,
        Unit.BYTES,
        Group.KAFKA,
        "Bytes of input that may be in work; further records wait in the broker.",
        ("stage",),
    ),
    MetricSpec(
        "copydesk_consumed_bytes_total",
        Kind.COUNTER,
        Unit.BYTES,
        Group.KAFKA,
        "Bytes of keys and values of committed input records.",
        ("stage",),
    ),
    MetricSpec(
        "copydesk_published_records_total",
        Kind.COUNTER,
        Unit.RECORDS,
        Group.KAFKA,
        "Committed output records.",
        ("stage", "topic"),
    ),
    MetricSpec(
        "copydesk_published_bytes_total",
        Kind.COUNTER,
        Unit.BYTES,
        Group.KAFKA,
        "Bytes of keys and values of committed output records.",
        ("stage", "topic"),
    ),
    MetricSpec(
        "copydesk_refused_records_total",
        Kind.COUNTER,
        Unit.RECORDS,
        Group.KAFKA,
        "Output records that were too large for their topic or that the broker did not take.",
        ("stage",),
    ),
    MetricSpec(
        "copydesk_transactions_total",
        Kind.COUNTER,
        Unit.TRANSACTIONS,
        Group.KAFKA,
        "Transactions by result.",
        ("stage", "result"),
    ),
    MetricSpec(
        "copydesk_transaction_duration_seconds",
        Kind.HISTOGRAM,
        Unit.SECONDS,
        Group.KAFKA,
        "From begin to commit.",
        ("stage",),
        _WORK,
    ),
    MetricSpec(
        "copydesk_batch_records",
        Kind.HISTOGRAM,
        Unit.RECORDS,
        Group.KAFKA,
        "Input records a transaction.",
        ("stage",),
        _BATCH,
    ),
    MetricSpec(
        "copydesk_last_commit_timestamp_seconds",
        Kind.GAUGE,
        Unit.TIMESTAMP,
        Group.KAFKA,
        "When a stage last committed.",
        ("stage",),
    ),
    MetricSpec(
        "copydesk_partitions",
        Kind.GAUGE,
        Unit.PARTITIONS,
        Group.KAFKA,
        "Assigned partitions by what they do; waiting: after a failure, paused: the fuse has blown.",
        ("stage", "state"),
    ),
    MetricSpec(
        "copydesk_partition_restarts_total",
        Kind.COUNTER,
        Unit.EVENTS,
        Group.KAFKA,
        "Times that a partition failed and was opened again, by the class of the error, fenced or fuse.",
        ("stage", "reason"),
    ),
    MetricSpec(
        "copydesk_fuse_blown_total",
        Kind.COUNTER,
        Unit.EVENTS,
        Group.KAFKA,
        "Batches held back because too many records failed.",
        ("stage",),
    ),
    MetricSpec(
        "copydesk_rebalances_total",
        Kind.COUNTER,
        Unit.EVENTS,
        Group.KAFKA,
        "Rebalances of a stage's consumer group.",
        ("stage",),
    ),
)

_STATE = (
    MetricSpec(
        "copydesk_state_keys",
        Kind.GAUGE,
        Unit.KEYS,
        Group.STATE,
        "Keys of the dedupe state, as RocksDB estimates them.",
        ("partition",),
    ),
    MetricSpec(
        "copydesk_state_bytes",
        Kind.GAUGE,
        Unit.BYTES,
        Group.STATE,
        "Bytes of the dedupe state on the disk.",
        ("partition",),
    ),
    MetricSpec(
        "copydesk_state_pruned_records_total",
        Kind.COUNTER,
        Unit.RECORDS,
        Group.STATE,
        "Records removed because they fell out of the window.",
    ),
    MetricSpec(
        "copydesk_restore_records",
        Kind.GAUGE,
        Unit.RECORDS,
        Group.STATE,
        "Offsets of the state log restored and to restore, at the latest opening of the partition.",
        ("partition", "what"),
    ),
)

_POOL = (
    MetricSpec("copydesk_pool_workers", Kind.GAUGE, Unit.PROCESSES, Group.POOL, "Processes of the pool."),
    MetricSpec(
        "copydesk_pool_busy",
        Kind.GAUGE,
        Unit.PROCESSES,
        Group.POOL,
        "Processes with a call; over copydesk_pool_workers it is the saturation.",
    ),
    MetricSpec("copydesk_pool_waiting", Kind.GAUGE, Unit.CALLS, Group.POOL, "Calls that wait for a process."),
    MetricSpec(
        "copydesk_pool_wait_seconds",
        Kind.HISTOGRAM,
        Unit.SECONDS,
        Group.POOL,
        "Time of a call from its coming to the pool to its being handed to the processes, at most two a process.",
        (),
        _WORK,
    ),
    MetricSpec(
        "copydesk_pool_timeouts_total",
        Kind.COUNTER,
        Unit.CALLS,
        Group.POOL,
        "Calls killed for running over their time limit.",
    ),
    MetricSpec("copydesk_pool_crashes_total", Kind.COUNTER, Unit.PROCESSES, Group.POOL, "Pool processes that died."),
    MetricSpec(
        "copydesk_pool_recycled_total",
        Kind.COUNTER,
        Unit.PROCESSES,
        Group.POOL,
        "Pool processes replaced because a call had filled them.",
    ),
    MetricSpec(
        "copydesk_pool_rebuilds_total",
        Kind.COUNTER,
        Unit.EVENTS,
        Group.POOL,
        "Times that the whole pool was given up and made anew.",
    ),
)

_DEDUPE = (
    MetricSpec(
        "copydesk_duplicates_total",
        Kind.COUNTER,
        Unit.ARTICLES,
        Group.DEDUPE,
        "Articles set aside as copies, by verdict and method.",
        ("verdict", "method"),
    ),
    MetricSpec(
        "copydesk_duplicate_similarity_ratio",
        Kind.HISTOGRAM,
        Unit.RATIO,
        Group.DEDUPE,
        "Similarity of copies that were found by their text.",
        ("verdict",),
        _SHARE,
    ),
    MetricSpec(
        "copydesk_changes_total",
        Kind.COUNTER,
        Unit.ARTICLES,
        Group.DEDUPE,
        "Published articles by what happened to them: new, revision, correction, takedown.",
        ("change",),
    ),
)

_QUALITY = (
    MetricSpec(
        "copydesk_fields_filled_total",
        Kind.COUNTER,
        Unit.ARTICLES,
        Group.QUALITY,
        "Enriched articles in which a field is not empty; over those of kind enriched it is the fill rate.",
        ("field",),
    ),
    MetricSpec(
        "copydesk_flags_total",
        Kind.COUNTER,
        Unit.ARTICLES,
        Group.QUALITY,
        "Enriched articles with a quality flag.",
        ("flag",),
    ),
    MetricSpec(
        "copydesk_languages_total",
        Kind.COUNTER,
        Unit.ARTICLES,
        Group.QUALITY,
        "Enriched articles by language.",
        ("language",),
    ),
    MetricSpec(
        "copydesk_extractors_total",
        Kind.COUNTER,
        Unit.ARTICLES,
        Group.QUALITY,
        "Enriched articles by what extracted their body.",
        ("extractor",),
    ),
    MetricSpec(
        "copydesk_quality_score_ratio",
        Kind.HISTOGRAM,
        Unit.RATIO,
        Group.QUALITY,
        "Quality score of enriched articles.",
        (),
        _SHARE,
    ),
    MetricSpec(
        "copydesk_article_words",
        Kind.HISTOGRAM,
        Unit.WORDS,
        Group.QUALITY,
        "Words of the body of enriched articles.",
        (),
        _WORDS,
    ),
)

_SOURCES = (
    MetricSpec(
        "copydesk_source_outcomes_total",
        Kind.COUNTER,
        Unit.ITEMS,
        Group.SOURCES,
        "Final outcomes by source and kind (enriched, duplicate, dead).",
        ("source", "kind"),
    ),
    MetricSpec(
        "copydesk_source_fields_filled_total",
        Kind.COUNTER,
        Unit.ARTICLES,
        Group.SOURCES,
        "Enriched articles of a source in which a field is not empty.",
        ("source", "field"),
    ),
    MetricSpec(
        "copydesk_source_last_seen_timestamp_seconds",
        Kind.GAUGE,
        Unit.TIMESTAMP,
        Group.SOURCES,
        "When an item of a source last ended; backfill is left out.",
        ("source",),
    ),
    MetricSpec(
        "copydesk_sources_tracked",
        Kind.GAUGE,
        Unit.SOURCES,
        Group.SOURCES,
        "Sources with series of their own, other and unknown left out.",
    ),
)

_LOGS = (
    MetricSpec(
        "copydesk_log_lines_total", Kind.COUNTER, Unit.LINES, Group.LOGS, "Log lines written, by level.", ("level",)
    ),
    MetricSpec(
        "copydesk_log_lines_dropped_total",
        Kind.COUNTER,
        Unit.LINES,
        Group.LOGS,
        "Log lines left out because the same event came too often, by level.",
        ("level",),
    ),
)

CATALOGUE: tuple[MetricSpec, ...] = (
    *_HEALTH,
    *_OUTCOMES,
    *_TIMES,
    *_KAFKA,
    *_STATE,
    *_POOL,
    *_DEDUPE,
    *_QUALITY,
    *_SOURCES,
    *_LOGS,
)
"""All metrics of copydesk."""
