"""Units made in unknown time are counted and left out of every ratio, as the time is (DOMAIN section 2)."""

from itertools import pairwise

import pytest

from app.domain.accounting import kpi
from app.domain.accounting.buckets import NS_PER_MS, Bucket, Components
from app.domain.accounting.counts import known_units
from app.domain.accounting.ledger import Ledger
from app.domain.accounting.losses import losses
from app.domain.accounting.rollup import total
from app.domain.events.contract import CountCorrected, Counted, Event, Heartbeat, StateChanged
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from tests.golden.story import NoPages
from tests.makers import a_plant, utc_ms

START = utc_ms("2026-11-23T08:00")
LINE = "site/area/line-1"
MACHINE = f"{LINE}/filler"
PLANT = a_plant(machines=("filler",), cycle="6s", traits={"stale_after": "90s"})
HOUR = Interval(START, START + HOUR_MS)


def counted_each_minute(*, silent: range, then: int) -> list[Event]:
    """Ten units a minute (the ideal rate) for an hour; nothing is heard in `silent` minutes, then `then` at once."""
    said: list[Event] = [_said(StateChanged, 0, state="run")]
    for minute in range(1, 61):
        if minute in silent:
            continue
        if minute == silent.stop:
            said.append(_said(Heartbeat, minute - 1))
        said.append(_said(Counted, minute, good=then if minute == silent.stop else 10))
    return said


def _said(kind: type[Event], minute: float, **fields: object) -> Event:
    t = START + int(minute * MINUTE_MS)
    return kind(machine=MACHINE, t=t, source="plc", epoch=1, seq=int(minute * 2) + 1, **fields)


def told(events: list[Event], window: Interval = HOUR, equipment: str = MACHINE) -> Components:
    ledger = Ledger(PLANT.line(LINE), PLANT, NoPages())
    numbered = sorted(events, key=lambda e: (e.t, e.seq))
    ledger.apply(
        [type(e)(**{f: getattr(e, f) for f in e.__struct_fields__} | {"seq": i}) for i, e in enumerate(numbered)]
    )
    return total(ledger.cells(equipment, window, START + HOUR_MS))


@pytest.mark.parametrize("equipment", [MACHINE, LINE])
def test_what_a_counter_made_while_nobody_heard_it_lifts_no_ratio(equipment: str) -> None:
    """A counter goes on through a hole of 20 min and reports 200 units behind it: OEE stays what it was seen to be."""
    found = told(counted_each_minute(silent=range(21, 40), then=200), equipment=equipment)
    assert found.buckets_ms[Bucket.UNKNOWN] == 19 * MINUTE_MS
    assert (found.good, found.known_units) == (600, 600 - 189), "one minute and the unit in work are known"
    assert kpi.performance(found) == pytest.approx(411 / 410)
    assert kpi.oee(found) == pytest.approx(411 / 410)
    assert kpi.throughput_per_h(found) == pytest.approx(411 * 60 / 41)


def test_what_known_time_can_have_made_stays_in_it() -> None:
    """Units lost with the hole leave the ratios as they are: nothing is moved without need."""
    found = told(counted_each_minute(silent=range(21, 40), then=10))
    assert (found.good, found.unknown_units) == (410, 0)
    assert kpi.oee(found) == 1


def test_the_waterfall_closes_with_units_of_unknown_time() -> None:
    found = told(counted_each_minute(silent=range(21, 40), then=200))
    closed = losses(found)
    assert sum(closed) == found.pbt_ms * NS_PER_MS
    assert closed.good == found.known_units * 6_000 * NS_PER_MS


def test_parts_of_the_hour_add_up_to_the_hour() -> None:
    events = counted_each_minute(silent=range(21, 40), then=200)
    cuts = [0, 20.5, 22, 33.3, 39.2, 41, 60]
    parts = [told(events, Interval(START + int(a * MINUTE_MS), START + int(b * MINUTE_MS))) for a, b in pairwise(cuts)]
    assert sum(parts, Components()) == told(events)


@pytest.mark.parametrize(("minute", "is_unknown"), [(30, True), (10, False)])
def test_a_correction_belongs_to_the_time_it_names(minute: int, is_unknown: bool) -> None:
    events = counted_each_minute(silent=range(21, 40), then=10)
    said = {"by": "ada", "note": "counted by hand", "made_at": START + minute * MINUTE_MS, "good": -4, "reject": 4}
    found = told([*events, _said(CountCorrected, 59.5, **said)])
    assert (found.good, found.reject) == (406, 4)
    assert kpi.quality(found) == (1 if is_unknown else pytest.approx(406 / 410))


def test_units_of_unknown_time_alone_give_no_oee_and_it_says_why() -> None:
    stood = [_said(StateChanged, 0, state="stop"), _said(Heartbeat, 1)]
    found = told([*stood, _said(CountCorrected, 30, made_at=START + 30 * MINUTE_MS, good=400, by="ada", note="")])
    assert (found.produced, found.known_units) == (400, 0)
    assert kpi.oee(found) is kpi.performance(found) is None
    assert kpi.why_null(found) == "no_trusted_data"


@pytest.mark.parametrize(
    ("produced", "running_s", "unknown_s", "cycle_s", "known"),
    [
        pytest.param(10, 60, 600, 6, 10, id="what known time can have made is known"),
        pytest.param(200, 60, 1140, 6, 11, id="the ideal rate, and the unit in work"),
        pytest.param(5, 0, 600, 6, 1, id="no known time: the unit in work"),
        pytest.param(360, 270, 30, 6, 324, id="all of it faster than the standard: nothing is capped"),
        pytest.param(500, 60, 600, None, 500, id="no rate: nothing is judged"),
    ],
)
def test_what_known_time_is_given(produced: int, running_s: int, unknown_s: int, cycle_s: int, known: int) -> None:
    cycle = None if cycle_s is None else cycle_s * 1000 * NS_PER_MS
    assert known_units(produced, running_s * 1000, unknown_s * 1000, cycle) == known
