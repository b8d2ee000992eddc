"""A run over two made-up pages: processes, tables and the file of results."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from benchmarks.eval import __main__ as command
from benchmarks.eval import html
from benchmarks.eval.measure import measure
from benchmarks.eval.readers import READERS
from benchmarks.eval.tables import fill

PARTS = ("pages", "calibration", "worst")
SENTENCES = [
    "The harbour bridge in Lisbon reopened on Monday after two years of repairs, the mayor said.",
    "Traffic had been diverted through the old town since inspectors found cracks in a pillar.",
    "The work cost forty million euros, a third more than was planned when it was begun.",
    "Engineers replaced the bearings of nine spans and painted the whole of the steel again.",
]
PAGE = f"""<!doctype html><html lang="en"><head><title>Bridge reopens after repairs</title>
<meta property="article:published_time" content="2024-05-17T23:30:00-04:00"><meta name="author" content="Ada Example">
</head><body><article><h1>Bridge reopens after repairs</h1>{"".join(f"<p>{s}</p>" for s in SENTENCES)}
</article></body></html>"""
NO_PAGE = "%PDF-1.7 no page at all"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "extraction" / html.SETS[0]
    (folder / "html").mkdir(parents=True)
    gold = {
        "url": "https://example.com/news/1",
        "title": "Bridge reopens after repairs",
        "authors": ["Ada Example"],
        "date": "2024-05-17",
        "body": "\n\n".join(SENTENCES),
    }
    (folder / "expected.json").write_text(json.dumps({"0000": gold, "0001": gold}))
    for page, content in (("0000", PAGE), ("0001", NO_PAGE)):
        (folder / "html" / f"{page}.html.gz").write_bytes(gzip.compress(content.encode()))
    monkeypatch.setattr(html, "RESULTS", tmp_path / "var" / "results.json")
    monkeypatch.setenv("COPYDESK_EVAL_DATA", str(tmp_path))
    return tmp_path


def test_the_day_is_the_publisher_s_and_a_page_without_a_reading_scores_nothing(data: Path) -> None:
    measured = measure(data, html.SETS[0], "copydesk")
    read, unread = measured.pages
    assert read.f1 > 0.9
    assert (read.title, read.author, read.date) == (True, True, True)
    assert read.reading.date == "2024-05-17", "in UTC it was the next day"
    assert (unread.f1, unread.reading.failure) == (0.0, "unsupported_media_type")
    assert 20 < measured.peak_mib < 2000
    assert read.cpu_ms > 0


@pytest.mark.parametrize("reader", sorted(READERS.keys() - {"copydesk"}))
def test_the_other_readers_are_called_as_they_want_to_be(data: Path, reader: str) -> None:
    if reader == "readability-lxml":
        pytest.importorskip("readability")
    read = measure(data, html.SETS[0], reader, every=2).pages[0]
    assert read.reading.failure is None
    assert read.f1 > 0.9
    assert read.title is True


def test_the_command_prints_tables_and_writes_results(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--only", html.SETS[0], "--readers", "copydesk,resiliparse"]) == 0
    told = capsys.readouterr().out
    assert f"### {html.SETS[0]} (2 pages)" in told
    assert "| resiliparse | " in told
    assert "| published_at | " in told
    assert "F1 of copydesk less that of, page by page on the same draws: resiliparse " in told
    assert "Pages without any reading: copydesk 1" in told
    ours, other = json.loads(html.RESULTS.read_text())
    assert (ours["reader"], other["reader"]) == ("copydesk", "resiliparse")
    assert ours["figures"]["date"]["value"] == 0.5
    assert other["figures"]["date"] is None
    assert "body" not in ours["pages"][0]["reading"]
    assert data in html.RESULTS.parents


def test_the_figures_are_written_into_their_places_of_a_page(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = data / "page.md"
    marks = "".join(f"# {name}\n<!-- {name}: begin -->\nold\n<!-- {name}: end -->\n" for name in PARTS)
    page.write_text(f"{marks}The end.\n")
    arguments = ["--only", html.SETS[0], "--readers", "copydesk", "--write", str(page)]
    assert command.main(arguments) == 0
    once = page.read_text()
    assert "| copydesk | " in once
    assert "| published_at | fundus_rest | 0 | – | 1 | 1.000 | " in once
    assert "| 0001 | .000 | 1.000 | .000 | 0.00 | unsupported_media_type |" in once
    assert "old" not in once
    assert once.endswith("The end.\n")
    assert "Ada Example" not in once, "nothing of a page's texts goes into the repository"
    fill(page, dict.fromkeys(PARTS, "old"))
    assert page.read_text() == marks.replace("begin -->\nold\n", "begin -->\n\nold\n\n") + "The end.\n"
    assert "## Pages" in capsys.readouterr().out


def test_a_page_without_a_place_is_left_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- pages: begin --><!-- pages: end -->")
    with pytest.raises(ValueError, match=r"page\.md has no place for worst"):
        fill(page, {"pages": "new", "worst": "new"})
    assert "new" not in page.read_text()


@pytest.mark.usefixtures("data")
def test_lists_are_of_our_own_readings(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["html", "--only", html.SETS[0], "--worst", "1", "--fields", "date"]) == 0
    told = capsys.readouterr().out
    assert "| 0001 | .000 |" in told
    assert "said nothing" in told
    assert not html.RESULTS.exists(), "a list is for the terminal"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "no_such_set"], "there is no set no_such_set"),
        (["--readers", "nobody"], "there is no reader nobody"),
        (["--fields", "body"], "there is no field body"),
        (["--write", "no/such/page.md"], "there is no page no/such/page.md"),
        (["--sample", "0"], "a whole number from 1 on"),
        (["dedupe", "--worst", "3"], "are of the part html"),
    ],
)
@pytest.mark.usefixtures("data")
def test_what_is_mistyped_is_said(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(arguments)
    assert said in capsys.readouterr().err
