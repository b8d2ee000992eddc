"""The DeadLetter contract, field by field and header by header, for every code and stage."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk import __version__
from copydesk.core.dead_letters import HINTS, dead_letter
from copydesk.core.errors import Rejected
from copydesk.core.options import Options, ParseOptions, config_hash
from copydesk.core.records import Emit, Message, Outcome
from copydesk.core.stages import run_parse
from copydesk_schemas.dead_letter import DeadLetter
from copydesk_schemas.reasons import FAILURES, RETRYABLE, Code, DeadLetterKind, Stage

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPTIONS = Options(parse=ParseOptions(min_body_words=7))
MESSAGE = Message("raw-articles", 4, 99, 1_700_000_000_000, b"a key", b"\xffbytes", (("x-url", b"u"), ("empty", b"")))
CLOUD_EVENTS = {"content-type", "ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_dataschema"}
MARKS = {f"dlq-{n}" for n in ("kind", "stage", "code", "original-topic", "original-partition", "original-offset")}


def raised(make: Callable[[], object]) -> Exception:
    try:
        make()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the test is about
        return error
    pytest.fail("nothing was raised")


def letter_of(
    error: Exception, code: Code = Code.PARSE_ERROR, stage: Stage = Stage.PARSE, message: Message = MESSAGE
) -> tuple[DeadLetter, Emit, Outcome]:
    emit, outcome = dead_letter(message, stage, code, error, options=OPTIONS, now=NOW)
    return DeadLetter.model_validate_json(emit.value or b""), emit, outcome


def fail(text: str = "no") -> Exception:
    return raised(lambda: int(f"x{text}"))


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("code", list(Code))
def test_every_code_in_every_stage(code: Code, stage: Stage) -> None:
    failed = code in FAILURES
    error = fail() if failed else Rejected(code, "why it is not wanted")
    letter, emit, outcome = letter_of(error, code, stage)
    assert letter.schema_version == "1.0"
    assert (letter.kind is DeadLetterKind.FAILED) is failed
    assert (letter.stage, letter.code, letter.retryable) == (stage, code, code in RETRYABLE)
    assert (letter.attempts, letter.first_failed_at, letter.last_failed_at) == (1, NOW, NOW)
    assert (letter.error_class == "ValueError") is failed
    assert (letter.error_fingerprint is None) is (letter.stack is None) is (not failed)
    assert letter.message.startswith("ValueError: " if failed else "why it is not wanted")
    assert (letter.pipeline.service_version, letter.pipeline.config_hash) == (__version__, config_hash(OPTIONS))
    assert letter.hint == HINTS[code]
    raw = letter.raw
    assert letter.dead_letter_id == f"{raw.topic}-{raw.partition}-{raw.offset}-{raw.item}" == "raw-articles-4-99-0"
    headers = dict(emit.headers)
    expected = CLOUD_EVENTS | MARKS | {"dlq-attempts"} | ({"dlq-class"} if failed else set())
    assert headers.keys() == expected, "`dlq-replayed-from` is there after a replay only"
    assert headers["ce_id"].decode() == letter.dead_letter_id
    assert headers["ce_type"] == b"news.article.dead-letter.v1"
    assert [headers[f"dlq-{n}"].decode() for n in ("kind", "stage", "code")] == [letter.kind, stage, code]
    assert [headers[f"dlq-original-{n}"] for n in ("topic", "partition", "offset")] == [b"raw-articles", b"4", b"99"]
    assert headers["dlq-attempts"] == b"1"
    assert (outcome.code, outcome.message) == (code, None if failed else letter.message)
    assert outcome.error_class == letter.error_class


def test_the_input_is_carried_bit_by_bit() -> None:
    original = letter_of(fail())[0].original
    assert (original.topic, original.partition, original.offset) == ("raw-articles", 4, 99)
    assert base64.b64decode(original.key_b64 or "") == b"a key"
    assert base64.b64decode(original.value_b64 or "") == b"\xffbytes"
    assert [(name, base64.b64decode(value or "")) for name, value in original.headers] == [
        ("x-url", b"u"),
        ("empty", b""),
    ]


@pytest.mark.parametrize("code", list(Code))
def test_a_hint_is_one_sentence_for_a_person(code: Code) -> None:
    hint = HINTS[code]
    assert hint[0].isupper()
    assert hint.endswith((".", "?"))
    assert len(hint) <= 120
    assert hint.count(". ") == 0


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("y" * 100_000),
        Rejected(Code.PARSE_ERROR, "\N{GRINNING FACE}" * 10_000),
        raised(lambda: (b"secret" * 5_000 + b"\xff").decode("utf-8")),
        raised(lambda: ("secret" * 5_000 + "\udc80").encode("utf-8")),
        raised(lambda: DeadLetter.model_validate_json('{"secret": "' + "secret" * 5_000 + '"}')),
        RuntimeError("a lone \ud83d surrogate and \x00\x1b[31m\r\n controls"),
        RuntimeError(),
    ],
    ids=["long", "wide", "decode", "encode", "validation", "odd characters", "empty"],
)
def test_whatever_the_error_says_the_letter_is_short_and_can_be_written(error: Exception) -> None:
    letter, emit, _ = letter_of(error)
    assert 1 <= len(letter.message) <= 500
    assert len((letter.stack or "").encode()) <= 8192
    assert "secretsecret" not in (emit.value or b"").decode()
    for name, value in emit.headers:
        assert len(value.decode()) <= 200, name
        assert not any(c in value for c in b"\r\n")


def deep(n: int) -> int:
    return deep(n - 1) + 1 if n else int("x")


def test_of_a_long_stack_the_innermost_frames_are_kept() -> None:
    letter, _, _ = letter_of(raised(lambda: deep(400)))
    stack = letter.stack or ""
    assert 7_000 < len(stack.encode()) <= 8192
    assert stack.rstrip().endswith("ValueError: invalid literal for int() with base 10: 'x'")
    assert stack.splitlines()[-2].endswith(" in deep")
    assert "Traceback" not in stack, "the outermost are what is cut"


def test_a_stack_names_no_folder_of_the_machine() -> None:
    stack = letter_of(fail())[0].stack or ""
    assert "tests/contract/test_dead_letter.py" in stack
    assert "/tests/contract" not in stack


def other_place() -> object:
    return int("x")


def test_a_fingerprint_is_of_the_fault_and_not_of_the_document() -> None:
    one, same = letter_of(fail("one"))[0], letter_of(fail("another"), stage=Stage.ENRICH)[0]
    elsewhere = letter_of(raised(other_place))[0]
    other_class = letter_of(raised(lambda: next(iter(()))))[0]
    assert one.error_fingerprint == same.error_fingerprint
    assert len({letter.error_fingerprint for letter in (one, elsewhere, other_class)}) == 3
    assert all(len(letter.error_fingerprint or "") == 16 for letter in (one, elsewhere))


def test_a_document_that_quotes_badly_is_rejected_for_its_own_reason() -> None:
    value = json.dumps({"content": "x", "url": "ftp://\ud800.example/"}).encode()
    (emit,) = run_parse(Message("raw-articles", 0, 1, 0, None, value), Options(), NOW).emits
    assert DeadLetter.model_validate_json(emit.value or b"").code in (Code.BAD_URL, Code.INVALID_ENVELOPE)


def test_a_header_of_200_characters_is_a_header() -> None:
    message = Message("t" * 249, 4, 99, 0, None, b"x")
    _, emit, _ = letter_of(fail(), message=message)
    assert dict(emit.headers)["dlq-original-topic"] == b"t" * 200


@pytest.mark.parametrize("code", list(Code))
def test_the_operators_page_has_every_code_with_its_hint(code: Code) -> None:
    page = (Path(__file__).parents[2] / "docs" / "dead-letters.md").read_text(encoding="utf-8")
    kind = "failed" if code in FAILURES else "rejected"
    assert f"| `{code}` | {kind} | {'yes' if code in RETRYABLE else 'no'} | {HINTS[code]} |" in page
