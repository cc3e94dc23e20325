"""Running it: patience while the outlet is away, resuming without repeating, wrong input refused in words."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.domain.events import codec
from app.domain.events.contract import Counted
from app.domain.interval import Interval
from simulators.line import Pace
from simulators.output import OutletAway, Raw, Sender
from simulators.run import Marks, Road, Run, past, present
from simulators.traits import BadSimulation, traits
from simulators.truth import MadeTruth, Memory, Nowhere, TruthFile, read
from simulators.world import World, simulate
from tests.simulators.makers import HOUR_MS, MONDAY, a_plant

WINDOW = Interval(MONDAY + 6 * HOUR_MS, MONDAY + 9 * HOUR_MS)
DEMO = Path("plants/demo.yaml").resolve()


class Shelf:
    """An outlet in memory that is away for the first `away` offers and asks to stop after `enough` events."""

    def __init__(self, away: int = 0, enough: int = 1 << 60) -> None:
        self.raws: list[bytes] = []
        self.away, self.enough, self.naps = away, enough, 0

    def send(self, raws: Sequence[Raw]) -> None:
        if self.away:
            self.away -= 1
            raise OutletAway("not now")
        self.raws += [raw for _, raw in raws]

    def behind(self) -> int:
        return 0

    def wait(self, seconds: float) -> bool:
        self.naps += 1
        return False

    def is_full(self) -> bool:
        return len(self.raws) >= self.enough


def a_run(shelf: Shelf, marks: Marks, start: int = WINDOW.start) -> Run:
    world = World(a_plant(), 1, start, pace=Pace(60_000, 600_000, 60_000))
    road = Road(a_plant(), 1, Nowhere(), None)
    return Run(world, road, Sender(shelf, shelf.wait), marks, 1, shelf.is_full)


def test_an_outlet_that_is_away_gets_everything_when_it_is_back() -> None:
    patient, lucky = Shelf(away=7), Shelf()
    assert past(a_run(patient, Marks(None)), WINDOW, 0)
    assert past(a_run(lucky, Marks(None)), WINDOW, 0)
    assert patient.raws == lucky.raws
    assert patient.naps == 7


def test_a_history_broken_off_goes_on_where_it_was(tmp_path: Path) -> None:
    marks, whole, first, second = Marks(tmp_path / "mark"), Shelf(), Shelf(enough=900), Shelf()
    past(a_run(whole, Marks(None)), WINDOW, 0)
    assert not past(a_run(first, marks), WINDOW, 0)
    mark = marks.load()
    assert mark is not None
    assert mark.until < WINDOW.end
    assert past(a_run(second, marks), WINDOW, mark.until)
    assert first.raws + second.raws == whole.raws


def test_a_live_run_keeps_its_place_and_ends_on_time(tmp_path: Path) -> None:
    shelf, marks = Shelf(), Marks(tmp_path / "mark")
    looks = iter(range(WINDOW.start + HOUR_MS, WINDOW.end + HOUR_MS, 60_000))
    warm = Interval(WINDOW.start, WINDOW.start + HOUR_MS)
    present(a_run(shelf, marks), warm, lambda: next(looks), WINDOW.end, shelf.wait)
    times = [codec.decode(raw).t for raw in shelf.raws]
    mark = marks.load()
    assert times == sorted(times)
    assert times[-1] == WINDOW.end
    assert mark is not None
    assert (mark.start, mark.until) == WINDOW


def test_truth_survives_the_file(tmp_path: Path) -> None:
    book, file = Memory(), TruthFile(tmp_path / "truth.jsonl")
    for _ in simulate(a_plant(), 1, WINDOW, book=book):
        pass
    for record in book.records:
        file.add(record)
    file.close()
    assert list(read(tmp_path / "truth.jsonl")) == book.records


def test_the_plant_file_may_change_how_a_machine_behaves() -> None:
    plant = a_plant(
        simulation={"machines": {"default": {"mttr": "1h"}, "filler": {"mtbf": "2h"}, "line-2/filler": {"mtbf": "5h"}}}
    )
    one, two = (traits(plant, w, w.machines[1]) for w in plant.lines())
    assert (one.mtbf, two.mtbf, one.mttr) == (2 * HOUR_MS, 5 * HOUR_MS, HOUR_MS)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"machines": {"filler": {"mtbf": "soon"}}}, r"simulation\.machines\.filler\.mtbf: `soon` is not a duration"),
        ({"machines": {"filler": {"colour": 1}}}, r"simulation\.machines\.filler\.colour: unknown key"),
        ({"machines": {"filler": {"reject": 2}}}, r"reject: must be a number from 0 to 1, is 2"),
        ({"lines": {"line-1": {"products": ["milk"]}}}, r"products: must be a list of products \(cola, water\)"),
        ({"lines": {"line-1": {"chronic": {"machine": "oven"}}}}, r"chronic\.machine: must be a machine of the line"),
        ({"lines": {"line-1": 3}}, r"simulation\.lines\.line-1: must be a mapping"),
    ],
)
def test_a_wrong_simulation_block_is_refused_in_words(block: dict[str, object], said: str) -> None:
    with pytest.raises(BadSimulation, match=said):
        World(a_plant(simulation=block), 1, WINDOW.start)


def call(*arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "simulators", str(DEMO), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.slow
def test_the_command_writes_events_and_truth_of_a_past_stretch(tmp_path: Path) -> None:
    truth, at = tmp_path / "truth.jsonl", "2026-11-23T12:00:00+00:00"
    child = call("--history", "2h", "--warm", "1h", "--at", at, "--to", "-", "--truth", str(truth), "--lines", "line-1")
    out, err = child.communicate(timeout=60)
    events = [codec.decode(raw) for raw in out.splitlines()]
    assert child.returncode == 0, err
    assert all(e.source.endswith("-history") and "/line-1" in e.machine for e in events)
    told = sum(e.good for e in events if isinstance(e, Counted))
    assert told == sum(r.good for r in read(truth) if isinstance(r, MadeTruth)) > 0


@pytest.mark.slow
def test_a_live_run_that_is_told_to_stop_closes_its_truth_and_ends_well(tmp_path: Path) -> None:
    truth, mark = tmp_path / "truth.jsonl", tmp_path / "mark"
    child = call("--warm", "1h", "--to", "-", "--truth", str(truth), "--resume", str(mark), "--lines", "line-1")
    assert child.stdout is not None
    first = child.stdout.readline()
    child.send_signal(signal.SIGTERM)
    rest = child.stdout.read()
    child.communicate(timeout=60)
    events = [codec.decode(raw) for raw in (first + rest).splitlines()]
    assert child.returncode == 0
    assert sum(e.good for e in events if isinstance(e, Counted)) == sum(
        r.good for r in read(truth) if isinstance(r, MadeTruth)
    )
    assert json.loads(mark.read_text())["until"] >= events[0].t


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--speed", "max"], b"--speed max needs an end"),
        (["--speed", "0"], b"must be `max` or a number above 0"),
        (["--at", "noon"], b"noon: must be a time such as"),
        (["--warm", "long"], b"`long` is not a duration"),
        (["--lines", "line-99"], b"line-99"),
    ],
)
def test_a_wrong_option_ends_with_one_line_that_says_why(arguments: list[str], said: bytes) -> None:
    child = call("--to", "-", *arguments)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 2
    assert said in err
    assert len(err.splitlines()) == 1
