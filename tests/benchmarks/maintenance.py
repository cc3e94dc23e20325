"""What the detectors of wear are worth: on the demo plant against the simulators' truth, and on two public data sets.

Nothing of the truth reaches the detectors: they see minute means of process values and what machines said of their
states. A warning is right when a fault of that machine was visible then and ended in a failure: onset <= warning <
failure. What is announced at all is `onset` known; failures that no value shows are counted beside it.
"""

import csv
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from app.domain.decisions.wear import (
    Climb,
    Normal,
    Reading,
    climb,
    failure_level,
    is_fresh,
    normal,
    while_running,
)
from app.domain.events.contract import Measured, StateChanged
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.domain.plant.equipment import Plant, WorkUnit
from app.plantyaml import parse_plant
from simulators.truth import FaultTruth, Memory
from simulators.world import simulate

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
START = 1_795_410_000_000
DAYS, LEARN_DAYS = 6, 2
LINES = ("leipzig/bottling/line-1", "leipzig/bottling/line-2", "leipzig/packaging/line-5")
SEEDS = (7, 11)
FORGIVEN_MS = HOUR_MS
STEP_MS = 2 * MINUTE_MS
Key = tuple[str, str]


@dataclass
class Heard:
    """What a plant said: values by machine and signal, runs by machine, when it stood for a failure it told."""

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
    return heard, [r for r in book.records if isinstance(r, FaultTruth)]


@dataclass
class Warned:
    """A warning: when, of what, and what it said then of the time left (ms of running)."""

    at: int
    key: Key
    said: Climb


def warnings(heard: Heard, machine: WorkUnit, window: Interval) -> Iterator[Warned]:
    """Yield what the product would warn of, looking every two minutes, with normal learnt anew every day."""
    for signal in machine.signals.values():
        if signal.counter is not None or signal.high is None:
            continue
        key = (machine.path, signal.id)
        readings = while_running(heard.values[key], heard.runs[machine.path], machine.warm_up_ms)
        yield from _of_signal(key, readings, heard.failures[machine.path], signal.high, window)


def _of_signal(
    key: Key, readings: Sequence[Reading], failures: Sequence[int], high: float, window: Interval
) -> Iterator[Warned]:
    first, last, usual, limit, learnt, last_seen = 0, 0, None, high, 0, -FORGIVEN_MS * 9
    for now in range(window.start + LEARN_DAYS * DAY_MS, window.end, STEP_MS):
        while last < len(readings) and readings[last].t < now:
            last += 1
        while first < last and readings[first].ran < readings[last - 1].ran - 90 * MINUTE_MS:
            first += 1
        if now - learnt >= DAY_MS:
            usual, limit, learnt = *_learn(readings[:last], failures, high, now), now
        if usual is None or not is_fresh(readings[first:last], now):
            continue
        is_known = now - last_seen < FORGIVEN_MS
        found = climb(readings[first:last], usual, limit, is_known=is_known)
        if found is not None:
            if not is_known:
                yield Warned(now, key, found)
            last_seen = now


def _learn(readings: Sequence[Reading], failures: Sequence[int], high: float, now: int) -> tuple[Normal | None, float]:
    usual = normal([r.value for r in readings if r.t >= now - 3 * DAY_MS])
    if usual is None:
        return None, high
    before, times = [], [r.t for r in readings]
    for t in (t for t in failures if t < now):
        own = readings[bisect_left(times, t - 10 * MINUTE_MS) : bisect_left(times, t)]
        last = [r.value for r in own]
        before += [median(last)] if last else []
    return usual, failure_level(before, usual) or high


def the_demo_plant() -> str:
    """Return precision, recall and lead time of the detector of wear."""
    plant = parse_plant((ROOT / "plants" / "demo.yaml").read_text(encoding="utf-8"))
    window = Interval(START, START + DAYS * DAY_MS)
    right = wrong = caught = silent = announced = drifts = 0
    leads, errors, inside, told = [], [], 0, 0
    for seed in SEEDS:
        heard, faults = listen(plant, seed, window)
        seen = [f for f in faults if f.failure > window.start + LEARN_DAYS * DAY_MS and f.fault != "chronic"]
        wear = [f for f in seen if f.fault == "wear" and f.onset is not None]
        silent += sum(f.fault == "wear" and f.onset is None for f in seen)
        announced += len(wear)
        met = set()
        for line in LINES:
            for machine in plant.line(line).machines:
                for warned in warnings(heard, machine, window):
                    fault = _met(warned, seen)
                    right, wrong = right + (fault is not None), wrong + (fault is None)
                    if fault is not None and fault.fault == "drift":
                        drifts += 1
                    elif fault is not None and id(fault) not in met:
                        met.add(id(fault))
                        leads.append((fault.failure - warned.at) / MINUTE_MS)
                        ran = _ran(heard.runs[machine.path], warned.at, fault.failure)
                        errors.append(abs(warned.said.mid - ran) / MINUTE_MS)
                        inside += warned.said.low <= ran <= (warned.said.high or float("inf"))
                        told += 1
        caught += len(met)
    return (
        f"demo plant, {len(SEEDS)} x {DAYS} days of {len(LINES)} lines, first {LEARN_DAYS} days to learn from\n"
        f"  failures announced by a value {announced}, warned of {caught}: recall {caught / announced:.2f}"
        f" ({silent} more failures show in no value)\n"
        f"  warnings {right + wrong}, right {right} (of which quality drifts {drifts}):"
        f" precision {right / (right + wrong):.2f}\n"
        f"  lead time: median {median(leads):.0f} min, nine of ten at least"
        f" {sorted(leads)[len(leads) // 10]:.0f} min\n"
        f"  remaining run time at the warning: median error {median(errors):.0f} min,"
        f" inside the interval {inside / told:.2f}"
    )


