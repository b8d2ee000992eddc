"""Takedowns: which article one names, what is left of it, and what it keeps from coming back.

Records may overtake each other, and archives are read again. So a takedown is remembered for a window, whether it found
its article or not, and holds for everything that was fetched before it. What is fetched later is a publication anew.
Only what it finds published it cancels in any case: it may come late, and a crawler may have been there meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.core.dedupe import state as s
from copydesk.core.dedupe.changes import TEXT_FIELDS
from copydesk.core.dedupe.event_time import to_ms, within
from copydesk.core.errors import Rejected
from copydesk.core.ports import StateView
from copydesk.core.urls import canonical_url
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.reasons import ChangeKind, Code, Verdict


@dataclass(frozen=True, slots=True)
class Names:
    """What tells an article, or is told by a takedown: canonical addresses, the article's own first, and an id."""

    urls: tuple[str, ...]
    raw_id: str | None
    item: int

    @property
    def keys(self) -> list[bytes]:
        """Where takedowns of these names are remembered."""
        keys = [s.taken_down_url_key(url) for url in self.urls]
        return keys if self.raw_id is None else [*keys, s.taken_down_id_key(self.raw_id, self.item)]


def names_of(article: ParsedArticle) -> Names:
    """All names of a parsed article or takedown: its own address, those that led there, its id."""
    own = article.canonical_url
    led = (url if url is None or url == own else canonical_url(url) for url in (article.url, article.requested_url))
    urls = dict.fromkeys(url for url in (own, *led) if url is not None)
    return Names(tuple(urls), article.raw_id, article.raw.item)


def fetched_ms(article: ParsedArticle, arrival_ms: int) -> int:
    """When the document was fetched, or the takedown asked for, but not after its arrival; 0 where nobody knows."""
    if article.fetched_at is None:
        return arrival_ms
    fetched = to_ms(article.fetched_at)
    return min(fetched, arrival_ms) if arrival_ms > 0 else fetched


def taken_down_since(names: Names, fetched: int, arrival_ms: int, window_ms: int, state: StateView) -> bool:
    """Whether one of the names was taken down after the document was fetched, or in the same moment."""
    if fetched <= 0:
        return False
    found = (s.load_taken_down(state, key) for key in names.keys)
    return any(t is not None and fetched <= t.at_ms and within(arrival_ms, t.arrival_ms, window_ms) for t in found)


def canceled_since(verdict: s.Verdict, state: StateView) -> Rejected | None:
    """Why a record that was published before must not be published again now: its article was taken down meanwhile.

    That it was published anew since changes nothing: what was withdrawn stays so, a later text is another one.

    The first verdict of a record is kept for its redelivery, and this is the one exception. Only replays come here: a
    crash leaves either the output and its verdict behind or neither.
    """
    published = verdict.published
    if published is None or published.kind == ChangeKind.TAKEDOWN:
        return None
    head = s.load_head(state, s.handle(published.article_id))
    if head is None or head.last_canceled <= published.revision:
        return None
    return Rejected(Code.TAKEN_DOWN, f"revision {published.revision} was canceled by revision {head.last_canceled}")


def named_article(names: Names, state: StateView) -> tuple[s.Head | None, str]:
    """The published article that a takedown names, or why there is none. The window does not bind it."""
    for url in names.urls:
        for key in (s.url_key(url), s.fetched_key(url)):
            head = s.load_head(state, state.get(key))
            if head is not None:
                return head, ""
    raw_id = names.raw_id
    if raw_id is not None:
        seen = s.load_raw_id(state, s.raw_id_key(raw_id, names.item))
        if seen is not None and seen.copy:
            return None, f"raw_id {raw_id[:100]!r} came in as a copy and was never published: take down its original"
        head = s.load_head(state, seen.name) if seen is not None else None
        if head is not None:
            return head, ""
    known = [url[:200] for url in names.urls] + ([f"raw_id {raw_id[:100]!r}"] if raw_id is not None else [])
    named = " or ".join(known) or "an address that is none"
    return None, f"no published article under {named}"


def withdrawal(names: Names, at_ms: int, head: s.Head | None) -> s.Withdrawal:
    """What is to be remembered: the names that were given, and the article's own address.

    Not where it was fetched from, unless that was named: pages such as `/latest` show another article tomorrow. From
    the moment that it was asked for, or that the article was fetched where that is later: a text that is canceled does
    not come back by being read again.
    """
    if head is not None:
        at_ms = max(at_ms, head.fetched_ms)
    keys = names.keys
    if head is not None and head.url is not None:
        keys.append(s.taken_down_url_key(head.url))
    return s.Withdrawal(at_ms, list(dict.fromkeys(keys)))


def canceled(head: s.Head) -> s.Published:
    """The revision that cancels an article."""
    return s.Published(
        article_id=head.article_id,
        revision=head.revision + 1,
        story_id=head.story_id,
        kind=ChangeKind.TAKEDOWN,
        previous_revision=head.revision,
        changed_fields=[name for name in TEXT_FIELDS if name in head.fields],
        diff=["Taken down at the request of its producer."],
        verdict=Verdict.REVISION,
        nearest=None,
        url=head.url,
    )


def emptied(head: s.Head, arrival_ms: int, at_ms: int) -> s.Head:
    """What is left of an article: its names, and until when it is withdrawn. Echoes would carry its title on."""
    return s.Head(
        article_id=head.article_id,
        revision=head.revision + 1,
        story_id=head.story_id,
        arrival_ms=max(head.arrival_ms, arrival_ms),
        url=head.url,
        title=None,
        source=head.source,
        published_ms=head.published_ms,
        exact_hash=b"",
        content_hash=b"",
        method="exact",
        words=0,
        shingles=0,
        keys=b"",
        sketch=b"",
        fields={},
        corrected=False,
        taken_down=True,
        fetched_url=head.fetched_url,
        requested_url=head.requested_url,
        fetched_ms=max(head.fetched_ms, at_ms),
        canceled_revision=head.revision + 1,
    )
