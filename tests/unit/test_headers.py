from datetime import UTC, datetime

import pytest

from copydesk.core import headers as h

TRACE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
WHEN = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def test_event_headers_are_cloudevents_in_binary_mode() -> None:
    made = dict(h.event_headers("enriched", event_id="a:1", source="raw-articles", subject="a", time=WHEN))
    assert made == {
        "content-type": b"application/json",
        "ce_specversion": b"1.0",
        "ce_id": b"a:1",
        "ce_type": b"news.article.enriched.v1",
        "ce_source": b"/copydesk/raw-articles",
        "ce_subject": b"a",
        "ce_time": b"2026-03-01T12:30:00Z",
        "ce_dataschema": h.schema_uri("enriched").encode(),
    }


def test_a_subject_that_is_unknown_is_left_out() -> None:
    made = dict(h.event_headers("dead-letter", event_id="x", source="raw-articles", subject=None, time=WHEN))
    assert "ce_subject" not in made


def test_the_last_header_of_a_name_counts_whatever_its_case() -> None:
    headers = (("X-Url", b"first"), ("other", b""), ("x-url", b"last"))
    assert h.header(headers, "x-url") == b"last"
    assert h.header(headers, "absent") is None


def test_trace_and_raw_key_travel_on_internal_topics() -> None:
    incoming = (("traceparent", TRACE), ("x-url", b"u"))
    raw = (h.RAW, b"raw-articles-0-7-0")
    assert h.internal_headers(incoming, b"key", "raw-articles-0-7-0") == (
        ("traceparent", TRACE),
        (h.RAW_KEY, b"key"),
        raw,
    )
    assert h.internal_headers((), None, "raw-articles-0-7-0") == (raw,)


def test_a_trace_that_is_no_trace_goes_nowhere() -> None:
    assert h.trace_headers((("traceparent", b"x" * 1_000_000),)) == ()


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"00-a-b-01",
        b"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        b"00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        b"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        b"ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        TRACE + b"-more",
        TRACE + b"\n",
        b" " + TRACE,
    ],
)
def test_an_invalid_trace_counts_as_none(value: bytes) -> None:
    incoming = (("traceparent", value),)
    assert h.trace_headers(incoming) == ()
    assert h.trace_id(incoming) is None


def test_a_trace_of_a_later_version_is_read_as_far_as_it_is_known() -> None:
    later = b"01" + TRACE[2:] + b"-what-comes-then"
    assert h.trace_headers((("Traceparent", later),)) == (("traceparent", later),)
    assert h.trace_id((("traceparent", later),)) == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_header_texts_are_one_short_line() -> None:
    assert h.capped("a\nb  c") == b"a b c"
    assert len(h.capped("x" * 500)) == 200
