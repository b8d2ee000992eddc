"""The order of looking: this record, its id, its address, its bytes, its text, and then what is nearly its text."""

from __future__ import annotations

from datetime import datetime

from copydesk.core.dedupe import state as s
from copydesk.core.dedupe import takedown
from copydesk.core.dedupe.changes import TEXT_FIELDS, changed_fields, describe, field_hashes, says_corrected
from copydesk.core.dedupe.decision import Decision, coordinates, mark_of, render
from copydesk.core.dedupe.event_time import ALWAYS, DAY_MS, close, span_of, span_of_revision, to_ms, within
from copydesk.core.dedupe.events import apply_event
from copydesk.core.dedupe.near import CAME_NEAR, Match, find_matches
from copydesk.core.dedupe.postings import entries
from copydesk.core.dedupe.reasons import explain
from copydesk.core.dedupe.similarity import new_stretches, title_similarity
from copydesk.core.fingerprint import containment, sketch_bound
from copydesk.core.options import DedupeOptions, config_hash
from copydesk.core.ports import Overlay
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.reasons import Action, ChangeKind, Code, DuplicateVerdict
from copydesk_schemas.reasons import Verdict as PublishedVerdict

MUCH_SHORTER = 2 / 3
"""A copy with fewer than this share of its original's words is `contained` rather than a near-duplicate."""
FORMULA_WORDS = 8
"""Texts below it («Read more on our site») are no evidence of anything unless a title agrees."""
SAME_TITLE = 0.5
"""Titles of one short item stand above it, those of different items behind one formula («Subscribe to…») below."""


def decide(
    article: ParsedArticle, state: Overlay, options: DedupeOptions, *, now: datetime, trace: Trace = NO_TRACE
) -> Decision:
    """Decide on one parsed article; its events are applied to `state` before this returns.

    Args:
        article: as it came from the parse stage.
        state: changes of this batch on top of the committed state.
        options: thresholds and window; the window is measured between arrivals and, for texts, between dates of
            publication, never against a clock.
        now: only ever written down, as `decided_at`.
        trace: told what was decided and why.
    """
    key = coordinates(article)
    verdict = s.load_outcome(state, key)
    # What was refused comes again only where somebody replays its dead letter, to have it decided anew. And the record
    # may be another one: a topic that was made anew gives the coordinates of old records a second time.
    if verdict is not None and verdict.refused is None and verdict.is_of(mark_of(article)):
        gone = takedown.canceled_since(verdict, state)
        decision = render(article, verdict) if gone is None else Decision(None, None, refused=gone)
        trace.note("dedupe", "record", "decided before", explain(decision))
        return decision
    event = _Look(article, state, options, now).decide()
    value = s.encode(event)
    decision = render(article, event.verdict, ((key, value),))
    apply_event(key, value, state, options)
    if trace.enabled:
        shown = decision.duplicate.verdict if decision.duplicate is not None else ""
        shown = decision.refused.code if decision.refused is not None else shown
        shown = decision.unique.dedup.verdict if decision.unique is not None else shown
        trace.note("dedupe", article.title or article.article_id, shown, explain(decision))
    return decision


