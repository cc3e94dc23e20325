"""Any number opened: its formula with this equipment's own figures, and everything those came from."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.auth.guard import Invalid
from app.boards.explain import Asked, AskedPart, Edit, Explanation, RateUsed, RawEvents, Share, Term, Told
from app.domain.accounting import kpi
from app.domain.accounting.buckets import NS_PER_MS, ZERO, Bucket, Components, Episode
from app.domain.accounting.facts import CorrectionFact
from app.domain.accounting.kpi import kpi_row, ms_of_ns
from app.domain.accounting.profiles import PROFILES, Profile
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant
from app.historian.database import Database
from app.historian.episodes import corrections_of, count_episodes, episodes_of
from app.streams.connection import ServerAway
from app.views.kpis import lines_of, machines_of, name_of, shift_sums, sums
from app.views.trust import trust_of

Value = Callable[[Components, Profile], float | None]
MOST_EPISODES = 200
MOST_EVENTS = 60

VALUES: Mapping[str, Value] = {
    "oee": kpi.oee,
    "availability": kpi.availability,
    "performance": kpi.performance,
    "quality": kpi.quality,
    "coverage": kpi.coverage,
    "trust": lambda c, _: kpi.trust(c),
    "teep": kpi.teep,
    "utilisation": kpi.utilisation,
    "throughput_per_h": kpi.throughput_per_h,
    "mtbf_ms": kpi.mtbf_ms,
    "mttr_ms": lambda c, _: kpi.mttr_ms(c),
    "good": lambda c, _: c.good,
    "reject": lambda c, _: c.reject,
    "rework": lambda c, _: c.rework,
}
_TERMS: Mapping[str, tuple[str, ...]] = {
    "oee": ("ideal_good_ms", "planned_ms", "availability", "performance", "quality"),
    "availability": ("run_ms", "planned_ms"),
    "performance": ("ideal_ms", "run_ms"),
    "quality": ("ideal_good_ms", "ideal_ms", "good", "produced"),
    "coverage": ("planned_ms", "pbt_ms"),
    "trust": ("pbt_ms", "unknown_ms", "doubtful_ms"),
    "teep": ("ideal_good_ms", "calendar_ms"),
    "utilisation": ("pbt_ms", "calendar_ms"),
    "throughput_per_h": ("known_units", "planned_ms"),
    "mtbf_ms": ("run_ms", "failures"),
    "mttr_ms": ("repair_ms", "failures"),
    "good": ("good", "reject", "rework", "produced"),
    "reject": ("good", "reject", "rework", "produced"),
    "rework": ("good", "reject", "rework", "produced"),
}


class RawReader(Protocol):
    """Where events are read back from as they were said (app.streams.raw)."""

    def newest(self, line: str, window: Interval, about: Collection[str], most: int) -> RawEvents:
        """Return the newest events of `window` about these paths, newest first. Raises ServerAway."""

    def told(self, line: str, window: Interval, about: Collection[str]) -> Told:
        """Return what these paths counted and measured in `window`. Raises ServerAway."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where an explanation is read from."""

    db: Database
    plant: Plant
    raw: RawReader


@dataclass(frozen=True, slots=True)
class _Part:
    """A share of the figure. told: the time its components speak about; last: its newest whole stretch of that."""

    asked: AskedPart
    components: Components
    told: Interval
    last: Interval

    @property
    def path(self) -> str:
        return self.asked.path


def explanation(sources: Sources, asked: Asked, profile: Profile) -> Explanation | None:
    """Return what is behind a figure; None for equipment that is not in the plant. Raises Invalid for an unknown KPI.

    A part that carries live components is explained by exactly those; its episodes, rates and edits are what history
    has of it so far, which is a few seconds less.
    """
    if asked.kpi not in VALUES:
        raise Invalid(f"kpi {asked.kpi!r}: must be one of {', '.join(VALUES)}")
    if not asked.parts:
        return None
    plant, parts = sources.plant, [_part(sources, part, asked.shift) for part in asked.parts]
    components = sum((part.components for part in parts), ZERO)
    told = Interval(min(p.told.start for p in parts), max(p.told.end for p in parts))
    found, more = _episodes(sources, parts)
    rates, history_to = _rates(sources, parts)
    return Explanation(
        kpi=asked.kpi,
        equipment=asked.equipment,
        name=name_of(plant, asked.equipment),
        zone=lines_of(plant, asked.equipment)[0].zone,
        row=kpi_row(asked.equipment, told, None, None, components, profile),
        formula=f"formula.{asked.kpi}",
        terms=tuple(_term(name, components, profile) for name in _terms(asked.kpi, components)),
        by_profile=tuple((p.key, VALUES[asked.kpi](components, p)) for p in PROFILES),
        episodes=found,
        rates=rates,
        edits=_edits(sources, parts),
        raw=_raw(sources, parts),
        trust=trust_of(sources.db, plant, components, [(part.path, part.told) for part in parts]),
        plant_version=plant.version[:8],
        profile=profile.key,
        as_of=told.end,
        more_episodes=more,
        history_to=history_to,
        shares=_shares(plant, parts, VALUES[asked.kpi], profile) if len(parts) > 1 else (),
        is_live=any(part.live is not None for part in asked.parts),
    )


def _part(sources: Sources, asked: AskedPart, shift: str | None) -> _Part:
    if asked.live is not None:
        return _Part(asked, asked.live, asked.window, asked.window)
    if shift is None:
        found = [(g.components, g.told) for _, g in sums(sources.db, sources.plant, asked.path, asked.window, "total")]
    else:
        kept = shift_sums(sources.db, sources.plant, asked.path, asked.window)
        found = [(s.components, s.told) for s in kept if s.ref.name == shift]
    if not found:
        return _Part(asked, ZERO, asked.window, asked.window)
    told = Interval(min(t.start for _, t in found), max(t.end for _, t in found))
    return _Part(asked, sum((c for c, _ in found), ZERO), told, found[-1][1])


