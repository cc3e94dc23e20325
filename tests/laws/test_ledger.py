"""The laws of DOMAIN.md sections 1, 4, 5, 6, 7, on random plants and histories, and against the naive reading."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.accounting.buckets import ZERO, Bucket, Cell, Components
from app.domain.accounting.day import PAGE_MS
from app.domain.accounting.facts import HourFact
from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import Counted, StateChanged, StopClassified
from app.domain.interval import DAY_MS, HOUR_MS, Interval
from tests.laws.histories import LENGTH_S, MACHINES, START, History, S, histories
from tests.laws.naive import tally
from tests.makers import a_plant

WHOLE = Interval(START, START + LENGTH_S * S)
LINE = "s/a/l"


class Pages(dict):
    def load(self, key: str) -> bytes | None:
        return self.get(key)


def a_ledger(history: History) -> Ledger:
    return Ledger(next(history.plant.lines()), history.plant, Pages())


def booked(history: History) -> Ledger:
    ledger = a_ledger(history)
    ledger.apply(history.events)
    return ledger


def total(cells: list[Cell]) -> Components:
    return sum((c.components for c in cells), ZERO)


def everything(ledger: Ledger, now: int):
    return [
        (sorted(ledger.cells(e, WHOLE, now), key=repr), ledger.episodes(e, WHOLE, now) if e != LINE else [])
        for e in (*MACHINES, LINE)
    ]


@given(histories())
def test_every_millisecond_is_in_exactly_one_bucket(history: History) -> None:
    ledger = booked(history)
    for equipment in (*MACHINES, LINE):
        assert total(ledger.cells(equipment, WHOLE, history.now)).calendar_ms == WHOLE.length


@given(histories())
def test_the_ledger_agrees_with_the_naive_reading_of_the_law(history: History) -> None:
    ledger = booked(history)
    for unit in ledger.line.machines:
        expected = tally(history.plant, next(history.plant.lines()), unit, history.events, WHOLE)
        cells = ledger.cells(unit.path, WHOLE, history.now)
        found = {
            (c.key.hour, c.key.shift, c.key.product, c.key.order): [
                *c.components.buckets_ms,
                c.components.good,
                c.components.reject,
                c.components.rework,
                c.components.ideal_ns,
                c.components.unknown_units,
            ]
            for c in cells
        }
        assert found == expected


@given(histories(), st.data())
def test_parts_of_a_window_add_up_to_the_whole(history: History, data: st.DataObject) -> None:
    ledger = booked(history)
    cuts = sorted(data.draw(st.lists(st.integers(0, LENGTH_S * S), max_size=4)))
    edges = [WHOLE.start, *(START + c for c in cuts), WHOLE.end]
    for equipment in (*MACHINES, LINE):
        parts = [ledger.cells(equipment, Interval(a, b), history.now) for a, b in itertools.pairwise(edges)]
        assert total([c for part in parts for c in part]) == total(ledger.cells(equipment, WHOLE, history.now))


@given(histories(people=False))
def test_order_inside_the_grace_does_not_matter(history: History) -> None:
    in_order = History(history.plant, sorted(history.events, key=lambda e: (e.t, e.seq)), history.now)
    assert everything(booked(in_order), history.now) == everything(booked(history), history.now)


@given(histories(), st.data())
def test_batches_settling_and_restarts_do_not_matter(history: History, data: st.DataObject) -> None:
    plain = booked(history)
    plain.settle(history.now)
    ledger, pages, checkpoint = a_ledger(history), Pages(), b""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(history.events)), max_size=5)))
    edges = [0, *cuts, len(history.events)]
    for a, b in itertools.pairwise(edges):
        ledger.apply(history.events[a:b])
        if data.draw(st.booleans()):
            seen = max((e.t for e in history.events[:b]), default=START)
            ledger.settle(seen)
        if data.draw(st.booleans()):
            pages |= ledger.changed_pages()
            checkpoint = ledger.checkpoint()
            ledger = Ledger(next(history.plant.lines()), history.plant, pages, checkpoint)
    ledger.settle(history.now)
    assert everything(ledger, history.now) == everything(plain, history.now)


@given(histories(), st.data())
def test_the_facts_told_along_the_way_end_as_the_whole_truth(history: History, data: st.DataObject) -> None:
    ledger = a_ledger(history)
    told = {}
    cuts = sorted(data.draw(st.lists(st.integers(0, len(history.events)), max_size=5)))
    edges = [0, *cuts, len(history.events)]
    now = START
    for a, b in itertools.pairwise(edges):
        ledger.apply(history.events[a:b])
        now = max([now, *(e.t for e in history.events[a:b])])
        told |= {(f.equipment, f.hour): f for f in ledger.settle(now, open_hours=True) if hasattr(f, "hour")}
    for later in (history.now, history.now + 120 * S):
        told |= {(f.equipment, f.hour): f for f in ledger.settle(later, open_hours=True) if hasattr(f, "hour")}
    end = history.now + 120 * S
    for (equipment, hour), fact in told.items():
        assert fact.cells == ledger.cells(equipment, Interval(hour, hour + HOUR_MS), end)
        if equipment != LINE:
            episodes = ledger.episodes(equipment, Interval(hour, hour + HOUR_MS), end)
            assert fact.episodes == [e for e in episodes if hour <= e.start < hour + HOUR_MS]


@given(histories())
@settings(max_examples=50)
def test_episodes_are_adjacent_and_carry_the_same_time_as_the_cells(history: History) -> None:
    ledger = booked(history)
    for machine in MACHINES:
        episodes = ledger.episodes(machine, WHOLE, history.now)
        buckets = [0] * 9
        for episode in episodes:
            inside = Interval(episode.start, episode.end or history.now).clip(WHOLE)
            buckets[episode.bucket] += inside.length
        assert tuple(buckets) == total(ledger.cells(machine, WHOLE, history.now)).buckets_ms
        for before, after in itertools.pairwise(episodes):
            assert before.end == after.start


def test_what_is_forgotten_stays_told_and_the_rest_goes_on() -> None:
    """After `forget`, days before the border hold nothing, days after it are as they were."""
    plant = a_plant(machines=["m1", "m2"])
    ledger = Ledger(next(plant.lines()), plant, Pages())
    days = [START + day * DAY_MS for day in range(4)]
    path = ledger.line.machines[0].path
    ledger.apply(
        [StateChanged(machine=path, t=t, source="s", epoch=1, seq=seq, state="run") for seq, t in enumerate(days, 1)]
    )
    now = days[-1] + HOUR_MS
    before = ledger.cells(path, Interval(days[3], now), now)
    ledger.forget(days[2] - days[2] % DAY_MS)
    assert ledger.cells(path, Interval(days[3], now), now) == before
    assert all(page.rpartition("|")[2] >= str(days[2] // PAGE_MS) for page in ledger.changed_pages())


def test_units_made_before_a_machine_first_spoke_are_told_where_they_were_made() -> None:
    ledger = Ledger(next(a_plant().lines()), a_plant(), Pages())
    machine = ledger.line.machines[0].path
    spoke = START + 10 * HOUR_MS
    late = Counted(machine=machine, t=spoke, source="plc", epoch=1, seq=1, reject=3, made_at=spoke - 4 * HOUR_MS)
    ledger.apply([late])
    told: dict[int, HourFact] = {}
    for _ in range(2):
        facts = (f for f in ledger.settle(spoke + HOUR_MS, open_hours=True) if isinstance(f, HourFact))
        told |= {f.hour: f for f in facts if f.equipment == machine}
    assert total(told[spoke - 4 * HOUR_MS - (spoke % HOUR_MS)].cells).reject == 3


def test_a_source_that_says_its_state_every_second_is_believed() -> None:
    ledger = Ledger(next(a_plant().lines()), a_plant(), Pages())
    about = {"machine": ledger.line.machines[0].path, "source": "plc", "epoch": 1}
    said = [(second, "stop" if second < 600 else "run") for second in range(3_600)]
    ledger.apply([StateChanged(**about, t=START + s * 1_000, seq=s, state=state) for s, state in said])
    found = total(ledger.cells(about["machine"], Interval(START, START + HOUR_MS), START + HOUR_MS))
    assert found.buckets_ms[Bucket.UNPLANNED_STOP] == 600_000
    assert found.buckets_ms[Bucket.RUNNING] == HOUR_MS - 600_000


def test_what_a_person_says_of_a_machine_that_never_spoke_is_told_of_the_line_too() -> None:
    plant = a_plant(machines=["m1", "m2"], line={"constraint": "m1"})
    ledger = Ledger(next(plant.lines()), plant, Pages())
    silent, other = ledger.machines
    now = START + 5 * HOUR_MS
    ledger.apply([StateChanged(machine=other, t=START, source="plc", epoch=1, seq=1, state="run")])
    told = {(f.equipment, f.hour): f for f in ledger.settle(now, open_hours=True) if isinstance(f, HourFact)}
    about = {"source": "person", "epoch": 1, "seq": 1, "reason": None, "planned": True, "by": "ada"}
    said = StopClassified(machine=silent, t=now, from_=START + HOUR_MS, to=START + 2 * HOUR_MS, **about)
    ledger.apply([said])
    for later in (now, now + 120 * S):
        told |= {(f.equipment, f.hour): f for f in ledger.settle(later, open_hours=True) if isinstance(f, HourFact)}
    for (equipment, hour), fact in told.items():
        assert fact.cells == ledger.cells(equipment, Interval(hour, hour + HOUR_MS), now + 120 * S)
    assert any(equipment == silent for equipment, _ in told)


def test_a_count_at_the_border_of_a_page_covers_the_time_since_the_one_before() -> None:
    """Pages end at noon and midnight UTC, when hourly counts arrive: that one is spread like every other."""
    plant = a_plant(machines=["m1"], traits={"stale_after": "1d"})
    border = START - START % PAGE_MS + PAGE_MS
    base = {"machine": "site/area/line-1/m1", "source": "plc", "epoch": 1}
    for settled_to in (None, border + HOUR_MS):
        ledger = Ledger(next(plant.lines()), plant, Pages())
        ledger.apply([StateChanged(**base, t=border - 4 * HOUR_MS, seq=1, state="run")])
        ledger.apply([Counted(**base, t=border - 3 * HOUR_MS, seq=2, good=5)])
        ledger.apply([Counted(**base, t=border, seq=3, good=300)])
        if settled_to is not None:
            ledger.apply([Counted(**base, t=settled_to, seq=4, good=100)])
        hours = [Interval(border - n * HOUR_MS, border - (n - 1) * HOUR_MS) for n in (4, 3, 2, 1)]
        made = [total(ledger.cells(base["machine"], hour, border + 2 * HOUR_MS)).good for hour in hours]
        assert made == [5, 100, 100, 100]
