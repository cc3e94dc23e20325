"""Where planned time went, why, on which machine, and what happened then: the supervisor's question."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.boards.downtime import Answered, Bar, DowntimeBoard, DowntimeQuestion, Offered, Reliability, Share
from app.boards.shifts import ShiftQuestion
from app.domain.accounting.buckets import Bucket, Components
from app.domain.accounting.kpi import coverage, trust
from app.domain.accounting.losses import losses
from app.domain.accounting.profiles import Profile
from app.domain.accounting.reliability import mtbf_with_interval, mtta_with_interval, mttr_with_interval
from app.domain.accounting.vague import Explained, OtherShare, other_share
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.historian.buckets import grouped
from app.historian.database import Database
from app.historian.episodes import calls_of
from app.views.amendments import amendments
from app.views.close_up import close_up, tracks
from app.views.explain_parts import Sources, counted_failures, failures_of, waited
from app.views.kpis import lines_of, name_of, places
from app.views.shift_parts import added, crews_of, parts, together
from app.views.stops import Lost, bar_key, bars, levels_of, lost_stops, shift_of, shifts_of, stop_row, units_of

MOST_STOPS = 200
MOST_OFFENDERS = 5
OFTEN = 3
LONGEST_SPAN_MS = 24 * 3_600_000


def downtime_board(sources: Sources, asked: DowntimeQuestion, profile: Profile) -> DowntimeBoard | None:
    """Return the page's figures. None for equipment that is not in the plant.

    The window moves out to whole hours, as history is kept; it ends where history has been told, so that the stops
    add up to the losses of a line or machine to the millisecond.
    """
    db, plant = sources.db, sources.plant
    lines = lines_of(plant, asked.equipment)
    if not lines:
        return None
    found, name = _find(db, plant, asked), _namer(plant)
    rows = [stop_row(plant, stop, name) for stop in found.chosen[:MOST_STOPS]]
    reading = _Reading(db, plant, asked, found.window)
    span = _span(found.window, rows[0].start if asked.bar and rows else found.window.end)
    return DowntimeBoard(
        question=asked,
        name=name_of(plant, asked.equipment),
        zone=lines[0].zone,
        as_of=found.as_of,
        profile=profile.key,
        currency=next((p.currency for p in plant.products.values() if p.currency), None),
        losses=losses(found.components).in_ms()._asdict(),
        bars=tuple(bars(plant, asked, found.stops, found.before, name)),
        stops=tuple(rows),
        stop_count=len(found.chosen),
        by_machine=tuple(reading.by_machine(found.stops, name, profile)),
        by_reason=tuple(reading.by_reason(found.stops, profile.run_ms(found.components))),
        offenders=tuple(_offenders(plant, asked, found.stops, name)),
        shares=tuple(_shares(found.stops, crews_of(lines))),
        calls=tuple(_answered(sources, asked.equipment, found.window)),
        span=span,
        tracks=tuple(tracks(db, plant, asked.equipment, span)),
        close_up=close_up(sources, asked.stop, found.window, name) if asked.stop else None,
        offered=_offered(plant, lines),
        amendments=amendments(db, plant, (asked.equipment, found.window), name),
        trust=trust(found.components),
        other=_other(plant, found.stops, name) if asked.reason is None else None,
        is_compared=_is_known(db, plant, asked, found.before_window),
        told=found.window,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read. chosen: the stops of the chosen bar, longest first; before: of the period of the same length."""

    window: Interval
    as_of: int | None
    components: Components
    stops: list[Lost]
    before: list[Lost]
    before_window: Interval
    chosen: list[Lost]


def _find(db: Database, plant: Plant, asked: DowntimeQuestion) -> _Found:
    shifts = shifts_of(plant, asked)
    questions = (ShiftQuestion(asked.equipment, asked.window, shift=name, product=asked.product) for name in shifts)
    kept = [part for question in questions for part in parts(db, plant, question)]
    whole = _whole(db, plant, asked)
    window = _window(plant, asked, whole)
    stops = lost_stops(db, plant, asked, window)
    before_window = Interval(2 * window.start - window.end, window.start)
    before = lost_stops(db, plant, asked, before_window)
    chosen = [s for s in stops if asked.bar in (None, bar_key(plant, s.episode, asked.level)[0])]
    chosen.sort(key=lambda stop: (-stop.ms, stop.episode.start))
    return _Found(window, None if whole is None else whole.end, added(kept), stops, before, before_window, chosen)


def _offered(plant: Plant, lines: Sequence[WorkCenter]) -> Offered:
    machines = {unit.path: unit.name for unit in lines[0].machines} if len(lines) == 1 else {}
    return Offered(
        {p.name: p.name for line in lines for p in line.calendar.patterns},
        {key: product.name for key, product in plant.products.items()},
        {r.id: (r.name, plant.reasons.by_id[r.path[0]].name) for r in plant.reasons.leaves()},
        {crew: crew for crew in crews_of(list(lines)).values()},
        machines,
        levels_of(plant),
    )


def _whole(db: Database, plant: Plant, asked: DowntimeQuestion) -> Interval | None:
    """Return the time history speaks about; None where it is silent."""
    told = [
        group.told
        for paths, where in together(plant, asked.equipment, asked.window)
        for group in grouped(db, paths, where, ())
    ]
    return Interval(min(t.start for t in told), max(t.end for t in told)) if told else None


