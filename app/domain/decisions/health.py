"""The picture of a machine's health, and the suggestions that follow from it. Numbers in, words and numbers out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.accounting.reliability import Mean
from app.domain.decisions.stopping import Frequent
from app.domain.decisions.survival import Life
from app.domain.decisions.wear import Climb
from app.domain.interval import HOUR_MS, MINUTE_MS
from app.domain.roles import Permission
from app.domain.suggestion import Evidence, Flow, Gain, Plain, Said, Suggestion

FLOW: Flow = "maintenance"
RULES = ("wear", "stops", "age")
LIKELY = 0.5
SHIFT_MS = 8 * HOUR_MS
SETTLED_MS, AGAIN_MS = SHIFT_MS, HOUR_MS
ALMOST_SURE, WEAR_IS_RIGHT = 0.95, 0.7
"""Ours: well below what is right on the demo plant (docs/maintenance.md), which is tidier than plants are."""


@dataclass(frozen=True, slots=True)
class Wear:
    """A process value that climbs to a limit. signal: its id; meaning, unit: of the plant file."""

    signal: str
    meaning: str
    unit: str
    climb: Climb


@dataclass(frozen=True, slots=True)
class Odd:
    """A process value away from normal without a climb. sigmas: robust, with sign."""

    signal: str
    meaning: str
    unit: str
    value: float
    middle: float
    sigmas: float


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a machine at `at`, UTC ms.

    learnt_at: when normal values, lives and repairs were last learnt, None before; judged: signals with enough to say
    what is normal; failures: of the last 35 days; repairs: how many of them are over and known from a stop, which took
    repair_ms; minor, unclassified: stops that count as none (Counted); run_ms_per_day, cycles_per_day: of late.
    """

    machine: str
    at: int
    learnt_at: int | None = None
    judged: int = 0
    wear: tuple[Wear, ...] = ()
    odd: tuple[Odd, ...] = ()
    frequent: Frequent | None = None
    lives: tuple[Life, ...] = ()
    failures: int = 0
    repairs: int = 0
    repair_ms: int = 0
    minor: int = 0
    unclassified: int = 0
    run_ms_per_day: float = 0.0
    cycles_per_day: float = 0.0

    @property
    def rank(self) -> tuple[float, ...]:
        """Worst first when sorted by it: least time left, then most likely to fail, then oddest."""
        left = min((w.climb.mid for w in self.wear), default=float("inf"))
        chance = max((life.within_shift[1] for life in self.lives if life.within_shift), default=0.0)
        odd = max((abs(o.sigmas) for o in self.odd), default=0.0)
        return (left, -float(self.frequent is not None), -chance, -odd)


@dataclass(frozen=True, slots=True)
class Worth:
    """What a failure of the machine costs. repair: mean time to restoration, None: it never failed.

    per_ms: ideal units of the line per ms; is_constraint: the line stands when the machine does.
    """

    name: str
    repair: Mean | None
    per_ms: float
    is_constraint: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A suggestion that was put down before. settled_at: when it was decided or went away, UTC ms; None: it is open."""

    key: str
    rule: str
    equipment: str
    about: str
    was_decided: bool
    settled_at: int | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a machine needs beside its health. points: minutes by signal; known: what was put down before."""

    worth: Worth
    points: Mapping[str, Sequence[tuple[int, float]]] = field(default_factory=dict)
    known: Sequence[Known] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


def is_reported(known: Sequence[Known], rule: str, machine: str, about: str, now: int) -> Known | None:
    """Return the suggestion that said the same and still counts: open, decided in the last shift, or just gone."""
    for one in known:
        if (one.rule, one.equipment, one.about) == (rule, machine, about):
            lasts = SETTLED_MS if one.was_decided else AGAIN_MS
            if one.settled_at is None or now - one.settled_at < lasts:
                return one
    return None


def suggestions(health: Health, looked: Looked, now: int) -> list[Suggestion]:
    """Return what is worth a work order on the machine now."""
    found = [_wear(health, wear, looked, now) for wear in health.wear]
    if health.frequent is not None:
        found.append(_stops(health, health.frequent, looked, now))
    found += [_age(health, life, looked, now) for life in health.lives if is_due(life)]
    return found


def is_due(life: Life) -> bool:
    """Return whether a repair in time is worth it: a named component that wears out and more likely fails than not."""
    return bool(life.component) and life.wears_out and life.within_shift is not None and life.within_shift[1] >= LIKELY


def _key(rule: str, machine: str, about: str, looked: Looked, now: int) -> str:
    known = is_reported(looked.known, rule, machine, about, now)
    return f"{FLOW}|{rule}|{machine}|{about}|{now}" if known is None else known.key


