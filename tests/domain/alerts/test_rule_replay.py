"""What a rule would have done, by worked examples; minutes count from T."""

from dataclasses import replace

import pytest

from app.domain.accounting.buckets import Bucket
from app.domain.alerts.facts import Facts
from app.domain.alerts.place import places_of
from app.domain.alerts.replay import Share, replay, step_of
from app.domain.interval import DAY_MS, MINUTE_MS, Interval
from tests.domain.alerts.ruling import M1, PLANT, T, a_rule, at, place, time_of, values

RUN, STOP = Bucket.RUNNING, Bucket.UNPLANNED_STOP
WINDOW = Interval(at(0), at(240))


def high(*spans: tuple[int, int]) -> Facts:
    """Vibration is high in these minutes."""
    is_high = {m for start, end in spans for m in range(start, end)}
    return Facts(series={(M1, "vibration"): values(*((m, 12.0 if m in is_high else 5.0) for m in range(240)))})


def tried(tmp_path, facts: Facts, **keys: object):
    rule = a_rule(tmp_path, "signal", **keys)
    return replay(rule, [place(rule)], facts, WINDOW)


def spans_of(trial) -> list[tuple[int, int | None]]:
    return [
        ((f.raised - T) // MINUTE_MS, None if f.cleared is None else (f.cleared - T) // MINUTE_MS)
        for f in trial.firings
    ]


def test_each_time_is_one_alert_until_it_ends(tmp_path) -> None:
    assert spans_of(tried(tmp_path, high((10, 30), (100, 120)))) == [(15, 31), (105, 121)]


def test_the_on_delay_must_be_held_through(tmp_path) -> None:
    assert spans_of(tried(tmp_path, high((10, 30), (100, 110)), on_delay="10min")) == [(25, 31)]


def test_the_off_delay_joins_what_comes_back_soon(tmp_path) -> None:
    facts = high((10, 30), (40, 60))
    assert spans_of(tried(tmp_path, facts, off_delay="10min")) == [(15, 41), (45, 71)]
    assert spans_of(tried(tmp_path, facts, off_delay="20min")) == [(15, 81)]


def test_what_stands_at_the_end_is_open(tmp_path) -> None:
    assert spans_of(tried(tmp_path, high((230, 240)))) == [(235, None)]


def test_suppressed_time_does_not_count(tmp_path) -> None:
    facts = replace(high((10, 60)), episodes=time_of((0, 40, Bucket.SETUP), (40, None, RUN)).episodes)
    assert spans_of(tried(tmp_path, facts, running=False, suppressed_in=["setup"])) == [(40, 61)]


def with_stops(facts: Facts, *minutes: int, reason: str | None = "jam") -> Facts:
    """m1 stops at these minutes for five minutes and runs else."""
    spans, last = [], 0
    for minute in minutes:
        spans += [(last, minute, RUN), (minute, minute + 5, STOP, reason)]
        last = minute + 5
    return replace(facts, episodes=time_of(*spans, (last, None, RUN)).episodes)


def test_precision_and_recall_of_a_rule_with_a_horizon(tmp_path) -> None:
    facts = with_stops(high((70, 80), (120, 130), (235, 240)), 90, 200)
    trial = tried(tmp_path, facts, horizon="30min")
    assert [(f.stop is not None, f.is_judged) for f in trial.firings] == [(True, True), (False, True)]
    assert (trial.precision, trial.recall) == (Share(1, 2), Share(1, 2))
    assert trial.missed == ((M1, at(200)),)


def test_an_alert_whose_horizon_has_not_been_seen_is_not_judged(tmp_path) -> None:
    trial = tried(tmp_path, with_stops(high((220, 235))), horizon="30min")
    assert [f.is_judged for f in trial.firings] == [False]
    assert trial.precision == Share(0, 0)
    assert trial.precision.bounds is None


def test_only_stops_that_are_meant_count(tmp_path) -> None:
    facts = with_stops(high((70, 80)), 90, reason="sensor")
    assert tried(tmp_path, facts, horizon="30min", foresees=["jam"]).recall == Share(0, 0)
    assert tried(tmp_path, facts, horizon="30min", foresees=["sensor"]).recall == Share(1, 1)


def test_a_rule_without_a_horizon_is_not_judged(tmp_path) -> None:
    trial = tried(tmp_path, with_stops(high((70, 80)), 90))
    assert (trial.precision, trial.recall, len(trial.firings)) == (None, None, 1)


def test_what_history_does_not_keep_is_said(tmp_path) -> None:
    rule = a_rule(tmp_path, "kpi", figure="unclassified_ms", below=None, above="30min")
    trial = replay(rule, places_of(rule, PLANT), Facts(), WINDOW)
    assert trial.untold.key == "rules.untold.figure"


def test_a_disabled_rule_may_be_tried(tmp_path) -> None:
    assert spans_of(tried(tmp_path, high((10, 30)), enabled=False)) == [(15, 31)]


@pytest.mark.parametrize(
    ("kind", "days", "places", "minutes"),
    [("signal", 1, 1, 1), ("stops", 31, 4, 1), ("stops", 31, 40, 6), ("signal", 31, 40, 18), ("trend", 1, 1, 5)],
)
def test_long_windows_and_many_places_are_looked_at_less_often(tmp_path, kind, days, places, minutes) -> None:
    assert step_of(a_rule(tmp_path, kind), Interval(0, days * DAY_MS), places) == minutes * MINUTE_MS
