"""Dead letters on a real broker: looked at, replayed once and only once, and published with their first coordinates."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from tests.support.deployment import Deployment, article, failing, feed, outcomes, page
from tests.support.inline_pool import InlinePool
from tests.support.kafka import KafkaBroker
from tests.support.service import Raw

from copydesk.adapters.kafka.jobs import Handled, Job
from copydesk.adapters.kafka.outbox import send_all
from copydesk.adapters.kafka.replay import (
    Found,
    Inputs,
    OvertakenError,
    Reentry,
    Replayer,
    read_letters,
    replaying,
)
from copydesk.adapters.kafka.topic_reader import parts
from copydesk.app.delivery import delivery_config
from copydesk.core.options import Options
from copydesk.core.stages import dead_letter_for
from copydesk_schemas.reasons import Code, Stage
from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka


@pytest.fixture
def desk(broker: KafkaBroker, app_id: str, tmp_path: Path) -> Deployment:
    return Deployment(broker.bootstrap, app_id, tmp_path)


@pytest.mark.parametrize("function", ["run_parse", "run_enrich"])
def test_what_failed_is_replayed_and_published_once(desk: Deployment, function: str) -> None:
    desk.produce(page(1), page(2), page(3))
    found = desk.work(3, InlinePool(failing(function, b"number 2 was")))
    assert outcomes(found) == {"enriched": 2, "dead": 1}
    (letter,) = found[TopicRole.DEAD]
    (told,) = desk.lines("dlq", "replay", "--code", letter["code"], "--yes")
    assert told["dead_letter_id"] == letter["dead_letter_id"]
    if function == "run_parse":
        original = letter["original"]
        assert (told["to"]["topic"], told["to"]["partition"]) == (original["topic"], original["partition"])
        assert told["to"]["offset"] > original["offset"]
    else:
        assert told["to"]["topic"].endswith("parsed-articles"), "dedupe answers with the verdict that it has stored"
    found = desk.work(4)
    assert outcomes(found) == {"enriched": 3, "dead": 1}
    (again,) = [a for a in found[TopicRole.ENRICHED] if a["url"] == "https://a.example/2"]
    places = ("topic", "partition", "offset", "item", "timestamp", "sha256")
    assert [again["raw"][key] for key in places] == [letter["raw"][key] for key in places]
    assert (again["dedup"]["verdict"], again["processing"]["attempt"]) == ("unique", 2)


async def no_disk(job: Job) -> list[Handled]:
    """A dedupe stage that cannot read its state."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    error = OSError("no disk")
    return [
        Handled(dead_letter_for(message, Stage.DEDUPE, Code.STATE_UNAVAILABLE, error, Options(), now))
        for message in job.messages
    ]


def test_a_fault_of_the_dedupe_stage_is_replayed_into_its_partition(desk: Deployment) -> None:
    desk.produce(page(1), feed(2, 3))
    found = desk.work(3, handlers={Stage.DEDUPE: no_disk})
    assert {letter["code"] for letter in found[TopicRole.DEAD]} == {"state_unavailable"}
    told = desk.lines("dlq", "replay", "--stage", "dedupe", "--yes")
    assert {(one["to"]["topic"], one["to"]["partition"]) for one in told} == {(desk.names[TopicRole.PARSED], 0)}
    found = desk.work(6)
    assert outcomes(found) == {"enriched": 3, "dead": 3}
    assert {a["dedup"]["verdict"] for a in found[TopicRole.ENRICHED]} == {"unique"}


def test_what_deduplication_has_refused_is_decided_anew(desk: Deployment) -> None:
    desk.produce(Raw(json.dumps({"action": "delete", "url": "https://a.example/1"}).encode(), b"k"))
    desk.work(1)
    desk.run("dlq", "replay", "--code", "bad_takedown", "--yes")
    found = desk.work(2)
    assert [(letter["code"], letter["attempts"]) for letter in found[TopicRole.DEAD]] == [
        ("bad_takedown", 1),
        ("bad_takedown", 2),
    ]
    desk.produce(page(1))
    desk.work(3)
    desk.run("dlq", "replay", "--code", "bad_takedown", "--yes")
    found = desk.work(4)
    assert outcomes(found) == {"enriched": 2, "dead": 2}
    last = max(found[TopicRole.ENRICHED], key=lambda a: a["revision"])
    assert (last["pub_status"], last["revision"]) == ("canceled", 2)


