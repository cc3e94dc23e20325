"""Each kind of rule, by worked examples; minutes count from T."""

from dataclasses import replace

import pytest

from app.domain.accounting.buckets import Bucket
from app.domain.accounting.facts import CallFact
from app.domain.alerts.facts import Facts, Figures, Made, Offer
from app.domain.alerts.place import places_of
from app.domain.alerts.rules import Watched, condition, conditions
from app.domain.interval import HOUR_MS
from app.text.said import said_words
from tests.domain.alerts.ruling import LINE, M1, M2, PLANT, T, a_rule, at, place, time_of, values

RUN, STOP, MINOR = Bucket.RUNNING, Bucket.UNPLANNED_STOP, Bucket.MINOR_STOP


def since(rule, facts: Facts, minute: float, path: str = M1) -> int | None:
    """Return the minute since when it holds, or None."""
    found = condition(rule, place(rule, path), facts, at(minute))
    return None if found is None else (found.since - T) // 60_000


def test_a_state_counts_from_the_limit_on_until_it_ends(tmp_path) -> None:
    rule = a_rule(tmp_path, "state")
    facts = time_of((0, 30, RUN), (30, 50, STOP), (50, None, RUN))
    assert [since(rule, facts, m) for m in (29, 39, 40, 49.9, 50)] == [None, None, 30, 30, None]


def test_a_state_with_reasons_counts_with_one_of_them_only(tmp_path) -> None:
    rule = a_rule(tmp_path, "state", reasons=["jam"])
    assert since(rule, time_of((0, None, STOP, "jam")), 20) == 0
    assert since(rule, time_of((0, None, STOP, "sensor")), 20) is None
    assert since(rule, time_of((0, None, STOP)), 20) is None


def test_stops_repeat_within_the_window_minor_ones_too(tmp_path) -> None:
    rule = a_rule(tmp_path, "stops")
    facts = time_of((0, 1, MINOR), (10, 20, STOP), (30, 31, MINOR), (31, None, RUN))
    assert [since(rule, facts, m) for m in (29, 30, 60, 60.1)] == [None, 30, 30, None]


def test_a_signal_above_its_limit_counts_after_its_time(tmp_path) -> None:
    rule = a_rule(tmp_path, "signal")
    facts = Facts(series={(M1, "vibration"): values(*((m, 9.0 if m < 20 else 12.0) for m in range(40)))})
    assert [since(rule, facts, m) for m in (20, 24.9, 25, 39)] == [None, None, 20, 20]


def test_a_signal_within_the_deadband_stays_what_it_was(tmp_path) -> None:
    rule = a_rule(tmp_path, "signal")
    dips = {10: 9.5, 11: 9.5}
    facts = Facts(series={(M1, "vibration"): values(*((m, dips.get(m, 12.0)) for m in range(30)))})
    assert since(rule, facts, 20) == 0
    below = Facts(series={(M1, "vibration"): values(*((m, 8.9 if m == 10 else 12.0) for m in range(30)))})
    assert since(rule, below, 20) == 11
    rising = Facts(series={(M1, "vibration"): values(*((m, 9.5) for m in range(30)))})
    assert since(rule, rising, 20) is None


def test_a_signal_that_is_silent_says_nothing(tmp_path) -> None:
    rule = a_rule(tmp_path, "signal")
    facts = Facts(series={(M1, "vibration"): values(*((m, 12.0) for m in range(20)))})
    assert since(rule, facts, 29) == 0
    assert since(rule, facts, 30) is None
    assert since(rule, Facts(), 20) is None


def test_a_signal_counts_only_while_the_machine_runs_unless_told_otherwise(tmp_path) -> None:
    facts = replace(
        time_of((0, 10, RUN), (10, None, STOP)),
        series={(M1, "vibration"): values(*((m, 3.0 if m < 10 else 12.0) for m in range(30)))},
    )
    assert since(a_rule(tmp_path, "signal"), facts, 29) is None
    assert since(a_rule(tmp_path, "signal", running=False), facts, 29) == 10


def test_a_signal_below_its_limit(tmp_path) -> None:
    rule = a_rule(tmp_path, "signal", above=None, below=5)
    facts = Facts(series={(M1, "vibration"): values(*((m, 4.0) for m in range(30)))})
    assert since(rule, facts, 20) == 0


def test_a_signals_evidence_is_what_was_seen_with_its_limit(tmp_path) -> None:
    rule = a_rule(tmp_path, "signal")
    facts = Facts(series={(M1, "vibration"): values(*((m, 12.0) for m in range(30)))})
    found = condition(rule, place(rule), facts, at(10))
    assert (found.evidence.name, found.evidence.unit, found.evidence.high) == ("vibration", "mm/s", 10)
    assert found.evidence.points[-1] == (at(9), 12.0)


@pytest.mark.parametrize(("slope", "start", "minutes"), [(0.1, 10.0, 40), (0.2, 5.0, 15), (0.02, 10.0, None)])
def test_a_trend_says_when_the_limit_will_be_reached(tmp_path, slope, start, minutes) -> None:
    rule = a_rule(tmp_path, "trend")
    facts = Facts(series={(M1, "vibration"): values(*((m, start + slope * m) for m in range(0, 61, 2)))})
    found = condition(rule, place(rule), facts, at(61))
    assert (None if found is None else found.why.fields["minutes"]) == minutes


def test_a_trend_does_not_mind_outliers_and_needs_half_its_time(tmp_path) -> None:
    rule = a_rule(tmp_path, "trend")
    odd = [(m, 90.0 if m in (8, 30) else 10 + 0.1 * m) for m in range(0, 61, 2)]
    facts = Facts(series={(M1, "vibration"): values(*odd)})
    assert condition(rule, place(rule), facts, at(61)).why.fields["minutes"] == 40
    short = Facts(series={(M1, "vibration"): values(*odd[-10:])})
    assert since(rule, short, 61) is None


