"""Counter readings become counts; example and laws of DOMAIN section 5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.events.contract import Measured
from app.domain.events.offset import SourceClocks
from app.domain.events.totals import NOTHING_YET, CounterRule, Reading, Totals, take_reading


def deltas(rule, values, every_ms=1_000, epochs=None):
    state, found = NOTHING_YET, []
    for n, value in enumerate(values):
        epoch = epochs[n] if epochs else 1
        state, step = take_reading(rule, state, Reading(n * every_ms, value, "plc", epoch))
        found.append((step.units, step.outcome))
    return found


@pytest.mark.parametrize(
    ("rule", "values", "units"),
    [
        (CounterRule("cumulative"), [100, 2100, 12], [0, 2000, 12]),
        (CounterRule("pulse"), [0, 1, 1], [0, 1, 0]),
        (CounterRule("delta"), [3, 0, 4], [3, 0, 4]),
        (CounterRule("cumulative", modulus=65536), [65530, 4], [0, 10]),
        (CounterRule("cumulative", modulus=65536), [30000, 4], [0, 4]),
        (CounterRule("cumulative", modulus=10), [11, 0], [0, 0]),
        (CounterRule("cumulative", max_per_s=10), [0, 5, 9_999, 12, 15], [0, 5, 0, 7, 3]),
        (CounterRule("cumulative", max_per_s=10), [0, 5, 9_999, 10_002], [0, 5, 0, 3]),
    ],
    ids=["reset", "pulse", "delta", "rollover", "reset far from modulus", "beyond modulus", "spike", "replaced"],
)
def test_readings_mean_what_the_domain_says(rule, values, units):
    assert [u for u, _ in deltas(rule, values)] == units


def test_a_reconnect_is_never_production():
    assert deltas(CounterRule("cumulative"), [5, 9, 20], epochs=[1, 1, 2])[-1] == (0, "baseline")


@given(st.lists(st.integers(0, 50), min_size=2, max_size=20), st.data())
def test_what_was_stored_before_the_first_reading_counts_from_its_own_oldest_on(steps, data):
    """A birth says what holds, then the history comes that led there; live readings may come in between."""
    values = [sum(steps[: n + 1]) for n in range(len(steps))]
    told = [Reading(n, value, "plc", 1) for n, value in enumerate(values)]
    birth = data.draw(st.integers(0, len(told) - 1))
    heard = data.draw(st.integers(birth, len(told) - 1))
    repeated = data.draw(st.lists(st.sampled_from(told[: heard + 1]), max_size=5))
    state, units = NOTHING_YET, 0
    for reading in [told[birth], *told[birth + 1 : heard + 1], *told[: birth + 1], *repeated, *told[heard + 1 :]]:
        state, step = take_reading(CounterRule("cumulative"), state, reading)
        units += step.units
    assert units == values[-1] - values[0]


def test_a_counter_that_was_reset_in_the_stored_time_is_told_as_reset():
    state, found = NOTHING_YET, []
    for t, value in ((9, 7), (1, 90), (2, 95), (5, 3), (9, 7)):
        state, step = take_reading(CounterRule("cumulative"), state, Reading(t, value, "plc", 1))
        found.append((step.units, step.outcome))
    assert found == [(0, "baseline"), (0, "late"), (5, "counted"), (3, "reset"), (4, "counted")]


rules = st.builds(
    CounterRule,
    st.sampled_from(["cumulative", "delta", "pulse"]),
    modulus=st.sampled_from([None, 100, 65536]),
    max_per_s=st.sampled_from([None, 1.0, 50.0]),
)
readings = st.lists(
    st.builds(
        Reading, st.integers(0, 60_000), st.integers(-5, 70_000), st.sampled_from(["a", "b"]), st.sampled_from([1, 2])
    ),
    max_size=40,
)


@given(rules, readings)
def test_no_reading_ever_takes_units_away(rule, taken):
    state = NOTHING_YET
    for reading in taken:
        state, step = take_reading(rule, state, reading)
        assert step.units >= 0


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40), st.data())
def test_a_rising_counter_counts_its_rise_whatever_comes_late_or_twice(steps, data):
    rising = [Reading((n + 1) * 1_000, sum(steps[: n + 1]), "plc", 1) for n in range(len(steps))]
    taken = []
    for n, reading in enumerate(rising):
        taken += [reading, *data.draw(st.lists(st.sampled_from(rising[: n + 1]), max_size=2))]
    state, total = NOTHING_YET, 0
    for reading in taken:
        state, step = take_reading(CounterRule("cumulative"), state, reading)
        total += step.units
    assert total == rising[-1].value - rising[0].value


@given(st.lists(st.integers(0, 1_000), max_size=30), st.integers(0, 30))
def test_a_restart_anywhere_changes_nothing(values, cut):
    rules = {("m", "s"): CounterRule("cumulative")}
    events = [
        Measured(machine="m", t=n * 1_000, source="plc", epoch=1, seq=n, signal="s", value=v)
        for n, v in enumerate(values)
    ]
    whole, first = Totals(rules), Totals(rules)
    expected = [whole.convert(event)[0] for event in events]
    found = [first.convert(event)[0] for event in events[:cut]]
    second = Totals(rules, first.dump())
    assert found + [second.convert(event)[0] for event in events[cut:]] == expected


def test_a_steady_offset_is_a_clock_and_a_shrinking_one_is_a_gateway_catching_up():
    clocks = SourceClocks()
    steady = [clocks.sample("off", at - 7_000, at) for at in range(0, 10_000, 1_000)]
    shrinking = [clocks.sample("late", at - 60_000 + 5 * at, at) for at in range(0, 10_000, 1_000)]
    right = [clocks.sample("right", at - 200, at) for at in range(0, 10_000, 1_000)]
    assert [found for found in steady if found is not None] == [-7_000]
    assert set(shrinking) == set(right) == {None}