class _Look:
    """One article before one state."""

    def __init__(self, article: ParsedArticle, state: Overlay, options: DedupeOptions, now: datetime) -> None:
        self.article = article
        self.state = state
        self.options = options
        self.now_ms = to_ms(now)
        self.arrival_ms = max(0, to_ms(article.raw.timestamp))
        self.window_ms = options.window_days * DAY_MS
        self.span = span_of(article)
        self.names = takedown.names_of(article)
        self.fetched_ms = takedown.fetched_ms(article, self.arrival_ms)
        self.exact_hash = bytes.fromhex(article.fingerprint.exact_hash)
        self.content_hash = bytes.fromhex(article.raw.sha256)

    def decide(self) -> s.Event:
        if self.article.action is Action.DELETE:
            return self.takedown()
        seen = self.by_raw_id()
        if seen is not None:
            return self.copy(seen, DuplicateVerdict.REDELIVERED)
        if takedown.taken_down_since(self.names, self.fetched_ms, self.arrival_ms, self.window_ms, self.state):
            return self.refuse(Code.TAKEN_DOWN, "its address or raw_id was taken down after it was fetched")
        own = self.by_identity()
        if own is not None:
            return self.same_article(own)
        by_bytes = self.known(self.state.get(s.content_key(self.content_hash)))
        if by_bytes is not None:
            return self.copy(by_bytes, DuplicateVerdict.EXACT_BYTES)
        by_text = self.by_text()
        if by_text is not None:
            return self.copy(by_text, DuplicateVerdict.EXACT_TEXT)
        return self.by_nearness()

    def known(self, name: bytes | None) -> s.Head | None:
        """The head of a published article that may be matched: neither taken down nor out of the window."""
        head = s.load_head(self.state, name)
        return head if head is not None and not head.taken_down and self.recent(head) else None

    def recent(self, head: s.Head) -> bool:
        return within(self.arrival_ms, head.arrival_ms, self.window_ms)

    def by_raw_id(self) -> s.Head | None:
        raw_id = self.article.raw_id
        if raw_id is None:
            return None
        seen = s.load_raw_id(self.state, s.raw_id_key(raw_id, self.article.raw.item))
        if seen is None or not within(self.arrival_ms, seen.arrival_ms, self.window_ms):
            return None
        # A redelivery after a takedown points at the canceled article: an echo must not bring it back.
        head = s.load_head(self.state, seen.name)
        return head if head is not None and self.recent(head) else None

    def by_identity(self) -> s.Head | None:
        url = self.article.canonical_url
        head = s.load_head(self.state, self.state.get(s.url_key(url))) if url is not None else None
        head = head or s.load_head(self.state, s.handle(self.article.article_id))
        return head if head is not None and self.recent(head) else None

    def by_text(self) -> s.Head | None:
        if not self.article.fingerprint.words:
            return None
        heads = (self.known(entry.name) for entry in entries(self.state.get(s.exact_key(self.exact_hash))))
        return next((h for h in heads if h is not None and self.same_time(h) and self.same_short_item(h)), None)

    def same_time(self, head: s.Head) -> bool:
        return close(self.span, head.span, self.window_ms)

    def same_short_item(self, head: s.Head) -> bool:
        """Whether one text of few words is one item. Longer texts always are."""
        words = self.article.fingerprint.words
        if words >= self.options.min_words:
            return True
        alike = title_similarity(self.article.title, head.title)
        return words >= FORMULA_WORDS if alike is None else alike >= SAME_TITLE

    def by_nearness(self) -> s.Event:
        matches = find_matches(self.article.fingerprint, self.arrival_ms, self.span, self.state, self.options)
        if matches and matches[0].measure.of_new >= self.options.threshold:
            return self.near_copy(matches[0])
        article_id = story_id = self.article.article_id
        older = max(matches, key=lambda m: m.measure.of_old, default=None)
        expands = older is not None and older.measure.of_old >= self.options.threshold
        nearest = older if expands else max(matches, key=lambda m: m.similarity, default=None)
        named = None
        if nearest is not None and nearest.similarity >= CAME_NEAR:
            named = nearest.head.article_id, round(nearest.similarity, 4)
        if expands and older is not None:
            # A digest attaches to the story that stands in it most fully; the stories themselves stay apart.
            story_id = older.head.story_id
        verdict = PublishedVerdict.EXPANDED if expands else PublishedVerdict.UNIQUE
        return self.publish(
            s.Published(
                article_id=article_id,
                revision=1,
                story_id=story_id,
                kind=ChangeKind.NEW,
                previous_revision=None,
                changed_fields=[],
                diff=[],
                verdict=verdict,
                nearest=named,
                url=self.article.canonical_url,
            )
        )

    def same_article(self, own: s.Head) -> s.Event:
        """An article that is known by its address, or by its bytes where it has none."""
        fields = field_hashes(self.article)
        changed = changed_fields(own, fields)
        if own.taken_down:
            if 0 < self.fetched_ms <= own.fetched_ms:
                return self.refuse(Code.TAKEN_DOWN, "it was taken down after it was fetched")
        else:
            if own.content_hash == self.content_hash and own.url is None:
                return self.copy(own, DuplicateVerdict.EXACT_BYTES)
            if own.content_hash == self.content_hash or not any(name in TEXT_FIELDS for name in changed):
                return self.copy(own, DuplicateVerdict.SAME_URL_UNCHANGED)
            if 0 < self.fetched_ms < own.fetched_ms:
                return self.overtaken(own)
        if own.taken_down:
            diff = ["Published again after it was taken down."]
        else:
            fingerprint = self.article.fingerprint
            kept = (
                containment(fingerprint.sketch, s.unpack32(own.sketch)) if own.sketch and fingerprint.sketch else None
            )
            same_kind = own.method == fingerprint.method
            diff = describe(own, self.article, changed, kept if same_kind else None)
        corrects = says_corrected(self.article) and not own.corrected and not own.taken_down
        return self.publish(
            s.Published(
                article_id=own.article_id,
                revision=own.revision + 1,
                story_id=own.story_id,
                kind=ChangeKind.CORRECTION if corrects else ChangeKind.REVISION,
                previous_revision=own.revision,
                changed_fields=changed,
                diff=diff,
                verdict=PublishedVerdict.REVISION,
                nearest=None,
                url=own.url or self.article.canonical_url,
            ),
            before=own,
        )

    def overtaken(self, own: s.Head) -> s.Event:
        """A text of its address that was fetched before the published one: as a revision it would be the newest."""
        fingerprint = self.article.fingerprint
        if own.exact_hash == self.exact_hash:
            similarity = 1.0
        elif own.method == fingerprint.method:
            similarity = round(containment(fingerprint.sketch, s.unpack32(own.sketch)).of_new, 4)
        else:
            similarity = 0.0
        return self.copy(own, DuplicateVerdict.SAME_URL_UNCHANGED, similarity=similarity, earlier=True)

    def takedown(self) -> s.Event:
        """Cancel what was published, and remember it."""
        head, fault = takedown.named_article(self.names, self.state)
        withdrawal = takedown.withdrawal(self.names, self.fetched_ms, head)
        if head is None:
            return self.refuse(Code.BAD_TAKEDOWN, fault, withdrawal)
        if head.taken_down:
            return self.copy(head, DuplicateVerdict.REDELIVERED, withdrawal=withdrawal)
        verdict = self.verdict(published=takedown.canceled(head), withdrawal=withdrawal)
        return s.Event(s.EVENT_VERSION, verdict, takedown.emptied(head, self.arrival_ms, self.fetched_ms))

    def refuse(self, code: Code, message: str, withdrawal: s.Withdrawal | None = None) -> s.Event:
        return s.Event(s.EVENT_VERSION, self.verdict(refused=s.Refused(code, message), withdrawal=withdrawal), None)

    def near_copy(self, match: Match) -> s.Event:
        fingerprint = self.article.fingerprint
        shorter = fingerprint.words < MUCH_SHORTER * match.head.words
        sketch = s.unpack32(match.head.sketch)
        spans = new_stretches(self.article.body, fingerprint.method, frozenset(sketch), sketch_bound(sketch))
        return self.copy(
            match.head,
            DuplicateVerdict.CONTAINED if shorter else DuplicateVerdict.NEAR_DUPLICATE,
            match=match,
            spans=[("this", text) for text in spans],
        )

    def copy(
        self,
        head: s.Head,
        verdict: DuplicateVerdict,
        *,
        match: Match | None = None,
        spans: list[tuple[str, str]] | None = None,
        withdrawal: s.Withdrawal | None = None,
        similarity: float = 1.0,
        earlier: bool = False,
    ) -> s.Event:
        words = self.article.fingerprint.words
        copied = s.Copied(
            article_id=head.article_id,
            revision=head.revision,
            url=head.url,
            title=head.title,
            source=head.source,
            published_ms=head.published_ms,
            verdict=verdict,
            similarity=round(match.measure.of_new, 4) if match is not None else similarity,
            shared=match.measure.shared if match is not None else None,
            total=match.measure.total if match is not None else None,
            title_similarity=title_similarity(self.article.title, head.title),
            length_ratio=round(words / head.words, 4) if head.words else None,
            spans=spans or [],
            copies=s.load_copies(self.state, s.handle(head.article_id)) + 1,
            canceled=head.taken_down,
            earlier=earlier,
        )
        return s.Event(s.EVENT_VERSION, self.verdict(copied=copied, withdrawal=withdrawal), None)

    def publish(self, published: s.Published, *, before: s.Head | None = None) -> s.Event:
        article, fingerprint = self.article, self.article.fingerprint
        led = tuple(url for url in self.names.urls if url != published.url) or (before.aliases if before else ())
        fetched, requested, *_ = *led, None, None
        head = s.Head(
            article_id=published.article_id,
            revision=published.revision,
            story_id=published.story_id,
            # A replay arrives when its first try did, but must not age an article that is younger by now.
            arrival_ms=max(self.arrival_ms, before.arrival_ms) if before else self.arrival_ms,
            url=published.url,
            title=article.title,
            source=article.source.domain or article.source.name,
            published_ms=to_ms(article.published_at) if article.published_at is not None else None,
            exact_hash=self.exact_hash,
            content_hash=self.content_hash,
            method=fingerprint.method,
            words=fingerprint.words,
            shingles=fingerprint.shingles,
            keys=s.pack64(fingerprint.near_keys),
            sketch=s.pack32(fingerprint.sketch),
            fields=field_hashes(article),
            corrected=says_corrected(article),
            taken_down=False,
            last_ms=self.last_ms(published),
            fetched_url=fetched,
            requested_url=requested,
            fetched_ms=self.fetched_ms,
            canceled_revision=before.last_canceled if before else 0,
        )
        return s.Event(s.EVENT_VERSION, self.verdict(published=published), head)

    def last_ms(self, published: s.Published) -> int | None:
        span = span_of_revision(self.article, self.arrival_ms) if published.revision > 1 else self.span
        return span.last_ms if ALWAYS.first_ms < span.first_ms < span.last_ms else None

    def verdict(
        self,
        *,
        published: s.Published | None = None,
        copied: s.Copied | None = None,
        refused: s.Refused | None = None,
        withdrawal: s.Withdrawal | None = None,
    ) -> s.Verdict:
        return s.Verdict(
            decided_ms=self.now_ms,
            arrival_ms=self.arrival_ms,
            window_days=self.options.window_days,
            threshold=self.options.threshold,
            config_hash=config_hash(self.options),
            published=published,
            copied=copied,
            raw_id=self.article.raw_id,
            refused=refused,
            withdrawal=withdrawal,
            mark=mark_of(self.article),
        )
