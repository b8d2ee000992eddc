"""What a worker is doing now, as one typed record: `/api/now`, which the page and `copydesk top` show.

Every figure is of this worker alone, and counts since its start unless it says otherwise.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from copydesk_schemas.base import Instant

RATE_OVER_S = 10
"""Seconds that a rate is the mean of."""


class Part(BaseModel):
    """Base of everything in `/api/now`."""

    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True, from_attributes=True)


class Condition(StrEnum):
    """In how good a condition the worker is."""

    HEALTHY = "healthy"
    STARTING = "starting"
    """Loading models, joining groups, restoring state."""
    ATTENTION = "attention"
    """It works, and something wants to be looked at."""
    UNHEALTHY = "unhealthy"
    """Something does not work."""


class Health(Part):
    """Healthy or not, and why."""

    condition: Condition
    """`healthy`, `starting`, `attention` (it works, and something wants to be looked at) or `unhealthy`."""
    sentence: str
    """The condition in one line."""
    reasons: list[str]
    """Why it is not healthy, a sentence each."""


class Worker(Part):
    """Who answers."""

    app_id: str
    """Name of the deployment."""
    brokers: str
    """Kafka brokers, as configured."""
    stages: list[str]
    """Stages that it runs."""
    delivery: str
    """`transactional` or `at_least_once`."""
    version: str
    """Version of the service."""
    contract: str
    """Version of the data contract."""
    config_hash: str
    """Hash of the options in force, as in each record's `pipeline`."""
    versions: dict[str, str]
    """Versions of Python and of the libraries that do the work."""
    started_at: Instant
    """When it started."""
    uptime_s: float
    """Seconds since."""


class Totals(Part):
    """Items since the start."""

    received: int
    """Items that came in."""
    enriched: int
    """Items that were published."""
    duplicate: int
    """Items that were set aside as copies."""
    dead: int
    """Items that ended as dead letters."""
    in_flight: int | None
    """Items that came in and have not ended; null where this worker does not run all stages."""


class PerSecond(Part):
    """Items a second, the mean of the last ten seconds."""

    received: float
    """Items that came in."""
    enriched: float
    """Items that were published."""
    duplicate: float
    """Copies."""
    dead: float
    """Dead letters."""


class History(Part):
    """Items in each second, the oldest first; the second that is running is left out."""

    step_s: int
    """Seconds between two entries."""
    received: list[int]
    """Items that came in."""
    enriched: list[int]
    """Items that were published."""
    duplicate: list[int]
    """Copies."""
    dead: list[int]
    """Dead letters."""


class Latency(Part):
    """Seconds from a raw record's timestamp to the committed outcome, of the live items of the last five minutes."""

    items: int
    """How many items these figures are of, at most 500."""
    median_s: float
    """Half of them took no longer."""
    p95_s: float
    """Of 100, 95 took no longer."""


class Lag(Part):
    """How far behind."""

    records: int | None
    """Records behind the end, transaction markers included; null while nobody knows."""
    seconds: float | None
    """Age of the oldest record that is still to be read; 0 where there is none, null while nobody knows."""


class Partition(Part):
    """One partition of a stage's topic that this worker reads."""

    partition: int
    """Its number."""
    state: str
    """`opening`, `restoring`, `idle`, `queued`, `working`, `committing`, `waiting` (after a failure), `paused` (the
    fuse has blown) or `closed`."""
    next_offset: int | None
    """Offset of the next record to handle."""
    in_flight: int
    """Records between fetch and commit."""
    lag: Lag
    """How far behind."""
    idle_s: float
    """Seconds since it got further, or last had nothing to do."""
    restored: str | None
    """While its state is restored: how much of it is."""
    trouble: str | None
    """Why it does not work, while it does not."""


class StageNow(Part):
    """One stage of this worker."""

    stage: str
    """`parse`, `dedupe` or `enrich`."""
    topic: str
    """The topic that it reads."""
    ready: bool
    """Whether it has its partitions, open and restored."""
    broker_answers: bool
    """Whether the brokers answered when they were last asked."""
    per_second: float
    """Records handled a second, the mean of the last ten seconds."""
    lag: Lag
    """Records of all its partitions; seconds of the one that is furthest behind."""
    partitions: list[Partition]
    """Its partitions."""


class Pool(Part):
    """The processes that parse and enrich."""

    workers: int
    """Processes."""
    busy: int
    """Calls handed to them."""
    waiting: int
    """Calls that wait for one."""
    timeouts: int
    """Calls killed for running over their time limit."""
    crashes: int
    """Processes that died."""
    recycled: int
    """Processes replaced because a call had filled them."""
    rebuilds: int
    """Times that all of them were made anew."""


class Article(Part):
    """An article that ended. The texts are outsiders': escape them."""

    number: int
    """Counts from 1, so that a reader knows which it has seen."""
    at: Instant
    """When its outcome was committed."""
    outcome: str
    """`enriched`, `duplicate` or `dead`."""
    reason: str
    """The verdict of deduplication, or the dead letter's code."""
    why: str
    """The reason in words."""
    evidence: list[str]
    """What a copy's verdict rests on, a phrase each."""
    title: str
    """Its headline; of a dead letter its origin."""
    url: str | None
    """Its address, if it is one of the web."""
    source: str | None
    """Its publisher's domain or name."""
    language: str | None
    """Its language."""
    article_id: str | None
    """Its id."""
    revision: int | None
    """Its revision."""
    flags: list[str]
    """Its quality flags."""
    latency_s: float | None
    """Seconds from the raw record's timestamp to here; null for backfill."""
    raw: str
    """Topic, partition, offset and item of the raw record."""


class Reason(Part):
    """How many items ended for one reason."""

    outcome: str
    """`enriched`, `duplicate` or `dead`."""
    reason: str
    """The verdict, or the code."""
    count: int
    """Items since the start."""


class DeadLetters(Part):
    """The dead letters of one code."""

    code: str
    """The code."""
    kind: str
    """`rejected` (policy) or `failed` (a fault)."""
    count: int
    """How many since the start."""
    hint: str
    """What a person can do about the last of them."""
    last_at: Instant
    """When the last one ended."""
    last_message: str
    """Why, in words."""


class Now(Part):
    """The answer of `/api/now`."""

    at: Instant
    """When this was put together."""
    health: Health
    """Healthy or not, and why."""
    worker: Worker
    """Who answers."""
    totals: Totals
    """Items since the start."""
    rates: PerSecond
    """Items a second."""
    history: History
    """The same over the last five minutes."""
    latency: Latency | None
    """How long items take; null where none has ended lately."""
    lag: Lag
    """Records of all stages; seconds of the one that is furthest behind."""
    stages: list[StageNow]
    """The stages, with their partitions."""
    pool: Pool | None
    """The processes; null where there are none."""
    articles: list[Article]
    """The last articles, the newest first."""
    reasons: list[Reason]
    """Why items ended as they did, the most frequent first."""
    dead_letters: list[DeadLetters]
    """Dead letters by code, the most frequent first."""