def test_a_trend_away_from_the_limit_says_nothing(tmp_path) -> None:
    rule = a_rule(tmp_path, "trend")
    facts = Facts(series={(M1, "vibration"): values(*((m, 19.0 - 0.1 * m) for m in range(0, 61, 2)))})
    assert since(rule, facts, 61) is None
    falling = a_rule(tmp_path, "trend", above=None, below=12)
    assert condition(falling, place(falling), facts, at(61)).why.fields["minutes"] == 10


def figures(oee: float | None, coverage: float = 1.0, started: int = -120) -> Facts:
    return Facts(figures={LINE: (Figures(at(0), at(2), at(started), coverage, {"oee": oee}),)})


@pytest.mark.parametrize(
    ("facts", "minute", "holds"),
    [
        (figures(0.4), 0, True),
        (figures(0.5), 0, False),
        (figures(None), 0, False),
        (figures(0.4, coverage=0.8), 0, False),
        (figures(0.4, started=-59), 0, False),
        (figures(0.4), 2, False),
        (Facts(), 0, False),
    ],
)
def test_a_figure_counts_while_it_is_fresh_covered_and_late_enough(tmp_path, facts, minute, holds) -> None:
    rule = a_rule(tmp_path, "kpi")
    assert (condition(rule, place(rule, LINE), facts, at(minute)) is not None) is holds


@pytest.mark.parametrize(
    ("good", "reject", "holds"), [(94, 6, True), (95, 5, False), (90, 9, False), (0, 200, True), (0, 0, False)]
)
def test_scrap_is_the_share_of_the_last_full_hours(tmp_path, good, reject, holds) -> None:
    rule = a_rule(tmp_path, "scrap")
    facts = Facts(made={LINE: (Made(T, good, reject), Made(T + HOUR_MS, 0, 1_000))})
    assert (condition(rule, place(rule, LINE), facts, at(61)) is not None) is holds
    assert condition(rule, place(rule, LINE), facts, at(59)) is None


def test_a_call_waits_until_it_is_accepted_or_cleared(tmp_path) -> None:
    rule = a_rule(tmp_path, "andon")
    call = CallFact(LINE, "help", at(0), "operator", accepted_at=at(20))
    facts = Facts(calls={LINE: (call,)})
    assert [since(rule, facts, m, LINE) for m in (4, 5, 19, 20)] == [None, 0, 0, None]


def test_a_call_nobody_answered_for_a_day_is_forgotten_not_waiting(tmp_path) -> None:
    facts = Facts(calls={LINE: (CallFact(LINE, "help", at(0), "operator"),)})
    day = 24 * 60
    assert [since(a_rule(tmp_path, "andon"), facts, m, LINE) for m in (day, day + 1)] == [0, None]


def test_a_suggestion_counts_at_its_equipment_with_enough_confidence(tmp_path) -> None:
    rule = a_rule(tmp_path, "suggestion")
    facts = Facts(offers=(Offer("maintenance", M1, 0.8, at(0), at(30)), Offer("quality", M2, 0.9, at(0), None)))
    assert [since(rule, facts, m) for m in (0, 29, 30)] == [0, 0, None]
    assert since(rule, facts, 10, M2) is None
    assert since(a_rule(tmp_path, "suggestion", confidence=0.9), facts, 10) is None


@pytest.mark.parametrize(
    ("spans", "by"),
    [
        (((0, None, RUN),), None),
        (((0, None, Bucket.SETUP),), "setup"),
        (((0, None, Bucket.PLANNED_STOP),), "planned"),
        (((0, None, Bucket.UNSCHEDULED),), "planned"),
        (((0, 12, STOP), (12, None, RUN)), "warm_up"),
        (((0, 9, STOP), (9, None, RUN)), None),
    ],
)
def test_a_suppressed_condition_says_by_what(tmp_path, spans, by) -> None:
    rule = a_rule(tmp_path, "suggestion", suppressed_in=["setup", "warm_up", "planned"])
    facts = replace(time_of(*spans), offers=(Offer("maintenance", M1, 0.8, at(0), None),))
    assert condition(rule, place(rule), facts, at(20)).suppressed_by == by
    bare = a_rule(tmp_path, "suggestion")
    assert condition(bare, place(bare), facts, at(20)).suppressed_by is None


def test_own_words_carry_the_values_in_the_readers_language(tmp_path) -> None:
    why = {"en": "over {limit} {unit}: {value}", "de": "über {limit} {unit}: {value}"}
    rule = a_rule(tmp_path, "signal", why=why)
    facts = Facts(series={(M1, "vibration"): values(*((m, 12.25) for m in range(30)))})
    found = condition(rule, place(rule), facts, at(20))
    assert said_words(found.why, "en") == "over 10 mm/s: 12.2"
    assert said_words(found.why, "de") == "über 10 mm/s: 12,2"
    assert said_words(rule.alert.title, "de") == "Titel"
    assert said_words(rule.alert.response, "de") == "Go there"


def test_disabled_rules_say_nothing_and_places_follow_the_plant(tmp_path) -> None:
    facts = time_of((0, None, STOP))
    on, off = a_rule(tmp_path, "state"), a_rule(tmp_path, "state", enabled=False)
    assert [p.path for p in places_of(on, PLANT)] == [M1, M2]
    assert [c.equipment for c in conditions([Watched(on, places_of(on, PLANT))], facts, at(20))] == [M1]
    assert conditions([Watched(off, places_of(off, PLANT))], facts, at(20)) == []
