"""`/api/now` of a worker on a real broker says what its metrics say, and what was published."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.support.documents import generated, items
from tests.support.kafka import KafkaBroker, free_port
from tests.support.service import ENDS, Service, declare, ending, following, get_page, own_names, produce

from copydesk.app.now import Condition, Now
from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka
WITHIN_S = 180.0


async def test_it_agrees_with_the_metrics_and_the_topics(broker: KafkaBroker, app_id: str, tmp_path: Path) -> None:
    names, port = own_names(app_id), free_port()
    raw = generated(60)
    expected = sum(items(one) for one in raw)
    await declare(broker.bootstrap, names)
    with ending(Service(broker.bootstrap, app_id, tmp_path, names)) as service:
        process = service.start("one", port)
        await service.ready(process, port)
        async with following(broker.bootstrap, {role: names[role] for role in ENDS}) as follower:
            await produce(broker.bootstrap, names[TopicRole.RAW], raw)
            await follower.until(expected, WITHIN_S)
        now = await _still(port, expected)
        metrics = await asyncio.to_thread(get_page, port, "/metrics")
        assert await service.stop(process) == 0

    published = {role: len(follower.seen[role]) for role in ENDS}
    assert (now.totals.enriched, now.totals.duplicate, now.totals.dead) == tuple(published[role] for role in ENDS)
    assert now.totals.in_flight == 0
    counted: Counter[tuple[str, str]] = Counter()
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name == "copydesk_outcomes_total" and sample.labels["kind"] != "forwarded":
                counted[sample.labels["kind"], sample.labels["reason"]] += int(sample.value)
    assert Counter({(one.outcome, one.reason): one.count for one in now.reasons}) == +counted
    assert now.health.condition is Condition.HEALTHY
    assert (now.lag.records, now.lag.seconds) == (0, 0.0)
    assert now.worker.delivery == "transactional"
    # The last articles are the last that were published, with their own words.
    titles = {json.loads(record.value).get("title") for record in follower.seen[TopicRole.ENRICHED]}
    shown = [article for article in now.articles if article.outcome == "enriched"]
    assert shown
    assert {article.title for article in shown if article.url} <= titles
    assert all(article.why for article in now.articles)
    log = (tmp_path / "one.log").read_text(encoding="utf-8")
    assert f'"page":"http://127.0.0.1:{port}/"' in log


async def _still(port: int, expected: int) -> Now:
    """The answer once everything has ended and the lag has been measured since."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        now = Now.model_validate_json(await asyncio.to_thread(get_page, port, "/api/now"))
        totals = now.totals
        if totals.enriched + totals.duplicate + totals.dead >= expected and now.lag.records == 0:
            return now
        assert time.monotonic() < deadline, now.health
        await asyncio.sleep(0.2)
