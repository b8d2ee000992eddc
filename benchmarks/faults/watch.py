"""What a worker says of itself while something is broken: a fault that it does not notice may not have happened."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.faults.deployment import Deployment

_LOOK_EVERY_S = 0.1


@dataclass(slots=True)
class Seen:
    """Of a worker, within some time."""

    troubles: set[str] = field(default_factory=set)
    """What partitions that waited after a failure said."""
    broker_lost: bool = False
    """Whether it said that its broker did not answer."""

    def __str__(self) -> str:
        lost = ["the broker does not answer"] if self.broker_lost else []
        # Paths and names are those of one run, and would make one trouble many.
        texts = {re.sub(r"\S*/\S+|\bf[0-9a-f]{8}-", "", text)[:100].strip() for text in self.troubles}
        return " / ".join(lost + sorted(texts)) or "no trouble"

    def says(self, *words: str) -> bool:
        """Whether a partition waited and said one of the words."""
        return any(word in text.lower() for text in self.troubles for word in words)


def watch(deployment: Deployment, name: str, for_s: float) -> Seen:
    """Look at a worker's pages again and again for so many seconds."""
    seen = Seen()
    deadline = time.monotonic() + for_s
    while time.monotonic() < deadline:
        ready, live = deployment.page(name, "/health/ready"), deployment.page(name, "/health/live")
        for stage in ready.get("stages", {}).values():
            for part in stage["partitions"].values():
                if part["state"] == "waiting":
                    seen.troubles.add(str(part.get("trouble")))
        seen.broker_lost |= live.get("broker_answers") is False
        time.sleep(_LOOK_EVERY_S)
    return seen
