"""Laws of the simulated plant: reproducible, conserved, plausible, and true to its own truth."""

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from app.domain.events import codec
from app.domain.events.contract import (
    CountCorrected,
    Counted,
    Event,
    Heartbeat,
    OrderChanged,
    StateChanged,
    StopClassified,
)
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant
from app.domain.plant.reasons import Reason, ReasonTree
from app.plantyaml import load_plant
from simulators.line import Pace
from simulators.orders import worked
from simulators.summary import shift_oee
from simulators.truth import DrainTruth, FaultTruth, LateTruth, MadeTruth, Memory, OrderTruth, StateTruth
from simulators.world import World, simulate
from tests.simulators.makers import DAY_MS, HOUR_MS, MONDAY, a_line, a_plant

WINDOW = Interval(MONDAY + 5 * HOUR_MS, MONDAY + 31 * HOUR_MS)
SPARSE = Pace(60_000, 600_000, 60_000)


def run(plant: Plant, seed: int = 1, window: Interval = WINDOW) -> tuple[list[Event], Memory]:
    book = Memory()
    return list(simulate(plant, seed, window, pace=SPARSE, book=book)), book


@pytest.fixture(scope="module")
def day() -> tuple[list[Event], Memory]:
    return run(a_plant())


def test_the_same_seed_plant_and_start_give_the_same_bytes() -> None:
    first, second = (b"\n".join(map(codec.encode, run(a_plant())[0])) for _ in range(2))
    assert first == second
    assert first != b"\n".join(map(codec.encode, run(a_plant(), seed=2)[0]))


def test_a_line_does_the_same_whether_or_not_others_are_simulated() -> None:
    both, _ = run(a_plant())
    alone = list(simulate(a_plant(), 1, WINDOW, lines=["site/area/line-2"], pace=SPARSE))
    assert alone == [e for e in both if "/line-2" in e.machine]


def test_how_often_time_is_looked_at_changes_nothing() -> None:
    whole = World(a_plant(), 1, WINDOW.start)
    pieces = World(a_plant(), 1, WINDOW.start)
    until = WINDOW.start + 3 * HOUR_MS
    seen = [e for t in range(WINDOW.start + 77_777, until, 77_777) for e in pieces.advance(t)] + pieces.advance(until)
    assert seen == whole.advance(until)


def test_every_event_survives_the_codec_and_is_about_the_plant(day: tuple[list[Event], Memory]) -> None:
    plant, (events, _) = a_plant(), day
    names = {m.path for w in plant.lines() for m in w.machines} | {w.path for w in plant.lines()}
    for event in events:
        assert codec.decode(codec.encode(event)) == event
        assert event.machine in names
    assert [e.t for e in events] == sorted(e.t for e in events)


def test_every_source_numbers_its_events_without_a_gap(day: tuple[list[Event], Memory]) -> None:
    numbers = defaultdict(list)
    for event in day[0]:
        numbers[event.source, event.machine.split("/")[2]].append(event.seq)
    assert {source for source, _ in numbers} == {"gw-1", "sim-line-2", "panel-line-1", "panel-line-2"}
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in numbers.values())


def test_the_truth_of_every_machine_covers_the_window_exactly(day: tuple[list[Event], Memory]) -> None:
    timeline = defaultdict(list)
    for record in day[1].records:
        if isinstance(record, StateTruth):
            timeline[record.machine].append(record)
    assert len(timeline) == 8
    for states in timeline.values():
        assert (states[0].from_, states[-1].to) == WINDOW
        assert all(a.to == b.from_ for a, b in pairwise(states))


def test_nobody_works_outside_shifts_and_in_breaks(day: tuple[list[Event], Memory]) -> None:
    shifts = a_plant().line("site/area/line-1").calendar.instances(WINDOW)
    closed = [Interval(WINDOW.start, shifts[0].start), *(b for s in shifts for b in s.breaks if b.start < WINDOW.end)]
    for record in day[1].records:
        if isinstance(record, StateTruth) and record.state != "planned":
            assert all(Interval(record.from_, record.to).clip(c).length == 0 for c in closed)


