"""The stops of a window: whose they are, what they cost, and what they add up to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.boards.downtime import LEVELS, Bar, DowntimeQuestion, Level
from app.boards.stops import StopRow
from app.domain.accounting.buckets import NS_PER_MS, Bucket, Episode
from app.domain.interval import Interval
from app.domain.plant.commissioning import ALWAYS, NEVER
from app.domain.plant.equipment import Plant, WorkUnit
from app.historian.database import Database
from app.historian.episodes import stops_of
from app.views.kpis import lines_of, places

NO_REASON = "unclassified"
OTHER_BUCKETS = (Bucket.MINOR_STOP, Bucket.STARVED, Bucket.BLOCKED, Bucket.SETUP, Bucket.UNKNOWN)
LOST = (Bucket.UNPLANNED_STOP, *OTHER_BUCKETS)
CAUSED = (Bucket.STARVED, Bucket.BLOCKED)
ONE_MS = 1
DEPTH: Mapping[Level, int] = {"category": 0, "second": 1, "third": 2}
"""How far below the root of the reason tree; a reason that is less deep stands for itself."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A stop and how much of it lies in the window."""

    episode: Episode
    ms: int


def units_of(plant: Plant, equipment: str) -> dict[str, WorkUnit]:
    """Return the machines whose time is asked for, by path: the machine itself, or each line's constraint.

    A line's time is its constraint's (DOMAIN section 3), so that its stops add up to what the line lost.
    """
    return {unit.path: unit for unit, _ in _asked(plant, equipment, Interval(ALWAYS, NEVER))}


def _asked(plant: Plant, equipment: str, window: Interval) -> Iterator[tuple[WorkUnit, Interval]]:
    """Yield the machines whose time is asked for, each with the part of the window in which it counts there."""
    for line, path, part in places(plant, equipment, window):
        wanted = line.constraint if path == line.path else path
        for unit in line.machines:
            if unit.path == wanted:
                yield unit, part
            elif line.topology == "parallel" and path == line.path:
                begun = part if unit.counts_from <= line.counts_from else _from(part, unit.counts_from)
                yield from [(unit, begun)] if begun.length else []


def _from(window: Interval, t: int) -> Interval:
    return Interval(min(max(window.start, t), window.end), window.end)


def shifts_of(plant: Plant, asked: DowntimeQuestion) -> tuple[str | None, ...]:
    """Return the names of the shifts asked for: the shift's, or the crew's; (None,): every one."""
    if asked.crew is None:
        return (asked.shift,)
    patterns = (p for line in lines_of(plant, asked.equipment) for p in line.calendar.patterns)
    names = dict.fromkeys(p.name for p in patterns if p.crew == asked.crew and asked.shift in (None, p.name))
    return tuple(names) or ("",)


def lost_stops(db: Database, plant: Plant, asked: DowntimeQuestion, window: Interval) -> list[Lost]:
    """Return the stops in a window that the question keeps, by start; an open one lasts to the window's end."""
    found, shifts = [], shifts_of(plant, asked)
    part_of = {unit.path: part for unit, part in _asked(plant, asked.equipment, window)}
    for episode in stops_of(db, list(part_of), window, [int(bucket) for bucket in LOST]):
        inside = Interval(episode.start, window.end if episode.end is None else episode.end)
        inside = inside.clip(part_of[episode.machine])
        is_kept = (
            asked.product in (None, episode.product)
            and asked.reason in (None, episode.reason or NO_REASON)
            and (shifts == (None,) or shift_of(episode) in shifts)
        )
        if is_kept and inside.length >= ONE_MS:
            found.append(Lost(episode, inside.length))
    return found


def shift_of(episode: Episode) -> str | None:
    """Return the name of the shift an episode began in."""
    return None if episode.shift is None else episode.shift.partition("/")[2]


def bar_key(plant: Plant, episode: Episode, level: Level) -> tuple[str, str]:
    """Return key and text key or name of the bar a stop belongs to.

    Stops without a reason of their own stand under what they are: starved, blocked, minor stops, unclassified.
    """
    if level == "machine":
        return (episode.caused_by or episode.machine, "")
    reason = plant.reasons.get(episode.reason)
    if reason is not None:
        above = plant.reasons.by_id[reason.path[min(DEPTH[level], len(reason.path) - 1)]] if level in DEPTH else reason
        return (above.id, above.name)
    if episode.reason is not None:
        return (episode.reason, episode.reason)
    return (episode.bucket.key if episode.bucket in OTHER_BUCKETS else NO_REASON, "")