def _met(warned: Warned, faults: Sequence[FaultTruth]) -> FaultTruth | None:
    machine, signal = warned.key
    own = (f for f in faults if f.machine == machine and f.signal == signal and f.onset is not None)
    return next((f for f in own if f.onset <= warned.at < f.failure), None)  # type: ignore[operator]


def _ran(runs: Sequence[Interval], start: int, end: int) -> float:
    return sum(run.clip(Interval(start, end)).length for run in runs)


def turbofans() -> str:
    """Return how far the remaining time is right on engines run to failure (NASA C-MAPSS FD001), a cycle as a minute.

    Learnt from the training engines: normal of each sensor (first 50 cycles of all) and the level it failed at. Asked
    of the test engines at their last cycle; the sensor that is furthest from normal answers.
    """
    folder = DATA / "cmapss_fd001"
    train, test = _engines(folder / "train_FD001.txt"), _engines(folder / "test_FD001.txt")
    truth = [int(row) for row in (folder / "RUL_FD001.txt").read_text().split()]
    sensors = range(len(next(iter(train.values()))[0]))
    usual = {s: normal([row[s] for rows in train.values() for row in rows[:50]]) for s in sensors}
    ends = {s: [median(row[s] for row in rows[-5:]) for rows in train.values()] for s in sensors}
    errors, naive, inside, asked = [], [], 0, 0
    middle = median(len(rows) for rows in train.values())
    for rows, left in zip(test.values(), truth, strict=True):
        said = _furthest(rows, usual, ends)
        if said is None:
            continue
        asked += 1
        errors.append(abs(said.mid / MINUTE_MS - left))
        naive.append(abs(max(0.0, middle - len(rows)) - left))
        inside += said.low / MINUTE_MS <= left <= (said.high or float("inf")) / MINUTE_MS
    return (
        f"C-MAPSS FD001, {len(test)} engines: says a remaining time for {asked}\n"
        f"  median error {median(errors):.0f} cycles (the fleet's median life less the age: {median(naive):.0f}),"
        f" inside the interval {inside / asked:.2f}"
    )


def _engines(path: Path) -> dict[int, list[list[float]]]:
    found: dict[int, list[list[float]]] = defaultdict(list)
    for row in path.read_text().splitlines():
        cells = [float(cell) for cell in row.split()]
        if cells:
            found[int(cells[0])].append(cells[5:])
    return found


def _furthest(
    rows: Sequence[Sequence[float]], usual: dict[int, Normal | None], ends: dict[int, list[float]]
) -> Climb | None:
    said: list[Climb] = []
    for sensor, known in usual.items():
        if known is None:
            continue
        limit = median(ends[sensor])
        if abs(known.sigmas(limit)) < 3:
            continue
        readings = [Reading(i * MINUTE_MS, row[sensor], i * MINUTE_MS) for i, row in enumerate(rows)]
        found = climb(readings[-90:], known, limit, is_known=True)
        said += [] if found is None else [found]
    said.sort(key=lambda c: c.mid)
    return said[len(said) // 2] if said else None


def milling() -> str:
    """Return what alarms on single values are worth on AI4I 2020: normal from all rows, an alarm beyond k sigmas."""
    with (DATA / "ai4i2020" / "ai4i2020.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    names = [n for n in rows[0] if "[" in n]
    usual = {n: normal([float(row[n]) for row in rows]) for n in names}
    failed = [row["Machine failure"] == "1" for row in rows]
    lines = []
    for k in (2.5, 3.0, 4.0):
        alarms = [any(abs(u.sigmas(float(row[n]))) >= k for n, u in usual.items() if u) for row in rows]
        hits = sum(a and f for a, f in zip(alarms, failed, strict=True))
        lines.append(f"beyond {k} sigmas: precision {hits / max(1, sum(alarms)):.2f}, recall {hits / sum(failed):.2f}")
    base = sum(failed) / len(failed)
    return f"AI4I 2020, {len(rows)} rows, {base:.3f} of them failures\n  " + "\n  ".join(lines)


def main() -> int:
    """Print everything; public data only where they are beside this checkout."""
    print(the_demo_plant(), flush=True)
    if (DATA / "cmapss_fd001").exists():
        print(turbofans(), flush=True)
    if (DATA / "ai4i2020").exists():
        print(milling(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
