"""From values that climb to an order that is closed: the part, the desk, the page; who may do what."""

from datetime import UTC, datetime

import pytest

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound
from app.commands.ground import Ground
from app.commands.maintenance import MaintenanceDesk
from app.decider.maintenance import MaintenanceWatch
from app.decider.maintenance_past import Learner
from app.domain.accounting.buckets import Bucket, Cell, CellKey, Components, Episode
from app.domain.accounting.facts import HourFact
from app.domain.decisions.remedies import Solved
from app.domain.decisions.schedule import Assignment, Plan
from app.domain.decisions.work import Done, OrderWanted, PlanWanted
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.domain.roles import Identity, Role
from app.domain.suggestion import Said
from app.historian.database import migrate, open_database
from app.historian.plans import Plans
from app.historian.suggestions import Suggestions
from app.historian.trends import Trends
from app.historian.work_orders import WorkOrders
from app.historian.writer import write
from layouts.components.health_list import health_list
from layouts.components.plan_list import plan_list
from layouts.components.work_board import work_board
from tests.makers import THREE_SHIFTS, a_plant_file, plant_from, utc_ms

LINE = "site/area/line-1"
MACHINE = f"{LINE}/filler"
NOW = utc_ms("2026-11-25T12:00")
BEGAN = NOW - 12 * HOUR_MS
FAILED = BEGAN + 2 * HOUR_MS
ENGINEER = Identity("ada", Role.ENGINEER, ("*",))
OPERATOR = Identity("otto", Role.OPERATOR, ("*",))
MANAGER = Identity("mia", Role.MANAGER, ("*",))
STRANGER = Identity("eve", Role.ENGINEER, ("site/other",))


class Trail:
    def __init__(self) -> None:
        self.rows = []

    def write(self, *row) -> None:
        self.rows.append(row)


class Clock:
    ms = NOW

    def __call__(self) -> int:
        return self.ms


def a_plant():
    signal = {"temp": {"unit": "degC", "meaning": "valve", "range": [0, 100], "owner": "maintenance"}}
    pause = [{**shift, "breaks": [{"start": f"{(int(str(shift['start'])[:2]) + 5) % 24:02}:30", "minutes": 30}]}
             for shift in THREE_SHIFTS]  # fmt: skip
    file = a_plant_file(machines=("filler",), traits={"signals": signal}, line={"shifts": pause}, timezone="UTC")
    return plant_from(file)


def history(db, *, climbs: bool = True) -> None:
    """Twelve hours of running with a failure of ten minutes at the second; the last hour climbs."""
    facts = []
    for n in range(12):
        hour = BEGAN + n * HOUR_MS
        spent = [0] * 9
        spent[Bucket.RUNNING] = HOUR_MS - (10 * MINUTE_MS if hour == FAILED else 0)
        episodes = [Episode(MACHINE, hour, hour + HOUR_MS, Bucket.RUNNING)]
        if hour == FAILED:
            spent[Bucket.UNPLANNED_STOP] = 10 * MINUTE_MS
            end = FAILED + 10 * MINUTE_MS
            episodes = [Episode(MACHINE, FAILED, end, Bucket.UNPLANNED_STOP, reason="jam"),
                        Episode(MACHINE, end, FAILED + HOUR_MS, Bucket.RUNNING)]  # fmt: skip
        cell = Cell(CellKey(MACHINE, hour, None, None, None), Components(tuple(spent), good=100))
        facts.append(HourFact(MACHINE, hour, 1, hour + HOUR_MS, [cell], episodes))
    write(db, LINE, b"0-0", facts, b"1-0", NOW)
    values = []
    for i in range(12 * 60):
        rise = max(0, i - 11 * 60) * 0.3 if climbs else 0.0
        values.append((MACHINE, "temp", BEGAN + i * MINUTE_MS, 40 + (i % 5) * 0.2 + rise))
    Trends(db).take(LINE, values, "1-0")


@pytest.fixture
def db(tmp_path):
    engine = open_database(None, tmp_path)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def desk(db) -> MaintenanceDesk:
    plant = a_plant()
    return MaintenanceDesk(Ground(lambda: plant, db, Trail(), None, None, Clock()))


