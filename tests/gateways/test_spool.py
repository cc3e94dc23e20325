"""What is kept on disk stays whole and is numbered on, also when the disk is full or the process is killed."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.domain.events.codec import decode
from app.domain.events.contract import Heartbeat
from gateways import spool as module
from gateways.spool import Spool

LINE = "home/hall/line-1"
BEAT = Heartbeat(machine=f"{LINE}/filler", t=1, source="gw-1", epoch=0, seq=0)


@contextmanager
def a_disk_of(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size`: the kernel answers as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def a_spool(folder: Path) -> Spool:
    return Spool(folder, 7, most_bytes=1 << 30)


def numbers(spool: Spool) -> list[int]:
    found = []
    while (piece := spool.next(30)) is not None:
        found += [decode(raw).seq for _, raw in piece.rows]
        spool.sent(piece)
    return found


@pytest.mark.parametrize("batch", [1, 7, 90])
def test_a_full_disk_leaves_a_gap_and_nothing_half_written(tmp_path: Path, batch: int) -> None:
    spool, kept = a_spool(tmp_path), 0
    with a_disk_of(6_000):
        while True:
            try:
                spool.append([(LINE, BEAT)] * batch)
            except OSError:
                break
            kept += batch
    spool.append([(LINE, BEAT)] * 3)
    first = [*range(1, kept + 1)]
    assert numbers(spool) == [*first, *range(kept + batch + 1, kept + batch + 4)]


def test_numbers_go_on_behind_a_gap_after_a_kill(tmp_path: Path) -> None:
    spool = a_spool(tmp_path)
    spool.append([(LINE, BEAT)] * 3)
    with a_disk_of(10), pytest.raises(OSError, match="too large"):
        spool.append([(LINE, BEAT)])
    spool.append([(LINE, BEAT), ("home/hall/line-2", BEAT)])
    again = a_spool(tmp_path)
    again.append([(LINE, BEAT), ("home/hall/line-2", BEAT)])
    assert numbers(again) == [1, 2, 3, 5, 1, 6, 2]
    last = a_spool(tmp_path)
    last.append([(LINE, BEAT)])
    assert numbers(last) == [7]


def test_numbers_that_are_left_out_are_a_gap_also_after_a_kill(tmp_path: Path) -> None:
    spool = a_spool(tmp_path)
    spool.append([(LINE, BEAT), (LINE, replace(BEAT, seq=1)), (LINE, BEAT)])
    again = a_spool(tmp_path)
    again.append([(LINE, BEAT)])
    assert numbers(again) == [1, 3, 4, 5]
    assert again.waiting() == 0


def test_a_place_is_kept_with_what_it_covers_and_outlives_what_was_sent(tmp_path: Path) -> None:
    spool = a_spool(tmp_path)
    assert spool.heard is None
    for n in range(5):
        spool.append([(LINE, BEAT)] * 30, f"place {n}")
    assert a_spool(tmp_path).heard == "place 4"
    assert numbers(spool) == list(range(1, 151))
    spool.append([(LINE, BEAT)])
    assert numbers(spool) == [151]
    assert a_spool(tmp_path).heard == "place 4"


def test_places_without_events_hold_up_nothing(tmp_path: Path) -> None:
    spool = a_spool(tmp_path)
    for n in range(100):
        spool.append([], f"place {n}")
    spool.append([(LINE, BEAT)])
    assert numbers(spool) == [1]
    assert a_spool(tmp_path).heard == "place 99"


def test_a_kill_in_the_middle_of_a_write_leaves_neither_the_place_nor_the_events(tmp_path: Path) -> None:
    spool = a_spool(tmp_path)
    spool.append([(LINE, BEAT)] * 2, "first")
    [file] = tmp_path.glob("*.spool")
    before = file.stat().st_size
    spool.append([(LINE, BEAT)] * 3, "second")
    whole = file.read_bytes()
    for size in range(before, len(whole)):
        file.write_bytes(whole[:size])
        again = a_spool(tmp_path)
        assert (again.heard, again.waiting()) == ("first", 2)
    file.write_bytes(whole)
    again = a_spool(tmp_path)
    assert (again.heard, again.waiting()) == ("second", 5)


def test_a_place_that_the_disk_did_not_take_is_not_said(tmp_path: Path) -> None:
    spool = a_spool(tmp_path)
    spool.append([(LINE, BEAT)], "first")
    with a_disk_of(300), pytest.raises(OSError, match="too large"):
        spool.append([(LINE, BEAT)] * 9, "second")
    assert spool.heard == a_spool(tmp_path).heard == "first"


def test_a_place_outlives_the_oldest_file_of_a_full_spool(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 2_000)
    spool = module.Spool(tmp_path, 7, most_bytes=5_000)
    spool.append([(LINE, BEAT)], "first")
    for _ in range(300):
        spool.append([(LINE, BEAT)])
    assert spool.dropped > 0
    assert a_spool(tmp_path).heard == "first"
