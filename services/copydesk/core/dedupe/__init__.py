"""Deduplication: one decision an article, one event a decision, and a state that follows from the events alone."""

from copydesk.core.dedupe.decide import decide
from copydesk.core.dedupe.decision import Decision
from copydesk.core.dedupe.events import apply_event
from copydesk.core.dedupe.pruning import prune
from copydesk.core.dedupe.reasons import explain

__all__ = ["Decision", "apply_event", "decide", "explain", "prune"]
