from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rocksdict import Rdict

from copydesk.adapters.state_memory import MemoryStores
from copydesk.adapters.state_rocksdict import RocksStore, RocksStores, StoreLockedError, _is_damage
from copydesk.core.ports import StateStore, StateStores, StateUnavailableError


@pytest.fixture(params=["memory", "rocksdict"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> StateStores:
    return MemoryStores() if request.param == "memory" else RocksStores(tmp_path)


@pytest.fixture
def store(stores: StateStores) -> Iterator[StateStore]:
    opened = stores.open(0)
    yield opened
    opened.close()


def test_a_new_store_knows_nothing(store: StateStore) -> None:
    assert store.next_offset is None
    assert store.get(b"a") is None
    assert list(store.scan(b"")) == []


def test_writes_deletes_and_position(store: StateStore) -> None:
    store.write({b"a": b"1", b"b": b"", b"c": b"3"}, 7)
    store.write({b"a": b"2", b"c": None, b"never": None}, 9)
    assert (store.get(b"a"), store.get(b"b"), store.get(b"c"), store.next_offset) == (b"2", b"", None, 9)
    store.write({}, 12)
    assert store.next_offset == 12


def test_scan_is_in_key_order_under_the_prefix(store: StateStore) -> None:
    store.write({b"kb": b"2", b"ka": b"1", b"l": b"3", b"k": b"0", b"j\xff": b"9"}, 1)
    assert list(store.scan(b"k")) == [(b"k", b"0"), (b"ka", b"1"), (b"kb", b"2")]
    assert [key for key, _ in store.scan(b"")] == [b"j\xff", b"k", b"ka", b"kb", b"l"]


def test_a_scan_does_not_see_later_writes(store: StateStore) -> None:
    store.write({b"k1": b"1", b"k2": b"2"}, 1)
    entries = store.scan(b"k")
    first = next(entries)
    store.write({b"k2": None, b"k3": b"3"}, 2)
    assert [first, *entries] == [(b"k1", b"1"), (b"k2", b"2")]


def test_clear_forgets_the_position_too(store: StateStore) -> None:
    store.write({b"a": b"1"}, 5)
    store.clear()
    assert (store.get(b"a"), store.next_offset, list(store.scan(b""))) == (None, None, [])
    store.write({b"a": b"2"}, 0)
    assert (store.get(b"a"), store.next_offset) == (b"2", 0)


def test_partitions_are_apart_and_last(stores: StateStores) -> None:
    for partition in (0, 1):
        opened = stores.open(partition)
        opened.write({b"a": b"%d" % partition}, partition)
        opened.close()
    for partition in (0, 1):
        opened = stores.open(partition)
        assert (opened.get(b"a"), opened.next_offset) == (b"%d" % partition, partition)
        opened.close()


def filled(path: Path) -> None:
    store = RocksStore(path)
    store.write({b"k%05d" % i: bytes(200) for i in range(2000)}, 2000)
    store.close()


def test_a_damaged_store_opens_empty_and_says_so(tmp_path: Path) -> None:
    filled(tmp_path / "partition-0")
    for file in (tmp_path / "partition-0").glob("MANIFEST-*"):
        file.write_bytes(b"not a manifest" * 10)
    store = RocksStores(tmp_path).open(0)
    assert store.recovered_from is not None
    assert store.next_offset is None
    assert list(store.scan(b"")) == []
    store.write({b"a": b"1"}, 1)
    store.close()
    again = RocksStores(tmp_path).open(0)
    assert (again.recovered_from, again.get(b"a"), again.next_offset) == (None, b"1", 1)
    again.close()


def test_a_store_of_another_layout_opens_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "partition-0")
    monkeypatch.setattr("copydesk.adapters.state_rocksdict.LAYOUT", b"next")
    store = RocksStores(tmp_path).open(0)
    assert store.recovered_from is not None
    assert "layout" in store.recovered_from
    assert store.next_offset is None
    store.close()


def test_a_store_damaged_under_way_is_named(tmp_path: Path) -> None:
    store = RocksStore(tmp_path)
    store.close()
    with pytest.raises(StateUnavailableError, match=str(tmp_path)):
        store.get(b"a")


def test_a_store_whose_folder_went_away_says_so_and_opens_anew(tmp_path: Path) -> None:
    stores = RocksStores(tmp_path)
    store = stores.open(0)
    store.write({b"a": b"1"}, 1)
    shutil.rmtree(tmp_path / "partition-0")
    store.clear()
    assert (store.get(b"a"), store.next_offset) == (None, None)
    store.write({b"a": b"2"}, 2)
    store.close()
    again = stores.open(0)
    assert (again.get(b"a"), again.next_offset) == (b"2", 2)
    again.close()


@pytest.mark.parametrize(
    ("message", "damaged"),
    [
        ("IO error: No space left on device: While appending to file: 000012.log", False),
        ("IO error: While open a file for appending: LOCK: Permission denied", False),
        ("Corruption: block checksum mismatch", True),
        ("IO error: No such file or directory: While open a file: 000012.sst", True),
    ],
)
def test_only_what_is_stored_is_damage(message: str, *, damaged: bool) -> None:
    assert _is_damage(message) is damaged


HOLD = """
import sys, time
from pathlib import Path
from copydesk.adapters.state_rocksdict import RocksStores
store = RocksStores(Path(sys.argv[1])).open(0)
print("open", flush=True)
time.sleep(60)
"""


def test_a_store_open_elsewhere_is_refused_and_not_wiped(tmp_path: Path) -> None:
    filled(tmp_path / "partition-0")
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreLockedError, match="open in another process"):
            RocksStores(tmp_path).open(0)
    finally:
        holder.kill()
        holder.communicate()
    store = RocksStores(tmp_path).open(0)
    assert store.next_offset == 2000
    store.close()


