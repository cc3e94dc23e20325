"""Reads what rules look at, for now and for a stretch of the past. May raise DatabaseAway."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, func, select

from app.domain.accounting.buckets import ZERO, Components, Episode
from app.domain.accounting.facts import CallFact
from app.domain.accounting.kpi import availability, coverage, oee, performance, quality
from app.domain.accounting.profiles import Profile
from app.domain.accounting.profiles import profile as profile_of
from app.domain.alerts.facts import Facts, Figures, Made, Offer, Series, Stretches, stretches
from app.domain.alerts.lookback import Need
from app.domain.alerts.place import Place
from app.domain.interval import DAY_MS, HOUR_MS, Interval, floor_hour
from app.domain.plant.equipment import Plant, WorkCenter
from app.historian.buckets import cut, grouped
from app.historian.database import asking_database
from app.historian.episodes import calls_of, episodes_of
from app.historian.schema import buckets
from app.historian.suggestions import Kept, Suggestions
from app.historian.trends import Trends

MOST_EPISODES = 200_000
FAR_MS = 40 * DAY_MS
"""How far before the window a call or suggestion may have begun."""


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """Reads one database."""

    engine: Engine
    plant: Plant
    _shifts: dict[str, int] = field(default_factory=dict)

    def read(self, need: Need, window: Interval) -> Facts:
        """Return what is needed about a window; what rules look back at lies before it and is read too."""
        wide = Interval(window.start - need.back_ms, window.end)
        with asking_database():
            return Facts(
                episodes=self._episodes(need.machines, wide),
                series=self._series(need.signals, wide),
                figures={line: self._figures(self.plant.line(line), window) for line in need.figures},
                made=self._made(need.made, wide),
                calls=self._calls(need.calls, window),
                offers=self._offers(window) if need.offers else (),
            )

    def begins(self, places: Sequence[Place], facts: Facts, window: Interval) -> int | None:
        """Return from when on history knows something of places in a window (UTC ms); None: nothing at all."""
        c = buckets.c
        paths = {path for place in places for path in (place.path, place.machine, place.line)}
        wanted = (c.equipment.in_(paths), c.hour >= floor_hour(window.start), c.hour < window.end)
        with asking_database(), self.engine.connect() as connection:
            first = connection.execute(select(func.min(c.hour)).where(*wanted)).scalar()
        known = [series.t[0] for series in facts.series.values() if len(series.t)]
        return min(known if first is None else [*known, int(first)], default=None)

    def _episodes(self, machines: Sequence[str], window: Interval) -> dict[str, Stretches]:
        found: dict[str, list[Episode]] = {machine: [] for machine in machines}
        if machines:
            for episode in episodes_of(self.engine, machines, window, MOST_EPISODES):
                found[episode.machine].append(episode)
        return {machine: stretches(own) for machine, own in found.items()}

    def _series(self, signals: Iterable[tuple[str, str]], window: Interval) -> dict[tuple[str, str], Series]:
        machines: dict[str, list[str]] = defaultdict(list)
        for machine, signal in signals:
            machines[signal].append(machine)
        found: dict[tuple[str, str], Series] = {}
        for signal, own in machines.items():
            for key, points in Trends(self.engine).many(own, window, [signal]).items():
                found[key] = Series(tuple(p.t for p in points), tuple(p.mean for p in points))
        return found

    def _figures(self, line: WorkCenter, window: Interval) -> tuple[Figures, ...]:
        """Return the figures of every shift so far at the end of each of its hours."""
        wide = cut(line.calendar, Interval(window.start - DAY_MS, window.end))
        starts = {s.key: s.start for s in line.calendar.instances(wide.window)}
        profile, so_far = profile_of(self.plant.profile), dict.fromkeys(starts, ZERO)
        found = []
        for group in grouped(self.engine, [line.path], wide, ("shift", "hour")):
            shift, hour = group.key
            if shift not in starts:
                continue
            so_far[shift] += group.components
            found.append(_figures(so_far[shift], hour + HOUR_MS, starts[shift], profile))
        return tuple(sorted(found, key=lambda f: f.at))

    def _made(self, paths: Sequence[str], window: Interval) -> dict[str, tuple[Made, ...]]:
        found: dict[str, list[Made]] = {path: [] for path in paths}
        lines: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            lines["/".join(path.split("/")[:3])].append(path)
        hours = Interval(floor_hour(window.start), floor_hour(window.end) + HOUR_MS)
        for line, own in lines.items():
            for group in grouped(self.engine, own, cut(self.plant.line(line).calendar, hours), ("equipment", "hour")):
                path, hour = group.key
                found[path].append(Made(hour, group.components.good, group.components.reject))
        return {path: tuple(sorted(own, key=lambda m: m.start)) for path, own in found.items()}

    def _calls(self, lines: Sequence[str], window: Interval) -> dict[str, tuple[CallFact, ...]]:
        found: dict[str, list[CallFact]] = {line: [] for line in lines}
        if lines:
            for call in calls_of(self.engine, lines, Interval(window.start - FAR_MS, window.end)):
                found[call.line].append(call)
        return {line: tuple(own) for line, own in found.items()}

    def _offers(self, window: Interval) -> tuple[Offer, ...]:
        return tuple(_offer(kept) for kept in Suggestions(self.engine).put_since(window.start - FAR_MS))


def _figures(c: Components, at: int, shift_start: int, profile: Profile) -> Figures:
    values = {
        "oee": oee(c, profile),
        "availability": availability(c, profile),
        "performance": performance(c, profile),
        "quality": quality(c, profile),
    }
    return Figures(at, at + HOUR_MS, shift_start, coverage(c, profile), values)


def _offer(kept: Kept) -> Offer:
    ends = (kept.withdrawn_at, kept.decision.at if kept.decision else None, kept.suggestion.until)
    until = min((end for end in ends if end is not None), default=None)
    s = kept.suggestion
    return Offer(s.flow, s.equipment, s.confidence, kept.put_at, until)
