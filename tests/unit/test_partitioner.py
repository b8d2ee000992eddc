import pytest
from aiokafka.partitioner import murmur2

from copydesk.adapters.kafka.partitioner import partition_for


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        # What the Java client's own tests expect of its Utils.murmur2.
        (b"21", -973_932_308),
        (b"foobar", -790_332_482),
        (b"a-little-bit-long-string", -985_981_536),
        (b"a-little-bit-longer-string", -1_486_304_829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
        (b"abc", 479_470_107),
    ],
)
def test_keys_go_where_the_java_client_sends_them(key: bytes, expected: int) -> None:
    assert murmur2(key) == expected & 0xFFFF_FFFF
    for partitions in (1, 3, 6, 64):
        assert partition_for(key, partitions, fallback=99) == (expected & 0x7FFF_FFFF) % partitions


def test_records_without_a_key_are_spread_by_the_fallback_and_an_empty_key_is_a_key() -> None:
    assert [partition_for(None, 3, fallback=offset) for offset in range(5)] == [0, 1, 2, 0, 1]
    assert {partition_for(b"", 6, fallback=offset) for offset in range(6)} == {partition_for(b"", 6, fallback=0)}
