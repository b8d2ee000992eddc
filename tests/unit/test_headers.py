from datetime import UTC, datetime

from copydesk.core import headers as h

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
    incoming = (("traceparent", b"00-a-b-01"), ("x-url", b"u"))
    raw = (h.RAW, b"raw-articles-0-7-0")
    assert h.internal_headers(incoming, b"key", "raw-articles-0-7-0") == (
        ("traceparent", b"00-a-b-01"),
        (h.RAW_KEY, b"key"),
        raw,
    )
    assert h.internal_headers((), None, "raw-articles-0-7-0") == (raw,)


def test_a_trace_that_is_no_trace_goes_nowhere() -> None:
    assert h.trace_headers((("traceparent", b"x" * 1_000_000),)) == ()


def test_header_texts_are_one_short_line() -> None:
    assert h.capped("a\nb  c") == b"a b c"
    assert len(h.capped("x" * 500)) == 200
