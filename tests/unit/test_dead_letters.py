import base64
import json
from datetime import UTC, datetime

import pytest

from copydesk.core import headers as h
from copydesk.core.dead_letters import (
    HINTS,
    MAX_ORIGINAL_BYTES,
    MAX_ORIGINAL_META_BYTES,
    dead_letter,
    describe,
    error_fingerprint,
)
from copydesk.core.errors import Rejected
from copydesk.core.options import Options
from copydesk.core.ports import TaskMemoryError
from copydesk.core.records import Message, OutcomeKind
from copydesk_schemas.dead_letter import DeadLetter
from copydesk_schemas.reasons import Code, DeadLetterKind, Stage
from copydesk_schemas.topics import TOPICS, TopicRole

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MESSAGE = Message(
    "raw-articles",
    4,
    99,
    1_700_000_000_000,
    b"key",
    b"<html>",
    (("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), ("x-url", b"u")),
)


def fail(text: str) -> Exception:
    try:
        raise ValueError(text)  # noqa: TRY301 - the traceback is what is needed
    except ValueError as error:
        return error


def test_a_rejection_carries_the_input_and_no_stack() -> None:
    error = Rejected(Code.EMPTY, "the record has no content")
    emit, outcome = dead_letter(MESSAGE, Stage.PARSE, Code.EMPTY, error, options=Options(), now=NOW)
    letter = DeadLetter.model_validate_json(emit.value or b"")
    assert emit.role is TopicRole.DEAD
    assert emit.key == b"key"
    assert letter.dead_letter_id == "raw-articles-4-99-0"
    assert (letter.kind, letter.code, letter.stack) == (DeadLetterKind.REJECTED, Code.EMPTY, None)
    assert base64.b64decode(letter.original.value_b64 or "") == b"<html>"
    assert letter.original.headers[1] == ("x-url", base64.b64encode(b"u").decode())
    assert letter.hint == HINTS[Code.EMPTY]
    assert outcome.kind is OutcomeKind.DEAD
    headers = dict(emit.headers)
    assert headers["dlq-code"] == b"empty"
    assert headers["traceparent"] == b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert headers["ce_type"] == b"news.article.dead-letter.v1"


def test_a_fault_carries_a_stack_without_values_and_a_stable_fingerprint() -> None:
    secret = "the whole article"  # noqa: S105 - not a password
    first, second = fail("one document"), fail("another document")
    emit, _ = dead_letter(MESSAGE, Stage.PARSE, Code.PARSE_ERROR, first, options=Options(), now=NOW)
    letter = DeadLetter.model_validate_json(emit.value or b"")
    assert letter.kind is DeadLetterKind.FAILED
    assert letter.stack is not None
    assert "test_dead_letters.py" in letter.stack
    assert secret not in letter.stack
    assert error_fingerprint(first) == error_fingerprint(second) == letter.error_fingerprint


def test_a_unicode_error_does_not_bring_its_document() -> None:
    document = b"\xff" + b"secret " * 1000
    with pytest.raises(UnicodeDecodeError) as caught:
        document.decode("utf-8")
    assert describe(caught.value) == "UnicodeDecodeError: invalid start byte at position 0"


def test_long_messages_and_headers_are_cut() -> None:
    emit, _ = dead_letter(MESSAGE, Stage.PARSE, Code.PARSE_ERROR, fail("x" * 5000), options=Options(), now=NOW)
    letter = DeadLetter.model_validate_json(emit.value or b"")
    assert len(letter.message) == 500
    assert all(len(value) <= 200 for name, value in emit.headers if name.startswith("dlq-"))


def test_the_largest_input_still_fits_the_topic_and_a_larger_one_is_left_out() -> None:
    for size, carried in ((MAX_ORIGINAL_BYTES, True), (MAX_ORIGINAL_BYTES + 1, False)):
        message = Message("raw-articles", 0, 0, 0, None, b"x" * size)
        emit, _ = dead_letter(message, Stage.PARSE, Code.OVERSIZED, fail("big"), options=Options(), now=NOW)
        value = emit.value or b""
        assert len(value) < TOPICS[TopicRole.DEAD].max_message_bytes
        assert (json.loads(value)["original"]["value_b64"] is not None) is carried


def test_every_code_has_a_hint() -> None:
    assert set(HINTS) == set(Code)


def test_an_unreadable_internal_record_points_at_itself() -> None:
    message = Message("unique-articles", 1, 7, 0, b"id", b"{}", (("copydesk-raw-key", b"first key"),))
    emit, _ = dead_letter(message, Stage.ENRICH, Code.SCHEMA_INVALID, fail("no"), options=Options(), now=NOW)
    letter = DeadLetter.model_validate_json(emit.value or b"")
    assert letter.raw.topic == "unique-articles"
    assert emit.key == b"first key"


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("where", ["key", "header", "value with key"])
def test_whatever_is_large_in_the_input_the_dead_letter_fits_its_topic(stage: Stage, where: str) -> None:
    large = b"k" * (11 * 1024 * 1024 - 200)
    key, headers, value = {
        "key": (large, ((h.RAW_KEY, large),), b"v"),
        "header": (b"k", (("x-url", large),), b"v"),
        "value with key": (b"k" * MAX_ORIGINAL_META_BYTES, (), b"v" * MAX_ORIGINAL_BYTES),
    }[where]
    message = Message("raw-articles", 0, 5, 0, key, value, headers)
    emit, _ = dead_letter(message, stage, Code.PUBLISH_TOO_LARGE, fail("big"), options=Options(), now=NOW)
    size = len(emit.value or b"") + len(emit.key or b"") + sum(len(n) + len(v) for n, v in emit.headers)
    assert size < TOPICS[TopicRole.DEAD].max_message_bytes
    letter = DeadLetter.model_validate_json(emit.value or b"")
    assert (letter.original.offset, letter.original.value_b64) == (5, None), "it is read from its topic again"
    assert (letter.original.key_b64 is None) is (where != "value with key")


def test_an_error_may_bring_a_hint_of_its_own() -> None:
    error = TaskMemoryError("it needs more than the 512 MiB that a pool process may have")
    emit, _ = dead_letter(MESSAGE, Stage.PARSE, Code.PARSE_ERROR, error, options=Options(), now=NOW)
    letter = DeadLetter.model_validate_json(emit.value or b"")
    assert "COPYDESK_POOL_MEMORY_MIB" in letter.hint
    assert letter.message == "TaskMemoryError: it needs more than the 512 MiB that a pool process may have"
