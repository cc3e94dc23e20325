"""What is kept on disk stays whole and is numbered on, also when the disk is full or the process is killed."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.domain.events.codec import decode
from app.domain.events.contract import Heartbeat
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
