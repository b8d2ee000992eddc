"""A decision, and the records made of it. First decisions and redeliveries take the same way, so they are the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk.core.dedupe.event_time import ALWAYS, from_ms, span_of, to_ms
from copydesk.core.dedupe.state import Copied, Published, Verdict
from copydesk.core.errors import Rejected
from copydesk.core.fingerprint import near_keys_b64
from copydesk_schemas.duplicate import DifferingSpan, DuplicateArticle, DuplicateOf, Evidence, ThisCopy
from copydesk_schemas.parsed import ParsedArticle, UniqueArticle
from copydesk_schemas.parts import Algorithm, Change, Dedup, Nearest, Window
from copydesk_schemas.reasons import Action, ChangeKind, Code, DuplicateVerdict
from copydesk_schemas.reasons import Verdict as PublishedVerdict

METHOD = "bottom16-containment"
ALGORITHM_VERSION = "2"
EARLIER_FETCH = "canonical-url-earlier-fetch"
"""The method where a text of the address was fetched before the one that is published."""
_MARK_BYTES = 8
_FACTS = {Code.BAD_TAKEDOWN: "nothing that is published has its url or raw_id"}
"""For the log, where the message names what was asked for."""

_METHODS = {
    DuplicateVerdict.REDELIVERED: "raw-id",
    DuplicateVerdict.SAME_URL_UNCHANGED: "canonical-url",
    DuplicateVerdict.EXACT_BYTES: "content-sha256",
    DuplicateVerdict.EXACT_TEXT: "normalised-text-sha256",
    DuplicateVerdict.NEAR_DUPLICATE: METHOD,
    DuplicateVerdict.CONTAINED: METHOD,
}


_BY_TEXT = frozenset(
    {
        PublishedVerdict.UNIQUE,
        PublishedVerdict.EXPANDED,
        DuplicateVerdict.EXACT_TEXT,
        DuplicateVerdict.NEAR_DUPLICATE,
        DuplicateVerdict.CONTAINED,
    }
)
"""Verdicts for which texts were compared, so that the event time counted. Identity holds whatever the dates say."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Exactly one of `unique`, `duplicate` and `refused`; its events for the log, none for a redelivered record."""

    unique: UniqueArticle | None
    duplicate: DuplicateArticle | None
    events: tuple[tuple[bytes, bytes | None], ...] = ()
    refused: Rejected | None = None
    """Why it becomes a dead letter: bad_takedown or taken_down."""


def coordinates(article: ParsedArticle) -> bytes:
    """Key of an event: `topic-partition-offset-item` of the raw record."""
    raw = article.raw
    return f"{raw.topic}-{raw.partition}-{raw.offset}-{raw.item}".encode()


def mark_of(article: ParsedArticle) -> bytes:
    """Tells a record from another one at its coordinates: a part of the hash of its content, which replays share.

    A takedown has no content, so its names are taken, as they were sent: the rest of it depends on what it found.
    """
    if article.action is Action.DELETE:
        names = f"{article.url or ''}\n{article.raw_id or ''}"
        return hashlib.sha256(names.encode("utf-8", "replace")).digest()[:_MARK_BYTES]
    return bytes.fromhex(article.raw.sha256)[:_MARK_BYTES]


def render(article: ParsedArticle, verdict: Verdict, events: tuple[tuple[bytes, bytes | None], ...] = ()) -> Decision:
    """The decision that a stored outcome stands for."""
    if verdict.refused is not None:
        code = Code(verdict.refused.code)
        return Decision(None, None, events, Rejected(code, verdict.refused.message, facts=_FACTS.get(code)))
    window = _window(article, verdict)
    algorithm = Algorithm(name=METHOD, version=ALGORITHM_VERSION, config_hash=verdict.config_hash)
    if verdict.copied is not None:
        return Decision(None, _duplicate(article, verdict, verdict.copied, window, algorithm), events)
    if verdict.published is None:
        raise ValueError("an outcome is published, copied or refused")
    return Decision(_unique(article, verdict, verdict.published, window, algorithm), None, events)


def _window(article: ParsedArticle, verdict: Verdict) -> Window:
    width = timedelta(days=verdict.window_days)
    oldest = None if verdict.arrival_ms <= 0 else from_ms(verdict.arrival_ms) - width
    outcome = verdict.published or verdict.copied
    span = span_of(article) if outcome is not None and outcome.verdict in _BY_TEXT else ALWAYS
    if span == ALWAYS:
        return Window(days=verdict.window_days, oldest=oldest)
    return Window(
        days=verdict.window_days,
        oldest=oldest,
        published_from=_moved(span.first_ms, -width),
        published_to=_moved(span.last_ms, width),
    )


def _moved(ms: int, by: timedelta) -> datetime | None:
    try:
        return from_ms(ms) + by
    except OverflowError:  # the year 1 or 9999, as pages do write
        return None


def _unique(
    article: ParsedArticle, verdict: Verdict, published: Published, window: Window, algorithm: Algorithm
) -> UniqueArticle:
    nearest = None
    if published.nearest is not None:
        nearest_id, similarity = published.nearest
        nearest = Nearest(article_id=nearest_id, similarity=similarity, method=METHOD, threshold=verdict.threshold)
    if article.action is Action.DELETE:
        article = article.model_copy(
            update={"article_id": published.article_id, "canonical_url": published.url, "body": ""}
        )
    return UniqueArticle(
        article=article,
        revision=published.revision,
        change=Change(
            kind=ChangeKind(published.kind),
            previous_revision=published.previous_revision,
            changed_fields=published.changed_fields,
            diff=published.diff,
        ),
        dedup=Dedup(
            verdict=PublishedVerdict(published.verdict),
            exact_hash=article.fingerprint.exact_hash,
            near_keys=near_keys_b64(article.fingerprint),
            story_id=published.story_id,
            nearest=nearest,
            window=window,
            algorithm=algorithm,
        ),
    )


def _duplicate(
    article: ParsedArticle, verdict: Verdict, copied: Copied, window: Window, algorithm: Algorithm
) -> DuplicateArticle:
    kind = DuplicateVerdict(copied.verdict)
    published_at = from_ms(copied.published_ms) if copied.published_ms is not None else None
    delta = None
    if published_at is not None and article.published_at is not None:
        delta = (to_ms(article.published_at) - to_ms(published_at)) / 1000
    return DuplicateArticle(
        article_id=article.article_id,
        duplicate_of=DuplicateOf(
            article_id=copied.article_id,
            revision=copied.revision,
            url=copied.url,
            title=copied.title,
            source=copied.source,
            published_at=published_at,
        ),
        verdict=kind,
        similarity=copied.similarity,
        threshold=verdict.threshold,
        method=EARLIER_FETCH if copied.earlier else _METHODS[kind],
        evidence=Evidence(
            shingles_shared=copied.shared,
            shingles_total=copied.total,
            title_similarity=copied.title_similarity,
            length_ratio=copied.length_ratio,
            differing_spans=[DifferingSpan(side=side, text=text) for side, text in copied.spans],
            published_delta_s=delta,
        ),
        copies=copied.copies,
        decided_at=from_ms(verdict.decided_ms),
        algorithm=algorithm,
        window=window,
        this=ThisCopy(
            url=article.canonical_url or article.url,
            # An echo of what was taken down says no more of it than where it came from.
            title=None if copied.canceled else article.title,
            source=article.source,
            authors=[] if copied.canceled else article.authors,
            published_at=article.published_at,
            language=article.language,
            stats=article.stats,
        ),
        raw=article.raw,
    )