def _shares(plant: Plant, parts: Sequence[_Part], value: Value, profile: Profile) -> tuple[Share, ...]:
    return tuple(Share(p.path, name_of(plant, p.path), p.told, value(p.components, profile)) for p in parts)


def _terms(figure: str, c: Components) -> tuple[str, ...]:
    """What a figure is made of; units made in unknown time are told wherever they are counted or left out."""
    is_told = c.unknown_units and {"ideal_ms", "ideal_good_ms", "known_units", "produced"}.intersection(_TERMS[figure])
    return (*_TERMS[figure], "unknown_units") if is_told else _TERMS[figure]


def _term(name: str, c: Components, profile: Profile) -> Term:
    if name in ("availability", "performance", "quality"):
        return Term(name, VALUES[name](c, profile), "ratio")
    times: Mapping[str, int] = {
        "planned_ms": profile.planned_ms(c),
        "run_ms": profile.run_ms(c),
        "pbt_ms": c.pbt_ms,
        "calendar_ms": c.calendar_ms,
        "ideal_ms": ms_of_ns(c.ideal_ns),
        "ideal_good_ms": ms_of_ns(c.ideal_good_ns),
        "repair_ms": c.repair_ms,
        "unknown_ms": c.buckets_ms[Bucket.UNKNOWN],
        "doubtful_ms": c.doubtful_ms,
    }
    if name in times:
        return Term(name, times[name], "ms")
    return Term(name, getattr(c, name), "count")


def _episodes(sources: Sources, parts: Sequence[_Part]) -> tuple[tuple[Episode, ...], int]:
    """Return the longest stretches that were not running, and how many episodes were not read."""
    found: list[Episode] = []
    more = 0
    for part in parts:
        machines = machines_of(sources.plant, part.path)
        read = episodes_of(sources.db, machines, part.told, MOST_EPISODES)
        more += max(0, count_episodes(sources.db, machines, part.told) - len(read))
        found += [e for e in read if e.bucket not in (Bucket.RUNNING, Bucket.UNSCHEDULED)]
    ends = {part.path: part.told.end for part in parts}
    found.sort(key=lambda e: e.start - (e.end or max(ends.values())))
    return tuple(found), more


def _rates(sources: Sources, parts: Sequence[_Part]) -> tuple[tuple[RateUsed, ...], int | None]:
    """Return the ideal rates per product, and up to when history has been told (None: nothing of these windows)."""
    used, told = [], []
    for part in parts:
        line = lines_of(sources.plant, part.path)[0]
        machine = line.constraint if part.path == line.path else part.path
        for product, group in sums(sources.db, sources.plant, part.path, part.told, "product"):
            told.append(group.told.end)
            rate = sources.plant.rates.rate(machine, str(product) if product is not None else None, part.told.start)
            if rate is not None and group.components.produced:
                cycle = rate.cycle_ns / NS_PER_MS
                used.append(RateUsed(machine, str(product or ""), cycle, rate.basis, group.components.produced))
    return tuple(used), max(told, default=None)


def _edits(sources: Sources, parts: Sequence[_Part]) -> tuple[Edit, ...]:
    return tuple(sorted((e for part in parts for e in _edits_of(sources, part)), key=lambda e: e.at))


def _edits_of(sources: Sources, part: _Part) -> list[Edit]:
    line = lines_of(sources.plant, part.path)[0].path
    about = [*machines_of(sources.plant, part.path), line]
    made = corrections_of(sources.db, about, part.told)
    return [
        Edit(c.at, c.by, c.what, c.note, c.equipment, c.from_ms, _original(sources, c, made[:at]), c.kind)
        for at, c in enumerate(made)
    ]


def _original(sources: Sources, c: CorrectionFact, before: Sequence[CorrectionFact]) -> str | None:
    """Return what a person's word replaced: an earlier person's, or what the machine said. Counts have no original."""
    if c.kind != "classify":
        return None
    earlier = [e for e in before if e.kind == "classify" and e.equipment == c.equipment and _overlap(e, c)]
    if earlier:
        return f"{earlier[-1].what} ({earlier[-1].by})"
    said = episodes_of(sources.db, [c.equipment], Interval(c.from_ms, c.from_ms + 1), 1)
    return said[0].said if said else None


def _overlap(one: CorrectionFact, other: CorrectionFact) -> bool:
    def end(c: CorrectionFact) -> int:
        return c.from_ms + 1 if c.to_ms is None else c.to_ms

    return one.from_ms < end(other) and other.from_ms < end(one)


def _raw(sources: Sources, parts: Sequence[_Part]) -> RawEvents:
    """Return the newest events behind the parts, each line's from its own stream; the word when they cannot be read."""
    try:
        read = [_raw_of(sources, part) for part in parts]
    except ServerAway:
        return RawEvents((), "events.away")
    events = sorted((e for found in read for e in found.events), key=lambda e: -e.t)
    words = [found.word for found in read if found.word is not None]
    if len(events) > MOST_EVENTS:
        words.insert(0, "events.more")
    is_empty = all(word == "events.none" for word in words)
    word = next((w for w in words if w != "events.none"), "events.none" if is_empty and not events else None)
    return RawEvents(tuple(events[:MOST_EVENTS]), word)


def _raw_of(sources: Sources, part: _Part) -> RawEvents:
    line = lines_of(sources.plant, part.path)[0]
    about = {part.path, line.path} | set(machines_of(sources.plant, part.path))
    return sources.raw.newest(line.path, part.last, about, MOST_EVENTS)
