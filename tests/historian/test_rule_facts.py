"""What rules look at is read from SQL as it is, for now and for the past."""

from dataclasses import replace

from app.domain.accounting.buckets import Bucket, Cell, CellKey, Components, Episode
from app.domain.accounting.facts import CallFact, HourFact
from app.domain.alerts.facts import Made
from app.domain.alerts.lookback import Need, need_of
from app.domain.alerts.place import places_of
from app.domain.alerts.replay import replay
from app.domain.alerts.rules import Watched
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.domain.suggestion import Decision, Said, Suggestion
from app.historian.rule_facts import RuleFacts
from app.historian.suggestions import Suggestions
from app.historian.trends import Trends
from app.historian.writer import write
from tests.domain.alerts.ruling import LINE, M1, M2, PLANT, T, a_rule, at

DAY = PLANT.line(LINE).calendar.instances(Interval(T, T + 1))[0]
WIDE = Interval(T, T + 6 * HOUR_MS)


def an_hour(path: str, hour: int, good: int, reject: int, running_min: int, episodes=()) -> HourFact:
    start = T + hour * HOUR_MS
    spent = [0] * 9
    spent[Bucket.RUNNING], spent[Bucket.UNPLANNED_STOP] = running_min * MINUTE_MS, (60 - running_min) * MINUTE_MS
    ideal = 1_000_000_000
    made = Components(tuple(spent), good, reject, 0, (good + reject) * ideal, good * ideal)
    return HourFact(
        path, start, 1, start + HOUR_MS, [Cell(CellKey(path, start, DAY.key, None, None), made)], [*episodes]
    )


def told(db) -> RuleFacts:
    """Two hours of the line and its machine; the machine stops at 90 minutes and stands."""
    runs = Episode(M1, at(0), at(90), Bucket.RUNNING)
    stands = Episode(M1, at(90), None, Bucket.UNPLANNED_STOP, reason="jam")
    hours = [an_hour(M1, 0, 100, 10, 60, [runs]), an_hour(M1, 1, 50, 0, 30, [stands])]
    hours += [an_hour(LINE, 0, 100, 10, 60), an_hour(LINE, 1, 50, 0, 30)]
    call = CallFact(LINE, "help", at(91), "operator")
    write(db, LINE, b"0-0", [*hours, call], b"1-0", T)
    return RuleFacts(db, PLANT)


def test_episodes_are_read_whole_and_by_machine(db) -> None:
    facts = told(db).read(Need(machines=(M1, M2), back_ms=HOUR_MS), Interval(at(95), at(95) + 1))
    assert [(e.start, e.end, e.bucket) for e in facts.episodes[M1].episodes] == [
        (at(0), at(90), Bucket.RUNNING),
        (at(90), None, Bucket.UNPLANNED_STOP),
    ]
    assert facts.episodes[M2].episodes == ()


def test_counts_are_read_by_the_hour_for_machines_and_lines(db) -> None:
    facts = told(db).read(Need(made=(M1, LINE), back_ms=HOUR_MS), WIDE)
    assert facts.made == {path: (Made(T, 100, 10), Made(T + HOUR_MS, 50, 0)) for path in (M1, LINE)}


def test_figures_of_the_shift_so_far_add_its_hours_and_divide_once(db) -> None:
    first, second = told(db).read(Need(figures=(LINE,)), WIDE).figures[LINE]
    assert (first.at, first.until, second.at) == (at(60), at(120), at(120))
    assert first.shift_start == DAY.start
    assert first.values["availability"] == 1.0
    assert second.values["availability"] == 90 / 120
    assert second.values["quality"] == 150 / 160
    assert second.coverage == 1.0


def test_calls_of_before_the_window_are_read_too(db) -> None:
    (call,) = told(db).read(Need(calls=(LINE,)), Interval(at(200), at(201))).calls[LINE]
    assert (call.since, call.accepted_at) == (at(91), None)


def test_process_values_are_read_by_the_minute(db) -> None:
    Trends(db).take(LINE, [(M1, "vibration", at(m), float(m)) for m in (0, 1, 30)], "1-0")
    facts = RuleFacts(db, PLANT).read(
        Need(signals=((M1, "vibration"),), back_ms=10 * MINUTE_MS), Interval(at(10), at(20))
    )
    assert facts.series[M1, "vibration"].t == (at(0), at(1))


def a_suggestion(key: str, until: int | None = None) -> Suggestion:
    said = Said("rules.rule")
    return Suggestion(key, "maintenance", "wear", M1, at(0), said, said, "work_order", "judge", 0.8, until=until)


def test_a_suggestion_is_open_until_it_is_decided_withdrawn_or_void(db) -> None:
    store = Suggestions(db)
    store.put([a_suggestion("a"), a_suggestion("b"), a_suggestion("c", until=at(7)), a_suggestion("d")], at(1))
    store.decide(Decision("a", "accepted", "ada", at(5)))
    store.withdraw("maintenance", ["c", "d"], at(6))
    offers = RuleFacts(db, PLANT).read(Need(offers=True), Interval(at(10), at(11))).offers
    assert sorted((o.since, o.until or 0) for o in offers) == sorted((at(1), u) for u in (at(5), at(6), at(7), 0))


def test_a_rule_is_replayed_from_what_history_has(db, tmp_path) -> None:
    facts = told(db)
    rule = a_rule(tmp_path, "state")
    places = places_of(rule, PLANT)
    trial = replay(rule, places, facts.read(need_of([Watched(rule, places)]), WIDE), WIDE)
    assert [(f.equipment, f.raised, f.cleared) for f in trial.firings] == [(M1, at(100), None)]
    kpi = replace(rule, watch=a_rule(tmp_path, "kpi", below=0.8, figure="availability").watch, kind="kpi")
    places = places_of(kpi, PLANT)
    trial = replay(kpi, places, facts.read(need_of([Watched(kpi, places)]), WIDE), WIDE)
    assert [(f.equipment, f.raised, f.cleared) for f in trial.firings] == [(LINE, at(120), at(180))]
