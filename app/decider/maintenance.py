"""Watches machines' health: wear in process values, frequent stops, components due by age; suggests work orders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.decider.maintenance_past import Learner, Learnt
from app.domain.accounting.buckets import Bucket, Episode
from app.domain.accounting.reliability import Mean, mttr_with_interval
from app.domain.decisions.approach import Approach, Limit, spread, stage_of, with_interval
from app.domain.decisions.health import FLOW, RULES, Health, Known, Looked, Odd, Wear, Worth, is_reported, suggestions
from app.domain.decisions.stopping import Frequent, frequent
from app.domain.decisions.wear import ODD_SIGMAS, Climb, Reading, climb, is_fresh, while_running
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.domain.plant.equipment import Plant, WorkCenter, WorkUnit
from app.domain.suggestion import Suggestion
from app.historian.database import Database, asking_database
from app.historian.episodes import episodes_of
from app.historian.suggestions import Kept, Suggestions
from app.historian.trends import Point, Trends
from app.historian.work_plans import Healths

LOOK_BACK_MS, STOPS_MS = 4 * HOUR_MS, 90 * MINUTE_MS
SHOWN_MS = 3 * HOUR_MS
MOST_EPISODES = 5_000
LEARN_EVERY_MS, MOST_LEARNT = HOUR_MS, 4
REMEMBERED_MS = 12 * HOUR_MS
STANDING = (Bucket.UNPLANNED_STOP, Bucket.MINOR_STOP)


@dataclass(slots=True)
class MaintenanceWatch:
    """A part of the decider. learnt: by machine, what is normal; learnt anew every hour, a few machines at a step.

    Everything it writes is keyed: a kill in a step repeats it.
    """

    plant: Plant
    database: Database
    learner: Learner
    learnt: dict[str, Learnt] = field(default_factory=dict)

    def step(self, now: int) -> None:
        """Look at every machine, put down what is found, take back what is gone. Raises DatabaseAway."""
        self._learn(now)
        store = Suggestions(self.database)
        known = [_known(kept) for kept in store.put_since(now - REMEMBERED_MS, FLOW)]
        known += [_known(kept) for kept in store.open(now, FLOW)]
        pictures: list[Health] = []
        found: list[Suggestion] = []
        for line in self.plant.lines():
            for health, looked in self._line(line, known, now):
                pictures.append(health)
                found += suggestions(health, looked, now)
        store.put(found, now)
        store.withdraw(FLOW, {suggestion.key for suggestion in found}, now, RULES)
        Healths(self.database).put(pictures)

    def _learn(self, now: int) -> None:
        machines = [(line, machine) for line in self.plant.lines() for machine in line.machines]
        due = [(line, m) for line, m in machines if now - self._age(m.path) >= LEARN_EVERY_MS]
        for line, machine in sorted(due, key=lambda pair: self._age(pair[1].path))[:MOST_LEARNT]:
            self.learnt[machine.path] = self.learner.learn(line, machine, now)

    def _age(self, machine: str) -> int:
        learnt = self.learnt.get(machine)
        return 0 if learnt is None else learnt.at

    def _line(self, line: WorkCenter, known: Sequence[Known], now: int) -> Iterable[tuple[Health, Looked]]:
        machines = [machine.path for machine in line.machines]
        window = Interval(now - LOOK_BACK_MS, now)
        with asking_database():
            episodes = episodes_of(self.database, machines, window, MOST_EPISODES)
        points = Trends(self.database).many(machines, window)
        for machine in line.machines:
            own = [episode for episode in episodes if episode.machine == machine.path]
            signals = {signal: found for (path, signal), found in points.items() if path == machine.path}
            learnt = self.learnt.get(machine.path)
            yield self._machine(line, machine, learnt, _Seen(own, signals, known), now)

    def _machine(
        self, line: WorkCenter, machine: WorkUnit, learnt: Learnt | None, seen: "_Seen", now: int
    ) -> tuple[Health, Looked]:
        looked = Looked(
            worth=self._worth(line, machine, learnt, seen.episodes, now),
            points={key: [(p.t, p.mean) for p in own if p.t >= now - SHOWN_MS] for key, own in seen.points.items()},
            known=seen.known,
            reasons={reason.id: reason.name for reason in self.plant.reasons.leaves()},
        )
        if learnt is None:
            return Health(machine.path, now), looked
        wear, odd = _values(machine, learnt, seen, self._approaches(), now)
        health = Health(
            machine.path,
            now,
            learnt_at=learnt.at,
            judged=len(learnt.values.usual),
            wear=tuple(wear),
            odd=tuple(odd),
            frequent=_frequent(learnt, seen.episodes, now),
            lives=learnt.lives,
            failures=len(learnt.counted.failures),
            repairs=len(learnt.counted.repairs),
            repair_ms=sum(learnt.counted.repairs),
            minor=learnt.counted.minor,
            unclassified=learnt.counted.unclassified,
            run_ms_per_day=learnt.run_ms_per_day,
            cycles_per_day=learnt.cycles_per_day,
        )
        return health, looked

    def _approaches(self) -> list[Approach]:
        """Every way to a failure that is known in the plant."""
        return [way for learnt in self.learnt.values() for way in learnt.values.approaches]

    def _worth(
        self, line: WorkCenter, machine: WorkUnit, learnt: Learnt | None, episodes: Sequence[Episode], now: int
    ) -> Worth:
        product = next((e.product for e in reversed(episodes) if e.product is not None), None)
        rate = self.plant.rates.rate(line.constraint, product, now)
        repair = None if learnt is None else _mttr(learnt.counted.repairs)
        per_ms = 0.0 if rate is None or not rate.cycle_ns else 1_000_000 / rate.cycle_ns
        return Worth(machine.name, repair, per_ms, machine.path == line.constraint)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the last hours hold of one machine."""

    episodes: Sequence[Episode]
    points: Mapping[str, Sequence[Point]]
    known: Sequence[Known]

    def readings(self, signal: str, machine: WorkUnit, now: int) -> list[Reading]:
        """Return the minutes of a signal in which the machine ran and was warm."""
        values = [(point.t, point.mean) for point in self.points.get(signal, ())]
        return while_running(values, runs_of(self.episodes, now), machine.warm_up_ms)


