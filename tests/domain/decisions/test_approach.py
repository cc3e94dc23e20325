"""Remaining times are believed as far as earlier ones were right: the interval holds what it promises."""

from random import Random
from statistics import mean

import pytest

from app.domain.decisions.approach import (
    LEAST_APPROACHES,
    NOMINAL,
    Approach,
    Ending,
    Limit,
    Look,
    approaches,
    ending,
    limit_of,
    score,
    spread,
    stage_of,
    with_interval,
)
from app.domain.decisions.wear import Climb, Normal, Reading, climb
from app.domain.interval import HOUR_MS, MINUTE_MS

USUAL = Normal(50.0, 0.5, 500)
FAILED = 4 * HOUR_MS


def readings(seed: int, lead_min: int = 80, tail: int = 20, *, mended: bool = True) -> list[Reading]:
    """Four hours of which the last `lead_min` climb by the square to 80, a failure, and minutes after it."""
    chance = Random(seed)
    found = []
    for minute in range(FAILED // MINUTE_MS + tail):
        way = max(0.0, 1 - (FAILED // MINUTE_MS - minute) / lead_min)
        rise = 30 * way * way if minute < FAILED // MINUTE_MS else 0.0 if mended else 30.0
        found.append(Reading(minute * MINUTE_MS, 50 + rise + chance.gauss(0, 0.5), minute * MINUTE_MS))
    return found


def an_ending(seed: int, **how: int) -> Ending:
    found = ending(readings(seed, **how), FAILED, FAILED, USUAL)
    assert found is not None
    return found


def said_at(way: Ending, minutes_left: int) -> tuple[Climb, float] | None:
    seen = [reading for reading in way.before if reading.ran <= FAILED - minutes_left * MINUTE_MS][-90:]
    found = climb(seen, USUAL, 100.0)
    return None if found is None else (found, FAILED - seen[-1].ran)


def test_a_failure_is_announced_by_a_value_that_is_normal_again_after_it() -> None:
    assert an_ending(1).level > 70
    assert ending(readings(1, mended=False), FAILED, FAILED, USUAL) is None
    assert ending(readings(1, lead_min=1), FAILED, FAILED, USUAL) is None
    assert ending(readings(1, tail=0), FAILED, FAILED, USUAL) is None


def test_the_limit_is_where_failures_were_and_without_them_the_end_of_the_range() -> None:
    ends = [an_ending(seed) for seed in range(3)]
    known = limit_of(ends, USUAL, 100.0)
    assert known is not None
    assert known.by_failures
    assert 70 < known.value < 81
    assert limit_of(ends[:2], USUAL, 100.0) == Limit(100.0, by_failures=False)
    assert limit_of(ends[:2], USUAL, None) is None
    assert limit_of([], USUAL, 40.0) is None


def test_no_interval_is_claimed_from_too_few_ways() -> None:
    ways = [way for seed in range(LEAST_APPROACHES - 1) for way in approaches("a", [an_ending(seed)], USUAL, 100.0)]
    found = said_at(an_ending(99), 30)
    assert found is not None
    known = spread(ways, "a", 0, by_failures=False)
    assert known is None
    assert with_interval(found[0], known) == found[0]
    more = [*ways, *approaches("b", [an_ending(50)], USUAL, 100.0)]
    assert spread(more, "a", 0, by_failures=False) is not None
    assert spread(more, "a", 0, by_failures=True) is None


def test_the_interval_holds_the_truth_as_often_as_it_says_on_ways_it_has_not_seen() -> None:
    leads = Random(5)
    ends = [an_ending(seed, lead_min=leads.randint(40, 100)) for seed in range(30)]
    ways = [way for end in ends for way in approaches("a", [end], USUAL, 100.0)]
    inside, errors, plain = [], [], []
    for seed in range(1_000, 1_080):
        own, way = [], an_ending(seed, lead_min=leads.randint(40, 100))
        for minutes in range(5, 60, 5):
            found = said_at(way, minutes)
            if found is not None:
                said, left = found
                held = with_interval(said, spread(ways, "a", stage_of(said, is_known=bool(own)), by_failures=False))
                assert held.low is not None
                assert held.high is not None
                assert held.low <= held.mid <= held.high
                own.append(held.low <= left <= held.high)
                errors.append(abs(held.mid - left))
                plain.append(abs(said.mid - left))
        inside += [mean(own)] if own else []
    assert len(inside) > 60
    assert NOMINAL - 0.05 <= mean(inside) <= 0.95
    assert mean(errors) < mean(plain)


def test_a_way_counts_once_however_often_it_was_looked_at() -> None:
    said = Climb(60, 100, 1, 60 * MINUTE_MS, 9, 0, 0.0)
    often = Approach("a", by_failures=False, looks=(Look(0, score(said, 120.0 * MINUTE_MS)),) * 500)
    rare = [Approach("a", by_failures=False, looks=(Look(0, 0.0),)) for _ in range(19)]
    known = spread([often, *rare], "a", 0, by_failures=False)
    assert known is not None
    assert (known.low, known.mid) == (0.0, 0.0)
    assert known.high == 0.0


def test_a_time_below_zero_is_none_left() -> None:
    said = Climb(60, 100, 1, 10.0 * MINUTE_MS, 9, 0, 50.0 * MINUTE_MS)
    ways = [Approach("a", by_failures=False, looks=(Look(0, score(said, 0.0)),)) for _ in range(12)]
    held = with_interval(said, spread(ways, "a", 0, by_failures=False))
    assert (held.low, held.mid, held.high) == (0.0, pytest.approx(0.0), pytest.approx(0.0))