def test_units_told_are_units_made(day: tuple[list[Event], Memory]) -> None:
    told, made = defaultdict(lambda: [0, 0]), defaultdict(lambda: [0, 0])
    for event in day[0]:
        if isinstance(event, Counted):
            told[event.machine] = [told[event.machine][0] + event.good, told[event.machine][1] + event.reject]
    for record in day[1].records:
        if isinstance(record, MadeTruth):
            made[record.machine] = [made[record.machine][0] + record.good, made[record.machine][1] + record.reject]
    assert told == made
    assert all(good > 1_000 for good, _ in made.values())


def test_no_machine_uses_more_than_the_one_before_it_made(day: tuple[list[Event], Memory]) -> None:
    records = day[1].records
    made = {
        m: [r for r in records if isinstance(r, MadeTruth) and r.machine == m] for m in {r.machine for r in records}
    }
    for line in a_plant().lines():
        for maker, taker in pairwise(m.path for m in line.machines):
            start = 20 + 180_000 / 500  # the buffer is half full at the start
            drained = sum(r.units for r in records if isinstance(r, DrainTruth) and r.machine == maker)
            used = sum(r.good + r.reject for r in made[taker])
            assert 0 <= start + sum(r.good for r in made[maker]) - drained - used <= 2 * start


def test_buffers_are_never_negative_and_never_over_capacity() -> None:
    world = World(a_plant(), 5, WINDOW.start)
    for until in range(WINDOW.start, WINDOW.start + 8 * HOUR_MS, 17_000):
        world.advance(until)
        for line in world.lines:
            assert all(-1e-6 <= b.level() <= b.capacity + 1e-6 for b in line.buffers)


def test_a_starved_machine_stands_because_the_one_before_it_gives_nothing(day: tuple[list[Event], Memory]) -> None:
    waits = [r for r in day[1].records if isinstance(r, StateTruth) and r.state in ("starved", "blocked")]
    order = [m.id for m in a_plant().line("site/area/line-1").machines]
    assert {r.state for r in waits} == {"starved", "blocked"}
    for record in waits:
        step = -1 if record.state == "starved" else 1
        assert record.cause is not None
        assert order.index(record.cause.split("/")[3]) == order.index(record.machine.split("/")[3]) + step


def test_no_state_is_a_blip(day: tuple[list[Event], Memory]) -> None:
    said = defaultdict(list)
    for event in day[0]:
        if isinstance(event, StateChanged):
            said[event.machine].append(event.t)
    for times in said.values():
        assert all(b - a >= 3_000 for a, b in pairwise(times))


def test_orders_follow_one_another_and_are_in_the_truth(day: tuple[list[Event], Memory]) -> None:
    truths = [r for r in day[1].records if isinstance(r, OrderTruth)]
    starts = [e for e in day[0] if isinstance(e, OrderChanged) and e.action == "start"]
    ends = {(e.machine, e.order): e.t for e in day[0] if isinstance(e, OrderChanged) and e.action == "end"}
    assert sorted((e.machine, e.order) for e in starts) == sorted((r.machine, r.order) for r in truths)
    assert all(ends[r.machine, r.order] == r.to for r in truths)
    assert len(truths) > 4


def test_people_say_later_what_really_stopped_a_machine(day: tuple[list[Event], Memory]) -> None:
    real = {(r.machine, r.from_): r.reason for r in day[1].records if isinstance(r, StateTruth) and r.state == "stop"}
    said = [e for e in day[0] if isinstance(e, StopClassified)]
    assert said
    assert all(
        real[e.machine, e.from_] == e.reason and e.t > e.from_ + 120_000 and e.by.startswith("op-") for e in said
    )


def test_people_who_explain_late_often_say_other_and_what_it_was_where_the_tree_has_such_a_reason() -> None:
    plant = a_plant()
    other = Reason("other", "Other", ("other",))
    vague = replace(plant, reasons=ReasonTree({**plant.reasons.by_id, other.id: other}))
    said = [e for e in run(vague)[0] if isinstance(e, StopClassified)]
    late = [e for e in said if e.reason == "other"]
    assert 0 < len(late) < len(said) / 3
    assert any(e.note for e in late)
    assert all(e.note is None for e in said if e.reason != "other")
    before = [e for e in run(plant)[0] if isinstance(e, StopClassified)]
    assert [(e.machine, e.t, e.from_, e.by) for e in said] == [(e.machine, e.t, e.from_, e.by) for e in before]


