"""What every plan must keep, whatever the demand; worked examples; demand row by row."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from app.decider.bounds import lower_bound
from app.decider.planner import Planner
from app.domain.decisions.demand import Reader, moved_by
from app.domain.decisions.remedies import Costs, extra_shifts, late_orders, remedies
from app.domain.decisions.schedule import (
    Demand,
    Floor,
    LineCapability,
    Pace,
    Running,
    sequences_of,
)
from app.domain.decisions.simple import earliest_due_first
from app.domain.decisions.worktime import WorkTime, finish, open_windows
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from tests.makers import THREE_SHIFTS, a_line

T = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp()) * 1000
PRODUCTS = ("a", "b", "c")
READER = Reader({"cola", "water"}, {"site", "site/area"}, "site", "Europe/Berlin", "test")


def a_floor(lines: int, orders: list[tuple[str, int, int, int]]) -> Floor:
    """Lines open eight hours a day; orders: (product, quantity, due in hours, earliest in hours or 0)."""
    windows = tuple(Interval(T + d * DAY_MS, T + d * DAY_MS + 8 * HOUR_MS) for d in range(20))
    setups = {(None, None): 20 * MINUTE_MS, ("a", "b"): 45 * MINUTE_MS}
    made = {f"l{n}": PRODUCTS if n == 0 else PRODUCTS[: n + 1] for n in range(lines)}
    found = {
        path: LineCapability(path, {p: Pace(1000.0, 0.1, 10) for p in own}, windows, setups, Running("r", "a", 500))
        for path, own in made.items()
    }
    wanted = {
        f"o{n}": Demand(f"o{n}", product, quantity, T + due * HOUR_MS, 1 + n % 3, T + at * HOUR_MS if at else None)
        for n, (product, quantity, due, at) in enumerate(orders)
    }
    return Floor(found, wanted, T)


ORDERS = st.lists(
    st.tuples(st.sampled_from(PRODUCTS), st.integers(1, 6000), st.integers(1, 100), st.sampled_from((0, 0, 5, 30))),
    max_size=9,
)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 3), ORDERS)
def test_no_plan_overlaps_skips_a_set_up_works_while_closed_or_is_worse_than_the_simple_rule(lines, orders) -> None:
    floor = a_floor(lines, orders)
    found = Planner(floor, seconds=0.3).solve()
    own = [a for a in found.plan.assignments if not a.running]
    assert sorted([a.order for a in own] + [u.order for u in found.plan.unplanned]) == sorted(floor.demands)
    assert found.plan.cost <= floor.plan(earliest_due_first(floor)).cost + 1e-6
    assert found.bound <= found.plan.cost + 1e-6
    for path, line in floor.lines.items():
        at, product = T, None
        time = WorkTime(line.windows)
        for run in sorted((a for a in found.plan.assignments if a.line == path), key=lambda a: a.start):
            wanted = floor.demands.get(run.order)
            made, quantity = (wanted.product, wanted.quantity) if wanted else ("a", 500)
            assert run.setup_start >= at
            assert run.setup_ms == line.setup_ms(product, made)
            assert time.done_by(run.start) - time.done_by(run.setup_start) == run.setup_ms
            assert time.done_by(run.end) - time.done_by(run.start) == line.work_ms(made, quantity)
            assert any(w.start <= run.start < w.end for w in line.windows)
            assert any(w.start < run.end <= w.end for w in line.windows)
            assert run.low <= run.end
            assert run.high is None or run.high >= run.end
            if wanted is not None and wanted.earliest is not None:
                assert run.start >= wanted.earliest
            at, product = run.end, made


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), ORDERS, st.lists(st.integers(0, 2), min_size=9, max_size=9), st.randoms())
def test_no_plan_at_all_costs_less_than_the_bound(lines, orders, homes, chance) -> None:
    floor = a_floor(lines, orders)
    bound = lower_bound(floor, floor.plan(earliest_due_first(floor)), 0.05)
    for _ in range(20):
        order = list(floor.demands)
        chance.shuffle(order)
        able = {o: floor.able(o) for o in order}
        sequences: dict[str, tuple[str, ...]] = dict.fromkeys(floor.lines, ())
        for n, one in enumerate(order):
            if able[one]:
                line = able[one][homes[n] % len(able[one])]
                sequences[line] = (*sequences[line], one)
        assert floor.plan(sequences).cost >= bound - 1e-6
        chance.shuffle(homes)


def test_the_bound_of_a_full_line_is_near_its_best_plan() -> None:
    floor = a_floor(1, [("a", 2000, 1, 0) for _ in range(9)])
    heavy = sorted(floor.demands, key=lambda order: -floor.demands[order].priority)  # of equal orders: the best
    plan = floor.plan({"l0": tuple(heavy)})
    assert 0.9 * plan.cost <= lower_bound(floor, plan, 0.5) <= plan.cost


def test_a_product_no_line_has_on_costs_its_least_set_up() -> None:
    floor = a_floor(1, [("b", 100, 90, 0), ("c", 100, 90, 0)])
    assert (
        lower_bound(floor, floor.plan(earliest_due_first(floor)), 0.05) == 20 + 20
    )  # from a to b takes 45, from c to b 20


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3), ORDERS)
def test_the_short_reckoning_of_cost_is_the_long_one(lines, orders) -> None:
    floor = a_floor(lines, orders)
    for line, sequence in earliest_due_first(floor).items():
        assert floor.cost(line, sequence) == floor.run(line, sequence).cost


def test_work_goes_round_closed_time() -> None:
    windows = (Interval(0, 10), Interval(50, 60))
    assert [finish(0, 10, windows), finish(5, 6, windows), finish(20, 1, windows), finish(0, 21, windows)] == [
        10, 51, 51, None,
    ]  # fmt: skip


def test_a_worked_example() -> None:
    floor = a_floor(1, [("a", 1000, 2, 0), ("b", 2000, 4, 0)])
    plan = floor.plan({"l0": ("o0", "o1")})
    running, first, second = plan.assignments
    assert (running.order, running.end - T) == ("r", 30 * MINUTE_MS)
    assert (first.setup_ms, first.end - T) == (0, 90 * MINUTE_MS)
    assert (second.setup_start - T, second.setup_ms, second.end - T) == (
        90 * MINUTE_MS, 45 * MINUTE_MS, 255 * MINUTE_MS,
    )  # fmt: skip
    assert plan.late_ms == 15 * MINUTE_MS
    assert plan.cost == 2 * 15 + 45


def test_an_order_without_a_line_or_without_time_is_said_so() -> None:
    floor = a_floor(1, [("x", 10, 5, 0), ("a", 5_000_000, 5, 0)])
    plan = floor.plan(earliest_due_first(floor))
    assert {u.order: u.why for u in plan.unplanned} == {"o0": "schedule.why.no_line", "o1": "schedule.why.horizon"}


def test_what_helps_a_late_order_is_found_with_its_price() -> None:
    floor = a_floor(2, [("a", 4000, 60, 0), ("a", 2000, 3, 0)])
    sequences = {"l0": ("o0", "o1"), "l1": ()}
    assert list(late_orders(floor, floor.plan(sequences))) == ["o1"]
    found = {one.kind: one for one in remedies(floor, sequences, "o1", (), Costs())}
    assert {kind: (one.line, one.position, one.late_ms) for kind, one in found.items()} == {
        "resequence": ("l0", 0, 0),
        "other_line": ("l1", 0, 0),
    }
    late_before = floor.plan(sequences).assignments[2].end - floor.demands["o1"].due
    assert late_before > 0
    assert found["other_line"].setup_ms == 0


def test_extra_shifts_are_those_the_calendar_leaves_out() -> None:
    calendar = a_line(line={"shifts": THREE_SHIFTS}, timezone="UTC").calendar
    found = extra_shifts("l", calendar, T)
    assert [(one.day.isoformat(), one.shift) for one in found[:3]] == [
        ("2026-11-27", "night"), ("2026-11-28", "early"), ("2026-11-28", "late"),
    ]  # fmt: skip
    assert all(not open_windows(calendar, Interval(p.start, p.end)) for one in found for p in one.parts)


def test_sequences_survive_being_planned() -> None:
    floor = a_floor(2, [("a", 100, 9, 0), ("b", 100, 8, 0), ("a", 100, 7, 0)])
    sequences = {"l0": ("o2", "o0"), "l1": ("o1",)}
    assert sequences_of(floor.plan(sequences)) == sequences


def test_good_rows_are_taken_and_wrong_ones_say_row_column_and_what_is_right() -> None:
    taken = READER.csv(
        "order;product;quantity;due;priority\n"
        "A1;cola;500;2026-11-24 06:00;2\n"
        "A2;milk;500;2026-11-24 06:00;\n"
        "A3;cola;-1;2026-11-24 06:00;\n"
        "A4;cola;5;tomorrow;\n"
        "A1;cola;5;2026-11-24 06:00;\n"
        "=cmd;cola;5;2026-11-24 06:00;\n"
    )
    assert [(one.order, one.quantity, one.due, one.priority) for one in taken.wanted] == [
        ("A1", 500, T + DAY_MS + 5 * HOUR_MS, 2)
    ]
    assert [(one.row, one.column) for one in taken.wrong] == [
        (2, "product"), (3, "quantity"), (4, "due"), (5, "order"), (6, "order"),
    ]  # fmt: skip
    assert READER.csv("order,product\nA,cola").wrong[0].column == "quantity"
    assert READER.csv("").wrong[0].what.key == "schedule.wrong.empty"


def test_json_rows_are_read_as_csv_is() -> None:
    row = {"order": "A1", "product": "cola", "quantity": 5, "due": T + DAY_MS, "kind": "forecast", "place": "site/area"}
    taken = READER.rows([row, {**row, "order": {"a": 1}}, {**row, "order": "A2", "place": "elsewhere"}])
    assert [(one.kind, one.place, one.due) for one in taken.wanted] == [("forecast", "site/area", T + DAY_MS)]
    assert [(one.row, one.column) for one in taken.wrong] == [(2, "order"), (3, "place")]


def test_an_example_moved_over_a_weekend_keeps_its_working_hours() -> None:
    rows = (
        "order,product,quantity,due,earliest\nA,cola,1,2026-01-05T08:00,\nB,cola,1,2026-01-05T18:00,2026-01-05T12:00\n"
    )
    taken = READER.csv(rows)
    friday = T + 4 * DAY_MS + 14 * HOUR_MS
    monday = T + 7 * DAY_MS
    time = WorkTime((Interval(friday, friday + 4 * HOUR_MS), Interval(monday, monday + 60 * HOUR_MS)))
    first, second = moved_by(taken, friday, time).wanted
    assert first.due == monday + 8 * HOUR_MS
    assert (second.due, second.earliest) == (monday + 18 * HOUR_MS, monday + 12 * HOUR_MS)
    short = WorkTime((Interval(friday, friday + 4 * HOUR_MS),))
    assert [one.due for one in moved_by(taken, friday, short).wanted] == [friday + 12 * HOUR_MS, friday + 22 * HOUR_MS]
