"""The trace of decisions that `copydesk explain` prints. The default trace keeps nothing and costs next to nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.page.fates import PageFates
    from copydesk.core.page.removed import Removed


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
    blocks: Sequence[Removed] = ()
    """Blocks that were taken out of pages, in order."""

    def note(self, stage: str, subject: str, decision: str, reason: str = "") -> None:
        """Record one decision, for example `note("text", line, "dropped", "a share button")`."""

    def remove(self, block: Removed) -> None:
        """Record a block that was taken out of a page."""

    def tell(self, page: PageFates) -> None:
        """Record what became of each block of a page."""


NO_TRACE = Trace()


@dataclass
class RecordingTrace(Trace):
    """A trace that keeps all it is told, in order."""

    steps: list[Step] = field(default_factory=list)
    blocks: list[Removed] = field(default_factory=list)
    pages: list[PageFates] = field(default_factory=list)
    enabled: bool = True

    def note(self, stage: str, subject: str, decision: str, reason: str = "") -> None:
        """Keep one decision."""
        self.steps.append(Step(stage, subject, decision, reason))

    def remove(self, block: Removed) -> None:
        """Keep one block."""
        self.blocks.append(block)

    def tell(self, page: PageFates) -> None:
        """Keep what became of a page's blocks."""
        self.pages.append(page)

    def clear(self) -> None:
        """Forget everything, before the next document."""
        self.steps.clear()
        self.blocks.clear()
        self.pages.clear()