def watch(desk: MaintenanceDesk) -> MaintenanceWatch:
    plant, db = desk.ground.plant(), desk.ground.database
    return MaintenanceWatch(plant, db, Learner(plant, db))


def test_wear_is_suggested_made_an_order_closed_and_counted(desk, db) -> None:
    history(db)
    watch(desk).step(NOW)
    (kept,) = Suggestions(db).open(NOW, "maintenance")
    found = kept.suggestion
    assert (found.rule, found.equipment, found.permission) == ("wear", MACHINE, "make_work_order")
    assert found.evidence is not None
    assert found.evidence.high == 100
    assert found.gain is not None
    assert found.gain.low < found.gain.mid < found.gain.high
    watch(desk).step(NOW + MINUTE_MS)
    assert [k.suggestion.key for k in Suggestions(db).put_since(0)] == [found.key]
    number = desk.act(OPERATOR, found)
    assert desk.act(OPERATOR, found) == number
    order = WorkOrders(db).get(int(number))
    assert order is not None
    assert (order.kind, order.suggestion, order.state, order.made_by) == ("preventive", found.key, "open", "otto")
    slot = datetime.fromtimestamp((order.slot_from or 0) / 1000, UTC)
    assert (slot.hour, slot.minute) == (19, 30)
    desk.plan(ENGINEER, order.number, 1)
    desk.start(ENGINEER, order.number, 2)
    (stop,) = desk.board(ENGINEER, LINE).stops[MACHINE]
    assert (stop.id, stop.ms, stop.reason) == (f"{MACHINE}@{FAILED}", 10 * MINUTE_MS, "jam")
    desk.attach_stop(ENGINEER, order.number, 3, stop.id)
    desk.done(ENGINEER, order.number, 4, Done("jam", 25, "changed the valve"))
    board = desk.board(ENGINEER, LINE)
    (row,) = board.rows
    assert row.mttr_orders is not None
    assert row.mttr_stops is not None
    assert (row.mttr_orders.value, row.mttr_stops.value) == (25 * MINUTE_MS, 10 * MINUTE_MS)
    assert [step.what for step in board.cards[0].steps] == ["made", "planned", "in_work", "stop", "done"]
    assert {row[1] for row in desk.ground.trail.rows} == {"otto", "ada"}


def test_what_is_gone_is_taken_back_and_noise_suggests_nothing(desk, db) -> None:
    history(db, climbs=False)
    watch(desk).step(NOW)
    assert Suggestions(db).open(NOW) == []
    (row,) = desk.board(OPERATOR, LINE).rows
    assert row.health is not None
    assert (row.health.judged, row.health.wear) == (1, ())


def test_a_suggestion_goes_when_the_machine_stands(desk, db) -> None:
    history(db)
    watch(desk).step(NOW)
    watch(desk).step(NOW + HOUR_MS)
    assert Suggestions(db).open(NOW + HOUR_MS) == []


def test_work_in_time_ends_a_life_without_a_failure(desk, db) -> None:
    history(db)
    number = desk.make(ENGINEER, OrderWanted(MACHINE, "new seal", kind="preventive"))
    desk.ground.now.ms = NOW
    desk.done(ENGINEER, number, 1, Done("jam", 30))
    plant = desk.ground.plant()
    line = plant.line(LINE)
    lives = {life.component: life for life in Learner(plant, db).learn(line, line.machines[0], NOW).lives}
    assert (lives["jam"].failures, lives["jam"].censored, lives["jam"].age_ms) == (0, 1, 0)
    assert lives[""].age_ms > 9 * HOUR_MS


def test_a_minor_stop_is_no_failure_until_a_closed_repair_names_it(desk, db) -> None:
    history(db)
    minor = Episode(MACHINE, NOW - HOUR_MS, NOW - HOUR_MS + MINUTE_MS, Bucket.MINOR_STOP, reason="jam")
    cell = Cell(CellKey(MACHINE, NOW - HOUR_MS, None, None, None), Components((0,) * 9))
    write(db, LINE, b"1-0", [HourFact(MACHINE, NOW - HOUR_MS, 2, NOW, [cell], [minor])], b"2-0", NOW)
    plant = desk.ground.plant()
    line = plant.line(LINE)
    learner = Learner(plant, db)
    found = learner.learn(line, line.machines[0], NOW).counted
    assert ([f.at for f in found.failures], found.repairs, found.minor) == ([FAILED], [10 * MINUTE_MS], 1)
    number = desk.make(ENGINEER, OrderWanted(MACHINE, "mend it", kind="preventive", stop=minor.id))
    desk.done(ENGINEER, number, 1, Done("jam", 15))
    found = learner.learn(line, line.machines[0], NOW).counted
    assert ([f.at for f in found.failures], found.repairs) == ([FAILED, minor.start], [10 * MINUTE_MS, MINUTE_MS])


