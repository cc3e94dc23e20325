"""Retention: what is old goes and is counted; what is open, correctable or a correction stays."""

import msgspec
import pytest
from sqlalchemy import select

from app.domain.accounting.buckets import Bucket, Cell, CellKey, Components, Episode
from app.domain.accounting.facts import CallFact, CorrectionFact, FindingFact, HourFact, OrderFact, OrdersFact
from app.domain.interval import DAY_MS, HOUR_MS
from app.historian import schema
from app.historian.accounts import Audit
from app.historian.process import Historian
from app.historian.retention import Policy, let_go
from app.historian.writer import write

LINE, MACHINE = "s/a/l", "s/a/l/m"
NOW = 20_000 * DAY_MS
DAYS = (5_000, 3_663, 3_659, 1_103, 1_099, 38, 36, 0)
TABLES = ("buckets", "episodes", "orders", "calls", "findings", "corrections")


def of_day(ago: int, *, is_open: bool = False) -> list:
    """All that can be told of one hour, so many days ago."""
    hour = NOW - ago * DAY_MS
    end = None if is_open else hour + HOUR_MS - 1
    cell = Cell(CellKey(MACHINE, hour, None, None, None), Components((0,) * 7 + (HOUR_MS, 0)))
    return [
        HourFact(MACHINE, hour, 1, hour + HOUR_MS, [cell], [Episode(MACHINE, hour, end, Bucket.RUNNING)]),
        OrdersFact(LINE, hour, [OrderFact(LINE, f"o{ago}", None, None, hour, end)]),
        CallFact(LINE, "quality", hour, "ada", cleared_at=end),
        FindingFact(MACHINE, "clock_offset", hour, end, "off"),
        CorrectionFact(f"c{ago}", MACHINE, "classify", hour, hour, end, "ada", "jam", None),
    ]


def ages(db, name: str) -> list[int]:
    """The days that are left of a table, as days ago, oldest first."""
    table = schema.metadata.tables[name]
    times = {"buckets": "hour", "episodes": "start", "orders": "start", "corrections": "at"}
    with db.connect() as connection:
        rows = connection.execute(select(table.c[times.get(name, "since")]))
        return sorted(((NOW - at) // DAY_MS for (at,) in rows), reverse=True)


def fill(db, *, is_open: bool = False, position: int = NOW) -> None:
    facts = [fact for ago in DAYS for fact in of_day(ago, is_open=is_open)]
    write(db, LINE, b"0-0", facts, b"%d-0" % position, NOW)


def test_each_kind_goes_by_its_own_age_and_what_went_is_in_the_audit(db) -> None:
    fill(db)
    gone = let_go(db, Policy(), NOW)
    assert gone == {"episodes": 4, "calls": 4, "findings": 4, "orders": 2, "buckets": 2}
    assert ages(db, "buckets") == ages(db, "orders") == list(DAYS[2:])
    assert ages(db, "episodes") == ages(db, "calls") == ages(db, "findings") == list(DAYS[4:])
    assert ages(db, "corrections") == list(DAYS)
    ((_, at, who, what, _, detail),) = Audit(db).newest(5)
    assert (at, who, what, msgspec.json.decode(detail)) == (NOW, "historian", "retention", gone)
    assert let_go(db, Policy(), NOW) == {}
    assert len(Audit(db).newest(5)) == 1


def test_nothing_goes_that_may_still_be_corrected_whatever_the_policy_says(db) -> None:
    fill(db)
    let_go(db, Policy(correctable=35, episodes=1, hours=1), NOW)
    for name in TABLES[:-1]:
        assert ages(db, name) == [36, 0], name


@pytest.mark.parametrize("name", ["episodes", "orders", "calls", "findings"])
def test_what_is_open_stays(db, name) -> None:
    fill(db, is_open=True)
    let_go(db, Policy(), NOW)
    assert ages(db, name) == list(DAYS)


def test_a_line_whose_facts_wait_forgets_nothing_of_the_time_that_waits(db) -> None:
    fill(db, position=NOW - 4_000 * DAY_MS)
    assert let_go(db, Policy(), NOW) == {}


def test_the_historian_lets_go_when_it_has_nothing_to_write_and_not_more_than_once_an_hour(db) -> None:
    class Nothing:
        def read(self, positions, count):
            return {}

    fill(db)
    clock = [NOW]
    historian = Historian(db, Nothing(), [LINE], lambda: clock[0], policy=Policy())
    historian.drain()
    assert ages(db, "buckets") == list(DAYS[2:])
    write(db, LINE, b"%d-0" % NOW, of_day(4_000), b"%d-0" % (NOW + 1), NOW)
    historian.drain()
    assert ages(db, "buckets")[0] == 4_000
    clock[0] += HOUR_MS
    historian.drain()
    assert ages(db, "buckets")[0] == DAYS[2]
