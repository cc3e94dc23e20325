"""What an interval claims it keeps: 95 of 100 runs hold the known effect, also when good shifts come in runs."""

import random
from math import sqrt

import pytest

from app.domain.decisions.charts import Counted
from app.domain.decisions.effect import Bundle, ShiftUnits, effect
from app.domain.decisions.persistence import inflation, persistence
from app.domain.decisions.scrap_effect import effect as scrap_effect
from app.domain.interval import HOUR_MS, Interval

SHIFT, RUNS, EFFECT, SCATTER = 8 * HOUR_MS, 400, 300, 400
LEVELS = {"early": 8000, "late": 7000, "night": 6500}
CHANCE = 3 * sqrt(0.95 * 0.05 / RUNS)


def shifts_with_an_effect(chance, sizes, alike, names):
    """Good units of shifts that resemble their neighbour (first-order autoregression), higher by EFFECT after."""
    rest, found = chance.gauss(0, SCATTER), []
    for n in range(sum(sizes)):
        rest = alike * rest + chance.gauss(0, SCATTER * sqrt(1 - alike**2))
        name = names[n % len(names)]
        good = LEVELS[name] + rest + (EFFECT if n >= sizes[0] else 0)
        found.append(ShiftUnits(name, n * SHIFT, (n + 1) * SHIFT, round(good), 1.0))
    return found


@pytest.mark.parametrize("alike", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("names", [("early",), ("early", "late", "night")])
@pytest.mark.parametrize("sizes", [(8, 6), (15, 10), (30, 30)])
def test_the_interval_of_what_it_brought_holds_the_truth_as_often_as_it_says(sizes, names, alike) -> None:
    chance, decided, held = random.Random(7), sizes[0] * SHIFT, 0
    bundle = Bundle(("k",), Interval(decided, decided), Interval(0, 1_000 * SHIFT))
    for _ in range(RUNS):
        found = effect(shifts_with_an_effect(chance, sizes, alike, names), bundle, 1_000 * SHIFT)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= EFFECT <= found.high
    assert held / RUNS >= 0.95 - CHANCE


@pytest.mark.parametrize("scatter", [0.0, 0.3, 0.6])
def test_the_interval_of_a_share_of_rejects_knows_that_hours_differ(scatter) -> None:
    chance, held = random.Random(11), 0
    for _ in range(RUNS):
        hours = []
        for n in range(17):
            share = (0.04 if n < 8 else 0.03) * chance.lognormvariate(-(scatter**2) / 2, scatter)
            found = sum(chance.random() < share for _ in range(500))
            hours.append(Counted(n * HOUR_MS, found, 500))
        change = scrap_effect(hours, 8 * HOUR_MS, 17 * HOUR_MS).change
        assert change is not None
        held += change.low <= -0.01 <= change.high
    assert held / RUNS >= 0.95 - CHANCE


def test_neighbours_that_are_alike_count_as_fewer() -> None:
    run, turns = [1.0, 1.0, 1.0, -1.0, -1.0, -1.0], [1.0, -1.0, 1.0, -1.0, 1.0, -1.0]
    assert persistence([run, run]) > 0.5
    assert persistence([turns, turns]) == 0.0
    assert persistence([[0.0, 0.0]]) == 0.0
    assert inflation(10, 0.5) == pytest.approx(2.6, abs=0.01)
