"""A work order planned in a change-over goes where the plan puts it, and stays where people have the say."""

from dataclasses import dataclass, replace

import pytest

from app.commands.ground import Ground
from app.commands.maintenance import MaintenanceDesk
from app.decider.work_moves import WORTH_MS, WorkMover
from app.domain.decisions.remedies import Solved
from app.domain.decisions.schedule import Assignment, Plan
from app.domain.decisions.work import OrderWanted, WorkOrder
from app.domain.interval import HOUR_MS, MINUTE_MS
from app.domain.roles import Identity, Role
from app.historian.database import migrate, open_database
from app.historian.plans import Plans
from app.historian.work_orders import WorkOrders
from tests.makers import a_plant
from tests.quality_story import Trail

LINE = "site/area/line-1"
MACHINE = f"{LINE}/filler"
NOW = 1_795_430_400_000
SETUP = NOW + 3 * HOUR_MS
ADA = Identity("ada", Role.ENGINEER, ("*",))


def over(order: str, start: int, minutes: int = 30, line: str = LINE, *, running: bool = False) -> Assignment:
    made = start + minutes * MINUTE_MS
    return Assignment(order, line, start, made, made + HOUR_MS, minutes * MINUTE_MS, 0, 0, running)


@dataclass
class Floor:
    """A line that works always, a desk over it, and the part that moves orders."""

    db: object
    now: int = NOW

    def __post_init__(self) -> None:
        plant = a_plant(machines=("filler",))
        self.desk = MaintenanceDesk(Ground(lambda: plant, self.db, Trail(), None, None, lambda: self.now))
        self.mover = WorkMover(lambda: plant, self.db)

    def works_by(self, *assignments: Assignment) -> None:
        plans = Plans(self.db)
        held = plans.accepted("site")
        number = plans.put("site", "", Solved(Plan(assignments, (), 0, 0, 0), NOW, 0, None, 0, "", ()), NOW, "ada")
        assert plans.accept(number, "site", None if held is None else held.id, NOW, "ada")

    def planned(self, minutes: int = 20) -> int:
        number = self.desk.make(ADA, OrderWanted(MACHINE, "grease", minutes=minutes))
        self.desk.plan(ADA, number, 1)
        return number

    def order(self, number: int) -> WorkOrder:
        found = WorkOrders(self.db).get(number)
        assert found is not None
        return found

    def after_a_look(self, number: int) -> WorkOrder:
        self.mover.step(self.now)
        return self.order(number)


@pytest.fixture
def floor(tmp_path) -> Floor:
    database = open_database(None, tmp_path)
    migrate(database)
    yield Floor(database)
    database.dispose()


def test_it_keeps_its_place_in_the_change_over_and_says_who_moved_it(floor: Floor) -> None:
    floor.works_by(over("a", SETUP))
    first, second = floor.planned(20), floor.planned(10)
    floor.works_by(over("a", SETUP + 2 * HOUR_MS))
    found = floor.after_a_look(first)
    assert (found.slot_from, found.slot_to) == (SETUP + 2 * HOUR_MS, SETUP + 2 * HOUR_MS + 20 * MINUTE_MS)
    assert (found.state, found.version, found.change_over_from) == ("planned", 3, SETUP + 2 * HOUR_MS)
    assert floor.order(second).slot_from == SETUP + 2 * HOUR_MS + 20 * MINUTE_MS
    step = WorkOrders(floor.db).history([first])[first][-1]
    assert (step.by, step.what, step.detail) == ("lineside", "moved", f"{found.slot_from} a")
    assert floor.after_a_look(first).version == 3


def test_predictions_that_move_by_minutes_move_nothing(floor: Floor) -> None:
    floor.works_by(over("a", SETUP))
    number = floor.planned()
    floor.works_by(over("a", SETUP + WORTH_MS - 1))
    assert floor.after_a_look(number).version == 2
    floor.works_by(over("a", SETUP + WORTH_MS))
    assert floor.after_a_look(number).slot_from == SETUP + WORTH_MS


@pytest.mark.parametrize(
    "instead", [(), (over("a", SETUP, line="site/area/line-2"),), (replace(over("a", SETUP), setup_ms=0),)]
)
def test_a_change_over_that_is_no_more_leaves_the_order_the_next_one(floor: Floor, instead) -> None:
    floor.works_by(over("a", SETUP), over("b", SETUP + 5 * HOUR_MS))
    number = floor.planned()
    floor.works_by(*instead, over("b", SETUP + 5 * HOUR_MS))
    found = floor.after_a_look(number)
    assert (found.slot_from, found.change_over) == (SETUP + 5 * HOUR_MS, "b")
    floor.works_by(*instead)
    assert floor.after_a_look(number) == found, "nothing else costs nothing: people see what it costs now"


def test_what_has_begun_or_was_never_in_a_change_over_stays(floor: Floor) -> None:
    floor.works_by(over("a", SETUP))
    number = floor.planned()
    elsewhere = floor.desk.make(ADA, OrderWanted(MACHINE, "oil"))
    floor.desk.plan_at(ADA, elsewhere, 1, NOW + HOUR_MS)
    assert floor.order(elsewhere).change_over is None
    floor.works_by(over("a", SETUP + 2 * HOUR_MS))
    floor.now = SETUP
    assert (floor.after_a_look(number).version, floor.order(elsewhere).version) == (2, 2)


def test_a_person_who_plans_it_anew_unties_it(floor: Floor) -> None:
    floor.works_by(over("a", SETUP))
    number = floor.planned()
    floor.desk.plan_at(ADA, number, 2, NOW + HOUR_MS)
    floor.works_by(over("a", SETUP + 2 * HOUR_MS))
    found = floor.after_a_look(number)
    assert (found.slot_from, found.change_over) == (NOW + HOUR_MS, None)
