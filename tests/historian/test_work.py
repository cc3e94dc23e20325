"""Work orders are kept with every change, by whom; of two that change one at once, one is told."""

from dataclasses import replace

from app.domain.decisions.health import Health
from app.domain.decisions.outside import Heard
from app.domain.decisions.survival import Life
from app.domain.decisions.work import Proof, WorkOrder, WorkPlan
from app.domain.suggestion import Evidence, Said
from app.historian.work_orders import WorkOrders
from app.historian.work_plans import Healths, WorkPlans

T = 1_795_410_000_000
FILLER, PACKER = "s/a/l/filler", "s/a/l/packer"
ORDER = WorkOrder(0, FILLER, "oil it", "dry", 2, "corrective", "open", "eva", T, T)


def test_an_order_is_read_as_it_was_kept_with_its_proof(db) -> None:
    orders = WorkOrders(db)
    proof = Proof(Said("a", {"x": 1}), Said("b"), Evidence("temp", "C", ((T, 1.5),), high=2.0))
    number = orders.add(replace(ORDER, proof=proof, suggestion="k"))
    assert orders.get(number) == replace(ORDER, number=number, proof=proof, suggestion="k")
    assert orders.get(number + 1) is None
    assert orders.add(replace(ORDER, suggestion="k", title="again")) == number
    assert orders.add(ORDER) != number


def test_of_two_changes_of_the_same_version_one_is_kept_and_history_says_which(db) -> None:
    orders = WorkOrders(db)
    number = orders.add(ORDER)
    seen = orders.get(number)
    assert seen is not None
    assert orders.change(replace(seen, state="in_work"), 1, (T + 5, "eva", "in_work", ""))
    assert not orders.change(replace(seen, state="cancelled"), 1, (T + 6, "otto", "cancelled", ""))
    now = orders.get(number)
    assert now is not None
    assert (now.state, now.version, now.changed_at) == ("in_work", 2, T + 5)
    assert [(s.version, s.by, s.what) for s in orders.history([number])[number]] == [
        (1, "eva", "made"),
        (2, "eva", "in_work"),
    ]


def test_a_system_outside_moves_an_order_and_is_not_told_its_own_news(db) -> None:
    orders = WorkOrders(db)
    number = orders.add(ORDER)
    assert [o.number for o in orders.changed_since(T)] == [number]
    for _ in range(2):
        orders.outside(number, Heard(str(number), "CM-7", T + 9, "in_work", "taken by the crew"))
    found = orders.get(number)
    assert found is not None
    assert (found.state, found.external_id, found.external_status, found.version) == ("in_work", "CM-7", "in_work", 2)
    assert orders.changed_since(T + 1) == []
    orders.outside(number, Heard(str(number), "CM-7", T + 10, "open", "waiting for parts"))
    orders.outside(999, Heard("999", "CM-8", T, "done"))
    assert [s.what for s in orders.history([number])[number]] == ["made", "outside", "outside"]
    found = orders.get(number)
    assert found is not None
    assert found.state == "in_work"


def test_orders_that_are_over_leave_after_a_while(db) -> None:
    orders = WorkOrders(db)
    number = orders.add(ORDER)
    orders.change(replace(ORDER, number=number, state="done", done_at=T + 5), 1, (T + 5, "eva", "done", ""))
    assert [o.number for o in orders.of([FILLER], T)] == [number]
    assert orders.of([FILLER], T + 6) == []
    assert orders.of([PACKER], T) == []


def test_plans_begin_anew_and_are_dropped(db) -> None:
    plans = WorkPlans(db)
    plan = WorkPlan(0, FILLER, "grease", 20, T, every_run_h=500.0)
    number = plans.add(plan)
    assert plans.of([FILLER]) == [replace(plan, id=number)]
    assert plans.done(number, T + 5)
    assert not plans.done(number, T + 5)
    found = plans.get(number)
    assert found is not None
    assert found.last_at == T + 5
    assert plans.drop(number)
    assert not plans.drop(number)
    assert plans.get(number) is None


def test_the_newest_picture_of_a_machine_is_kept(db) -> None:
    healths = Healths(db)
    newest = Health(FILLER, T + 1, lives=(Life("bearing", 6, 1, 5.0, (1.1, 2.0, 3.0)),))
    healths.put([Health(FILLER, T)])
    healths.put([newest])
    assert healths.of([FILLER, PACKER]) == {FILLER: newest}