WRITE = """
import sys
from pathlib import Path
from copydesk.adapters.state_rocksdict import RocksStores
store = RocksStores(Path(sys.argv[1])).open(0)
n = store.next_offset or 0
while True:
    n += 1
    store.write({b"count": b"%d" % n, b"k%08d" % n: bytes(3000), b"k%08d" % (n - 50): None}, n)
    if n % 200 == 0:
        print(n, flush=True)
"""


def test_data_and_position_agree_after_kill_9(tmp_path: Path) -> None:
    reached = 0
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        printed = int(writer.stdout.readline())
        for _ in range(10):
            printed = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        writer.communicate()
        store = RocksStores(tmp_path).open(0)
        offset = store.next_offset
        assert store.recovered_from is None
        assert offset is not None
        # Nothing that was written before the kill is lost, and no batch is there by half.
        assert offset >= printed > reached
        assert store.get(b"count") == b"%d" % offset
        assert [key for key, _ in store.scan(b"k")] == [b"k%08d" % i for i in range(offset - 49, offset + 1)]
        store.close()
        reached = offset


_FULL = """
import resource, sys
from pathlib import Path
from copydesk.adapters.state_rocksdict import RocksStore, StateUnavailableError

path = Path(sys.argv[1])
store = RocksStore(path)
store.write({b"kept": b"1"}, 1)
limit, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
try:
    for number in range(1_000):
        store.write({b"%d" % number: bytes(1_000)}, number + 2)
except StateUnavailableError:
    pass
else:
    sys.exit("nothing was refused")
store.close()
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
store = RocksStore(path)
assert store.get(b"kept") == b"1", store.recovered_from
assert store.next_offset == number + 1
store.close()
"""


def test_a_store_that_can_write_no_more_is_closed_all_the_same_and_opens_again(tmp_path: Path) -> None:
    # A process of its own: the limit on the size of files stands in for a full disk, and holds for all its files.
    ran = subprocess.run([sys.executable, "-c", _FULL, str(tmp_path / "store")], check=False, capture_output=True)
    assert ran.returncode == 0, ran.stderr.decode()


def test_a_checksum_error_is_damage_and_not_a_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    errors = [Exception("Corruption: block checksum mismatch: stored = 1, computed = 2, in 000008.sst offset 880")]

    def open_once_damaged(*args: Any, **kwargs: Any) -> Any:
        if errors:
            raise errors.pop()
        return Rdict(*args, **kwargs)

    monkeypatch.setattr("copydesk.adapters.state_rocksdict.Rdict", open_once_damaged)
    store = RocksStore(tmp_path / "store")
    assert store.recovered_from is not None
    assert "checksum" in store.recovered_from
    store.close()


def test_a_corrupt_table_empties_the_store_when_it_is_opened_or_when_it_is_next_opened(tmp_path: Path) -> None:
    path = tmp_path / "store"
    keys = [b"key-%06d" % n for n in range(5_000)]
    healthy = RocksStore(path)
    healthy.write({key: os.urandom(100) for key in keys}, 1)
    healthy.close()
    [table] = path.glob("*.sst")
    intact = table.read_bytes()
    at_once = later = 0
    for at in range(1_000, len(intact), len(intact) // 12):
        broken = tmp_path / f"broken-{at}"
        shutil.copytree(path, broken)
        (broken / table.name).write_bytes(intact[:at] + bytes([intact[at] ^ 1]) + intact[at + 1 :])
        store = RocksStore(broken)
        if store.recovered_from is None:
            with pytest.raises(StateUnavailableError):
                [store.get(key) for key in keys]
            later += 1
        else:
            at_once += 1
        store.close()
        again = RocksStore(broken)
        assert again.next_offset is None
        again.write({b"a": b"1"}, 1)
        assert again.get(b"a") == b"1"
        again.close()
    assert later
