"""What the detectors of wear are worth: on the demo plant against the simulators' truth, and on two public data sets.

Nothing of the truth reaches the detectors: they see minute means of process values and what machines said of their
states. A warning is right when a fault of that machine was visible then and ended in a failure: onset <= warning <
failure. What is announced at all is `onset` known; failures that no value shows are counted beside it.
The limits of the detectors and the shape of the score of a remaining time were chosen on the seeds `TUNED_ON`; on
those of `JUDGED_ON` nothing was chosen. Both are printed.
"""

import sys
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median

from app.domain.decisions.approach import (
    NOMINAL,
    Approach,
    Limit,
    approaches,
    ending,
    limit_of,
    spread,
    stage_of,
    with_interval,
)
from app.domain.decisions.wear import Climb, Normal, Reading, climb, is_fresh, normal, while_running
from app.domain.events.contract import Measured, StateChanged
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.domain.plant.equipment import Plant, WorkUnit
from app.plantyaml import parse_plant
from simulators.truth import FaultTruth, Memory
from simulators.world import simulate
from tests.benchmarks.maintenance_public import milling, turbofans

ROOT = Path(__file__).parents[2]
START = 1_795_410_000_000
DAYS, LEARN_DAYS = 6, 2
LINES = ("leipzig/bottling/line-1", "leipzig/bottling/line-2", "leipzig/packaging/line-5")
TUNED_ON, JUDGED_ON = (7, 11), (101, 202)
FORGIVEN_MS = HOUR_MS
STEP_MS, LATER_MS = 2 * MINUTE_MS, 10 * MINUTE_MS
AROUND_MS, MOST_FAILURES = 4 * HOUR_MS, 30
Key = tuple[str, str]


