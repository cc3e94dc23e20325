"""What people did about findings is kept; silent machine hours are read from the account itself."""

from app.domain.accounting.buckets import Bucket, Cell, CellKey, Components
from app.domain.accounting.facts import HourFact
from app.domain.governance.findings import Care
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.historian.care import Cares, silences
from app.historian.writer import write

LINE = "s/a/l"
FILLER, PACKER = f"{LINE}/filler", f"{LINE}/packer"
T = 1_795_410_000_000


def an_hour(machine: str, hour: int, unknown_min: int) -> HourFact:
    start = T + hour * HOUR_MS
    spent = [0] * 9
    spent[Bucket.UNKNOWN], spent[Bucket.RUNNING] = unknown_min * MINUTE_MS, (60 - unknown_min) * MINUTE_MS
    cell = Cell(CellKey(machine, start, None, None, None), Components(tuple(spent)))
    return HourFact(machine, start, 1, start + HOUR_MS, [cell], [])


def test_what_was_done_is_kept_in_order(db) -> None:
    cares = Cares(db)
    done = [Care(FILLER, "range:t", T + n, "eva", what) for n, what in enumerate(("accept", "close"))]
    for care in reversed(done):
        cares.put(care)
    cares.put(Care(PACKER, "range:t", T, "eva", "accept"))
    assert cares.of([FILLER]) == done
    assert cares.of([]) == []


def test_an_hour_with_five_unknown_minutes_is_silent_once_the_machine_was_heard(db) -> None:
    facts = [an_hour(FILLER, n, unknown) for n, unknown in enumerate((60, 50, 0, 4, 5, 60))]
    write(db, LINE, b"0-0", [*facts, an_hour(PACKER, 5, 60)], b"1-0", T)
    found = silences(db, [FILLER, PACKER], Interval(T, T + 9 * HOUR_MS))
    assert [(f.equipment, f.since, f.detail) for f in found] == [
        (FILLER, T + 4 * HOUR_MS, "nothing is known of 5 min of planned time"),
        (FILLER, T + 5 * HOUR_MS, "nothing is known of 60 min of planned time"),
    ]
