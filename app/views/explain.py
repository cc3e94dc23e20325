"""Any number opened: its formula with this equipment's own figures, and everything those came from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from app.auth.guard import Invalid
from app.boards.explain import Asked, Edit, Explanation, RateUsed, RawEvents, Share, Term
from app.domain.accounting.buckets import BUCKETS, NS_PER_MS, Bucket, Components, Episode
from app.domain.accounting.facts import CorrectionFact
from app.domain.accounting.figures import CALLS, FIGURES, MEANS, STOPS, TERMS, Counted
from app.domain.accounting.kpi import kpi_row, ms_of_ns
from app.domain.accounting.losses import losses
from app.domain.accounting.profiles import PROFILES, Profile
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant
from app.historian.episodes import corrections_of, count_episodes, episodes_of
from app.streams.connection import ServerAway
from app.views.explain_parts import Part, Sources, part_of
from app.views.kpis import lines_of, machines_of, name_of, sums
from app.views.stops import Lost, stop_row
from app.views.trust import trust_of

MOST_STOPS = 200
MOST_EPISODES = 200
MOST_EVENTS = 60
_BUCKETS = {bucket.key: bucket for bucket in BUCKETS}


def explanation(sources: Sources, asked: Asked, profile: Profile) -> Explanation | None:
    """Return what is behind a figure; None for equipment that is not in the plant. Raises Invalid for an unknown KPI.

    A part that carries live components is explained by exactly those; its episodes, rates and edits are what history
    has of it so far, which is a few seconds less.
    """
    if asked.kpi not in FIGURES:
        raise Invalid(f"kpi {asked.kpi!r}: must be one of {', '.join(FIGURES)}")
    if not asked.parts:
        return None
    parts, figure = [part_of(sources, asked, part) for part in asked.parts], asked.kpi
    counted, stops = _counted(parts), sorted((stop for part in parts for stop in part.stops), key=_longest)
    return replace(
        _behind(sources, asked, parts, profile),
        terms=tuple(_term(name, counted, profile) for name in _terms(figure, counted.components)),
        by_profile=tuple((p.key, FIGURES[figure](counted, p)) for p in PROFILES),
        value=FIGURES[figure](counted, profile),
        mean=MEANS[figure](counted, profile) if figure in MEANS else None,
        shares=_shares(sources.plant, asked, parts, profile),
        stops=tuple(stop_row(sources.plant, stop, partial(name_of, sources.plant)) for stop in stops[:MOST_STOPS]),
        stop_count=len(stops),
        calls=tuple(call for part in parts for call in part.calls),
    )


def _counted(parts: Sequence[Part]) -> Counted:
    return sum((part.counted for part in parts), Counted())


def _longest(stop: Lost) -> tuple[int, int]:
    return -stop.ms, stop.episode.start


def _behind(sources: Sources, asked: Asked, parts: Sequence[Part], profile: Profile) -> Explanation:
    """Return everything the figure came from: time, episodes, rates, edits, events, trust."""
    plant, components = sources.plant, _counted(parts).components
    told = Interval(min(p.told.start for p in parts), max(p.told.end for p in parts))
    found, more = ([], 0) if asked.kpi in (*STOPS, CALLS) else _episodes(sources, parts)
    rates, history_to = _rates(sources, parts, asked.kept.product)
    return Explanation(
        kpi=asked.kpi,
        equipment=asked.equipment,
        name=name_of(plant, asked.equipment),
        zone=lines_of(plant, asked.equipment)[0].zone,
        row=kpi_row(asked.equipment, told, None, None, components, profile),
        formula=f"formula.{asked.kpi}",
        terms=(),
        by_profile=(),
        episodes=tuple(found),
        rates=rates,
        edits=_edits(sources, parts),
        raw=_raw(sources, parts),
        trust=trust_of(sources.db, plant, components, [(part.path, part.told) for part in parts]),
        plant_version=plant.version[:8],
        profile=profile.key,
        as_of=told.end,
        more_episodes=more,
        history_to=history_to,
        is_live=any(part.live is not None for part in asked.parts),
        kept=asked.kept,
    )


def _shares(plant: Plant, asked: Asked, parts: Sequence[Part], profile: Profile) -> tuple[Share, ...]:
    """Return what each line of an area or site brings; (): the figure is a line's or machine's own."""
    if [part.path for part in parts] == [asked.equipment]:
        return ()
    value, is_filtered = FIGURES[asked.kpi], asked.kept.is_filtered
    return tuple(
        Share(
            p.path,
            name_of(plant, p.path),
            p.asked.window if is_filtered else p.told,
            value(p.counted, profile),
            ms_of_ns(losses(p.counted.components).lost),
        )
        for p in parts
    )


def _terms(figure: str, c: Components) -> tuple[str, ...]:
    """What a figure is made of; units made in unknown time are told wherever they are counted or left out."""
    is_told = c.unknown_units and {"ideal_ms", "ideal_good_ms", "known_units", "produced"}.intersection(TERMS[figure])
    return (*TERMS[figure], "unknown_units") if is_told else TERMS[figure]


def _term(name: str, counted: Counted, profile: Profile) -> Term:
    c = counted.components
    if name in ("availability", "performance", "quality"):
        return Term(name, FIGURES[name](counted, profile), "ratio")
    if name in _BUCKETS:
        return Term(name, c.buckets_ms[_BUCKETS[name]], "ms", name)
    if name in ("answered", "calls"):
        return Term(name, getattr(counted, name), "count")
    times: Mapping[str, int] = {
        "planned_ms": profile.planned_ms(c),
        "run_ms": profile.run_ms(c),
        "pbt_ms": c.pbt_ms,
        "calendar_ms": c.calendar_ms,
        "ideal_ms": ms_of_ns(c.ideal_ns),
        "ideal_good_ms": ms_of_ns(c.ideal_good_ns),
        "startup_reject_ms": ms_of_ns(c.startup_reject_ns),
        "repair_ms": c.repair_ms,
        "unknown_ms": c.buckets_ms[Bucket.UNKNOWN],
        "doubtful_ms": c.doubtful_ms,
        "waited_ms": counted.waited_ms,
        "stopped_ms": counted.stopped_ms,
        "unexplained_ms": counted.unexplained_ms,
        "reasoned_ms": counted.stopped_ms - counted.unexplained_ms,
    }
    if name in times:
        return Term(name, times[name], "ms")
    return Term(name, getattr(c, name), "count")


def _episodes(sources: Sources, parts: Sequence[Part]) -> tuple[list[Episode], int]:
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
    return found, more


def _rates(sources: Sources, parts: Sequence[Part], only: str | None) -> tuple[tuple[RateUsed, ...], int | None]:
    """Return the ideal rates per product, and up to when history has been told (None: nothing of these windows)."""
    used, told = [], []
    for part in parts:
        line = lines_of(sources.plant, part.path)[0]
        machine = line.constraint if part.path == line.path else part.path
        for product, group in sums(sources.db, sources.plant, part.path, part.told, "product"):
            told.append(group.told.end)
            rate = sources.plant.rates.rate(machine, str(product) if product is not None else None, part.told.start)
            if rate is not None and group.components.produced and only in (None, product):
                cycle = rate.cycle_ns / NS_PER_MS
                used.append(RateUsed(machine, str(product or ""), cycle, rate.basis, group.components.produced))
    return tuple(used), max(told, default=None)


def _edits(sources: Sources, parts: Sequence[Part]) -> tuple[Edit, ...]:
    return tuple(sorted((e for part in parts for e in _edits_of(sources, part)), key=lambda e: e.at))


def _edits_of(sources: Sources, part: Part) -> list[Edit]:
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


def _raw(sources: Sources, parts: Sequence[Part]) -> RawEvents:
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


def _raw_of(sources: Sources, part: Part) -> RawEvents:
    line = lines_of(sources.plant, part.path)[0]
    about = {part.path, line.path} | set(machines_of(sources.plant, part.path))
    return sources.raw.newest(line.path, part.last, about, MOST_EVENTS)
