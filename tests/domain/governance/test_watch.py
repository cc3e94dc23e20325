"""Signals under watch: rules, scores, what late readings fill, what owners are told; a restart changes nothing."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.events.contract import Measured
from app.domain.governance.watch import LineWatch
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from tests.makers import a_plant, utc_ms

START = utc_ms("2026-11-23T08:00")
MACHINE = "site/area/line-1/machine"
SIGNALS = {
    "temp": {"unit": "degC", "range": [0, 100], "max_rate": "60/min", "every": "10s", "owner": "maintenance"},
    "mode": {"allowed": ["auto", "manual"], "owner": "production"},
    "total": {"every": "10s", "owner": "production", "counter": {"kind": "cumulative", "max_per_s": 10}},
}
LINE = next(a_plant(traits={"signals": SIGNALS}).lines())
Reading = tuple[int, float | str | None]


def reading(second: float, value: float | str | None, signal: str = "temp", status: str = "good") -> Measured:
    t = START + round(second * 1000)
    return Measured(machine=MACHINE, t=t, source="gw", epoch=1, seq=0, signal=signal, value=value, status=status)  # type: ignore[arg-type]


def watched(*readings: Measured) -> LineWatch:
    watch = LineWatch(LINE)
    for event in readings:
        watch.hear(event)
    return watch


def always(_machine: str, window: Interval) -> list[Interval]:
    return [window]


def standing(watch: LineWatch, second: float, signal: str = "temp"):
    found = watch.standings(START + round(second * 1000))
    return next(one for one in found if one.signal.id == signal)


@pytest.mark.parametrize(
    ("event", "broken", "detail"),
    [
        pytest.param(reading(10, 40.0), None, "", id="fine"),
        pytest.param(reading(10, 101), "range", "101 degC against 0 to 100", id="outside its range"),
        pytest.param(reading(10, 55.1), "max_rate", "1.51 degC/s against 1", id="too fast"),
        pytest.param(reading(10, "hot"), "type", "'hot' is not a number", id="no number"),
        pytest.param(reading(10, 40, status="bad"), "status", "40 marked bad by its source", id="bad status"),
        pytest.param(reading(10, None), "status", "no value", id="no value"),
        pytest.param(reading(10, "off", "mode"), "allowed", "off is not one of auto, manual", id="not allowed"),
        pytest.param(reading(10, "auto", "mode"), None, "", id="allowed"),
    ],
)
def test_a_reading_breaks_the_rule_it_breaks(event: Measured, broken: str | None, detail: str) -> None:
    found = standing(watched(reading(0, 40.0), reading(0, "auto", "mode"), event), 11, event.signal)
    assert (found.broken, found.detail) == (broken, detail)


def test_the_score_is_the_share_of_the_last_hour_in_which_all_rules_held() -> None:
    ticks = [reading(s, 40.0 if not 600 <= s < 960 else 400.0) for s in range(0, 3_600, 10)]
    assert standing(watched(*ticks), 3_600).score == pytest.approx(1 - 370 / 3_600), "the way back is too fast, too"
    assert standing(watched(reading(0, 40.0)), 3_600).score == pytest.approx(30 / 3_600), "fresh for three paces"
    assert standing(watched(), 3_600).score is None, "never heard"


def test_a_signal_without_a_pace_is_never_silent() -> None:
    assert standing(watched(reading(0, "auto", "mode")), 3_600, "mode").score == 1


def test_late_readings_fill_the_silence_they_lie_in() -> None:
    watch = watched(reading(0, 40.0), reading(3_000, 40.0))
    before = standing(watch, 3_000).score
    for second in range(10, 3_000, 10):
        watch.hear(reading(second, 40.0 if second != 1_500 else -5))
    assert before == pytest.approx(30 / 3_000)
    assert standing(watch, 3_000).score == pytest.approx(1 - 10 / 3_000, abs=30 / 3_000)


def test_only_counters_make_figures_doubtful_and_say_which_time_changed() -> None:
    watch = watched(reading(0, 40.0), reading(0, 5, "total"), reading(600, 900.0), reading(600, 9, "total"))
    window, now = Interval(START, START + HOUR_MS), START + 610_000
    assert watch.lapses(MACHINE, window, now) == [Interval(START + 30_000, START + 600_000)]
    assert watch.take_changed() == [(MACHINE, Interval(START + 30_000, START + 600_000))]
    assert watch.take_changed() == []


def test_a_refused_reading_of_a_counter_is_a_jump() -> None:
    watch = watched(reading(0, 5, "total"))
    watch.hear(reading(10, 5_000_000, "total"), refused="implausible")
    assert standing(watch, 11, "total").broken == "jump"


def test_owners_are_told_once_per_hour_and_rule_and_taken_back_what_a_late_reading_fills() -> None:
    watch = watched(reading(0, 40.0), reading(20, 400.0))
    assert watch.review(START + 40_000, always) == [], "twenty seconds call nobody"
    watch.hear(reading(30, 400.0))
    for second in range(40, 200, 10):
        watch.hear(reading(second, 400.0))
    (told,) = watch.review(START + 190_000, always)
    assert (told.rule, told.since, told.detail) == ("range", START + 20_000, "400 degC against 0 to 100")
    assert watch.review(START + 190_000, always) == []
    (longer,) = watch.review(START + 200_000, always)
    assert (longer.since, longer.until) == (told.since, START + 200_000)
    quiet = watched(reading(0, 40.0), reading(600, 40.0))
    assert [seen.rule for seen in quiet.review(START + 600_000, always)] == ["freshness"]
    for second in range(10, 600, 10):
        quiet.hear(reading(second, 40.0))
    assert [(s.rule, s.times, s.detail) for s in quiet.review(START + 601_000, always)] == [
        ("freshness", 0, "no longer so: heard later")
    ]


def test_silence_outside_work_calls_nobody() -> None:
    quiet = watched(reading(0, 40.0), reading(600, 40.0))
    assert quiet.review(START + 600_000, lambda _machine, _window: []) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 900), st.sampled_from([1.0, 50.0, 400.0, None]), st.sampled_from(["temp", "total"])),
        max_size=40,
    ),
    st.integers(0, 40),
)
def test_a_restart_anywhere_changes_nothing(readings: list[tuple[int, float | None, str]], at: int) -> None:
    events = [reading(second, value, signal) for second, value, signal in readings]
    whole = watched(*events)
    halves = LineWatch(LINE, watched(*events[:at]).dump())
    for event in events[at:]:
        halves.hear(event)
    now = START + 1_000_000
    assert halves.dump() == whole.dump()
    assert halves.standings(now) == whole.standings(now)
    assert halves.review(now, always) == whole.review(now, always)


@given(st.lists(st.tuples(st.integers(0, 900), st.sampled_from([1.0, 50.0, 400.0])), max_size=40))
def test_lapses_are_disjoint_and_scores_are_shares(readings: list[tuple[int, float]]) -> None:
    watch = watched(*(reading(second, value, "total") for second, value in readings))
    now = START + 20 * MINUTE_MS
    lapses = watch.lapses(MACHINE, Interval(START - HOUR_MS, now), now)
    assert lapses == sorted(lapses)
    assert all(one.end <= other.start for one, other in itertools.pairwise(lapses))
    score = standing(watch, 1_200, "total").score
    assert score is None or 0 <= score <= 1
