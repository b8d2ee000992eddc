"""Committed results made of the contract's example records, for what shows them to people."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aiohttp.test_utils import TestServer
from aiokafka import TopicPartition

from copydesk.adapters.kafka.partition import State
from copydesk.app.settings import Settings
from copydesk.app.why import verdict
from copydesk.app.wiring import Desk, build_app
from copydesk.core.records import Emit, Outcome, OutcomeKind, StageResult
from copydesk_schemas.reasons import Code, Stage
from copydesk_schemas.topics import TopicRole

_EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
_ROLES = {
    OutcomeKind.ENRICHED: ("enriched/valid/article.json", TopicRole.ENRICHED, Stage.ENRICH),
    OutcomeKind.DUPLICATE: ("duplicate/valid/near-duplicate.json", TopicRole.DUPLICATE, Stage.DEDUPE),
    OutcomeKind.DEAD: ("dead_letter/valid/{}.json", TopicRole.DEAD, Stage.PARSE),
}

HOSTILE = (
    "<script>window.attacked = 1</script>",
    "<img src=x onerror='window.attacked = 1'>",
    '"><svg onload=window.attacked=1>',
    "</title></li></ol><h1>All is well</h1>",
    "{{constructor.constructor('window.attacked=1')()}} ${window.attacked=1}",
    "&lt;b&gt;not bold&lt;/b&gt; <b>nor this</b>",
)
"""Headlines that would do something where they are taken for markup."""
SPOOFS = ("\u202egnp.exe \u2066turned\u2069", "\x1b[2J\x1b]0;owned\x07 rung \r\n\u0085 next\u2028line")
"""Headlines that turn the direction of the text, or speak to a terminal."""


def example(kind: OutcomeKind, name: str = "rejected") -> dict[str, Any]:
    """The example record of a kind; `name` is which dead letter."""
    fields: dict[str, Any] = json.loads((_EXAMPLES / _ROLES[kind][0].format(name)).read_text(encoding="utf-8"))
    return fields


def ended(kind: OutcomeKind, fields: dict[str, Any] | None = None, **changes: Any) -> tuple[Stage, StageResult]:
    """What the accounting is told when such a record was committed."""
    fields = example(kind) if fields is None else fields
    _, role, stage = _ROLES[kind]
    outcome = Outcome(
        stage=stage,
        kind=kind,
        raw_topic="raw-articles",
        raw_partition=2,
        raw_offset=17,
        item=0,
        raw_timestamp_ms=0,
        article_id=fields["article_id"],
        revision=fields.get("revision"),
        code=Code(fields["code"]) if kind is OutcomeKind.DEAD else None,
        verdict=None if kind is OutcomeKind.DEAD else verdict(fields),
    )
    outcome = replace(outcome, **changes)
    return stage, StageResult((Emit(role, None, json.dumps(fields).encode()),), (outcome,))


def forwarded(**changes: Any) -> tuple[Stage, StageResult]:
    """What the accounting is told when an item came in and went on to the next stage."""
    _, result = ended(OutcomeKind.ENRICHED)
    outcome = replace(result.outcomes[0], stage=Stage.PARSE, kind=OutcomeKind.FORWARDED, verdict=None, **changes)
    return Stage.PARSE, StageResult((Emit(TopicRole.PARSED, None, b"{}"),), (outcome,))


def titled(kind: OutcomeKind, title: str, url: str | None = None) -> tuple[Stage, StageResult]:
    """The example with another headline and address; a dead letter has it in its message."""
    fields = example(kind)
    if kind is OutcomeKind.DEAD:
        fields["message"] = title
    elif kind is OutcomeKind.DUPLICATE:
        fields["this"].update(title=title, url=url)
        fields["duplicate_of"]["title"] = title
        fields["evidence"]["differing_spans"] = [{"side": "this", "text": title}]
    else:
        fields.update(title=title, url=url, canonical_url=url)
    return ended(kind, fields)


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[tuple[Desk, str]]:
    """The pages of an application whose desk has not started, on a port of this machine."""
    app = build_app(settings)
    web: Any = app.web
    web.init_server()
    async with TestServer(web.web_app) as server:
        yield app.desk, str(server.make_url("/"))


def partition(number: int, state: State = State.IDLE, **values: Any) -> Any:
    """A partition as far as a look at it goes."""
    usual = {"next_offset": 7, "in_flight": 2, "restored": None, "trouble": None, "behind": behind(3, 1.5)}
    source = TopicPartition("raw-articles", number)
    ready = state in (State.IDLE, State.WORKING)
    progress = SimpleNamespace(idle_for=lambda: 4.0)
    return SimpleNamespace(source=source, state=state, ready=ready, progress=progress, **{**usual, **values})


def behind(records: int | None, seconds: float | None) -> Any:
    """What is known of its backlog."""
    return SimpleNamespace(lag=records, seconds=lambda: seconds)


def pump(stage: Stage, *partitions: Any, **values: Any) -> Any:
    """A stage's pump as far as a look at it goes."""
    usual = {"joined": True, "broker_answers": True, "topic": "raw-articles", "stalled": lambda after_s: []}  # noqa: ARG005
    ready = all(part.ready for part in partitions)
    parts = {part.source: part for part in partitions}
    return SimpleNamespace(work=SimpleNamespace(stage=stage), partitions=parts, **{"ready": ready, **usual, **values})
