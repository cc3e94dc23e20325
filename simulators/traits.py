"""How a kind of machine behaves: defaults by its name, overridden by the plant file's `simulation:` block.

```yaml
simulation:
  machines:                   # key: machine id or any tail of its path; `default` for all; the longer key wins
    default: {mtbf: 9h}
    labeller: {mtbf: 5h, mttr: 8min, reasons: {label-jam: 6, web-break: 2}}
    line-2/filler: {speed: 0.9}
  lines:
    line-3: {products: [cola-05, water-10], chronic: {machine: labeller, product: cola-05, reason: label-jam}}
  dirty:                      # source -> level or fault -> rate, see faults.py
    sim-line-4: light
```
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from app.domain.plant.equipment import Plant, WorkCenter, WorkUnit
from app.domain.units import duration_ms

MINUTE, HOUR = 60_000, 3_600_000


class BadSimulation(ValueError):
    """The plant file's `simulation:` block is wrong; the text names the key and what would be right."""


@dataclass(frozen=True, slots=True)
class Traits:
    """One machine's behaviour. Times in ms of running time where something wears, of open time where people work.

    speed: share of the ideal rate it holds on average. mtbf, shape: Weibull life between breakdowns. mttr: mean time
    to repair. minor_every, minor: mean running time between minor stops, median length. wait_every, wait: the same for
    waiting for people or material. reject, startup_reject: share of units, in steady state and just after a start.
    drift_every: mean running time between quality drifts. told: share of breakdowns that process values announce.
    says: share of longer stops whose reason the machine itself reports. buffer: room behind it, ms of line pace.
    """

    speed: float = 0.97
    mtbf: int = 16 * HOUR
    shape: float = 1.8
    mttr: int = 14 * MINUTE
    minor_every: int = 55 * MINUTE
    minor: int = 28_000
    wait_every: int = 40 * HOUR
    wait: int = 5 * MINUTE
    reject: float = 0.003
    startup_reject: float = 0.03
    drift_every: int = 60 * HOUR
    told: float = 0.6
    says: float = 0.65
    buffer: int = 3 * MINUTE
    reasons: Mapping[str, float] = field(default_factory=dict)


# Ours: rates a plant engineer would expect on packaging lines; first word found in the machine's id wins.
KINDS: Mapping[str, Traits] = {
    "fill": Traits(speed=0.955, mtbf=9 * HOUR, minor_every=24 * MINUTE, wait_every=12 * HOUR, reject=0.006),
    "cap": Traits(mtbf=14 * HOUR, minor_every=40 * MINUTE, reject=0.005),
    "label": Traits(mtbf=11 * HOUR, mttr=11 * MINUTE, minor_every=26 * MINUTE, reject=0.007),
    "pack": Traits(mtbf=12 * HOUR, minor_every=35 * MINUTE),
    "pallet": Traits(mtbf=22 * HOUR, mttr=18 * MINUTE, minor_every=90 * MINUTE, reject=0.0),
    "wash": Traits(mtbf=26 * HOUR, mttr=24 * MINUTE, reject=0.004),
    "blow": Traits(mtbf=15 * HOUR, mttr=20 * MINUTE, reject=0.006),
    "weld": Traits(mtbf=10 * HOUR, minor_every=25 * MINUTE, reject=0.008),
    "mill": Traits(mtbf=20 * HOUR, mttr=30 * MINUTE, reject=0.01, wait_every=12 * HOUR),
}
DURATIONS = frozenset({"mtbf", "mttr", "minor_every", "minor", "wait_every", "wait", "drift_every", "buffer"})
SHARES = frozenset({"speed", "reject", "startup_reject", "told", "says"})


@dataclass(frozen=True, slots=True)
class Chronic:
    """A line's chronic illness: `machine` stops for `reason` again and again after each change to `product`."""

    machine: str
    product: str
    reason: str | None


def traits(plant: Plant, line: WorkCenter, machine: WorkUnit) -> Traits:
    """Return how `machine` behaves. Raises BadSimulation naming the key of the `simulation:` block that is wrong."""
    found = next((t for word, t in KINDS.items() if word in machine.id.lower()), Traits())
    if machine.path == line.constraint:
        found = replace(found, wait_every=min(found.wait_every, 14 * HOUR), speed=min(found.speed, 0.955))
    block = section(plant.simulation, "machines", "simulation")
    keys = [k for k in block if k == "default" or machine.path == k or machine.path.endswith("/" + k)]
    for key in sorted(keys, key=lambda k: -1 if k == "default" else k.count("/")):
        found = replace(found, **_overrides(section(block, key, "simulation.machines"), key))
    return found


def line_options(plant: Plant, line: WorkCenter) -> Mapping[str, object]:
    """Return the `simulation: lines:` entry of `line`; {} when there is none. Raises BadSimulation."""
    block = section(plant.simulation, "lines", "simulation")
    key = next((k for k in block if line.path == k or line.path.endswith("/" + k)), None)
    found = section(block, key, "simulation.lines") if key else {}
    unknown = sorted(set(found) - {"products", "chronic"})
    if unknown:
        raise BadSimulation(f"simulation.lines.{key}.{unknown[0]}: unknown key; known are chronic, products")
    return found


def section(block: Mapping[str, object], key: str, where: str) -> Mapping[str, object]:
    """Return the mapping under `key`, {} when absent. Raises BadSimulation when it is something else."""
    found = block.get(key, {})
    if not isinstance(found, Mapping):
        raise BadSimulation(f"{where}.{key}: must be a mapping, is {found!r}")
    return found


def _overrides(block: Mapping[str, object], key: str) -> dict[str, Any]:
    return {name: _parsed(name, value, f"simulation.machines.{key}.{name}") for name, value in block.items()}


def _parsed(name: str, value: object, where: str) -> object:
    if name in DURATIONS:
        return _duration(value, where)
    if name in SHARES:
        return _number(value, where, 1.5 if name == "speed" else 1.0)
    if name == "shape":
        return max(0.2, _number(value, where, 20.0))
    if name == "reasons" and isinstance(value, Mapping):
        return {str(k): _number(v, f"{where}.{k}", 1e6) for k, v in value.items()}
    known = ", ".join(f.name for f in fields(Traits))
    raise BadSimulation(f"{where}: unknown key or wrong kind of value {value!r}; known keys are {known}")


def _duration(value: object, where: str) -> int:
    try:
        found = duration_ms(str(value))
    except ValueError as error:
        raise BadSimulation(f"{where}: {error}") from error
    if found < 1:
        raise BadSimulation(f"{where}: must be longer than nothing, is {value!r}")
    return found


def _number(value: object, where: str, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise BadSimulation(f"{where}: must be a number from 0 to {most:g}, is {value!r}")
    return float(value)
