"""What people changed in a window: who, when, what and why; and what it moved between planned and unplanned."""

from collections.abc import Callable, Sequence

from app.boards.amendments import Amendment, Amendments, Run
from app.domain.accounting.facts import CorrectionFact
from app.domain.accounting.reclassified import Moved, added, moved
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.historian.database import Database
from app.historian.episodes import corrections_of, edited_episodes
from app.historian.paging import Page, page_of_orders
from app.views.kpis import lines_of, machines_of

MOST_ROWS = 50
MOST_RUNS = 60


def amendments(db: Database, plant: Plant, asked: tuple[str, Interval], name: Callable[[str], str]) -> Amendments:
    """Return what people changed of equipment in a window, the newest change first. asked: path and window."""
    equipment, window = asked
    lines, machines = lines_of(plant, equipment), machines_of(plant, equipment)
    own = [line.path for line in lines if equipment not in machines]
    found = corrections_of(db, [*own, *machines], window)
    newest = reversed(found[-MOST_ROWS:])
    return Amendments(
        tuple(_amendment(plant, c, name) for c in newest),
        len(found),
        _moved(db, plant, lines, (machines, window)),
        *_of_line(db, lines, window),
    )


def _amendment(plant: Plant, c: CorrectionFact, name: Callable[[str], str]) -> Amendment:
    first, mark, rest = c.what.partition(", ")
    reason = plant.reasons.get(first)
    what = c.what if reason is None else f"{reason.name}{mark}{rest}"
    return Amendment(c.at, c.by, c.kind, name(c.equipment), c.from_ms, what, c.note)


def _moved(
    db: Database, plant: Plant, lines: Sequence[WorkCenter], asked: tuple[Sequence[str], Interval]
) -> tuple[Moved, ...]:
    machines, window = asked
    edited = edited_episodes(db, machines, window)
    units = [(unit, line.zone) for line in lines for unit in line.machines if unit.path in machines]
    parts = (
        moved((e for e in edited if e.machine == unit.path), unit, plant.reasons, window, zone) for unit, zone in units
    )
    return tuple(added(parts))


def _of_line(
    db: Database, lines: Sequence[WorkCenter], window: Interval
) -> tuple[str | None, tuple[Run, ...], tuple[str, ...]]:
    """Return the one line asked about, its order runs and its shifts' names; nothing for several lines."""
    if len(lines) != 1:
        return None, (), ()
    runs = page_of_orders(db, [lines[0].path], window, Page(MOST_RUNS))
    offered = dict.fromkeys(pattern.name for pattern in lines[0].calendar.patterns)
    return lines[0].path, tuple(Run(r.order, r.product, r.start, r.end) for r in runs), tuple(offered)