@dataclass
class Heard:
    """What a plant said: values by machine and signal, runs by machine, when it failed and said so."""

    values: dict[Key, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    runs: dict[str, list[Interval]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def listen(plant: Plant, seed: int, window: Interval) -> tuple[Heard, list[FaultTruth]]:
    """Simulate; return what was said, and the truth to judge by."""
    heard, book, runs_since = Heard(), Memory(), {}
    words = {m.path: m.states for line in plant.lines() for m in line.machines}
    for event in simulate(plant, seed, window, lines=LINES, book=book):
        if isinstance(event, Measured) and not isinstance(event.value, bool | str) and event.value is not None:
            heard.values[event.machine, event.signal].append((event.t, float(event.value)))
        elif isinstance(event, StateChanged):
            meant = words[event.machine].get(str(event.state))
            state, reason = (event.state, event.reason) if meant is None else (meant.state, meant.reason)
            begun = runs_since.pop(event.machine, None)
            if begun is not None:
                heard.runs[event.machine].append(Interval(begun, event.t))
            if state == "run":
                runs_since[event.machine] = event.t
            known = plant.reasons.get(event.reason or reason)
            if known is not None and known.failure:
                heard.failures[event.machine].append(event.t)
    for line in LINES:
        for machine in plant.line(line).machines:
            heard.failures[machine.path] = [t for t in heard.failures[machine.path] if not _is_minor(heard, machine, t)]
    return heard, [r for r in book.records if isinstance(r, FaultTruth)]


def _is_minor(heard: Heard, machine: WorkUnit, t: int) -> bool:
    runs = heard.runs[machine.path]
    at = bisect_left(runs, t, key=lambda run: run.start)
    return at < len(runs) and runs[at].start - t <= machine.minor_stop_ms


@dataclass(frozen=True)
class Learnt:
    """What is known of a signal on a day."""

    usual: Normal
    limit: Limit
    ways: list[Approach]


@dataclass
class Signal:
    """A signal of a machine: its minutes of running, and by day what was learnt of it up to then."""

    key: Key
    readings: list[Reading]
    runs: list[Interval]
    days: dict[int, Learnt]


def signals(plant: Plant, heard: Heard, window: Interval) -> Iterator[Signal]:
    """Yield every signal that may show wear, with what the product would have learnt of it day by day."""
    for machine in (machine for line in LINES for machine in plant.line(line).machines):
        runs, failures = heard.runs[machine.path], heard.failures[machine.path]
        for signal in machine.signals.values():
            if signal.counter is not None or signal.high is None:
                continue
            readings = while_running(heard.values[machine.path, signal.id], runs, machine.warm_up_ms)
            found = Signal((machine.path, signal.id), readings, runs, {})
            for day in range(LEARN_DAYS, DAYS):
                learnt = _learn(found, failures, signal.high, window.start + day * DAY_MS)
                if learnt is not None:
                    found.days[day] = learnt
            yield found


def _learn(signal: Signal, failures: Sequence[int], high: float, now: int) -> Learnt | None:
    readings = _between(signal.readings, 0, now)
    usual = normal([reading.value for reading in _between(readings, now - 3 * DAY_MS, now)])
    if usual is None:
        return None
    past = [t for t in failures if t < now][-MOST_FAILURES:]
    ran = [(t, _ran(signal.runs, 0, t)) for t in past]
    ends = [ending(_between(readings, t - AROUND_MS, t + AROUND_MS), t, at, usual) for t, at in ran]
    known = [end for end in ends if end is not None]
    limit = limit_of(known, usual, high)
    return None if limit is None else Learnt(usual, limit, approaches(signal.key[1], known, usual, high))


def _between(readings: Sequence[Reading], start: int, end: int) -> Sequence[Reading]:
    first, last = (bisect_left(readings, t, key=lambda reading: reading.t) for t in (start, end))
    return readings[first:last]


@dataclass
class Said:
    """What was said of a signal at a look: of what is new a warning, else how it goes on."""

    at: int
    key: Key
    is_new: bool
    said: Climb


def looks(signal: Signal, ways: Mapping[int, list[Approach]], window: Interval) -> Iterator[Said]:
    """Yield what the product would say of a signal, looking every two minutes. ways: known in the plant, by day."""
    first, last, last_seen = 0, 0, -FORGIVEN_MS * 9
    for now in range(window.start + LEARN_DAYS * DAY_MS, window.end, STEP_MS):
        while last < len(signal.readings) and signal.readings[last].t < now:
            last += 1
        while first < last and signal.readings[first].ran < signal.readings[last - 1].ran - 90 * MINUTE_MS:
            first += 1
        day = (now - window.start) // DAY_MS
        learnt, recent = signal.days.get(day), signal.readings[first:last]
        if learnt is None or not is_fresh(recent, now):
            continue
        is_known = now - last_seen < FORGIVEN_MS
        found = climb(recent, learnt.usual, learnt.limit.value, is_known=is_known)
        if found is not None:
            last_seen = now
            stage = stage_of(found, is_known=is_known)
            known = spread(ways[day], signal.key[1], stage, by_failures=learnt.limit.by_failures)
            yield Said(now, signal.key, not is_known, with_interval(found, known))


@dataclass
class Tally:
    """What came of everything that was said. met: by fault what was said on its way, when, with what was left, ms."""

    right: int = 0
    wrong: int = 0
    drifts: int = 0
    silent: int = 0
    announced: int = 0
    leads: list[float] = field(default_factory=list)
    met: dict[tuple[int, int], list[tuple[int, Climb, float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, said: Said, fault: FaultTruth | None, runs: Sequence[Interval], seed: int) -> None:
        """Count one look."""
        if said.is_new:
            self.right, self.wrong = self.right + (fault is not None), self.wrong + (fault is None)
        if fault is None:
            return
        if fault.fault == "drift":
            self.drifts += said.is_new
            return
        own = self.met[seed, id(fault)]
        if not own:
            self.leads.append((fault.failure - said.at) / MINUTE_MS)
        own.append((said.at, said.said, _ran(runs, said.at, fault.failure)))

    def text(self, name: str) -> str:
        """Return what it comes to."""
        caught = len(self.met)
        ways = list(self.met.values())
        later = [[one for one in way if one[0] - way[0][0] >= LATER_MS][:1] for way in ways]
        return (
            f"demo plant, {name}: {DAYS} days each of {len(LINES)} lines, {LEARN_DAYS} of them to learn from\n"
            f"  failures announced by a value {self.announced}, warned of {caught}:"
            f" recall {caught / self.announced:.2f} ({self.silent} more failures show in no value)\n"
            f"  warnings {self.right + self.wrong}, right {self.right} (of which quality drifts {self.drifts}):"
            f" precision {self.right / (self.right + self.wrong):.2f}\n"
            f"  lead time: median {median(self.leads):.0f} min, nine of ten at least"
            f" {sorted(self.leads)[len(self.leads) // 10]:.0f} min\n"
            f"  remaining run time, interval that should hold {NOMINAL:.2f}\n"
            f"    at the warning:    {told([way[:1] for way in ways])}\n"
            f"    ten minutes later: {told([way for way in later if way])}\n"
            f"    along the way:     {told(ways)}"
        )


def told(ways: Sequence[Sequence[tuple[int, Climb, float]]]) -> str:
    """Return how right remaining times were, each way of the same weight."""
    errors = [abs(said.mid - left) / MINUTE_MS for way in ways for _, said, left in way]
    bounded = [[(s, left) for _, s, left in way if s.low is not None and s.high is not None] for way in ways]
    bounded = [way for way in bounded if way]
    if not bounded:
        return f"median error {median(errors):.0f} min; no interval is known"
    inside = [mean(s.low <= left <= s.high for s, left in way) for way in bounded]  # type: ignore[operator]
    widths = [(s.high - s.low) / MINUTE_MS for way in bounded for s, _ in way]  # type: ignore[operator]
    return (
        f"median error {median(errors):.0f} min; {len(bounded)} of {len(ways)} have an interval,"
        f" the truth inside {mean(inside):.2f}, median width {median(widths):.0f} min"
    )


def the_demo_plant(name: str, seeds: Sequence[int]) -> str:
    """Return precision, recall, lead time and coverage of the detector of wear."""
    plant = parse_plant((ROOT / "plants" / "demo.yaml").read_text(encoding="utf-8"))
    window, tally = Interval(START, START + DAYS * DAY_MS), Tally()
    for seed in seeds:
        heard, faults = listen(plant, seed, window)
        seen = [f for f in faults if f.failure > window.start + LEARN_DAYS * DAY_MS and f.fault != "chronic"]
        tally.announced += sum(f.fault == "wear" and f.onset is not None for f in seen)
        tally.silent += sum(f.fault == "wear" and f.onset is None for f in seen)
        every = list(signals(plant, heard, window))
        ways = {d: [way for s in every if d in s.days for way in s.days[d].ways] for d in range(LEARN_DAYS, DAYS)}
        for signal in every:
            for said in looks(signal, ways, window):
                tally.add(said, _met(said, seen), signal.runs, seed)
    return tally.text(f"{name} (seeds {', '.join(map(str, seeds))})")


def _met(said: Said, faults: Sequence[FaultTruth]) -> FaultTruth | None:
    machine, signal = said.key
    own = (f for f in faults if f.machine == machine and f.signal == signal and f.onset is not None)
    return next((f for f in own if f.onset <= said.at < f.failure), None)  # type: ignore[operator]


def _ran(runs: Sequence[Interval], start: int, end: int) -> int:
    first = bisect_right(runs, start, key=lambda run: run.end)
    last = bisect_left(runs, end, key=lambda run: run.start)
    return sum(run.clip(Interval(start, end)).length for run in runs[first:last])


def main() -> int:
    """Print everything; public data only where they are beside this checkout."""
    print(the_demo_plant("tuned on", TUNED_ON), flush=True)
    print(the_demo_plant("held out", JUDGED_ON), flush=True)
    for found in (turbofans(), milling()):
        if found is not None:
            print(found, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