def test_quality_people_find_units_bad_later_and_save_some_and_the_truth_knows(day: tuple[list[Event], Memory]) -> None:
    said = [e for e in day[0] if isinstance(e, CountCorrected)]
    truths = [r for r in day[1].records if isinstance(r, LateTruth)]
    assert [(e.machine, e.t, e.made_at, e.good, e.reject, e.rework) for e in said] == [
        (r.machine, r.t, r.made_at, r.good, r.reject, r.rework) for r in sorted(truths, key=lambda r: r.t)
    ]
    assert any(e.good < 0 < e.reject for e in said)
    assert any(e.reject < 0 < e.rework for e in said)
    assert all(e.t > e.made_at and e.good + e.reject + e.rework == 0 and e.by.startswith("qa-") for e in said)


def test_values_announce_some_breakdowns_and_not_all(day: tuple[list[Event], Memory]) -> None:
    wear = [r for r in day[1].records if isinstance(r, FaultTruth) and r.fault == "wear"]
    told = [r for r in wear if r.onset is not None]
    assert 0 < len(told) < len(wear)
    assert all(r.signal and r.onset < r.failure for r in told)


def test_machines_of_a_parallel_line_have_orders_of_their_own() -> None:
    events, _ = run(a_plant(a_line("line-1", topology="parallel")))
    starts = {e.machine for e in events if isinstance(e, OrderChanged)}
    assert starts == {m.path for m in a_line("line-1").machines}
    assert not [e for e in events if isinstance(e, StateChanged) and e.state in ("starved", "blocked")]


def test_a_line_out_of_shift_says_little() -> None:
    saturday = MONDAY + 5 * DAY_MS + 8 * HOUR_MS
    events, _ = run(a_plant(a_line("line-1")), window=Interval(saturday, saturday + 12 * HOUR_MS))
    assert sum(isinstance(e, Heartbeat) for e in events) <= 25
    assert len(events) < 60


@pytest.mark.slow
def test_the_demo_plant_is_plausible() -> None:
    plant = load_plant(Path("plants/demo.yaml"))
    window = Interval(MONDAY, MONDAY + 4 * DAY_MS)
    book = Memory()
    assert sum(1 for _ in simulate(plant, 7, window, pace=SPARSE, book=book)) < 600_000
    night, day, usual = [], [], 0
    for line in plant.lines():
        own = [r for r in book.records if r.machine.startswith(line.path)]
        for key, oee, _ in shift_oee(plant, line, window, own):
            usual += 0.45 <= oee <= 0.88
            (night if key.endswith("night") else day).append(oee)
    assert usual / len(night + day) > 0.85
    assert sum(night) / len(night) < sum(day) / len(day) - 0.01
    assert any(isinstance(r, FaultTruth) and r.fault == "chronic" for r in book.records)
    assert _share_of_the_commonest(book) >= 0.5


def _share_of_the_commonest(book: Memory) -> float:
    """Share of the stopped time that the commonest third of the reasons takes."""
    lost: dict[str, int] = defaultdict(int)
    for record in book.records:
        if isinstance(record, StateTruth) and record.state == "stop" and record.reason:
            lost[record.reason] += record.to - record.from_
    minutes = sorted(lost.values(), reverse=True)
    return sum(minutes[: max(1, len(minutes) // 3)]) / sum(minutes)


def test_an_order_is_due_in_the_lines_shifts_and_not_in_its_weekend() -> None:
    line = a_line("line-1")
    saturday = MONDAY + 5 * DAY_MS
    assert worked(line, MONDAY + 10 * HOUR_MS, 5 * HOUR_MS) == MONDAY + 15 * HOUR_MS
    assert worked(line, saturday + 4 * HOUR_MS, 4 * HOUR_MS) == saturday + 2 * DAY_MS + 8 * HOUR_MS
    assert worked(line, saturday + 12 * HOUR_MS, HOUR_MS) == saturday + 2 * DAY_MS + 7 * HOUR_MS
