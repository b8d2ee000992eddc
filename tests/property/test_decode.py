from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.decode import decode
from copydesk.core.errors import Rejected
from copydesk.core.text.normalize import normalize_lines

LABELS = st.sampled_from(
    [None, "utf-8", "windows-1252", "shift_jis", "gb18030", "utf-7", "utf-16", "hz", "nonsense", "\x00"]
)


@given(st.binary(max_size=400), LABELS)
def test_any_bytes_are_text_or_refused(content: bytes, hint: str | None) -> None:
    try:
        decoded = decode(content, hint=hint)
    except Rejected:
        return
    decoded.text.encode("utf-8")
    normal = normalize_lines(decoded.text)
    assert normalize_lines(normal) == normal


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    decoded = decode(text.encode("utf-8"), hint="windows-1252")
    assert decoded.repaired or decoded.text == text.removeprefix("\ufeff")
