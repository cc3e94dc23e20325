"""The catalogue: the plant file's signals with what the engine knows of them now, and the findings about them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from app.boards.catalogue import CatalogueBoard, CatalogueQuestion, CatalogueRow, Lineage, PlantEdition
from app.boards.signals import How, SignalState, SignalStates, decode_states
from app.domain.accounting.facts import FindingFact
from app.domain.governance.findings import Care, Issue, issues, statistics
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import Plant, Source, WorkCenter, WorkUnit
from app.domain.plant.signals import Signal
from app.historian.care import Cares, silences
from app.historian.database import Database
from app.historian.episodes import findings_of
from app.historian.plants import PlantVersions
from app.plantyaml import plant_changes
from app.views.kpis import lines_of
from app.views.trust import owner_of

LOOK_BACK_MS = 30 * DAY_MS
MOST_EDITIONS, MOST_CHANGES = 20, 30
FEEDS: Mapping[str, tuple[str, ...]] = {
    "good": ("performance", "quality", "oee"),
    "reject": ("quality", "oee"),
    "rework": ("quality", "oee"),
}
"""What derives from a counter, by what it counts."""


class States(Protocol):
    """Where the engine leaves what the signals say (app.streams.boards)."""

    def signals(self, line: str) -> bytes | None:
        """Return the bytes of a line's signals, or None. Raises ConnectionError."""


def catalogue(db: Database, plant: Plant, states: States, asked: CatalogueQuestion, now: int) -> CatalogueBoard:
    """Return the catalogue of a place with the findings of the last 30 days. now: UTC ms."""
    lines = lines_of(plant, asked.place)
    told = [found for line in lines if (found := _told(states, line.path)) is not None]
    rows = list(_rows(plant, lines, told))
    owners = sorted({row.signal.owner for row in rows if row.signal.owner is not None})
    mine = [row for row in rows if asked.owner in (None, row.signal.owner)]
    due = [i for i in issues_of(db, plant, lines, now) if asked.owner in (None, i.owner)]
    return CatalogueBoard(
        question=asked,
        zone=lines[0].zone if lines else "UTC",
        at=min((one.at for one in told), default=None),
        rows=tuple(row for row in mine if asked.how in (None, row.state.how)),
        counts=_counts(mine),
        owners=tuple(owners),
        issues=tuple(due),
        statistics=statistics(due, now),
        names={m.path: m.name for line in lines for m in line.machines} | {line.path: line.name for line in lines},
        plant_version=plant.version[:8],
        editions=editions_of(db) if asked.tab == "plant" else (),
    )


def issues_of(db: Database, plant: Plant, lines: Sequence[WorkCenter], now: int) -> list[Issue]:
    """Return the issues of lines and their machines of the last 30 days, each with its owner, newest first."""
    window = Interval(now - LOOK_BACK_MS, now)
    about = [path for line in lines for path in (line.path, *(m.path for m in line.machines))]
    cares = Cares(db).of(about)
    disputes = [_disputed(c) for c in cares if c.what == "dispute" and c.at >= window.start]
    told = [*findings_of(db, about, window), *_silences(db, lines, window), *disputes]
    owned = [msgspec.structs.replace(f, owner=owner_of(plant, f)) for f in told]
    return issues(owned, cares)


def _disputed(care: Care) -> FindingFact:
    return FindingFact(care.equipment, care.rule, care.at, care.at, f"{care.by}: {care.note}")


def editions_of(db: Database) -> tuple[PlantEdition, ...]:
    """Return the plant files that were in use, newest first, each with what it changed."""
    known = PlantVersions(db).newest(MOST_EDITIONS + 1)
    found: list[PlantEdition] = []
    for at, one in enumerate(known[:MOST_EDITIONS]):
        is_first = at + 1 == len(known)
        told = [] if is_first else plant_changes(known[at + 1].texts, one.texts)
        more = max(0, len(told) - MOST_CHANGES)
        shown = tuple(told[:MOST_CHANGES])
        found.append(PlantEdition(one.version[:8], one.at, one.by, one.note, shown, more, is_first))
    return tuple(found)


def _silences(db: Database, lines: Sequence[WorkCenter], window: Interval) -> Iterator[FindingFact]:
    """Yield silent machine hours; where a whole line was silent its gateway was, and that is one finding."""
    for line in lines:
        found = silences(db, [m.path for m in line.machines], window)
        machines = Counter(f.since for f in found)
        whole = {hour for hour, count in machines.items() if count == len(line.machines) > 1}
        yield from (f for f in found if f.since not in whole)
        first = {f.since: f for f in reversed(found) if f.since in whole}
        yield from (msgspec.structs.replace(f, equipment=line.path) for f in first.values())


def _told(states: States, line: str) -> SignalStates | None:
    try:
        raw = states.signals(line)
        return None if raw is None else decode_states(raw)
    except (ConnectionError, msgspec.DecodeError):
        return None


def _counts(rows: Sequence[CatalogueRow]) -> dict[How, int]:
    found = Counter(row.state.how for row in rows)
    return {how: found[how] for how in ("fine", "broken", "silent", "never")}


def _rows(plant: Plant, lines: Sequence[WorkCenter], told: Sequence[SignalStates]) -> Iterator[CatalogueRow]:
    known = {(s.machine, s.signal): s for one in told for s in one.signals}
    for line in lines:
        for unit in line.machines:
            source = next((s for s in plant.sources if unit.path in s.machines), None)
            for signal in unit.signals.values():
                state = known.get((unit.path, signal.id), SignalState(unit.path, signal.id))
                way = lineage(source, unit, signal)
                yield CatalogueRow(unit.path, unit.name, line.name, signal, way, state, unit.commissioning)


def lineage(source: Source | None, unit: WorkUnit, signal: Signal) -> Lineage:
    """Return the way of a signal from its source to the figures that derive from it."""
    counter = signal.counter
    event = "value" if counter is None else "value \u2192 count"
    feeds = () if counter is None else FEEDS[counter.of]
    if source is None:
        return Lineage(None, None, None, event, feeds)
    return Lineage(source.id, source.gateway, _address(source, unit, signal.id), event, feeds)


def _address(source: Source, unit: WorkUnit, signal: str) -> str | None:
    mapping = source.options.get("mapping")
    wishes = mapping.get(unit.id, mapping.get(unit.path)) if isinstance(mapping, Mapping) else None
    signals = wishes.get("signals") if isinstance(wishes, Mapping) else None
    at = signals.get(signal) if isinstance(signals, Mapping) else None
    if isinstance(at, Mapping):
        at = at.get("at")
    return None if at is None else str(at)
