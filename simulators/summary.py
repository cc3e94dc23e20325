"""What a simulated stretch looks like, from its truth alone: a quick look, not the product's figures."""

from collections import defaultdict
from collections.abc import Iterator

from app.domain.interval import Interval
from app.domain.plant.equipment import Plant, WorkCenter
from simulators.orders import cycle_ms
from simulators.truth import FaultTruth, MadeTruth, StateTruth, Truth

TOP = 6


def summary(plant: Plant, window: Interval, records: list[Truth]) -> Iterator[str]:
    """Yield the lines of a report: OEE per line and shift, what stopped the constraint, injected faults."""
    for line in plant.lines():
        own = [r for r in records if r.machine == line.path or r.machine.startswith(line.path + "/")]
        yield f"{line.path}  (constraint {line.constraint.rpartition('/')[2]})"
        for name, ratio, goods in sorted(shift_oee(plant, line, window, own)):
            yield f"  {name:<18} OEE {ratio:6.1%}   good {goods:>8}"
        yield "  " + _shares(line, own)
        yield "  lost at the constraint: " + ", ".join(f"{w} {m:.0f} min" for w, m in _pareto(line, own))
        faults = [f"{r.fault} {r.machine.rpartition('/')[2]}" for r in own if isinstance(r, FaultTruth)]
        yield "  faults: " + ", ".join(f"{faults.count(f)} x {f}" for f in sorted(set(faults)))


def shift_oee(
    plant: Plant, line: WorkCenter, window: Interval, records: list[Truth]
) -> Iterator[tuple[str, float, int]]:
    """Yield (shift key, ideal time of good units / planned busy time, good units) of every whole shift."""
    for shift in line.calendar.instances(window):
        if shift.start < window.start or shift.end > window.end:
            continue
        inside = Interval(shift.start, shift.end)
        busy, ideal, good = 0, 0.0, 0
        for r in records:
            if isinstance(r, StateTruth) and r.machine == line.constraint and r.state != "planned":
                busy += Interval(r.from_, r.to).clip(inside).length
            elif isinstance(r, MadeTruth) and r.machine == line.counts_at and shift.start < r.to <= shift.end:
                good += r.good
                ideal += r.good * cycle_ms(plant, line.constraint, line, r.product, r.from_)
        if busy:
            yield shift.key, ideal / busy, good


def _shares(line: WorkCenter, records: list[Truth]) -> str:
    """Return how each machine's busy time splits: where little is starved or blocked is the bottleneck."""
    words = []
    for machine in line.machines:
        spent: dict[str, int] = defaultdict(int)
        for r in records:
            if isinstance(r, StateTruth) and r.machine == machine.path and r.state != "planned":
                spent[r.state] += r.to - r.from_
        total = sum(spent.values()) or 1
        run, waits = spent["run"] / total, (spent["starved"] + spent["blocked"]) / total
        words.append(f"{machine.id} run {run:.0%} wait {waits:.0%}")
    return "; ".join(words)


def _pareto(line: WorkCenter, records: list[Truth]) -> list[tuple[str, float]]:
    lost: dict[str, int] = defaultdict(int)
    for r in records:
        if isinstance(r, StateTruth) and r.machine == line.constraint and r.state not in ("run", "planned"):
            lost[r.reason or r.state] += r.to - r.from_
    return [(w, ms / 60_000) for w, ms in sorted(lost.items(), key=lambda item: -item[1])[:TOP]]