def test_what_failed_and_was_taken_down_since_does_not_come_back(desk: Deployment) -> None:
    desk.produce(page(1), page(2))
    found = desk.work(2, InlinePool(failing("run_enrich", b"number 2 was")))
    (letter,) = found[TopicRole.DEAD]
    desk.produce(Raw(json.dumps({"action": "delete", "url": "https://a.example/2"}).encode(), b"k"))
    found = desk.work(3)
    assert [a["pub_status"] for a in found[TopicRole.ENRICHED] if a["url"] != "https://a.example/1"] == ["canceled"]
    desk.run("dlq", "replay", "--id", letter["dead_letter_id"], "--yes")
    found = desk.work(4)
    assert outcomes(found) == {"enriched": 2, "dead": 2}
    assert sorted(one["code"] for one in found[TopicRole.DEAD]) == ["enrich_timeout", "taken_down"]


def test_of_a_feed_one_item_is_replayed_alone(desk: Deployment) -> None:
    desk.produce(feed(1, 2, 3))
    found = desk.work(3, InlinePool(failing("run_enrich", b"number 2 was")))
    assert outcomes(found) == {"enriched": 2, "dead": 1}
    (letter,) = found[TopicRole.DEAD]
    assert (letter["raw"]["item"], letter["raw"]["items"]) == (1, 3)
    desk.run("dlq", "replay", "--id", letter["dead_letter_id"], "--yes")
    found = desk.work(4)
    assert outcomes(found) == {"enriched": 3, "dead": 1}
    assert sorted(a["raw"]["item"] for a in found[TopicRole.ENRICHED]) == [0, 1, 2]


def test_of_a_feed_that_was_never_read_all_items_are_replayed(desk: Deployment) -> None:
    desk.produce(feed(1, 2, 3))
    found = desk.work(1, InlinePool(failing("run_parse")))
    assert found[TopicRole.DEAD][0]["raw"]["items"] is None
    desk.run("dlq", "replay", "--all", "--yes")
    found = desk.work(4)
    assert outcomes(found) == {"enriched": 3, "dead": 1}
    assert {(a["raw"]["offset"], a["raw"]["item"]) for a in found[TopicRole.ENRICHED]} == {(0, 0), (0, 1), (0, 2)}


def test_a_letter_is_replayed_once_and_its_successor_until_the_loop_guard(desk: Deployment) -> None:
    desk.produce(page(1))
    name = None
    for replays in range(3):
        found = desk.work(replays + 1, InlinePool(failing("run_parse")))
        assert len(found[TopicRole.DEAD]) == replays + 1
        name = name or found[TopicRole.DEAD][0]["dead_letter_id"]
        (told,) = desk.lines("dlq", "replay", "--id", name, "--yes")
        assert (told["attempts"], told["replays"]) == (replays + 1, replays + 1)
        for words in (("--id", name), ("--id", name, "--force")):
            twice = desk.run("dlq", "replay", *words, "--yes", code=1)
            assert "was replayed at" in twice.stderr
            assert twice.stdout == ""
    assert name is not None
    found = desk.work(4, InlinePool(failing("run_parse")))
    letters = sorted(found[TopicRole.DEAD], key=lambda letter: letter["attempts"])
    assert [letter["attempts"] for letter in letters] == [1, 2, 3, 4]
    assert {letter["dead_letter_id"] for letter in letters} == {name}
    assert len({letter["first_failed_at"] for letter in letters}) == 1
    guarded = desk.run("dlq", "replay", "--id", name, "--yes", code=1)
    assert "replayed 3 times or more" in guarded.stderr
    unnamed = desk.run("dlq", "replay", "--all", "--yes")
    assert "1 not replayed: replayed 3 times or more" in unnamed.stderr
    desk.run("dlq", "replay", "--id", name, "--force", "--yes")
    found = desk.work(5)
    assert outcomes(found) == {"enriched": 1, "dead": 4}
    headers = [dict(record["headers"]) for record in desk.records(TopicRole.DEAD)]
    assert sum("dlq-replayed-from" in h for h in headers) == 3
    assert {h["dlq-replayed-from"].rsplit("-", 2)[0] for h in headers if "dlq-replayed-from" in h} == {
        desk.names[TopicRole.DEAD]
    }


