"""The watch over real tables: alerts come, wait, return, escalate and are held back, and a kill repeats nothing."""

import pytest

from app.decider.alerts import AlertWatch
from app.domain.alerts.condition import EscalationStep
from app.domain.alerts.lifecycle import AlarmState, Turn, acknowledge, shelve, take_out
from app.domain.interval import HOUR_MS, MINUTE_MS
from app.historian.away import DatabaseAway
from app.historian.database import migrate, open_database
from tests.decider.rig import NOW, Rig, a_condition, a_rule

FILLER = "site/area/line-1/filler"
S = 1_000


@pytest.fixture
def rig(tmp_path):
    engine = open_database(None, tmp_path)
    migrate(engine)
    yield Rig(engine)
    engine.dispose()


def person(rig: Rig, turn: Turn, now: int, by: str = "otto") -> None:
    (standing,) = rig.store.standings()
    assert rig.store.turn(standing, turn.alarm, [turn], now, by=by)


def alarm(rig: Rig):
    (standing,) = rig.store.standings()
    return standing.alarm


def test_an_alert_comes_after_its_delay_waits_and_ends_once_known_and_gone(rig) -> None:
    rig.holds = [a_condition(FILLER)]
    rig.watch.step(NOW + 9_999)
    assert rig.store.open() == []
    rig.watch.step(NOW + 10_000)
    (alert,) = rig.store.open()
    assert (alert.raised_at, alert.raising.rule.id, alert.raising.condition) == (NOW + 10_000, "hot", rig.holds[0])
    rig.holds = []
    rig.watch.step(NOW + 20_000)
    assert alarm(rig).state is AlarmState.UNACKNOWLEDGED
    rig.watch.step(NOW + 25_000)
    assert alarm(rig).state is AlarmState.RETURNED_UNACKNOWLEDGED
    rig.watch.step(NOW + HOUR_MS)
    assert [a.id for a in rig.store.open()] == [alert.id]
    person(rig, acknowledge(alarm(rig), NOW + HOUR_MS), NOW + HOUR_MS)
    assert rig.store.open() == []
    (ended,) = rig.store.ended(0)
    assert (ended.returned_at, ended.acknowledged_by, ended.ended_at) == (NOW + 25_000, "otto", NOW + HOUR_MS)
    assert rig.happened() == ["raised", "told", "returned", "acknowledged"]


def test_a_second_time_is_a_new_alert_and_the_first_keeps_its_story(rig) -> None:
    for begin in (NOW, NOW + HOUR_MS):
        rig.holds = [a_condition(FILLER, since=begin)]
        rig.watch.step(begin + 10 * S)
        person(rig, acknowledge(alarm(rig), begin + 11 * S), begin + 11 * S)
        rig.holds = []
        rig.watch.step(begin + 12 * S)
        rig.watch.step(begin + 20 * S)
    first, second = sorted(rig.store.ended(0), key=lambda a: a.id)
    assert second.raised_at - first.raised_at == HOUR_MS
    told = rig.store.events([first.id, second.id])
    assert [len(told[a.id]) for a in (first, second)] == [4, 4]


def test_nobody_answers_so_the_next_is_told_once_whatever_is_killed(rig) -> None:
    rig.holds = [a_condition(FILLER)]
    rig.watch.step(NOW + 10 * S)
    (alert,) = rig.store.open()
    assert (alert.told, rig.sent) == (1, {})
    rig.watch.step(NOW + 10 * S + 10 * MINUTE_MS - 1)
    assert (rig.store.get(alert.id).told, rig.sent) == (2, {})
    # killed after the message was handed over and before that was noted
    noted, rig.store.told = rig.store.told, a_kill
    with pytest.raises(DatabaseAway):
        rig.watch.step(NOW + 10 * S + 10 * MINUTE_MS)
    rig.store.told = noted
    rig.again()
    for later in range(3):
        rig.watch.step(NOW + 10 * S + 10 * MINUTE_MS + later)
    (message,) = rig.sent.values()
    assert (message.channel, message.to, message.link) == ("mail", "supervisor", f"/alerts?alert={alert.id}")
    assert (rig.asked, rig.store.get(alert.id).told, rig.happened().count("told")) == (2, 3, 3)


def a_kill(*_: object) -> bool:
    raise DatabaseAway("killed")


def test_what_is_known_shelved_or_gone_escalates_no_further(rig) -> None:
    rig.holds = [a_condition(FILLER)]
    rig.watch.step(NOW + 10 * S)
    person(rig, acknowledge(alarm(rig), NOW + 11 * S), NOW + 11 * S)
    rig.watch.step(NOW + HOUR_MS)
    assert rig.sent == {}


def test_a_shelf_ends_by_itself_and_the_alert_waits_again(rig) -> None:
    rig.holds = [a_condition(FILLER)]
    rig.watch.step(NOW + 10 * S)
    person(rig, shelve(alarm(rig), NOW + HOUR_MS, "fitter is there", NOW + 11 * S), NOW + 11 * S)
    rig.watch.step(NOW + HOUR_MS - 1)
    assert (alarm(rig).state, rig.sent) == (AlarmState.SHELVED, {})
    rig.watch.step(NOW + HOUR_MS)
    assert alarm(rig).state is AlarmState.UNACKNOWLEDGED
    assert len(rig.store.open()) == 1


