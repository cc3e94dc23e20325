"""The life of an alarm: whatever happens in whatever order, none is lost and none goes away unseen."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.alerts.lifecycle import (
    HIDDEN,
    Alarm,
    AlarmState,
    Delays,
    IllegalTransition,
    Seen,
    acknowledge,
    bring_back,
    observe,
    shelve,
    take_out,
    unshelve,
)
from app.text.translate import has

S = 1_000
NOW = 1_795_430_400_000
NONE = Delays()
HELD = Seen(NOW)


def came() -> Alarm:
    return observe(Alarm(), HELD, NONE, NOW)[0]


def gone(alarm: Alarm, at: int) -> Alarm:
    return observe(alarm, Seen(), NONE, at)[0]


def test_the_plain_life() -> None:
    alarm = came()
    assert alarm.state is AlarmState.UNACKNOWLEDGED
    known = acknowledge(alarm, NOW + S).alarm
    assert known.state is AlarmState.ACKNOWLEDGED
    assert gone(known, NOW + 2 * S).state is AlarmState.NORMAL
    unseen = gone(alarm, NOW + S)
    assert unseen.state is AlarmState.RETURNED_UNACKNOWLEDGED
    assert observe(unseen, HELD, NONE, NOW + 2 * S)[0].state is AlarmState.UNACKNOWLEDGED
    assert acknowledge(unseen, NOW + 2 * S).alarm.state is AlarmState.NORMAL


def test_a_condition_counts_once_it_has_held_and_ends_once_it_has_been_gone() -> None:
    delays = Delays(10 * S, 5 * S)
    early, turns = observe(Alarm(), HELD, delays, NOW + 9_999)
    assert (early, turns) == (Alarm(), ())
    alarm, (raised,) = observe(early, HELD, delays, NOW + 10 * S)
    assert (raised.what, alarm.state) == ("raised", AlarmState.UNACKNOWLEDGED)
    dip = observe(alarm, Seen(), delays, NOW + 11 * S)[0]
    assert observe(dip, HELD, delays, NOW + 12 * S)[0] == alarm
    dip = observe(alarm, Seen(), delays, NOW + 13 * S)[0]
    assert observe(dip, Seen(), delays, NOW + 17 * S)[0].state is AlarmState.UNACKNOWLEDGED
    assert observe(dip, Seen(), delays, NOW + 18 * S)[0].state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_a_shelf_ends_by_itself_and_what_still_holds_is_seen_anew() -> None:
    shelved = shelve(acknowledge(came(), NOW).alarm, NOW + 30 * S, "sensor is being changed", NOW).alarm
    assert (shelved.state, shelved.until) == (AlarmState.SHELVED, NOW + 30 * S)
    assert observe(shelved, HELD, NONE, NOW + 29 * S)[0].state is AlarmState.SHELVED
    again, turns = observe(shelved, HELD, NONE, NOW + 30 * S)
    assert ([turn.what for turn in turns], again.state) == (["unshelved"], AlarmState.UNACKNOWLEDGED)


def test_what_design_hides_comes_when_the_reason_is_over_and_only_if_it_still_holds() -> None:
    hidden, turns = observe(Alarm(), Seen(NOW, "setup"), NONE, NOW)
    assert ([t.what for t in turns], hidden.state, hidden.reason) == (
        ["suppressed", "raised"], AlarmState.SUPPRESSED_BY_DESIGN, "setup"
    )  # fmt: skip
    assert observe(hidden, HELD, NONE, NOW + S)[0].state is AlarmState.UNACKNOWLEDGED
    assert gone(hidden, NOW + S).state is AlarmState.NORMAL
    late = Delays(0, 5 * S)
    fading = observe(hidden, Seen(), late, NOW + S)[0]
    assert fading.state is AlarmState.SUPPRESSED_BY_DESIGN
    assert observe(fading, Seen(), late, NOW + 6 * S)[0].state is AlarmState.NORMAL


def test_out_of_service_stays_until_brought_back() -> None:
    out = take_out(came(), "heater removed", NOW).alarm
    assert gone(out, NOW + S).state is AlarmState.OUT_OF_SERVICE
    assert bring_back(gone(out, NOW + S), NOW + 2 * S).alarm.state is AlarmState.RETURNED_UNACKNOWLEDGED


REFUSED = [
    lambda: acknowledge(Alarm(), NOW),
    lambda: acknowledge(acknowledge(came(), NOW).alarm, NOW),
    lambda: acknowledge(take_out(came(), "x", NOW).alarm, NOW),
    lambda: acknowledge(shelve(came(), NOW + S, "x", NOW).alarm, NOW),
    lambda: acknowledge(observe(Alarm(), Seen(NOW, "setup"), NONE, NOW)[0], NOW),
    lambda: shelve(Alarm(), NOW + S, "x", NOW),
    lambda: shelve(came(), NOW, "x", NOW),
    lambda: shelve(came(), NOW + 24 * 3_600 * S + 1, "x", NOW),
    lambda: shelve(came(), NOW + S, " ", NOW),
    lambda: unshelve(came(), NOW),
    lambda: take_out(came(), "", NOW),
    lambda: take_out(take_out(came(), "x", NOW).alarm, "x", NOW),
    lambda: bring_back(came(), NOW),
]


@pytest.mark.parametrize("ask", REFUSED)
def test_what_cannot_be_done_is_said_in_words(ask) -> None:
    with pytest.raises(IllegalTransition) as refused:
        ask()
    assert has(refused.value.key)


STEPS = st.one_of(
    st.tuples(st.just("look"), st.booleans(), st.sampled_from([None, None, "setup"])),
    st.tuples(st.just("acknowledge")),
    st.tuples(st.just("shelve"), st.integers(1, 20)),
    st.tuples(st.just("unshelve")),
    st.tuples(st.just("out")),
    st.tuples(st.just("back")),
)


def done(alarm: Alarm, step: tuple, held_since: int | None, delays: Delays, now: int) -> tuple[Alarm, int | None, list]:
    """Do one step; return the alarm, since when its condition holds, and what happened."""
    if step[0] == "look":
        since = (now if held_since is None else held_since) if step[1] else None
        alarm, turns = observe(alarm, Seen(since, step[2] if step[1] else None), delays, now)
        return alarm, since, list(turns)
    with suppress(IllegalTransition):
        turn = {
            "acknowledge": lambda: acknowledge(alarm, now),
            "shelve": lambda: shelve(alarm, now + step[-1] * S, "known", now),
            "unshelve": lambda: unshelve(alarm, now),
            "out": lambda: take_out(alarm, "removed", now),
            "back": lambda: bring_back(alarm, now),
        }[step[0]]()
        return turn.alarm, held_since, [turn]
    return alarm, held_since, []


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(STEPS, st.integers(0, 10)), max_size=40), st.integers(0, 8), st.integers(0, 8))
def test_no_order_of_events_loses_an_alarm_or_lets_one_go_unseen(steps, on, off) -> None:
    alarm, held, now, delays = Alarm(), None, NOW, Delays(on * S, off * S)
    for step, pause in steps:
        now += pause * S
        before = alarm
        alarm, held, turns = done(alarm, step, held, delays, now)
        # every change of state is said
        assert (alarm.state is before.state) or turns
        # what was pending stays pending unless a person acknowledged it
        if before.is_pending and not alarm.is_pending:
            assert [t.what for t in turns] == ["acknowledged"]
        # the two facts are never hidden by a visible state
        if alarm.state not in HIDDEN:
            expected = {
                (True, True): AlarmState.UNACKNOWLEDGED,
                (True, False): AlarmState.ACKNOWLEDGED,
                (False, True): AlarmState.RETURNED_UNACKNOWLEDGED,
                (False, False): AlarmState.NORMAL,
            }
            assert alarm.state is expected[alarm.is_active, alarm.is_pending]
        # a shelf never outlasts its end at a look
        if step[0] == "look" and alarm.state is AlarmState.SHELVED:
            assert alarm.until is not None
            assert alarm.until > now


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(STEPS, st.integers(0, 10)), max_size=30))
def test_once_everything_is_undone_what_holds_is_on_the_screen(steps) -> None:
    alarm, held, now = Alarm(), None, NOW
    for step, pause in steps:
        now += pause * S
        alarm, held, _ = done(alarm, step, held, NONE, now)
    if alarm.state is AlarmState.OUT_OF_SERVICE:
        alarm = bring_back(alarm, now).alarm
    alarm, _ = observe(alarm, Seen(now), NONE, now + 60 * S)
    assert alarm.state in (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED)
    assert alarm.is_active