def test_a_chosen_time_says_what_it_costs_and_a_change_over_costs_nothing(desk, db) -> None:
    number = desk.make(ENGINEER, OrderWanted(MACHINE, "oil", minutes=20))
    desk.plan_at(ENGINEER, number, 1, NOW + HOUR_MS)
    (card,) = desk.board(ENGINEER, LINE).cards
    assert card.slot == Interval(NOW + HOUR_MS, NOW + HOUR_MS + 20 * MINUTE_MS)
    assert (card.costs_ms, card.in_change_over) == (20 * MINUTE_MS, False)
    setup = NOW + HOUR_MS
    plan = Plan(
        (Assignment("a", LINE, setup, setup + 30 * MINUTE_MS, setup + 2 * HOUR_MS, 30 * MINUTE_MS, 0, 0),), (), 0, 0, 0
    )
    plans = Plans(db)
    plans.accept(plans.put("site", "", Solved(plan, NOW, 0, None, 0, "", ()), NOW, "ada"), "site", None, NOW, "ada")
    (card,) = desk.board(ENGINEER, LINE).cards
    assert (card.costs_ms, card.in_change_over) == (0, True)
    other = desk.make(ENGINEER, OrderWanted(MACHINE, "grease", minutes=10))
    desk.plan(ENGINEER, other, 1)
    order = WorkOrders(db).get(other)
    assert order is not None
    assert (order.slot_from, order.slot_to) == (setup + 20 * MINUTE_MS, setup + 30 * MINUTE_MS)


def test_a_stop_is_offered_to_the_orders_of_its_machine_by_those_who_may(desk, db) -> None:
    history(db)
    stop = f"{MACHINE}@{FAILED}"
    number = desk.make(OPERATOR, OrderWanted(MACHINE, "oil"))
    offer = desk.repair(OPERATOR, stop)
    assert offer is not None
    assert ([order.number for order in offer.orders], offer.repaired_by) == ([number], ())
    for who, about in ((MANAGER, stop), (STRANGER, stop), (ENGINEER, f"{MACHINE}@{BEGAN}"), (ENGINEER, "odd")):
        assert desk.repair(who, about) is None
    desk.attach_stop(OPERATOR, number, 1, stop)
    offer = desk.repair(OPERATOR, stop)
    assert offer is not None
    assert (offer.orders, [order.kind for order in offer.repaired_by]) == ((), ["corrective"])


def test_of_two_that_move_an_order_the_second_is_told(desk) -> None:
    number = desk.make(ENGINEER, OrderWanted("filler", "oil"))
    desk.start(ENGINEER, number, 1)
    with pytest.raises(Conflict):
        desk.cancel(ENGINEER, number, 1)
    desk.done(ENGINEER, number, 2, Done("jam", 5))
    for move in (lambda: desk.start(ENGINEER, number, 3), lambda: desk.cancel(ENGINEER, number, 3)):
        with pytest.raises(Conflict):
            move()


