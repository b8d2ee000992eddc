"""What a record says never comes into the log, whatever it is refused for; its dead letter may quote it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from tests.support.records import ARRIVED, DictState, raw, with_headers

from copydesk.adapters.kafka.fuse import Fuse, FuseBlownError, FuseConfig
from copydesk.adapters.kafka.jobs import Handled
from copydesk.adapters.logs import configure_logging
from copydesk.adapters.metrics import Metrics
from copydesk.app.accounting import Accounting
from copydesk.core import replay
from copydesk.core.options import Options
from copydesk.core.records import Message, StageResult
from copydesk.core.stages import dead_letter_for, run_dedupe, run_parse
from copydesk_schemas.dead_letter import DeadLetter
from copydesk_schemas.raw import RAW_MEDIA_TYPE
from copydesk_schemas.reasons import Code, Stage

MARK = "qzfreighterxw"
"""Looks like any word, and stands in no message of ours."""
Record = tuple[str, dict[str, Any]]
"""A value, and headers."""
NOW = ARRIVED + timedelta(seconds=5)
TEXT = "The council closed the harbour bridge on Monday after engineers found cracks in it, a report says. " * 3


def envelope(**fields: object) -> Record:
    return json.dumps({"content": TEXT, **fields}), {"content_type": RAW_MEDIA_TYPE}


def xml(document: str) -> Record:
    return f"<?xml version='1.0'?>{document}", {}


def ninjs(**fields: object) -> Record:
    item = {"uri": "https://wire.example/1", "type": "text", "headline": "Bridge closed", "body_text": TEXT, **fields}
    return json.dumps(item), {}


def newsml(meta: str = "", nature: str = "ninat:text") -> str:
    return (
        f"<newsItem guid='urn:x:1'><itemMeta><itemClass qcode='{nature}'/>{meta}</itemMeta>"
        f"<contentSet><inlineData contenttype='text/plain'>{TEXT}</inlineData></contentSet></newsItem>"
    )


def nitf(attributes: str) -> str:
    content = f"<body><body.content><p>{TEXT}</p></body.content></body>"
    return f"<nitf><head><docdata {attributes}/></head>{content}</nitf>"


QUOTED: dict[str, Record] = {
    "address": envelope(url=f"ftp://desk:{MARK}@site.example/?token={MARK}"),
    "final address": envelope(final_url=f"//{MARK}"),
    "header of the response": envelope(http={"headers": {MARK: 5}}),
    "root element": xml(f"<{MARK}><p>{TEXT}</p></{MARK}>"),
    "publication status": ninjs(pubstatus=MARK),
    "publication status that is none": ninjs(pubstatus=[MARK]),
    "embargo": ninjs(embargoed=f"until {MARK}"),
    "type of an item": ninjs(type=MARK),
    "nature of an item": xml(newsml(nature=f"ninat:{MARK}")),
    "pubStatus": xml(newsml(f"<pubStatus qcode='stat:{MARK}'/>")),
    "items of a message": xml(f"<newsMessage><itemSet><{MARK}/></itemSet></newsMessage>"),
    "management status": xml(nitf(f"management-status='{MARK}'")),
    "title of an error page": (f"<html><title>404 Not Found | {MARK}</title><p>Sorry.</p></html>", {}),
    "takedown by address": envelope(action="delete", content=None, url=f"https://site.example/{MARK}"),
    "takedown by id": envelope(action="delete", content=None, raw_id=MARK),
}
"""Records whose dead letters quote them."""
UNQUOTED: dict[str, Record] = {
    "body of an invalid envelope": envelope(content=MARK, content_base64=MARK),
    "value of a wrong kind": envelope(fetched_at=MARK, http=MARK, source={"country": MARK}),
    "bytes that are none": envelope(content=None, content_base64=f"{MARK}="),
    "an action": envelope(action=MARK),
    "an envelope that is none": (f'{{"content": "{MARK}', {"content_type": RAW_MEDIA_TYPE}),
    "json": (json.dumps({MARK: MARK}), {}),
    "xml that ends early": (f"<?xml version='1.0'?><nitf><{MARK}>{MARK}", {}),
    "entities": (f"<?xml version='1.0'?><!DOCTYPE nitf [<!ENTITY {MARK} '{MARK}'>]><nitf>&{MARK};</nitf>", {}),
    "short text": (f"<html lang='{MARK}'><body><p>{MARK}</p></body></html>", {}),
    "text without a story": (f"{MARK} | {MARK}\n\n{MARK}", {}),
    "controls": (f"{MARK}\x01\x02\x03", {}),
    "a feed without entries": (f"<rss version='2.0'><channel><title>{MARK}</title></channel></rss>", {}),
}
"""Records that are refused, and not quoted."""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging(pretty=False, level="debug", stream=stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def ended(message: Message) -> StageResult:
    """What a record ends as, through parse and dedupe."""
    result = run_parse(message, Options(), NOW)
    if result.outcomes[0].code is not None:
        return result
    with DictState().transaction() as overlay:
        onward = Message("parsed-articles", 0, 0, message.timestamp_ms, None, result.emits[0].value)
        return run_dedupe(onward, overlay, Options(), NOW).result


def told(result: StageResult, log: io.StringIO) -> tuple[str, str]:
    """The message of its dead letter, and what the log says."""
    (outcome,), (emit,) = result.outcomes, result.emits
    Accounting(Metrics()).record(outcome.stage, result)
    assert f'"code":"{outcome.code}"' in log.getvalue()
    return DeadLetter.model_validate_json(emit.value or b"").message, log.getvalue()


@pytest.mark.parametrize("name", QUOTED)
def test_what_a_refusal_quotes_stays_in_the_dead_letter(name: str, log: io.StringIO) -> None:
    value, headers = QUOTED[name]
    message, said = told(ended(raw(value, **headers)), log)
    assert MARK in message
    assert MARK not in said
    assert json.loads(said.splitlines()[-1])["message"], "it says why all the same"


@pytest.mark.parametrize("name", UNQUOTED)
def test_a_record_that_is_refused_leaves_no_word_of_its_own(name: str, log: io.StringIO) -> None:
    value, headers = UNQUOTED[name]
    message, said = told(ended(raw(value, **headers)), log)
    assert MARK not in message
    assert MARK not in said


def test_a_header_of_a_replay_is_not_quoted(log: io.StringIO) -> None:
    record = with_headers(TEXT.encode(), {replay.HEADER: json.dumps({"raw": MARK})})
    _, said = told(ended(record), log)
    assert MARK not in said


def test_a_fault_that_quotes_the_document_blows_no_word_of_it_into_the_log_with_the_fuse(log: io.StringIO) -> None:
    try:
        int(MARK)
    except ValueError as error:
        fault = dead_letter_for(raw(MARK), Stage.PARSE, Code.PARSE_ERROR, error, Options(), NOW)
    message, said = told(fault, log)
    assert MARK in message
    assert MARK not in said
    with pytest.raises(FuseBlownError, match=r"parse_error, ValueError, test_no_text_in_logs\.py:") as blown:
        Fuse(FuseConfig(run=2)).check([Handled(fault)] * 2)
    assert MARK not in str(blown.value), "it is logged, and shown by the health pages"
