"""What was committed lately, kept for people who look: rates, the last articles with the reason of each, dead letters.

Everything is bounded: so many seconds, so many articles, so many characters a text. It is fed by the accounting, so it
counts what the metrics count. Texts are the articles' own words: whoever shows them must escape them.
"""

from __future__ import annotations

import re
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from copydesk.app.published import read
from copydesk.app.rates import Rates
from copydesk.app.why import evidence, headline, why
from copydesk.core.ids import raw_coordinates
from copydesk.core.records import Outcome, OutcomeKind, StageResult
from copydesk_schemas.reasons import FAILURES, DeadLetterKind, Stage

SPAN_S = 300
"""Seconds of history."""
_LATENCIES = 500
_TITLE, _TEXT, _ADDRESS = 300, 600, 1000
"""Characters that are kept of a title, of a sentence, of an address."""
_UNPRINTABLE = re.compile(
    "[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]+"
)
"""Control characters, and those that turn the direction of what stands beside them: terminals and pages obey them."""

RECEIVED, FAILED = "received", "failed"
"""Rates beside those of outcomes and stages: items that came in; with its code, the dead letters of one fault."""
UNKNOWN = "unknown"
_UNREAD = "What was published is no record of the contract."


@dataclass(frozen=True, slots=True)
class Ended:
    """An article that ended here. Texts are cut, and free of control characters."""

    number: int
    at: datetime
    outcome: str
    reason: str
    why: str
    evidence: tuple[str, ...]
    title: str
    url: str | None
    source: str | None
    language: str | None
    article_id: str | None
    revision: int | None
    flags: tuple[str, ...]
    latency_s: float | None
    raw: str


@dataclass(slots=True)
class Letters:
    """Dead letters of one code since the start."""

    kind: str
    count: int
    hint: str
    last_at: datetime
    last_message: str


class Recent:
    """Told of every committed result.

    Args:
        articles: how many of the last articles are kept; with 0 no text of any article is.
        clock: seconds since the epoch.
        steady: seconds, monotonic.
    """

    def __init__(
        self,
        articles: int,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.articles: deque[Ended] = deque(maxlen=articles)
        self.rates = Rates(SPAN_S, steady)
        self.totals: Counter[str] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.letters: dict[str, Letters] = {}
        self._latencies: deque[tuple[float, float]] = deque(maxlen=_LATENCIES)
        self._clock = clock
        self._steady = steady
        self._number = 0

    def record(self, stage: Stage, result: StageResult) -> None:
        """Take note of one input record of `stage` whose transaction has committed."""
        self.rates.count(stage)
        for outcome, emit in zip(result.outcomes, result.emits, strict=True):
            if stage is Stage.PARSE or outcome.reentered:
                self._count(RECEIVED)
            if outcome.kind is not OutcomeKind.FORWARDED:
                self._count(outcome.kind)
                self.reasons[outcome.kind, outcome.code or outcome.verdict or UNKNOWN] += 1
                self._ended(outcome, emit.value)

    def latencies(self) -> list[float]:
        """Seconds from raw record to outcome of the last live items of the history, at most 500."""
        since = self._steady() - SPAN_S
        return [seconds for at, seconds in self._latencies if at >= since]

    def faults(self) -> dict[str, int]:
        """Dead letters of faults of the history by code, the codes in their order; none of what failed before."""
        counts = {code: self.rates.within((FAILED, code), SPAN_S) for code in sorted(self.letters)}
        return {code: count for code, count in counts.items() if count}

    def _count(self, name: str) -> None:
        self.totals[name] += 1
        self.rates.count(name)

    def _ended(self, outcome: Outcome, value: bytes | None) -> None:
        now = self._clock()
        latency = None
        if outcome.raw_timestamp_ms > 0 and not outcome.backfill:
            latency = max(0.0, now - outcome.raw_timestamp_ms / 1000)
            self._latencies.append((self._steady(), latency))
        if self.articles.maxlen == 0 and outcome.kind is not OutcomeKind.DEAD:
            return
        at = datetime.fromtimestamp(now, UTC)
        fields = read(outcome.kind, value)
        if outcome.kind is OutcomeKind.DEAD:
            self._dead(outcome, fields or {}, at)
        self._number += 1
        self.articles.append(_ended(self._number, at, outcome, fields, latency))

    def _dead(self, outcome: Outcome, fields: dict[str, Any], at: datetime) -> None:
        code = str(outcome.code or UNKNOWN)
        failed = outcome.code in FAILURES
        if failed:
            self.rates.count((FAILED, code))
        before = self.letters.get(code)
        self.letters[code] = Letters(
            kind=str(DeadLetterKind.FAILED if failed else DeadLetterKind.REJECTED),
            count=1 + (before.count if before is not None else 0),
            hint=plain(fields.get("hint", ""), _TEXT),
            last_at=at,
            last_message="" if self.articles.maxlen == 0 else plain(fields.get("message", ""), _TEXT),
        )


def _ended(number: int, at: datetime, outcome: Outcome, fields: dict[str, Any] | None, latency: float | None) -> Ended:
    raw = raw_coordinates(outcome.raw_topic, outcome.raw_partition, outcome.raw_offset, outcome.item)
    article = {} if fields is None else fields.get("this", fields)
    return Ended(
        number=number,
        at=at,
        outcome=str(outcome.kind),
        reason=str(outcome.code or outcome.verdict or UNKNOWN),
        why=_UNREAD if fields is None else plain(why(fields), _TEXT),
        evidence=() if fields is None else tuple(plain(phrase, _TEXT) for phrase in evidence(fields)),
        title=raw if fields is None else plain(headline(fields), _TITLE),
        url=_address(article.get("canonical_url") or article.get("url")),
        source=_source(article.get("source"), outcome),
        language=outcome.language or (article.get("language") or {}).get("code"),
        article_id=outcome.article_id,
        revision=outcome.revision,
        flags=tuple(map(str, outcome.flags)),
        latency_s=None if latency is None else round(latency, 3),
        raw=raw,
    )


def plain(text: str, limit: int) -> str:
    """One line without control characters, cut to `limit` characters."""
    line = " ".join(_UNPRINTABLE.sub(" ", text[: limit * 4]).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _address(url: str | None) -> str | None:
    """The address as it is, or nothing: half of one, or one that is no web address, leads nowhere."""
    if url is None or len(url) > _ADDRESS or not url.startswith(("https://", "http://")) or _UNPRINTABLE.search(url):
        return None
    return url


def _source(source: dict[str, Any] | None, outcome: Outcome) -> str | None:
    name = (source or {}).get("domain") or (source or {}).get("name") or outcome.domain
    return plain(name, _TITLE) if name else None
