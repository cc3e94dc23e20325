"""The cause that is there is found among noise; where there is none, none is named."""

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from app.domain.decisions.adjusting import Adjustment, AdjustmentProtocol, Happened, may_follow, proposed, refusal
from app.domain.decisions.attribution import Parameter, causes, hourly
from app.domain.decisions.charts import Counted
from app.domain.decisions.quality import ProductHour, effect_on, watch
from app.domain.decisions.scrap_effect import FEWEST_UNITS, difference, effect
from app.domain.interval import HOUR_MS, MINUTE_MS

T = 1_795_410_000_000
TEMPERATURE = Parameter("line/filler", "temperature")


def minutes(hours: np.ndarray, draw, noise: float = 0.2, lead_ms: int = 0) -> list[tuple[int, float]]:
    found = []
    for h, level in enumerate(hours):
        found += [(T + h * HOUR_MS + m * MINUTE_MS - lead_ms, float(level + draw.normal(0, noise))) for m in range(60)]
    return found


def noise_parameters(draw, hours: int, count: int):
    return {Parameter("line/filler", f"noise-{n}"): minutes(draw.normal(0, 1, hours), draw) for n in range(count)}


def shares_of(levels: np.ndarray, draw) -> dict[int, float]:
    return {T + h * HOUR_MS: float(0.02 + 0.01 * level + draw.normal(0, 0.002)) for h, level in enumerate(levels)}


@pytest.mark.parametrize("sign", [1, -1])
def test_the_cause_is_found_among_noise_with_its_direction(sign: int) -> None:
    draw = np.random.default_rng(4)
    level = draw.normal(0, 1, 60)
    running = {TEMPERATURE: minutes(sign * level, draw), **noise_parameters(draw, 60, 12)}
    best, *others = causes(shares_of(level, draw), running)
    assert best.parameter == TEMPERATURE
    assert best.explains
    assert best.strength * sign > 0.8
    assert best.n >= 58
    assert not any(cause.explains for cause in others)


def test_a_cause_that_leads_by_an_hour_is_found_at_that_lag() -> None:
    draw = np.random.default_rng(6)
    level = draw.normal(0, 1, 72)
    best = causes(shares_of(level, draw), {TEMPERATURE: minutes(level, draw, lead_ms=HOUR_MS)})[0]
    assert (best.explains, best.lag_ms) == (True, HOUR_MS)


def test_where_there_is_no_cause_none_is_named_but_by_rare_chance() -> None:
    named = 0
    for seed in range(40):
        draw = np.random.default_rng(seed)
        found = causes(shares_of(draw.normal(0, 1, 48), draw), noise_parameters(draw, 48, 6))
        assert len(found) == 6
        named += any(cause.explains for cause in found)
    assert named <= 4


def test_two_things_that_only_drift_are_not_a_cause_as_often_as_a_plain_test_would_say() -> None:
    named = 0
    for seed in range(60):
        draw = np.random.default_rng(seed)
        walks = [np.cumsum(draw.normal(0, 1, 72)) for _ in range(2)]
        found = causes(shares_of(walks[0], draw), {TEMPERATURE: minutes(walks[1], draw)})
        named += any(cause.explains for cause in found)
    assert named <= 9


def test_too_few_hours_or_a_value_that_stands_still_cannot_be_judged() -> None:
    draw = np.random.default_rng(1)
    level = draw.normal(0, 1, 30)
    shares = shares_of(level, draw)
    assert causes(shares, {TEMPERATURE: minutes(level[:10], draw)}) == ()
    assert causes(shares, {TEMPERATURE: [(t, 5.0) for t, _ in minutes(level, draw)]}) == ()
    assert causes({}, {TEMPERATURE: minutes(level, draw)}) == ()


def test_an_hour_needs_ten_running_minutes() -> None:
    told = [(T + m * MINUTE_MS, 1.0) for m in range(9)] + [(T + HOUR_MS + m * MINUTE_MS, 2.0) for m in range(10)]
    assert hourly(told, 0) == {T + HOUR_MS: 2.0}