def levels_of(plant: Plant) -> tuple[Level, ...]:
    """Return the levels a Pareto of this plant can have: those of its reason tree that are above its deepest leaves."""
    deepest = max((len(reason.path) for reason in plant.reasons.by_id.values()), default=0)
    return tuple(level for level in LEVELS if level not in DEPTH or DEPTH[level] < max(1, deepest - 1))


class Costs:
    """What lost time costs: units at the ideal rate in force, and their value."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def units(self, stop: Lost) -> float | None:
        """Return the units a stop cost, in the product's own unit; None without a rate."""
        e = stop.episode
        rate = self._plant.rates.rate(e.machine, e.product, e.start)
        if rate is None or rate.cycle_ns <= 0:
            return None
        product = self._plant.products.get(e.product or "")
        return stop.ms * NS_PER_MS / rate.cycle_ns * float(product.resolution if product else 1)

    def money(self, stop: Lost) -> float | None:
        """Return what a stop cost; None where the product has no value."""
        product, units = self._plant.products.get(stop.episode.product or ""), self.units(stop)
        return None if product is None or product.value is None or units is None else units * product.value


def bars(
    plant: Plant, asked: DowntimeQuestion, stops: Sequence[Lost], before: Sequence[Lost], name: Callable[[str], str]
) -> list[Bar]:
    """Return the Pareto, what costs most by the asked measure first. name: of a machine."""
    costs, groups, old = Costs(plant), _grouped(plant, stops, asked.level), _grouped(plant, before, asked.level)
    found = []
    for (key, known), inside in groups.items():
        was = old.get((key, known), [])
        found.append(
            Bar(
                key=key,
                name=name(key) if asked.level == "machine" else known,
                bucket=max(inside, key=lambda stop: stop.ms).episode.bucket,
                ms=sum(stop.ms for stop in inside),
                count=len(inside),
                units=_sum(costs.units(stop) for stop in inside),
                cost=_sum(costs.money(stop) for stop in inside),
                before_ms=sum(stop.ms for stop in was),
                before_count=len(was),
                before_units=_sum(costs.units(stop) for stop in was),
                before_cost=_sum(costs.money(stop) for stop in was),
            )
        )
    measures: Mapping[str, Callable[[Bar], float]] = {
        "time": lambda bar: bar.ms,
        "count": lambda bar: bar.count,
        "units": lambda bar: bar.units or 0.0,
        "cost": lambda bar: bar.cost or 0.0,
    }
    return sorted(found, key=lambda bar: (-measures[asked.measure](bar), bar.key))


def _grouped(plant: Plant, stops: Iterable[Lost], level: Level) -> dict[tuple[str, str], list[Lost]]:
    groups: dict[tuple[str, str], list[Lost]] = {}
    for stop in stops:
        groups.setdefault(bar_key(plant, stop.episode, level), []).append(stop)
    return groups


def _sum(values: Iterable[float | None]) -> float | None:
    """Return the sum; None when a part of it is not known."""
    found = list(values)
    known = [value for value in found if value is not None]
    return sum(known) if len(known) == len(found) else None


def stop_row(plant: Plant, stop: Lost, name: Callable[[str], str]) -> StopRow:
    """Return a stop as a person reads it. name: of a machine."""
    e = stop.episode
    reason = plant.reasons.get(e.reason)
    return StopRow(
        id=e.id,
        machine=e.machine,
        machine_name=name(e.machine),
        start=e.start,
        end=e.end,
        ms=stop.ms,
        bucket=e.bucket,
        reason=e.reason,
        reason_name=e.reason if reason is None else reason.name,
        caused_by=None if e.caused_by is None or e.bucket not in CAUSED else name(e.caused_by),
        by=e.attested_by,
        note=e.note,
        product=e.product,
        shift=shift_of(e),
        cost=Costs(plant).money(stop),
    )