def test_who_is_there_when_a_shelf_ends_is_told_step_by_step_and_not_all_at_once(rig) -> None:
    rig.holds = [a_condition(FILLER)]
    rig.watch.step(NOW + 10 * S)
    came = NOW + 10 * S + 10 * MINUTE_MS
    rig.watch.step(came)
    assert [message.to for message in rig.sent.values()] == ["supervisor"]
    end = came + HOUR_MS
    person(rig, shelve(alarm(rig), end, "fitter is there", came), came)
    rig.watch.step(end)
    rig.watch.step(end + 10 * MINUTE_MS - 1)
    assert len(rig.sent) == 1
    (alert,) = rig.store.open()
    assert (alert.told, alert.waits_since) == (2, end)
    rig.watch.step(end + 10 * MINUTE_MS)
    rig.again()
    rig.watch.step(end + 10 * MINUTE_MS)
    assert [message.at for message in rig.sent.values()] == [came, end + 10 * MINUTE_MS]


def test_out_of_service_and_suppression_raise_nothing(rig) -> None:
    rig.holds = [a_condition(FILLER, suppressed_by="setup")]
    rig.watch.step(NOW + 10 * S)
    assert (alarm(rig).state, rig.store.open()) == (AlarmState.SUPPRESSED_BY_DESIGN, [])
    rig.holds = [a_condition(FILLER, suppressed_by="planned")]
    rig.watch.step(NOW + 20 * S)
    assert alarm(rig).state is AlarmState.UNACKNOWLEDGED, "the rule does not name planned time"
    person(rig, take_out(alarm(rig), "heater removed", NOW + 21 * S), NOW + 21 * S)
    rig.watch.step(NOW + HOUR_MS)
    assert (alarm(rig).state, rig.sent) == (AlarmState.OUT_OF_SERVICE, {})


def test_rules_that_lack_something_never_speak_and_say_why(rig) -> None:
    rig.rules = {"hot": a_rule(), "bad": a_rule("bad", response=None)}
    rig.holds = [a_condition(FILLER, "bad"), a_condition(FILLER, "unheard")]
    rig.watch.step(NOW + HOUR_MS)
    assert rig.store.standings() == []
    faults = {known.rule.id: [f.fields["part"] for f in known.faults] for known in rig.store.rules()}
    assert faults == {"bad": ["response"], "hot": []}
    rig.rules = {"hot": rig.rules["hot"]}
    rig.watch.step(NOW + 2 * HOUR_MS)
    assert {k.rule.id: k.gone_at for k in rig.store.rules()} == {"bad": NOW + 2 * HOUR_MS, "hot": None}


def test_a_rule_that_is_taken_away_lets_go_and_its_alert_stays_until_somebody_knows(rig) -> None:
    rig.holds = [a_condition(FILLER)]
    rig.watch.step(NOW + 10 * S)
    rig.rules = {}
    rig.watch.step(NOW + 20 * S)
    assert alarm(rig).state is AlarmState.RETURNED_UNACKNOWLEDGED
    assert len(rig.store.open()) == 1


def test_in_a_flood_low_priority_waits_together_and_comes_out_afterwards(rig) -> None:
    quick = {"on_delay_ms": 0, "escalation": (EscalationStep(0, "supervisor", "webhook"),)}
    rig.rules = {f"r{n}": a_rule(f"r{n}", priority="low" if n >= 9 else "medium", **quick) for n in range(14)}
    rig.holds = [a_condition(FILLER, f"r{n}") for n in range(14)]
    rig.watch.step(NOW)
    held = {a.raising.rule.id for a in rig.store.open() if a.held_at is not None}
    assert held == {"r10", "r11", "r12", "r13"}
    assert len(rig.store.open()) == 14
    assert len(rig.sent) == 10
    rig.watch.step(NOW + 10 * MINUTE_MS - 1)
    assert len(rig.sent) == 10
    rig.watch.step(NOW + 10 * MINUTE_MS)
    rig.watch.step(NOW + 10 * MINUTE_MS + S)
    assert all(a.held_at is None for a in rig.store.open())
    assert len(rig.sent) == 14
    assert rig.happened().count("released") == 4


def test_somebody_who_was_faster_is_not_overwritten(rig) -> None:
    rig.holds = [a_condition(FILLER)]
    rig.watch.step(NOW + 10 * S)
    (stale,) = rig.store.standings()
    person(rig, acknowledge(stale.alarm, NOW + 11 * S), NOW + 11 * S)
    late = shelve(stale.alarm, NOW + HOUR_MS, "x", NOW + 12 * S)
    assert not rig.store.turn(stale, late.alarm, [late], NOW + 12 * S, by="eva")
    assert alarm(rig).state is AlarmState.ACKNOWLEDGED
    assert rig.happened() == ["raised", "told", "acknowledged"]


def test_without_anywhere_to_send_escalation_stays_on_the_screens(rig) -> None:
    rig.watch = AlertWatch(lambda now: [a_condition(FILLER)], lambda: rig.rules, rig.store)
    rig.watch.step(NOW + 10 * S)
    rig.watch.step(NOW + HOUR_MS)
    (alert,) = rig.store.open()
    assert alert.told == 3
