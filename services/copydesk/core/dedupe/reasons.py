"""Decisions in one sentence, for the command line and the log."""

from __future__ import annotations

from copydesk.core.dedupe.decision import EARLIER_FETCH, Decision
from copydesk_schemas.base import format_instant
from copydesk_schemas.duplicate import DuplicateArticle
from copydesk_schemas.parsed import UniqueArticle
from copydesk_schemas.reasons import ChangeKind, DuplicateVerdict, Verdict


def explain(decision: Decision) -> str:
    """Why the article was published, set aside or refused, in one sentence."""
    if decision.duplicate is not None:
        return f"Set aside: {_copy_reason(decision.duplicate)}."
    if decision.unique is not None:
        return f"{_published_reason(decision.unique)}."
    if decision.refused is not None:
        return f"Refused: {decision.refused}."
    raise ValueError("a decision is unique, duplicate or refused")


def _copy_reason(copy: DuplicateArticle) -> str:
    original = _original(copy)
    share, threshold = f"{copy.similarity:.0%}", f"{copy.threshold:.0%}"
    match copy.verdict:
        case DuplicateVerdict.REDELIVERED:
            return f"its producer already sent it; it belongs to {original}"
        case DuplicateVerdict.SAME_URL_UNCHANGED if copy.method == EARLIER_FETCH:
            return f"fetched from its address before revision {copy.duplicate_of.revision} of {original}, which stays"
        case DuplicateVerdict.SAME_URL_UNCHANGED:
            return f"the same address with the same text as revision {copy.duplicate_of.revision} of {original}"
        case DuplicateVerdict.EXACT_BYTES:
            return f"byte for byte the document of {original}"
        case DuplicateVerdict.EXACT_TEXT:
            return f"word for word the text of {original}"
        case DuplicateVerdict.CONTAINED:
            ratio = copy.evidence.length_ratio or 0.0
            return (
                f"{share} of its text stands in {original}, which it is {ratio:.0%} as long as; threshold {threshold}"
            )
        case DuplicateVerdict.NEAR_DUPLICATE:
            return f"{share} of its text stands in {original}; threshold {threshold}"


def _original(copy: DuplicateArticle) -> str:
    of = copy.duplicate_of
    parts = [f"«{of.title}»" if of.title else f"article {of.article_id}"]
    if of.source:
        parts.append(f"by {of.source}")
    if of.published_at is not None:
        parts.append(f"published {format_instant(of.published_at)}")
    return " ".join(parts)


def _published_reason(unique: UniqueArticle) -> str:
    change, dedup = unique.change, unique.dedup
    if change.kind is ChangeKind.TAKEDOWN:
        return f"Taken down: revision {unique.revision} cancels revision {change.previous_revision}"
    if dedup.verdict is Verdict.REVISION:
        what = f": changed {', '.join(change.changed_fields)}" if change.changed_fields else ""
        kind = "a correction" if change.kind is ChangeKind.CORRECTION else "a revision"
        return f"Published as revision {unique.revision}, {kind} of the same article{what}"
    if dedup.verdict is Verdict.EXPANDED:
        contained = dedup.nearest.article_id if dedup.nearest is not None else dedup.story_id
        return f"Published: it contains article {contained} and adds to it"
    if dedup.nearest is not None:
        near = f"{dedup.nearest.similarity:.0%} in common with {dedup.nearest.article_id}"
        return f"Published: new; the nearest article has {near}, below the threshold of {dedup.nearest.threshold:.0%}"
    return "Published: new; no article of the window comes near"