def a_protocol(**changes) -> AdjustmentProtocol:
    said = {"low": 60.0, "high": 80.0, "max_step": 5.0}
    return AdjustmentProtocol(
        "p-1", 1, "l/m", "t", "C", **{**said, **changes}, steps="Turn", back="Turn back",
        permission="adjust_line", by="eva", at=T,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("now_value", "usual", "to"),
    [(78, 75, 75), (78, 70, 73), (70, 90, 75), (58, 70, 63), (50, 70, None), (70, 70, None), (90, 70, None)],
)
def test_a_proposal_keeps_to_limits_and_step(now_value: float, usual: float, to: float | None) -> None:
    assert proposed(a_protocol(), now_value, usual) == to


@pytest.mark.parametrize(
    ("current", "to", "key"),
    [
        (70.0, 75.0, None),
        (None, 75.0, None),
        (70.0, 75.1, "quality.refused.step"),
        (79.0, 80.5, "quality.refused.limits"),
        (70.0, float("nan"), "quality.refused.limits"),
        (float("nan"), 75.0, "quality.refused.step"),
    ],
)
def test_what_the_protocol_forbids_is_refused(current, to, key) -> None:
    found = refusal(a_protocol(), current, to)
    assert (found.key if found else None) == key


def test_an_adjustment_goes_its_way_and_no_other() -> None:
    def after(*whats):
        steps = tuple(Happened(n, T + n, "ada", what) for n, what in enumerate(("asked", *whats)))
        return Adjustment("a", "s", "p", 1, "m", "t", "C", "m", 1.0, 2.0, steps)

    assert may_follow(after(), "confirmed")
    assert not may_follow(after(), "writing")
    assert not may_follow(after("confirmed"), "confirmed")
    assert may_follow(after("confirmed"), "gone_back")
    assert may_follow(after("write_asked"), "writing")
    assert not may_follow(after("write_asked", "writing"), "writing")
    assert after("write_asked", "writing", "write_failed").state == "open"
    assert after("write_asked").write_asked_by == "ada"
    assert after("write_asked", "confirmed").write_asked_by is None


def test_newcombes_interval_is_the_published_one_and_that_of_statsmodels() -> None:
    # Newcombe 1998, table II, (a): 56/70 against 48/80, method 10.
    assert difference((48, 80), (56, 70)) == pytest.approx((0.0524, 0.2, 0.3339), abs=0.0001)
    for first, second in (((5, 1000), (12, 900)), ((0, 400), (9, 500)), ((30, 300), (30, 300))):
        found = difference(first, second)
        low, high = confint_proportions_2indep(*second, *first, method="newcomb", compare="diff")
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_an_effect_compares_full_hours_without_that_of_the_adjustment() -> None:
    done = T - T % HOUR_MS + HOUR_MS // 2
    hours = [Counted(done - HOUR_MS // 2 + h * HOUR_MS, 40 if h < 0 else 10, 1000) for h in range(-12, 13)]
    found = effect(hours, done, done + 4 * HOUR_MS)
    assert (found.before, found.after) == ((320, 8000), (30, 3000))
    assert found.change.high < 0
    assert effect(hours, done, done + HOUR_MS).change is None


def test_an_effect_needs_enough_units_and_one_product() -> None:
    done = T - T % HOUR_MS
    few = [Counted(done + h * HOUR_MS, 1, FEWEST_UNITS // 8 - 1) for h in range(-8, 9)]
    assert effect(few, done, done + 20 * HOUR_MS).change is None
    mixed = [ProductHour(done + h * HOUR_MS, "cola" if h < 4 else "water", 10, 500) for h in range(-8, 9)]
    assert effect_on(mixed, done, done + 20 * HOUR_MS).after == (30, 1500)


def test_a_rise_is_dated_and_a_product_compared_with_itself_only() -> None:
    draw = np.random.default_rng(2)
    water = [ProductHour(T + h * HOUR_MS, "water", int(draw.binomial(1000, 0.10)), 1000) for h in range(40)]
    cola = [ProductHour(T + h * HOUR_MS, "cola", int(draw.binomial(1000, 0.02)), 1000) for h in range(40, 100)]
    assert watch([*water, *cola]).risen_at is None
    rise = [ProductHour(T + h * HOUR_MS, "cola", 55, 1000) for h in range(100, 103)]
    found = watch([*water, *cola, *rise])
    assert (found.product, found.risen_at) == ("cola", T + 100 * HOUR_MS)
    fall = [ProductHour(T + h * HOUR_MS, "cola", 2, 1000) for h in range(100, 103)]
    assert watch([*water, *cola, *fall]).risen_at is None
    assert watch([]).chart is None
