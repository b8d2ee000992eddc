"""The count must be able to find what the fault suite looks for."""

from __future__ import annotations

from pathlib import Path

from benchmarks.faults import report
from benchmarks.faults.reading import UNKNOWN, Record
from benchmarks.faults.result import Row, Status, load, save
from benchmarks.faults.verdict import Delivered, StateCheck, delivered, log_check, store_check

from copydesk.adapters.state_rocksdict import RocksStores


def record(offset: int, origin: str = "", key: bytes = b"k", value: bytes = b"1") -> Record:
    return Record("t", 0, offset, key, value, origin or f"0-{offset}")


def test_lost_and_repeated_records_are_counted() -> None:
    raw = [record(n) for n in range(4)]
    outputs = [record(0, "0-0"), record(1, "0-1"), record(2, "0-1"), record(3, "0-9")]
    assert delivered(raw, outputs) == Delivered(records_in=4, records_out=4, lost=2, twice=2)


def test_a_log_that_skips_repeats_or_misses_a_count_is_wrong() -> None:
    log = [record(0, key=b"a"), record(1, key=b"b"), record(2, key=b"b", value=b"1"), record(3, key=b"c", value=b"2")]
    assert log_check({b"a": 1, b"b": 2, b"c": 1, b"d": 1}, log) == StateCheck(keys=4, wrong=3)


def test_a_store_is_compared_up_to_the_position_that_it_names(tmp_path: Path) -> None:
    log = [record(0, key=b"a"), record(1, key=b"b"), record(2, key=b"a", value=b"2")]
    store = RocksStores(tmp_path).open(0)
    store.write({b"a": b"1", b"b": b"1"}, 2)
    store.close()
    late = store_check([tmp_path], log)
    assert (late.keys, late.wrong) == (2, 1)
    assert late.found == ("partition 0: stores come to 2, the log to 3",)
    store = RocksStores(tmp_path).open(0)
    store.write({b"b": b"7", b"z": b"1"}, 3)
    store.close()
    assert store_check([tmp_path], log) == StateCheck(keys=2, wrong=3)


def test_a_store_that_is_missing_empty_or_damaged_is_wrong(tmp_path: Path) -> None:
    log = [record(0, key=b"a")]
    assert store_check([], log).wrong == 1
    assert store_check([tmp_path / "none"], log).wrong == 1
    assert not (tmp_path / "none").exists()
    RocksStores(tmp_path / "empty").open(0).close()
    assert store_check([tmp_path / "empty"], log).wrong == 1
    store = RocksStores(tmp_path / "damaged").open(0)
    store.write({b"a": b"1"}, 1)
    store.close()
    assert store_check([tmp_path / "damaged"], log) == StateCheck(keys=1, wrong=0)
    assert store_check([tmp_path / "damaged", tmp_path / "empty"], log) == StateCheck(keys=1, wrong=0)
    (tmp_path / "damaged" / "partition-0" / "CURRENT").write_bytes(b"nonsense")
    found = store_check([tmp_path / "damaged"], log)
    assert found.wrong == 2
    assert "was damaged" in found.found[0]


def test_an_output_that_names_no_raw_record_is_one_too_many() -> None:
    raw = [record(0), record(1)]
    assert delivered(raw, [record(0, "0-0"), record(1, UNKNOWN)]) == Delivered(2, 2, lost=1, twice=1)


def test_the_report_replaces_the_table_between_its_marks(tmp_path: Path) -> None:
    rows = [Row("kill", Status.PASSED, 1, records_in=12345), Row("clock", Status.NOT_RUN, 1, note="no faketime")]
    save(tmp_path / "run.json", {"cores": "2"}, rows)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    report.write(page, *load(tmp_path / "run.json"))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| kill | 12,345 |" in text
    assert "| not run |" in text
