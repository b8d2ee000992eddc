"""What the application puts together, without a broker."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.support.documents import Writer, page

from copydesk.adapters.state_memory import MemoryStore
from copydesk.app.settings import Settings
from copydesk.app.wiring import Overrides, build_app
from copydesk.core.options import Options
from copydesk.core.ports import Overlay
from copydesk.core.records import Message
from copydesk.core.stages import run_dedupe, run_parse
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import TopicRole

DAY_MS = 86_400_000
THEN_MS = 1_700_000_000_000


async def test_the_dedupe_stage_is_given_the_pruning_of_its_window(tmp_path: Path) -> None:
    settings = Settings.load({}, app_id="wired", state_dir=tmp_path)
    desk = build_app(settings, overrides=Overrides(web=False)).desk
    works = {stage: desk._work(stage) for stage in Stage}
    prune = works[Stage.DEDUPE].prune
    assert prune is not None
    assert works[Stage.PARSE].prune is works[Stage.ENRICH].prune is None

    now = datetime.now(UTC)
    writer = Writer(1)
    document = page("https://paper.example/1", writer.title(), writer.paragraphs())
    (emit,) = run_parse(Message("raw-articles", 0, 0, THEN_MS, None, document), Options(), now).emits
    assert emit.role is TopicRole.PARSED
    store = MemoryStore()
    overlay = Overlay(store)
    run_dedupe(Message("parsed-articles", 0, 0, THEN_MS, emit.key, emit.value), overlay, Options(), now)
    store.write(overlay.changes, 1)

    window_ms = settings.dedupe.window_days * DAY_MS
    assert prune(store, THEN_MS + window_ms, 100) == 0
    assert list(store.scan(b""))
    assert prune(store, THEN_MS + window_ms + DAY_MS, 100) == 0
    assert prune(store, THEN_MS + window_ms + 2 * DAY_MS, 100) == 1
    assert list(store.scan(b"")) == []


async def test_a_state_of_another_making_is_left_alone(tmp_path: Path) -> None:
    settings = Settings.load({}, app_id="wired", state_dir=tmp_path)
    overrides = Overrides(web=False, apply=lambda key, value, state: state.put(key, value))
    assert build_app(settings, overrides=overrides).desk._work(Stage.DEDUPE).prune is None