def test_a_dry_run_writes_nothing(desk: Deployment) -> None:
    desk.produce(page(1), page(2))
    desk.work(2, InlinePool(failing("run_parse")))

    def everything() -> list[Any]:
        roles = (TopicRole.RAW, TopicRole.DEAD, TopicRole.REPLAYS)
        return [desk.records(role) for role in roles]

    before = everything()
    told = desk.run("dlq", "replay", "--all", "--dry-run")
    assert len(told.stdout.splitlines()) == 2
    assert "2 dead letters would be replayed; nothing was written." in told.stderr
    assert everything() == before
    assert len(desk.lines("dlq", "replay", "--all", "--limit", "1", "--yes")) == 1
    assert len(desk.records(TopicRole.REPLAYS)) == 1


def test_nobody_is_asked_in_a_pipe_and_everything_must_be_meant(desk: Deployment) -> None:
    assert "--yes" in desk.run("dlq", "replay", "--all", code=2).stderr
    assert "say which" in desk.run("dlq", "replay", "--yes", code=2).stderr
    assert "no such dead letter" in desk.run("dlq", "replay", "--id", "raw-0-0-0", "--yes", code=1).stderr
    assert "nothing to replay" in desk.run("dlq", "replay", "--all", "--yes").stderr


def test_policy_is_replayed_only_by_name(desk: Deployment) -> None:
    desk.produce(Raw(b"%PDF-1.7\n1 0 obj\n", b"k"), page(1))
    desk.work(2, parse={"max_content_bytes": 400})
    assert "nothing to replay" in desk.run("dlq", "replay", "--all", "--yes").stderr
    (told,) = desk.lines("dlq", "replay", "--code", "oversized", "--yes")
    assert outcomes(desk.work(3)) == {"enriched": 1, "dead": 2}
    assert told["code"] == "oversized"


def letters_of(desk: Deployment) -> list[Found]:
    async def read() -> list[Found]:
        config = delivery_config(desk.settings())
        return [found async for found in read_letters(config, parts(desk.names[TopicRole.DEAD], range(3)))]

    return asyncio.run(read())


async def prepared(desk: Deployment, found: Found) -> Reentry:
    config = delivery_config(desk.settings())
    return await Inputs(config, parts(desk.names[TopicRole.RAW], range(6)), timedelta(days=14)).prepare(found, found.letter.last_failed_at)


def test_what_dies_before_the_commit_has_replayed_nothing(desk: Deployment) -> None:
    desk.produce(page(1))
    desk.work(1, InlinePool(failing("run_parse")))
    (found,) = letters_of(desk)

    async def die() -> None:
        config = delivery_config(desk.settings())
        reentry = await prepared(desk, found)
        producer = AIOKafkaProducer(bootstrap_servers=desk.bootstrap, transactional_id=f"{desk.app_id}-dlq-replay")
        await producer.start()
        await producer.begin_transaction()
        await send_all(producer, [reentry.again, reentry.entry])
        # Nothing is said to the broker any more, as after a SIGKILL: the next replay ends the transaction.
        async with replaying(config) as replayer:
            with pytest.raises(Exception, match=r"."):
                await producer.commit_transaction()
            await replayer.replay([reentry])
        await producer.stop()

    asyncio.run(die())
    assert len(desk.records(TopicRole.RAW)) == 2
    assert len(desk.records(TopicRole.REPLAYS)) == 1
    assert outcomes(desk.work(2)) == {"enriched": 1, "dead": 1}


