"""The trace of decisions that `copydesk explain` prints. The default trace keeps nothing and costs next to nothing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """One decision: where it was made, what was decided, and why, in words for a person."""

    stage: str
    subject: str
    decision: str
    reason: str


class Trace:
    """A trace that keeps nothing. Ask `enabled` before building an expensive note."""

    enabled: bool = False

    def note(self, stage: str, subject: str, decision: str, reason: str = "") -> None:
        """Record one decision, for example `note("text", line, "dropped", "a share button")`."""


NO_TRACE = Trace()


@dataclass
class RecordingTrace(Trace):
    """A trace that keeps every step, in order."""

    steps: list[Step] = field(default_factory=list)
    enabled: bool = True

    def note(self, stage: str, subject: str, decision: str, reason: str = "") -> None:
        """Keep one decision."""
        self.steps.append(Step(stage, subject, decision, reason))
