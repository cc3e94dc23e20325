"""Detectors of maintenance on made data: they find what is there, and stay silent where nothing is."""

from dataclasses import replace
from math import log
from random import Random

import pytest
from scipy.stats import CensoredData, weibull_min

from app.domain.decisions.stopping import frequent, run_at
from app.domain.decisions.survival import life
from app.domain.decisions.wear import Reading, climb, failure_level, is_fresh, normal, while_running
from app.domain.decisions.work import WorkPlan, due, next_slot, worked_in
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from tests.makers import ALWAYS, THREE_SHIFTS, a_line, utc_ms

T = utc_ms("2026-11-23T00:00")


def noise(n: int, seed: int = 1, middle: float = 50.0, sigma: float = 0.5) -> list[float]:
    chance = Random(seed)
    return [chance.gauss(middle, sigma) for _ in range(n)]


def readings(values: list[float], step_ms: int = MINUTE_MS) -> list[Reading]:
    return [Reading(T + i * step_ms, value, i * step_ms) for i, value in enumerate(values)]


def test_a_known_slope_reaches_a_known_limit_when_it_should() -> None:
    usual = normal(noise(500))
    assert usual is not None
    level = [50 + 0.2 * i for i in range(61)]
    found = climb(readings(level), usual, limit=80.0)
    assert found is not None
    assert found.per_min == pytest.approx(0.2)
    assert 0.5 < found.mid / MINUTE_MS / ((80 - level[-1]) / 0.2) <= 1
    assert (found.low, found.high) == (None, None)
    assert found.gone == pytest.approx(found.since and 60 * MINUTE_MS - (found.since - T))


def test_a_falling_value_is_a_climb_to_a_lower_limit() -> None:
    usual = normal(noise(500))
    assert usual is not None
    falling = readings([50 - 0.2 * i for i in range(61)])
    found = climb(falling, usual, limit=20.0)
    assert found is not None
    assert found.limit == 20.0
    assert found.per_min == pytest.approx(-0.2)
    assert found.sigmas < -5
    assert climb(falling, usual, limit=80.0) is None


def test_noise_is_hardly_ever_a_warning() -> None:
    usual = normal(noise(2_000))
    assert usual is not None
    looks = [climb(readings(noise(60, seed)), usual, limit=60.0) for seed in range(500)]
    assert sum(found is not None for found in looks) <= 1


def test_a_level_away_from_normal_that_does_not_climb_is_no_warning() -> None:
    usual = normal(noise(500))
    assert usual is not None
    assert climb(readings(noise(60, 3, middle=58.0)), usual, limit=80.0) is None


def test_too_little_is_said_to_be_too_little() -> None:
    assert normal([1.0] * 59) is None
    assert failure_level([80.0, 81.0], replace_normal()) is None
    assert failure_level([80.0, 90.0, 85.0, 50.1], replace_normal()) == 80.0


def replace_normal():
    usual = normal(noise(500))
    assert usual is not None
    return replace(usual, sigma=0.5)