def test_a_replay_that_is_killed_goes_on_where_it_was(desk: Deployment) -> None:
    desk.produce(*(page(n) for n in range(400)))
    desk.work(400, InlinePool(failing("run_parse")), fuse={"run": 0, "ratio": 0})
    command = [sys.executable, "-m", "copydesk", "dlq", "replay", "--all", "--yes"]
    with subprocess.Popen(command, env=os.environ | desk.env, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = process.stdout.readline()  # the first transaction has committed, the next is under way
        process.kill()
    assert json.loads(told)["replays"] == 1
    desk.run("dlq", "replay", "--all", "--yes")
    assert "replayed before: 400" in desk.run("dlq", "replay", "--all", "--yes").stderr
    keys = Counter(record["key"] for record in desk.records(TopicRole.RAW))
    assert set(keys.values()) == {2}, "each once as it came, and once again"
    assert len(keys) == len(desk.records(TopicRole.REPLAYS)) == 400


def test_a_second_operator_stops_the_first(desk: Deployment) -> None:
    desk.produce(page(1))
    desk.work(1, InlinePool(failing("run_parse")))
    (found,) = letters_of(desk)

    async def two() -> None:
        config = delivery_config(desk.settings())
        reentry = await prepared(desk, found)
        async with replaying(config) as first, replaying(config) as second:
            assert await second.replay([reentry])
            with pytest.raises(OvertakenError):
                await first.replay([reentry])

    asyncio.run(two())
    assert len(desk.records(TopicRole.RAW)) == 2


def test_an_input_that_the_letter_does_not_carry_is_read_from_its_topic(desk: Deployment) -> None:
    large = Raw(b"<p>" + article(1).encode() + b"</p>" + b"<!-- -->" * 1_310_720, b"k")
    desk.produce(large)
    found = desk.work(1, InlinePool(failing("run_parse")))
    assert found[TopicRole.DEAD][0]["original"]["value_b64"] is None
    name = found[TopicRole.DEAD][0]["dead_letter_id"]
    shown = desk.run("dlq", "show", name, "--value")
    assert shown.stdout_bytes == large.value
    (told,) = desk.lines("dlq", "replay", "--id", name, "--yes")
    records = desk.records(TopicRole.RAW)
    assert [(r["partition"], r["offset"]) for r in records][1:] == [(told["to"]["partition"], told["to"]["offset"])]
    first, second = records
    assert second["value"] == first["value"]
    assert second["key"] == "k"


def test_one_that_the_broker_refuses_does_not_hold_up_the_others(desk: Deployment) -> None:
    desk.produce(page(1), page(2))
    desk.work(2, InlinePool(failing("run_parse")))
    first, second = letters_of(desk)

    async def replay() -> list[int | Exception]:
        config = delivery_config(desk.settings())
        good, bad = await prepared(desk, first), await prepared(desk, second)
        object.__setattr__(bad.again, "value", b"x" * 11_900_000)
        async with replaying(config) as replayer:
            assert isinstance(replayer, Replayer)
            return await replayer.replay([bad, good])

    bad, good = asyncio.run(replay())
    assert isinstance(bad, Exception)
    assert isinstance(good, int)
    assert len(desk.records(TopicRole.RAW)) == 3
    (entry,) = desk.records(TopicRole.REPLAYS)
    assert entry["key"] == first.letter.dead_letter_id


def test_letters_are_listed_shown_and_counted(desk: Deployment) -> None:
    desk.produce(page(1), page(2), Raw(b"%PDF-1.7\n1 0 obj\n", b"key \x1b[31m"), feed(4))
    desk.work(4, InlinePool(failing("run_parse", b"number ")))
    everything = desk.lines("dlq", "list")
    assert sorted(letter["code"] for letter in everything) == ["parse_timeout"] * 3 + ["unsupported_media_type"]
    assert {letter["state"] for letter in everything} == {"open"}
    (pdf,) = desk.lines("dlq", "list", "--kind", "rejected")
    assert [letter["dead_letter_id"] for letter in desk.lines("dlq", "list", "--id", pdf["dead_letter_id"])] == [
        pdf["dead_letter_id"]
    ]
    assert desk.lines("dlq", "list", "--until", "1h") == []
    assert len(desk.lines("dlq", "list", "--since", "1h", "--stage", "parse")) == 4
    fingerprint = next(letter["error_fingerprint"] for letter in everything if letter["kind"] == "failed")
    assert len(desk.lines("dlq", "list", "--fingerprint", fingerprint)) == 3
    assert len(desk.lines("dlq", "list", "-n", "2")) == 2
    (counts,) = desk.lines("dlq", "stats")
    assert counts["letters"] == 4
    assert counts["by_code"] == {"parse_timeout": 3, "unsupported_media_type": 1}
    assert counts["by_kind"] == {"failed": 3, "rejected": 1}
    assert counts["by_fingerprint"] == {fingerprint: 3}
    assert sum(counts["by_hour"].values()) == 4
    (shown,) = desk.lines("dlq", "show", pdf["dead_letter_id"])
    assert shown["original"]["beginning"].startswith("%PDF-1.7")
    assert shown["original"]["key"] == "key \x1b[31m"
    card = desk.run("dlq", "show", pdf["dead_letter_id"], "--table", COLUMNS="200").stdout
    assert shown["hint"] in card
    assert "\x1b[31m" not in card, "an article must not speak to the terminal"
    assert "no dead letter nothing" in desk.run("dlq", "show", "nothing", code=1).stderr
    desk.run("dlq", "replay", "--fingerprint", fingerprint, "--limit", "1", "--yes")
    assert len(desk.lines("dlq", "list", "--replayed")) == 1
    assert len(desk.lines("dlq", "list", "--open")) == 3
    table = desk.run("dlq", "list", "--table", COLUMNS="200")
    assert "unsupported_media_type" in table.stdout
    assert "4 dead letters." in table.stderr
    assert "parse_timeout" in desk.run("dlq", "stats", "--table", COLUMNS="200").stdout


def test_without_transactions_the_input_goes_first_and_then_the_log(desk: Deployment) -> None:
    desk.produce(page(1), page(2))
    desk.work(2, InlinePool(failing("run_parse")))
    told = desk.run("dlq", "replay", "--all", "--yes", COPYDESK_DELIVERY="at_least_once")
    assert len(told.stdout.splitlines()) == 2
    again = desk.run("dlq", "replay", "--all", "--yes", COPYDESK_DELIVERY="at_least_once")
    assert "nothing to replay; replayed before: 2 dead letters." in again.stderr
    assert outcomes(desk.work(4)) == {"enriched": 2, "dead": 2}


def test_a_topic_that_was_made_anew_takes_no_replays_of_the_old(desk: Deployment) -> None:
    desk.produce(page(1))
    desk.work(1, InlinePool(failing("run_parse")))
    (found,) = letters_of(desk)
    fields = json.loads(found.record.value)
    for place in ("raw", "original"):
        fields[place]["offset"] = 70
    name = f"{desk.names[TopicRole.RAW]}-{found.letter.raw.partition}-70-0"
    fields["dead_letter_id"] = name

    async def write() -> None:
        async with replaying(delivery_config(desk.settings(delivery="at_least_once"))) as replayer:
            await replayer._producer.send_and_wait(desk.names[TopicRole.DEAD], json.dumps(fields).encode())

    asyncio.run(write())
    told = desk.run("dlq", "replay", "--id", name, "--yes", code=1)
    assert "was the topic made anew?" in told.stderr
    assert len(desk.records(TopicRole.RAW)) == 1
