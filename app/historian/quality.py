"""What the quality flow looks at: counts by machine, product and hour, and process values while machines ran."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Engine

from app.domain.accounting.buckets import ZERO, Bucket, Components
from app.domain.decisions.attribution import Parameter
from app.domain.decisions.charts import Subgroup
from app.domain.decisions.quality import ProductHour
from app.domain.interval import MINUTE_MS, Interval
from app.domain.plant.equipment import WorkCenter
from app.historian.buckets import Cut, Only, grouped
from app.historian.database import asking_database
from app.historian.episodes import stops_of
from app.historian.trends import Trends


class QualityMemory:
    """Reads one database; every call may raise DatabaseAway."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._trends = engine, Trends(engine)

    def hours(self, machines: Sequence[str], window: Interval) -> dict[str, list[ProductHour]]:
        """Return what each machine made by hour and product; window: from a full hour on."""
        found: dict[str, list[ProductHour]] = defaultdict(list)
        with asking_database():
            for group in grouped(self._engine, machines, Cut(window), ("equipment", "hour", "product")):
                machine, hour, product = group.key
                c = group.components
                found[machine].append(ProductHour(int(hour), product, c.reject, c.good + c.reject + c.rework))
        return found

    def made(self, machine: str, product: str | None, window: Interval) -> Components:
        """Return what a machine counted of a product (None: of all) in a window of full hours."""
        with asking_database():
            found = grouped(self._engine, [machine], Cut(window), (), Only(product=product))
        return sum((group.components for group in found), ZERO)

    def running(self, parameters: Iterable[Parameter], window: Interval) -> dict[Parameter, list[tuple[int, float]]]:
        """Return each parameter's minutes (UTC ms, mean) that lie wholly in time in which its machine ran."""
        wanted = set(parameters)
        machines, signals = sorted({p.machine for p in wanted}), sorted({p.signal for p in wanted})
        if not machines:
            return {}
        runs = self._runs(machines, window)
        told = self._trends.many(machines, window, signals)
        return {
            parameter: [(p.t, p.mean) for p in told[parameter] if _ran(runs.get(parameter.machine, []), p.t)]
            for parameter in wanted
            if parameter in told
        }

    def together(self, parameter: Parameter, window: Interval) -> list[Subgroup]:
        """Return what was said in each of the parameter's minutes, as `running`."""
        runs = self._runs([parameter.machine], window).get(parameter.machine, [])
        told = self._trends.points(parameter.machine, parameter.signal, window)
        return [Subgroup(p.t, p.mean, p.high - p.low, p.n) for p in told if _ran(runs, p.t)]

    def _runs(self, machines: Sequence[str], window: Interval) -> Mapping[str, list[Interval]]:
        runs: dict[str, list[Interval]] = defaultdict(list)
        with asking_database():
            for episode in stops_of(self._engine, machines, window, [int(Bucket.RUNNING)]):
                end = window.end if episode.end is None else episode.end
                runs[episode.machine].append(Interval(episode.start, end))
        return runs


def parameters_of(line: WorkCenter) -> list[Parameter]:
    """Return the process values of a line: signals that count nothing and are not words."""
    return [
        Parameter(machine.path, signal.id)
        for machine in line.machines
        for signal in machine.signals.values()
        if signal.counter is None and not signal.allowed
    ]


def _ran(runs: Sequence[Interval], minute: int) -> bool:
    at = bisect_right(runs, minute, key=lambda run: run.start) - 1
    return at >= 0 and runs[at].start <= minute and minute + MINUTE_MS <= runs[at].end
