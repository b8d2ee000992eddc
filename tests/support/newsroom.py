"""All stages over one state without a broker: raw records in, the published records out."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.records import ARRIVED, DictState

from copydesk.core.options import Options
from copydesk.core.records import Message, OutcomeKind, StageResult
from copydesk.core.stages import run_dedupe, run_enrich, run_parse

Json = dict[str, Any]


class Newsroom:
    """Records go through parse, dedupe and enrich one after the other, a minute apart unless told otherwise."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.states: defaultdict[int, DictState] = defaultdict(DictState)
        self.log: list[tuple[bytes, bytes | None]] = []
        self._offset = 0

    @property
    def state(self) -> DictState:
        """The state of the first shard, and of the only one unless told otherwise."""
        return self.states[0]

    def raw(
        self, value: bytes | str, *, offset: int | None = None, arrived: datetime | None = None, **headers: str
    ) -> Message:
        """A raw record at the next offset, or again at one that there was."""
        at = self._offset if offset is None else offset
        self._offset = max(self._offset, at + 1)
        arrived = arrived or ARRIVED + timedelta(minutes=at)
        content = value.encode() if isinstance(value, str) else value
        pairs = tuple((name.replace("_", "-"), text.encode()) for name, text in headers.items())
        return Message("raw-articles", 0, at, round(arrived.timestamp() * 1000), None, content, pairs)

    def send(self, message: Message) -> list[Json]:
        """What is published of a raw record: enriched, duplicate or dead-letter records."""
        now = datetime.fromtimestamp(message.timestamp_ms / 1000, UTC) + timedelta(seconds=5)
        ends: list[Json] = []
        for step in self._split(run_parse(message, self.options, now), message):
            if isinstance(step, dict):
                ends.append(step)
                continue
            with self.states[step.partition].transaction() as overlay:
                decided = run_dedupe(step, overlay, self.options, now)
            self.log.extend(decided.events)
            for unique in self._split(decided.result, message):
                if isinstance(unique, dict):
                    ends.append(unique)
                else:
                    ends.extend(json.loads(emit.value or b"") for emit in run_enrich(unique, self.options, now).emits)
        return ends

    def article(self, value: bytes | str, **more: Any) -> Json:
        """The one record that is published of a document in form A."""
        (end,) = self.send(self.raw(value, **more))
        return end

    def envelope(self, *, offset: int | None = None, arrived: datetime | None = None, **fields: Any) -> Json:
        """The one record that is published of an envelope."""
        (end,) = self.send(self.raw(json.dumps(fields), offset=offset, arrived=arrived))
        return end

    def take_down(self, **fields: Any) -> Json:
        """The one record that is published of a takedown."""
        return self.envelope(action="delete", **fields)

    def _split(self, result: StageResult, raw: Message) -> list[Json | Message]:
        return [
            Message(emit.role, emit.partition or 0, 0, raw.timestamp_ms, emit.key, emit.value, emit.headers)
            if outcome.kind is OutcomeKind.FORWARDED
            else json.loads(emit.value or b"")
            for emit, outcome in zip(result.emits, result.outcomes, strict=True)
        ]
