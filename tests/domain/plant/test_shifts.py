"""Laws of the shift calendar."""

from datetime import date, time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.domain.plant.shifts import Break, ShiftCalendar, ShiftPattern
from tests.makers import utc_ms

EVERY_DAY = frozenset(range(7))
NIGHT = ShiftPattern("night", time(22), time(6), EVERY_DAY, (Break(time(23), 10), Break(time(2, 30), 30)))
EARLY = ShiftPattern("early", time(6), time(14), EVERY_DAY)
BERLIN = "Europe/Berlin"


def window(start: str, end: str) -> Interval:
    return Interval(utc_ms(start), utc_ms(end))


@pytest.mark.parametrize(("opens", "hours"), [("2026-03-28", 7), ("2026-03-29", 8), ("2026-10-24", 9)])
def test_a_night_has_the_hours_the_clocks_gave_it(opens: str, hours: int) -> None:
    calendar = ShiftCalendar(BERLIN, (NIGHT,))
    shift = calendar.at(utc_ms(f"{opens}T23:30"))
    assert shift is not None
    assert shift.end - shift.start == hours * HOUR_MS
    assert shift.key == f"{opens}/night"


def test_production_date_is_the_local_day_the_shift_opened() -> None:
    calendar = ShiftCalendar("Pacific/Auckland", (NIGHT,))
    shift = calendar.at(utc_ms("2026-06-10T05:00+12:00"))
    assert shift is not None
    assert shift.date == date(2026, 6, 9)


def test_breaks_of_a_night_lie_on_both_sides_of_midnight() -> None:
    shift = ShiftCalendar(BERLIN, (NIGHT,)).at(utc_ms("2026-06-10T00:00"))
    assert shift is not None
    at_23, at_2_30 = utc_ms("2026-06-09T23:00+02:00"), utc_ms("2026-06-10T02:30+02:00")
    assert shift.breaks == (
        Interval(at_23, at_23 + 10 * MINUTE_MS),
        Interval(at_2_30, at_2_30 + 30 * MINUTE_MS),
    )


@pytest.mark.parametrize(
    ("night", "start"),
    [("2026-03-29T00:00", "2026-03-29T03:30+02:00"), ("2026-10-25T00:00", "2026-10-25T02:30+02:00")],
)
def test_a_break_keeps_its_minutes_when_the_clocks_change(night: str, start: str) -> None:
    shift = ShiftCalendar(BERLIN, (NIGHT,)).at(utc_ms(night))
    assert shift is not None
    assert shift.breaks[1] == Interval(utc_ms(start), utc_ms(start) + 30 * MINUTE_MS)


def test_a_shift_that_ends_when_it_starts_is_a_whole_day() -> None:
    calendar = ShiftCalendar(BERLIN, (ShiftPattern("day", time(6), time(6), EVERY_DAY),))
    found = calendar.instances(window("2026-03-27T00:00", "2026-03-31T00:00"))
    assert [(s.end - s.start) // HOUR_MS for s in found] == [24, 24, 23, 24, 24]
    assert all(a.end == b.start for a, b in pairwise(found))


def test_an_exception_says_which_shifts_open_that_day_and_leaves_the_night_before_alone() -> None:
    holiday, extra = date(2026, 12, 25), date(2026, 12, 26)
    weekdays = frozenset(range(5))
    patterns = (
        ShiftPattern("early", time(6), time(14), weekdays),
        ShiftPattern("night", time(22), time(6), weekdays),
    )
    calendar = ShiftCalendar(BERLIN, patterns, {holiday: (), extra: ("early",)})
    found = calendar.instances(window("2026-12-24T12:00", "2026-12-28T00:00"))
    assert [s.key for s in found] == ["2026-12-24/early", "2026-12-24/night", "2026-12-26/early"]


def test_shifts_are_half_open() -> None:
    calendar = ShiftCalendar("UTC", (EARLY, NIGHT))
    at = calendar.at(utc_ms("2026-06-10T06:00"))
    assert at is not None
    assert at.name == "early"
    assert calendar.at(utc_ms("2026-06-10T14:00")) is None
    assert calendar.instances(window("2026-06-10T14:00", "2026-06-10T22:00")) == []
    assert calendar.instances(window("2026-06-10T07:00", "2026-06-10T07:00")) == []


def test_a_calendar_is_a_value() -> None:
    one, other = ShiftCalendar(BERLIN, (EARLY,)), ShiftCalendar(BERLIN, (EARLY,))
    one.at(0)
    assert one == other
    assert hash(one) == hash(other)


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30)))
PATTERNS = st.lists(
    st.tuples(
        TIMES,
        TIMES,
        st.frozensets(st.integers(0, 6), min_size=1),
        st.lists(st.tuples(TIMES, st.integers(1, 90)), max_size=2),
    ),
    min_size=1,
    max_size=3,
)
ZONES = st.sampled_from((BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"))
CHANGES = ("2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "2026-04-05", "2011-12-30", "2026-06-15")
STARTS = st.tuples(st.sampled_from(CHANGES), st.integers(-3 * 24, 24), st.integers(1, 5 * 24))


def calendar_of(zone: str, drawn: list[tuple[time, time, frozenset[int], list[tuple[time, int]]]]) -> ShiftCalendar:
    patterns = [
        ShiftPattern(f"s{at}", start, end, days, tuple(Break(*pause) for pause in breaks))
        for at, (start, end, days, breaks) in enumerate(drawn)
    ]
    return ShiftCalendar(zone, tuple(patterns))


@settings(max_examples=150, deadline=None)
@given(zone=ZONES, drawn=PATTERNS, around=STARTS)
def test_instances_are_disjoint_and_sorted_with_breaks_inside_whatever_is_asked(
    zone: str, drawn: list[tuple[time, time, frozenset[int], list[tuple[time, int]]]], around: tuple[str, int, int]
) -> None:
    day, offset, hours = around
    start = utc_ms(day) + offset * HOUR_MS
    asked = Interval(start, start + hours * HOUR_MS)
    found = calendar_of(zone, drawn).instances(asked)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for shift in found:
        inside = [shift.start, *(edge for pause in shift.breaks for edge in pause), shift.end]
        assert inside == sorted(inside)
        assert shift.start < shift.end
        assert all(pause.length for pause in shift.breaks)


@settings(max_examples=100, deadline=None)
@given(zone=ZONES, drawn=PATTERNS, around=STARTS)
def test_instances_do_not_depend_on_the_window_nor_on_what_was_asked_before(
    zone: str, drawn: list[tuple[time, time, frozenset[int], list[tuple[time, int]]]], around: tuple[str, int, int]
) -> None:
    day, offset, hours = around
    start = utc_ms(day) + offset * HOUR_MS
    asked = Interval(start, start + hours * HOUR_MS)
    wide = Interval(asked.start - 2 * DAY_MS, asked.end + 2 * DAY_MS)
    expected = [s for s in calendar_of(zone, drawn).instances(wide) if s.start < asked.end and s.end > asked.start]
    asked_before = calendar_of(zone, drawn)
    assert asked_before.instances(asked) == expected
    assert asked_before.instances(asked) == expected
    at = asked_before.at(asked.start)
    assert at == next((s for s in expected if s.start <= asked.start), None)