def _wear(health: Health, wear: Wear, looked: Looked, now: int) -> Suggestion:
    climb, machine = wear.climb, health.machine
    points = tuple(looked.points.get(wear.signal, ()))
    upward = climb.limit > climb.level
    fields: dict[str, Plain] = {
        "machine": looked.worth.name,
        "signal": wear.meaning or wear.signal,
        "unit": wear.unit,
        "value": round(climb.level, 2),
        "limit": round(climb.limit, 2),
        "per_h": round(climb.per_min * 60, 2),
        "low": None if climb.low is None else round(climb.low / MINUTE_MS),
        "mid": round(climb.mid / MINUTE_MS),
        "high": None if climb.high is None else round(climb.high / MINUTE_MS),
    }
    is_known = "" if climb.low is not None else ".open"
    evidence = Evidence(
        wear.meaning or wear.signal,
        wear.unit,
        points,
        low=None if upward else climb.limit,
        high=climb.limit if upward else None,
        mark_ms=climb.since,
    )
    return Suggestion(
        key=_key("wear", machine, wear.signal, looked, now),
        flow="maintenance",
        rule="wear",
        equipment=machine,
        at=climb.since,
        title=Said("maintenance.wear.title", fields),
        why=Said(f"maintenance.wear.why{is_known}", fields),
        action="work_order",
        permission=Permission.MAKE_WORK_ORDER.value,
        confidence=WEAR_IS_RIGHT,
        gain=_gain(looked.worth, (WEAR_IS_RIGHT / 2, WEAR_IS_RIGHT, ALMOST_SURE)),
        evidence=evidence,
        payload={"about": wear.signal, "priority": 1 if climb.mid < 2 * HOUR_MS else 2},
        playbook=_steps("wear", fields),
    )


def _stops(health: Health, frequent: Frequent, looked: Looked, now: int) -> Suggestion:
    fields: dict[str, Plain] = {
        "machine": looked.worth.name,
        "stops": frequent.stops,
        "expected": round(frequent.expected, 1),
        "factor": round(frequent.factor, 1),
        "minutes": round(frequent.run_ms / MINUTE_MS),
    }
    return Suggestion(
        key=_key("stops", health.machine, "stops", looked, now),
        flow="maintenance",
        rule="stops",
        equipment=health.machine,
        at=now,
        title=Said("maintenance.stops.title", fields),
        why=Said("maintenance.stops.why", fields),
        action="work_order",
        permission=Permission.MAKE_WORK_ORDER.value,
        confidence=min(ALMOST_SURE, 1 - frequent.chance),
        payload={"about": "stops", "priority": 2},
        playbook=_steps("stops", fields),
    )


def _age(health: Health, life: Life, looked: Looked, now: int) -> Suggestion:
    assert life.within_shift is not None
    assert life.shape is not None
    low, mid, high = life.within_shift
    name = looked.reasons.get(life.component, life.component)
    fields: dict[str, Plain] = {
        "machine": looked.worth.name,
        "component": name,
        "hours": round(life.age_ms / HOUR_MS, 1),
        "failures": life.failures,
        "low": round(low * 100),
        "mid": round(mid * 100),
        "high": round(high * 100),
        "shape": round(life.shape[1], 1),
    }
    return Suggestion(
        key=_key("age", health.machine, life.component, looked, now),
        flow="maintenance",
        rule="age",
        equipment=health.machine,
        at=now,
        title=Said("maintenance.age.title", fields),
        why=Said("maintenance.age.why", fields),
        action="work_order",
        permission=Permission.MAKE_WORK_ORDER.value,
        confidence=mid,
        gain=_gain(looked.worth, (low, mid, high)),
        payload={"about": life.component, "priority": 2, "code": life.component},
        playbook=_steps("age", fields),
    )


def _gain(worth: Worth, chance: tuple[float, float, float]) -> Gain | None:
    """Chance of the failure x mean repair time x the line's ideal rate: units that a repair in time does not lose.

    Off the constraint, buffers may absorb the stop: the lower end is 0 there. None without a known repair time or rate.
    """
    repair = worth.repair
    if repair is None or worth.per_ms <= 0:
        return None
    longest = repair.value if repair.high is None else repair.high
    fields: dict[str, Plain] = {"repair": round(repair.value / MINUTE_MS, 1), "chance": round(chance[1] * 100)}
    low = chance[0] * repair.low * worth.per_ms if worth.is_constraint else 0.0
    basis = Said("maintenance.gain", fields)
    return Gain(low, chance[1] * repair.value * worth.per_ms, chance[2] * longest * worth.per_ms, basis)


def _steps(rule: str, fields: Mapping[str, Plain]) -> tuple[Said, ...]:
    return tuple(Said(f"maintenance.{rule}.step{n}", fields) for n in (1, 2, 3))