def test_what_cannot_be_right_is_refused(desk) -> None:
    wrong = [OrderWanted(MACHINE, " "), OrderWanted(MACHINE, "x" * 121), OrderWanted(MACHINE, "x", priority=9),
             OrderWanted(MACHINE, "x", kind="odd"), OrderWanted(MACHINE, "x", minutes=0)]  # fmt: skip
    for wanted in wrong:
        with pytest.raises(Invalid):
            desk.make(ENGINEER, wanted)
    number = desk.make(ENGINEER, OrderWanted(MACHINE, "x"))
    for done in (Done("no-material", 5), Done("nothing", 5), Done("jam", 0), Done("jam", 5, "x" * 1_001)):
        with pytest.raises(Invalid):
            desk.done(ENGINEER, number, 1, done)
    history(desk.ground.database)
    for stop in (
        f"{LINE}/other@{FAILED}",
        f"{MACHINE}@{BEGAN}",
        f"{MACHINE}@{FAILED + 1}",
        f"{MACHINE}@{'9' * 40}",
        "@",
        "",
    ):
        with pytest.raises(Invalid):
            desk.attach_stop(ENGINEER, number, 1, stop)
        with pytest.raises(Invalid):
            desk.make(ENGINEER, OrderWanted(MACHINE, "x", stop=stop))
    with pytest.raises(Invalid):
        desk.plan_at(ENGINEER, number, 1, NOW - HOUR_MS)
    for plan in (
        PlanWanted(MACHINE, "oil", 5),
        PlanWanted(MACHINE, "oil", 5, 0.0),
        PlanWanted(MACHINE, "oil", 5, 1, 1),
    ):
        with pytest.raises(Invalid):
            desk.add_plan(ENGINEER, plan)


def test_who_may_not_does_not(desk) -> None:
    number = desk.make(OPERATOR, OrderWanted(MACHINE, "oil"))
    plan = desk.add_plan(ENGINEER, PlanWanted(MACHINE, "grease", 5, 100.0))
    for who in (OPERATOR, MANAGER):
        for act in (
            lambda who=who: desk.start(who, number, 1),
            lambda who=who: desk.plan(who, number, 1),
            lambda who=who: desk.cancel(who, number, 1),
            lambda who=who: desk.done(who, number, 1, Done("jam", 5)),
            lambda who=who: desk.add_plan(who, PlanWanted(MACHINE, "grease", 5, 100.0)),
            lambda who=who: desk.drop_plan(who, plan),
        ):
            with pytest.raises(Forbidden):
                act()
    with pytest.raises(Forbidden):
        desk.make(MANAGER, OrderWanted(MACHINE, "oil"))
    with pytest.raises(Forbidden):
        desk.make(STRANGER, OrderWanted(MACHINE, "oil"))
    with pytest.raises(Forbidden):
        desk.board(STRANGER, LINE)
    for act in (lambda: desk.start(STRANGER, number, 1), lambda: desk.drop_plan(STRANGER, plan)):
        with pytest.raises(NotFound):
            act()
    order = WorkOrders(desk.ground.database).get(number)
    assert order is not None
    assert order.version == 1


def text_of(component: object) -> str:
    return str(component.to_plotly_json()) if hasattr(component, "to_plotly_json") else str(component)


@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_page_has_every_state(desk, db, lang) -> None:
    empty = desk.board(OPERATOR, LINE)
    shown = text_of(health_list(empty, lang)) + text_of(work_board(empty, lang)) + text_of(plan_list(empty, lang))
    assert "python -m app decide" in shown
    assert "data-send='add_plan'" not in shown
    history(db)
    watch(desk).step(NOW)
    (kept,) = Suggestions(db).open(NOW)
    number = int(desk.act(ENGINEER, kept.suggestion))
    desk.add_plan(ENGINEER, PlanWanted(MACHINE, "grease", 5, every_cycles=100))
    full = desk.board(ENGINEER, LINE)
    shown = text_of(work_board(full, lang)) + text_of(health_list(full, lang)) + text_of(plan_list(full, lang))
    assert isinstance(kept.suggestion.title, Said)
    assert ("climbs to its limit" if lang == "en" else "auf die Grenze zu") in shown
    assert f"data-order={number}" in shown
    assert "data-send='add_plan'" in shown
    assert "grease" in shown


def test_a_plan_is_forecast_from_how_the_machine_runs(desk, db) -> None:
    history(db)
    watch(desk).step(NOW)
    desk.add_plan(ENGINEER, PlanWanted(MACHINE, "grease", 5, 48.0))
    desk.ground.now.ms = NOW + DAY_MS
    (found,) = desk.board(ENGINEER, LINE).plans
    assert 0.2 < found.used < 0.6
    assert found.at is not None
    assert found.at > NOW + DAY_MS
    desk.plan_done(ENGINEER, found.plan.id)
    assert desk.board(ENGINEER, LINE).plans[0].used == 0
