"""A trial with real stages: made-up articles, and the state that the real dedupe keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from benchmarks.faults.reading import Record, read_topics
from benchmarks.faults.result import Row
from benchmarks.faults.trial import Trial
from benchmarks.faults.verdict import StateCheck, store_check
from tests.support.documents import Writer, page

from copydesk.adapters.state_memory import MemoryStore
from copydesk.core.dedupe import apply_event
from copydesk.core.options import DedupeOptions
from copydesk.core.ports import Overlay
from copydesk_schemas.topics import TopicRole


def article(number: int) -> bytes:
    """A page, the same for the same number."""
    writer = Writer(number)
    return page(f"https://news.example/{number}", f"{writer.title()} {number}", writer.paragraphs(3))


class ArticleTrial(Trial):
    """Counts by the raw coordinates in the records themselves, and checks stores by replaying their log.

    `copydesk audit` must come to the same end: it reads the topics on its own.
    """

    def finish(self, within_s: float = 180.0, *, restarts: int | None = 0, kept: Sequence[Record] = ()) -> Row:
        """The row, failed where the audit finds anything."""
        row = super().finish(within_s, restarts=restarts, kept=kept)
        audit = self.deployment.command("audit", "--json")
        found = "nothing" if audit.returncode == 0 else f"{audit.stdout}{audit.stderr}"[-500:]
        return self.judged(row, f"the audit found {found}", true=audit.returncode == 0)

    def dead_letters(self) -> list[tuple[str, str]]:
        """Origin and code of every dead letter."""
        letters = read_topics(self.stand.broker.bootstrap, [self.names[TopicRole.DEAD]])
        return [(letter.origin, str(json.loads(letter.value)["code"])) for letter in letters]

    def numbered(self) -> dict[str, bytes]:
        """Value of every raw record by its coordinates."""
        return {r.coordinates: r.value for r in read_topics(self.stand.broker.bootstrap, [self.names[TopicRole.RAW]])}

    def state(self, expected: Mapping[bytes, int], log: Sequence[Record]) -> StateCheck:  # noqa: ARG002 - keys are the stage's own
        """Every store must be what the real stage makes of its log up to the position that it names."""
        check = store_check(self.stores(), log, _replayed)
        repeated = len(log) - len({record.key for record in log})
        return StateCheck(check.keys, check.wrong + repeated, check.found)


def _replayed(log: Sequence[Record]) -> Mapping[bytes, bytes]:
    replay = MemoryStore()
    for record in log:
        overlay = Overlay(replay)
        apply_event(record.key, record.value, overlay, DedupeOptions())
        replay.write(overlay.changes, record.offset + 1)
    return dict(replay.scan(b""))
