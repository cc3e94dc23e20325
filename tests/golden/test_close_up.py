"""A stop closely: what machines, values, counts, alerts and people did from two minutes before to two after."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.boards.downtime import CloseUp, DowntimeQuestion, Made
from app.commands.stops import StopEdit
from app.domain.alerts.condition import AlertRule, Condition
from app.domain.alerts.kept import Raising, Standing
from app.domain.alerts.lifecycle import Alarm, AlarmState, acknowledge
from app.domain.events import streams
from app.domain.events.contract import AndonChanged, Counted, Measured
from app.domain.interval import MINUTE_MS, Interval
from app.domain.roles import Identity, Role
from app.domain.suggestion import Said
from app.historian.alerts import Alerts
from app.streams.connection import client_of
from app.streams.raw import RawLog
from app.text.numbers import Numbers
from app.views.history import SqlHistory
from layouts.components.close_up import close_up_cards
from tests.golden.rig import NOW, ONE, START, Rig, a_morning, two_lines_file
from tests.makers import plant_from

pytestmark = pytest.mark.redis
FILLER = f"{ONE}/filler"
STOP = START + 145 * MINUTE_MS
END = STOP + 5 * MINUTE_MS
SIGNALS = {"pressure": {"meaning": "Air pressure", "unit": "bar", "range": [4, 8], "owner": "maintenance"}}
RULE = AlertRule("low-air", Said("own", {"en": "Air is low"}), None, None, "operator", "high", 0, 0)


@pytest.fixture
def morning(rig: Rig) -> Rig:
    """A morning with a pressure that falls, an alert that is acknowledged, and a call that is answered in the stop."""
    file = two_lines_file()
    file["sites"][0]["areas"][0]["lines"][0]["machines"][0]["signals"] = SIGNALS  # type: ignore[index]
    found = Rig(rig.client, plant_from(file), rig.database)
    found.who = Identity("pavel", Role.SUPERVISOR, ("*",))
    plc = {"machine": FILLER, "source": "plc-air", "epoch": 1}
    values = [(STOP + n * 10_000, 6.0 - n / 10) for n in range(-13, 45)]
    air = [Measured(**plc, t=t, seq=n, signal="pressure", value=value) for n, (t, value) in enumerate(values)]
    said = {"machine": ONE, "source": "person", "epoch": 1, "call": "maintenance"}
    calls = [
        AndonChanged(**said, t=STOP + MINUTE_MS, seq=1, action="call", by="olga"),
        AndonChanged(**said, t=STOP + 3 * MINUTE_MS, seq=2, action="accept", by="tom"),
        AndonChanged(**said, t=END + 10 * MINUTE_MS, seq=3, action="clear", by="tom"),
    ]
    found.say(ONE, *sorted([*a_morning(ONE), *air, *calls], key=lambda event: event.t))
    found.account()
    raised(found, STOP - MINUTE_MS, FILLER, acknowledged_at=STOP + 2 * MINUTE_MS)
    raised(found, STOP + MINUTE_MS, f"{ONE}/packer", acknowledged_at=None)
    return found


def raised(rig: Rig, at: int, equipment: str, acknowledged_at: int | None) -> None:
    kept, condition = Alerts(rig.database), Condition("low-air", equipment, at, Said("own", {"en": "5.9 bar"}))
    alarm = Alarm(AlarmState.UNACKNOWLEDGED, at, is_active=True, is_pending=True)
    assert kept.turn(Standing("low-air", equipment), alarm, [], at, raising=Raising(RULE, condition))
    if acknowledged_at is not None:
        turn = acknowledge(alarm, acknowledged_at)
        assert kept.turn(kept.standing("low-air", equipment), turn.alarm, [turn], acknowledged_at, by="olga")


def shown(found: CloseUp, lang: str) -> str:
    return str(close_up_cards(found, lambda stop: f"/downtime?stop={stop}", Numbers(lang, "Europe/Berlin")))


def closely(rig: Rig, stop: int = STOP) -> CloseUp:
    asked = DowntimeQuestion(ONE, Interval(START, NOW), stop=f"{FILLER}@{stop}")
    found = rig.services.downtime(asked).close_up
    assert found is not None
    return found


def test_counts_are_those_of_the_two_minutes_before_of_the_stop_and_of_the_two_minutes_after(morning: Rig) -> None:
    told = [event for event in a_morning(ONE) if isinstance(event, Counted)]

    def made(machine: str, since: int, until: int) -> Made:
        own = [e for e in told if e.machine == machine and since <= e.t < until]
        return Made(sum(e.good for e in own), sum(e.reject for e in own), 0)

    rows = {row.machine_name: row for row in closely(morning).counts}
    assert set(rows) == {"filler", "packer"}
    for name, row in rows.items():
        machine = f"{ONE}/{name}"
        assert row.before == made(machine, STOP - 2 * MINUTE_MS, STOP)
        assert row.during == made(machine, STOP, END)
        assert row.after == made(machine, END, END + 2 * MINUTE_MS)
        assert row.before.good > 0
        assert row.during.good == 0


def test_process_values_are_as_they_were_said_with_the_range_they_should_keep(morning: Rig) -> None:
    (air,) = closely(morning).values
    assert (air.name, air.unit, air.low, air.high, air.mark_ms) == ("filler: Air pressure", "bar", 4, 8, STOP)
    assert air.points[0] == (STOP - 2 * MINUTE_MS, pytest.approx(7.2))
    assert air.points[-1][0] < END + 2 * MINUTE_MS
    assert len(air.points) == 54


def test_alerts_that_stood_then_are_there_and_no_others(morning: Rig) -> None:
    raised(morning, END + 3 * MINUTE_MS, ONE, acknowledged_at=None)
    raised(morning, STOP, "site/area/line-2", acknowledged_at=None)
    found = [(alert.raised_at, alert.raising.condition.equipment) for alert in closely(morning).alerts]
    assert found == [(STOP - MINUTE_MS, FILLER), (STOP + MINUTE_MS, f"{ONE}/packer")]


def test_what_people_did_is_there_in_order_and_corrections_whenever_they_were_made(morning: Rig) -> None:
    morning.services.commands.classify(StopEdit(f"{FILLER}@{STOP}", "jam", note="bottle across"))
    morning.account()
    acts = [(act.at, act.by, act.what) for act in closely(morning).acts]
    assert acts == [
        (STOP + MINUTE_MS, "olga", "call"),
        (STOP + 2 * MINUTE_MS, "olga", "acknowledge"),
        (STOP + 3 * MINUTE_MS, "tom", "accept"),
        (NOW, "pavel", "edit"),
    ]


def test_events_that_led_to_the_stop_are_shown_beside_those_that_followed(morning: Rig) -> None:
    events = closely(morning).raw.events
    assert [e.t for e in events] == sorted((e.t for e in events), reverse=True)
    assert events[-1].t < STOP < events[0].t


@pytest.mark.parametrize("lang", ["en", "de"])
def test_all_of_it_is_on_the_page(morning: Rig, lang: str) -> None:
    found = closely(morning)
    page = shown(found, lang)
    for word in ("filler: Air pressure", "Air is low", "5.9 bar", "olga", "tom", f"/alerts?alert={found.alerts[0].id}"):
        assert word in page


def test_while_the_streams_are_away_the_stop_is_shown_without_them(morning: Rig, tmp_path: Path) -> None:
    away = RawLog(client_of(f"unix://{tmp_path}/nobody.sock"))
    morning.services = replace(morning.services, history=SqlHistory(morning.database, morning.plant, away))
    found = closely(morning)
    assert (found.raw.word, found.told_word, found.counts, found.values) == ("events.away", "events.away", (), ())
    assert len(found.alerts) == 2
    assert "raw events cannot be read now" in shown(found, "en")


def test_a_stop_of_which_no_event_is_kept_says_so(morning: Rig) -> None:
    morning.client.delete(streams.events(ONE))
    found = closely(morning)
    assert (found.raw.word, found.counts, found.values) == ("events.none", (), ())
    assert "Nothing was said in this window." in shown(found, "en")
