"""What a handover says of alerts and work orders: those of its line and its shift, and what was left to the next."""

from dataclasses import replace

import pytest

from app.boards.build_handover import draft
from app.boards.handover import AlertTally, HandoverFacts, WorkTally
from app.commands.handover_tallies import alert_tally, work_tally
from app.domain.alerts.lifecycle import acknowledge
from app.domain.decisions.work import WorkOrder
from app.domain.interval import HOUR_MS, Interval
from app.historian.work_orders import WorkOrders
from app.text.numbers import Numbers
from app.text.said import words
from tests.decider.rig import Rig, a_condition, a_rule
from tests.sample_boards import LINE, NOW
from tests.web.parts import OTHER_LINE, a_plant, memory_database

SHIFT, NEXT = Interval(NOW, NOW + 8 * HOUR_MS), Interval(NOW + 8 * HOUR_MS, NOW + 16 * HOUR_MS)
FILLER, PACKER = f"{LINE}/filler", f"{OTHER_LINE}/packer"


@pytest.fixture
def here():
    return next(line for line in a_plant().lines() if line.path == LINE)


def test_alerts_of_the_shift_are_counted_and_those_nobody_acknowledged_until_its_end(here) -> None:
    quick = {"on_delay_ms": 0, "off_delay_ms": 0}
    rig = Rig(memory_database(), rules={key: a_rule(key, **quick) for key in ("old", "soon", "late", "there")})
    for key, at, where in (
        ("old", -1, FILLER),
        ("soon", 1, FILLER),
        ("late", 7, LINE),
        ("there", 2, PACKER),
    ):
        rig.holds.append(a_condition(where, key, NOW + at * HOUR_MS))
        rig.watch.step(NOW + at * HOUR_MS)
    for key, at in (("soon", 3), ("late", 9)):
        standing = next(s for s in rig.store.standings() if s.rule == key)
        turn = acknowledge(standing.alarm, NOW + at * HOUR_MS)
        rig.store.turn(standing, turn.alarm, [turn], NOW + at * HOUR_MS, by="otto")
    assert alert_tally(rig.database, here, SHIFT) == AlertTally(came=2, waiting=2)
    assert alert_tally(rig.database, here, NEXT) == AlertTally(came=0, waiting=1)


def test_work_orders_of_the_shift_are_counted_as_made_done_and_left(here) -> None:
    database = memory_database()
    store = WorkOrders(database)

    def order(machine: str, made: int, **changes: object) -> None:
        at = NOW + made * HOUR_MS
        first = WorkOrder(0, machine, "oil it", "dry", 2, "corrective", "open", "eva", at, at)
        number = store.add(first)
        if changes:
            ended = NOW + int(changes.pop("at")) * HOUR_MS  # type: ignore[call-overload]
            done_at = ended if changes["state"] == "done" else None
            kept = replace(first, number=number, done_at=done_at, **changes)  # type: ignore[arg-type]
            assert store.change(kept, 1, (ended, "eva", str(changes["state"]), ""))

    order(FILLER, -30)
    order(FILLER, -2, state="done", at=1)
    order(FILLER, 2, state="cancelled", at=3)
    order(FILLER, 3, state="done", at=9)
    order(PACKER, 1)
    assert work_tally(database, here, SHIFT) == WorkTally(made=2, done=1, open=2)
    assert work_tally(database, here, NEXT) == WorkTally(made=0, done=1, open=1)


@pytest.mark.parametrize("lang", ["en", "de"])
def test_both_are_said_a_zero_as_a_zero_and_what_nobody_knows_not_at_all(lang) -> None:
    numbers = Numbers(lang, "UTC")
    none = HandoverFacts(NOW, None, None, 0.9)
    assert not {"alerts", "work"} & {item.key for item in draft(none)}
    for alerts, work, figures in (
        (AlertTally(0, 0), WorkTally(0, 0, 0), ""),
        (AlertTally(12, 3), WorkTally(4, 5, 6), "123456"),
    ):
        items = {item.key: words(item.said, numbers) for item in draft(replace(none, alerts=alerts, work=work))}
        assert "".join(c for c in items["alerts"] + items["work"] if c.isdigit()) == figures