def runs_of(episodes: Iterable[Episode], now: int) -> list[Interval]:
    """Return when a machine ran, by time."""
    return [Interval(e.start, now if e.end is None else e.end) for e in episodes if e.bucket is Bucket.RUNNING]


def _values(
    machine: WorkUnit, learnt: Learnt, seen: _Seen, ways: Sequence[Approach], now: int
) -> tuple[list[Wear], list[Odd]]:
    wear: list[Wear] = []
    odd: list[Odd] = []
    for key, usual in learnt.values.usual.items():
        signal = machine.signals[key]
        readings = seen.readings(key, machine, now)
        if not is_fresh(readings, now):
            continue
        said = is_reported(seen.known, "wear", machine.path, key, now) is not None
        limits = learnt.values.limits[key]
        found = ((limit, climb(readings, usual, limit.value, is_known=said)) for limit in limits)
        way = next((_believed(c, key, limit, ways, is_known=said) for limit, c in found if c is not None), None)
        level = readings[-1].value
        if way is not None:
            wear.append(Wear(key, signal.meaning, signal.unit, way))
        elif abs(usual.sigmas(level)) >= ODD_SIGMAS:
            odd.append(Odd(key, signal.meaning, signal.unit, level, usual.middle, usual.sigmas(level)))
    return wear, odd


def _believed(said: Climb, signal: str, limit: Limit, ways: Sequence[Approach], *, is_known: bool) -> Climb:
    stage = stage_of(said, is_known=is_known)
    return with_interval(said, spread(ways, signal, stage, by_failures=limit.by_failures))


def _frequent(learnt: Learnt, episodes: Sequence[Episode], now: int) -> Frequent | None:
    window = Interval(now - STOPS_MS, now)
    stops = sum(e.bucket in STANDING and window.start <= e.start < now for e in episodes)
    run = sum(run.clip(window).length for run in runs_of(episodes, now))
    return frequent(learnt.stops, stops, run)


def _mttr(repairs: Sequence[int]) -> Mean | None:
    return mttr_with_interval(sum(repairs), len(repairs))


def _known(kept: Kept) -> Known:
    found, decision = kept.suggestion, kept.decision
    settled = kept.withdrawn_at if decision is None else decision.at
    about = str(found.payload.get("about", ""))
    return Known(found.key, found.rule, found.equipment, about, decision is not None, settled)