def test_minutes_of_warming_up_are_left_out_as_long_as_it_stood() -> None:
    runs = [Interval(T, T + 30 * MINUTE_MS), Interval(T + 35 * MINUTE_MS, T + 60 * MINUTE_MS)]
    values = [(T + i * MINUTE_MS, 1.0) for i in range(60)]
    found = while_running(values, runs, 10 * MINUTE_MS)
    assert [(r.t - T) // MINUTE_MS for r in found] == [*range(10, 30), *range(40, 60)]
    assert found[20].ran == 35 * MINUTE_MS
    assert is_fresh(found, T + 70 * MINUTE_MS)
    assert not is_fresh(found, T + 90 * MINUTE_MS)
    assert not is_fresh([], T)


def test_three_times_the_usual_stops_are_frequent_and_the_usual_ones_are_not() -> None:
    chance = Random(5)
    past = [(sum(chance.random() < 2 / 60 for _ in range(60)), HOUR_MS) for _ in range(200)]
    found = frequent(past, 12, HOUR_MS)
    assert found is not None
    assert found.expected == pytest.approx(2, rel=0.3)
    assert frequent(past, 4, HOUR_MS) is None
    assert frequent(past[:20], 12, HOUR_MS) is None


def test_usual_hours_are_hardly_ever_called_frequent() -> None:
    chance = Random(6)
    hours = [(sum(chance.random() < 5 / 60 for _ in range(60)), HOUR_MS) for _ in range(2_000)]
    false = sum(frequent(hours[:300], n, HOUR_MS) is not None for n, _ in hours[300:])
    assert false / 1_700 <= 0.005


def test_an_irregular_past_asks_for_more_before_it_is_frequent() -> None:
    steady = [(4, HOUR_MS)] * 50
    wild = [(0, HOUR_MS), (8, HOUR_MS)] * 25
    assert frequent(steady, 13, HOUR_MS) is not None
    assert frequent(wild, 13, HOUR_MS) is None


def test_run_time_up_to_a_moment_adds_the_hours_and_a_share_of_its_own() -> None:
    assert run_at({T: HOUR_MS, T + HOUR_MS: HOUR_MS // 2}, T + HOUR_MS + 30 * MINUTE_MS) == HOUR_MS * 1.25


def weibull(n: int, shape: float, seed: int) -> list[tuple[float, bool]]:
    chance = Random(seed)
    return [(20 * HOUR_MS * (-log(1 - chance.random())) ** (1 / shape), True) for _ in range(n)]


def test_a_life_is_found_again_with_its_limits() -> None:
    found = life("bearing", weibull(80, 2.5, 4), age_ms=0.0, run_ms_per_day=20 * HOUR_MS)
    assert found.shape is not None
    assert found.scale_ms is not None
    assert found.shape[0] < 2.5 < found.shape[2]
    assert found.scale_ms[0] < 20 * HOUR_MS < found.scale_ms[2]
    assert found.wears_out
    assert found.within_day is not None
    assert found.within_day[0] < 1 - 2.718281828 ** -((20 / 20) ** 2.5) < found.within_day[2]


def test_the_estimate_is_the_one_of_scipy_on_censored_lives() -> None:
    failed, renewed = [ms for ms, _ in weibull(15, 1.7, 8)], [5.0 * HOUR_MS, 18.0 * HOUR_MS, 22.0 * HOUR_MS]
    lives = [*((ms, True) for ms in failed), *((ms, False) for ms in renewed)]
    found = life("x", lives, 0.0, HOUR_MS)
    data = CensoredData(uncensored=[ms / HOUR_MS for ms in failed], right=[ms / HOUR_MS for ms in renewed])
    shape, _, scale = weibull_min.fit(data, floc=0)
    assert found.shape is not None
    assert found.scale_ms is not None
    assert found.shape[1] == pytest.approx(shape, rel=1e-2)
    assert found.scale_ms[1] / HOUR_MS == pytest.approx(scale, rel=1e-2)


def test_lives_that_are_all_alike_claim_nothing() -> None:
    assert life("x", [(HOUR_MS * 10.0, True)] * 8, 0.0, HOUR_MS).shape is None


def test_an_old_part_that_wears_out_fails_sooner_than_a_new_one() -> None:
    lives = weibull(40, 3.0, 9)
    new, old = (life("x", lives, age, 20 * HOUR_MS).within_shift for age in (0.0, 25.0 * HOUR_MS))
    assert new is not None
    assert old is not None
    assert new[1] < old[1]


def test_fewer_than_five_failures_claim_nothing_however_many_were_renewed_in_time() -> None:
    found = life("x", [*weibull(4, 2.0, 1), *((HOUR_MS * 10.0, False),) * 9], HOUR_MS, HOUR_MS)
    assert (found.failures, found.censored) == (4, 9)
    assert found.within_shift is None
    assert not found.wears_out


def test_a_repair_in_time_counts_as_a_life_that_could_have_gone_on() -> None:
    ended = weibull(12, 2.0, 2)
    longer = life("x", [*ended, *((30.0 * HOUR_MS, False),) * 6], 0.0, HOUR_MS)
    plain = life("x", ended, 0.0, HOUR_MS)
    assert longer.scale_ms is not None
    assert plain.scale_ms is not None
    assert longer.scale_ms[1] > plain.scale_ms[1]


PAUSED = [{**shift, "breaks": [{"start": f"{(int(str(shift['start'])[:2]) + 4) % 24:02}:00", "minutes": 30}]}
          for shift in THREE_SHIFTS]  # fmt: skip


def test_the_next_slot_is_the_first_break_it_fits_into() -> None:
    calendar = a_line(line={"shifts": PAUSED}, timezone="UTC").calendar
    now = utc_ms("2026-11-25T07:00")
    assert next_slot(calendar, now, 20) == Interval(utc_ms("2026-11-25T10:00"), utc_ms("2026-11-25T10:20"))
    taken = [Interval(utc_ms("2026-11-25T10:00"), utc_ms("2026-11-25T10:20"))]
    assert next_slot(calendar, now, 20, taken) == Interval(utc_ms("2026-11-25T18:00"), utc_ms("2026-11-25T18:20"))


def test_work_longer_than_every_break_waits_for_unscheduled_time_or_a_planned_stop() -> None:
    calendar = a_line(line={"shifts": PAUSED}, timezone="UTC").calendar
    now = utc_ms("2026-11-25T07:00")
    weekend = next_slot(calendar, now, 120)
    assert weekend is not None
    assert weekend.start == utc_ms("2026-11-27T22:00")
    setup = Interval(utc_ms("2026-11-26T09:00"), utc_ms("2026-11-26T11:30"))
    assert next_slot(calendar, now, 120, planned=[setup]) == Interval(setup.start, setup.start + 120 * MINUTE_MS)


def test_a_change_over_beside_a_break_is_one_stretch_and_work_in_it_costs_nothing() -> None:
    calendar = a_line(line={"shifts": PAUSED}, timezone="UTC").calendar
    now, noon = utc_ms("2026-11-25T07:00"), utc_ms("2026-11-25T10:30")
    setup = Interval(noon, noon + 40 * MINUTE_MS)
    slot = next_slot(calendar, now, 60, planned=[setup])
    assert slot == Interval(noon - 30 * MINUTE_MS, noon + 30 * MINUTE_MS)
    assert worked_in(slot, calendar, [setup]) == 0
    assert worked_in(slot, calendar, []) == 30 * MINUTE_MS
    later = Interval(setup.end - 10 * MINUTE_MS, setup.end + 20 * MINUTE_MS)
    assert worked_in(later, calendar, [setup, setup]) == 20 * MINUTE_MS


def test_a_line_that_always_works_has_no_slot() -> None:
    assert next_slot(a_line(line={"shifts": ALWAYS}).calendar, T, 20) is None


def test_a_plan_is_due_as_the_machine_runs() -> None:
    plan = WorkPlan(1, "m", "oil", 20, T, every_run_h=100)
    soon = due(plan, 80, 10, T)
    assert (soon.used, soon.at) == (0.8, T + 2 * DAY_MS)
    assert due(plan, 100, 10, T).at == T
    assert due(plan, 80, 0, T).at is None