def _is_known(db: Database, plant: Plant, asked: DowntimeQuestion, window: Interval) -> bool:
    """Whether history speaks of a window from its first hour on and knows enough of it to compare with."""
    before = replace(asked, window=window)
    whole = _whole(db, plant, before)
    if whole is None or whole.start > window.start:
        return False
    known = coverage(added(parts(db, plant, ShiftQuestion(asked.equipment, window))))
    return known is None or known >= plant.coverage_floor


def _window(plant: Plant, asked: DowntimeQuestion, whole: Interval | None) -> Interval:
    cuts = [where.window for _, where in together(plant, asked.equipment, asked.window)]
    start, end = min(w.start for w in cuts), max(w.end for w in cuts)
    return Interval(start, end if whole is None else max(start, min(end, whole.end)))


def _namer(plant: Plant) -> Callable[[str], str]:
    names = {unit.path: unit.name for line in plant.lines() for unit in line.machines}
    return lambda path: names.get(path, path.rpartition("/")[2])


def _span(window: Interval, start: int) -> Interval:
    """Return what the timelines show: the last day, or the day around the stop that cost most of the chosen bar."""
    begin = max(window.start, min(start, window.end) - LONGEST_SPAN_MS // 2)
    begin = max(window.start, min(begin, window.end - LONGEST_SPAN_MS))
    return Interval(begin, min(window.end, begin + LONGEST_SPAN_MS))


def _other(plant: Plant, stops: Sequence[Lost], name: Callable[[str], str]) -> OtherShare:
    explained = (
        Explained(stop.episode.reason, stop.episode.note, name(stop.episode.machine), stop.ms)
        for stop in stops
        if stop.episode.bucket is Bucket.UNPLANNED_STOP and stop.episode.reason is not None
    )
    return other_share(explained, plant.reasons)


def _offenders(plant: Plant, asked: DowntimeQuestion, stops: Sequence[Lost], name: Callable[[str], str]) -> list[Bar]:
    """Return what fails again and again: the same reason on the same machine, three times or more."""
    unplanned = [s for s in stops if s.episode.bucket is Bucket.UNPLANNED_STOP and s.episode.reason is not None]
    found: list[Bar] = []
    for machine in dict.fromkeys(stop.episode.machine for stop in unplanned):
        own = [stop for stop in unplanned if stop.episode.machine == machine]
        counted = bars(plant, replace(asked, level="reason", measure="count"), own, (), name)
        found += [replace(bar, name=f"{name(machine)}: {bar.name}") for bar in counted if bar.count >= OFTEN]
    return sorted(found, key=lambda bar: (-bar.count, -bar.ms))[:MOST_OFFENDERS]


def _shares(stops: Sequence[Lost], crews: Mapping[str, str]) -> list[Share]:
    """Return the shares by crew; time outside shifts has the empty name. crews: by shift name."""
    sums: dict[tuple[str, bool], list[int]] = {}
    for stop in stops:
        if stop.episode.bucket is Bucket.UNPLANNED_STOP:
            shift = shift_of(stop.episode) or ""
            held = sums.setdefault((crews.get(shift, shift), shift in crews), [0, 0])
            held[0] += stop.ms if stop.episode.reason is None else 0
            held[1] += stop.ms
    return [Share(key, is_crew, *held) for (key, is_crew), held in sums.items()]


def _answered(sources: Sources, equipment: str, window: Interval) -> Iterator[Answered]:
    counted = places(sources.plant, equipment, window)
    calls = [call for line, _, part in counted for call in calls_of(sources.db, [line.path], part)]
    for kind in sorted({call.call for call in calls}):
        own = [call for call in calls if call.call == kind]
        waits = waited(own)
        yield Answered(kind, len(own), len(waits), mtta_with_interval(sum(waits), len(waits)))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What reliability is made of: run time from cells, failures and repairs from the stops."""

    db: Database
    plant: Plant
    asked: DowntimeQuestion
    window: Interval

    def by_machine(self, stops: Sequence[Lost], name: Callable[[str], str], profile: Profile) -> list[Reliability]:
        """Return MTBF and MTTR of each machine, most failures first."""
        found, failures = [], failures_of(self.plant, stops)
        for machine in units_of(self.plant, self.asked.equipment):
            told = (
                ShiftQuestion(machine, self.window, shift=shift, product=self.asked.product)
                for shift in shifts_of(self.plant, self.asked)
            )
            run = profile.run_ms(added(part for asked in told for part in parts(self.db, self.plant, asked)))
            found.append(self._row(machine, name(machine), [s for s in failures if s.episode.machine == machine], run))
        return sorted(found, key=lambda row: -row.failures)

    def by_reason(self, stops: Sequence[Lost], run_ms: int) -> list[Reliability]:
        """Return MTBF and MTTR of each failure reason over the run time of all, most failures first."""
        found, failures = [], failures_of(self.plant, stops)
        for key in dict.fromkeys(stop.episode.reason or "" for stop in failures):
            reason = self.plant.reasons.by_id[key]
            found.append(self._row(key, reason.name, [s for s in failures if s.episode.reason == key], run_ms))
        return sorted(found, key=lambda row: -row.failures)

    def _row(self, key: str, name: str, failures: Sequence[Lost], run_ms: int) -> Reliability:
        count, repair = counted_failures(failures, self.window)
        return Reliability(key, name, count, mtbf_with_interval(run_ms, count), mttr_with_interval(repair, count))
