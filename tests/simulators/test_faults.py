"""Dirty sources: each fault appears, is in the book, and leaves the truth about the machines alone."""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from app.domain.events.contract import Counted, Event, Measured
from app.domain.interval import Interval
from simulators.faults import LEVELS, BadDirt, Dirt, Dirty, dirt_of
from simulators.line import Pace
from simulators.truth import DirtTruth, Memory
from simulators.world import simulate
from tests.simulators.makers import HOUR_MS, MONDAY, a_line, a_plant

WINDOW = Interval(MONDAY + 6 * HOUR_MS, MONDAY + 18 * HOUR_MS)

MODULUS = 10_000
LINE = a_line("line-1", counter=True)


@pytest.fixture(scope="module")
def clean() -> list[Event]:
    plant = a_plant(LINE)
    return list(simulate(plant, 3, WINDOW, pace=Pace(60_000, 600_000, 60_000), counters=True))


def spoil(events: list[Event], dirt: Dirt, seed: str = "s") -> tuple[list[Event], Counter[str]]:
    book = Memory()
    dirty = Dirty(LINE, {}, dirt, seed, book)
    arrived = [a for e in events for a in dirty.feed(e)] + dirty.rest()
    return arrived, Counter(r.fault for r in book.records if isinstance(r, DirtTruth))


def identity(event: Event) -> tuple[str, object, int]:
    return event.source, event.epoch, event.seq


def test_a_clean_source_stays_as_it_is(clean: list[Event]) -> None:
    assert spoil(clean, LEVELS["clean"]) == (clean, Counter())


def test_a_duplicate_is_the_same_event_again(clean: list[Event]) -> None:
    arrived, noted = spoil(clean, Dirt(duplicate=0.05))
    twice = [e for e, n in Counter(map(identity, arrived)).items() if n == 2]
    assert len(twice) == noted["duplicate"] > 10
    assert list(dict.fromkeys(map(identity, arrived))) == list(map(identity, clean))


@pytest.mark.parametrize(("fault", "low", "high"), [("late", 1, 60_000), ("very_late", 60_001, 3_600_000)])
def test_a_late_event_arrives_inside_or_beyond_the_grace(clean: list[Event], fault: str, low: int, high: int) -> None:
    arrived, noted = spoil(clean, Dirt(**{fault: 0.05}))
    newest, delays = 0, []
    for event in arrived:
        delays += [newest - event.t] if event.t < newest else []
        newest = max(newest, event.t)
    assert noted[fault] > 10
    assert max(delays) >= low
    assert max(delays) <= high
    assert sorted(map(identity, arrived)) == sorted(map(identity, clean))


def test_a_gap_loses_events_and_their_numbers(clean: list[Event]) -> None:
    arrived, noted = spoil(clean, Dirt(gap=0.02))
    assert len(clean) - len(arrived) == noted["gap"] > 5
    assert {identity(e) for e in arrived} < {identity(e) for e in clean}


def test_a_silent_source_says_nothing_for_minutes_and_numbers_on(clean: list[Event]) -> None:
    arrived, noted = spoil(clean, Dirt(silence=20.0))
    own = [e for e in arrived if e.source == "gw-1"]
    assert noted["silence"] > 3
    assert [e.seq for e in own] == list(range(1, len(own) + 1))
    assert max(b.t - a.t for a, b in pairwise(own)) >= 3 * 60_000


def test_a_wrong_clock_shifts_whole_hours(clean: list[Event]) -> None:
    arrived, noted = spoil(clean, Dirt(offset=0.4))
    moved = [a.t - c.t for a, c in zip(arrived, clean, strict=True)]
    assert noted["offset"] >= 2
    assert 2 <= len(set(moved) - {0}) <= noted["offset"]
    assert all(-25_000 <= m <= 25_000 for m in moved)


def test_a_reset_counter_starts_again_at_zero_and_keeps_its_increments(clean: list[Event]) -> None:
    def readings(events: list[Event]) -> list[int]:
        return [e.value for e in events if isinstance(e, Measured) and isinstance(e.value, int)]

    arrived, noted = spoil(clean, Dirt(reset=40.0))
    before, after = readings(clean), readings(arrived)
    pairs = zip(pairwise(after), pairwise(before), strict=True)
    jumps = [y for (x, y), (a, b) in pairs if (y - x) % MODULUS != (b - a) % MODULUS]
    assert len(jumps) == noted["reset"] > 2
    assert set(jumps) == {0}


def test_dirt_is_reproducible_and_the_sum_of_what_arrives_is_told(clean: list[Event]) -> None:
    assert spoil(clean, LEVELS["heavy"]) == spoil(clean, LEVELS["heavy"])
    assert spoil(clean, LEVELS["heavy"]) != spoil(clean, LEVELS["heavy"], seed="t")
    arrived, _ = spoil(clean, Dirt(duplicate=0.2, late=0.2, very_late=0.05))
    units: dict[tuple[str, object, int], int] = defaultdict(int)
    units.update({identity(e): e.good for e in arrived if isinstance(e, Counted)})
    assert sum(units.values()) == sum(e.good for e in clean if isinstance(e, Counted))


@pytest.mark.parametrize("wrong", ["filthy", {"dust": 1}, {"gap": -1}, {"gap": "often"}, 7])
def test_wrong_dirt_is_refused_in_words(wrong: object) -> None:
    with pytest.raises(BadDirt, match=r"simulation\.dirty\.gw-1: must be a level \(clean, light, heavy\)"):
        dirt_of(wrong, "simulation.dirty.gw-1")
    assert dirt_of({"gap": 0.1}, "here") == Dirt(gap=0.1)
