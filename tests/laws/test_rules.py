"""Laws of rules: over history they answer what they answered live, and the slope is scipy's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import theilslopes

from app.domain.accounting.buckets import BUCKETS
from app.domain.accounting.facts import CallFact
from app.domain.alerts.facts import Facts, Figures, Made, Offer, Series, stretches
from app.domain.alerts.kinds_signal import LOOK_BACK_MS
from app.domain.alerts.place import places_of
from app.domain.alerts.replay import moments
from app.domain.alerts.rule import SignalBeyond
from app.domain.alerts.rules import asked, condition, why_of
from app.domain.alerts.slope import line_through
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from tests.domain.alerts.ruling import KINDS, LINE, M1, M2, PLANT, T, a_rule, at, episode

MINUTES = 300
minute = st.integers(0, MINUTES)


@st.composite
def some_facts(draw) -> Facts:
    cuts = sorted(draw(st.sets(minute, min_size=1, max_size=12)))
    spans = zip(cuts, [*cuts[1:], None], strict=True)
    reasons = st.sampled_from([None, "jam", "sensor"])
    own = [episode(M1, a, b, draw(st.sampled_from(BUCKETS)), draw(reasons)) for a, b in spans]
    told = sorted(draw(st.dictionaries(minute, st.floats(0, 25), max_size=120)).items())
    call = CallFact(LINE, "c", at(draw(minute)), "x")
    waits = draw(st.one_of(st.none(), st.integers(1, 60)))
    if waits is not None:
        call = CallFact(LINE, "c", call.since, "x", accepted_at=call.since + waits * MINUTE_MS)
    since = draw(minute)
    shares = st.floats(0, 1)
    return Facts(
        episodes={M1: stretches(own)},
        series={(M1, "vibration"): Series(tuple(at(m) for m, _ in told), tuple(v for _, v in told))},
        figures={
            LINE: tuple(
                Figures(at(60 * h), at(60 * (h + 1)), T - HOUR_MS, draw(shares), {"oee": draw(shares)})
                for h in range(5)
            )
        },
        made={LINE: tuple(Made(T + h * HOUR_MS, draw(minute), draw(st.integers(0, 50))) for h in range(5))},
        calls={LINE: (call,)},
        offers=(Offer("maintenance", M1, draw(shares), at(since), at(since + draw(st.integers(1, 90)))),),
    )


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(facts=some_facts())
def test_a_replay_says_at_each_moment_what_was_said_live(tmp_path_factory, kind, facts) -> None:
    """Live nothing is known of what comes later; over history it is, and must not matter."""
    rule = a_rule(tmp_path_factory.mktemp("rules"), kind, suppressed_in=["setup", "planned", "warm_up"])
    window, step = Interval(at(0), at(MINUTES)), 7 * MINUTE_MS
    for place in places_of(rule, PLANT):
        if place.path == M2:
            continue
        replayed = dict(moments(rule, place, facts, window, step))
        for now in range(window.start, window.end, step):
            live = condition(rule, place, facts.known_at(now), now)
            live = None if live is None or live.suppressed_by is not None else live
            found = replayed.get(now)
            assert (found is None) == (live is None)
            if found is not None and live is not None:
                proof = None if found.proof is None else found.proof()
                assert (found.since, why_of(rule, found), proof) == (live.since, live.why, live.evidence)


def walked_back(watch: SignalBeyond, minutes: list[tuple[int, float]], now: int) -> int | None:
    """Since when a value is beyond its limit, minute by minute back from now."""
    since = None
    if now - minutes[-1][0] > 10 * MINUTE_MS:
        return None
    for start, value in reversed([m for m in minutes if now - watch.for_ms - LOOK_BACK_MS <= m[0]]):
        if value > watch.above:
            since = start
        elif not watch.deadband or value < watch.above - watch.deadband:
            break
    return since


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.integers(0, 600), st.sampled_from([8.0, 9.5, 10.0, 11.0]), min_size=1), st.sampled_from([0, 1])
)
def test_a_limit_is_passed_since_as_far_back_as_a_walk_over_the_minutes_finds(tmp_path_factory, told, deadband) -> None:
    rule = a_rule(tmp_path_factory.mktemp("rules"), "signal", deadband=deadband, running=False, **{"for": "0s"})
    minutes = [(at(m), v) for m, v in sorted(told.items())]
    facts = Facts(series={(M1, "vibration"): Series(tuple(t for t, _ in minutes), tuple(v for _, v in minutes))})
    ask = asked(rule, next(p for p in places_of(rule, PLANT) if p.path == M1), facts)
    for now in range(at(0), at(620), 3 * MINUTE_MS):
        known = [m for m in minutes if m[0] <= now - MINUTE_MS]
        found = ask(now)
        assert (None if found is None else found.since) == (walked_back(rule.watch, known, now) if known else None)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.integers(0, 59), st.floats(-100, 100), min_size=5))
def test_the_slope_is_the_one_of_theil_and_sen(told) -> None:
    t, v = zip(*sorted(told.items()), strict=True)
    slope, last = line_through(t, v)
    wanted, intercept, _, _ = theilslopes(v, t, method="joint")
    assert slope == pytest.approx(wanted, abs=1e-9)
    assert last == pytest.approx(intercept + wanted * t[-1], abs=1e-6)
