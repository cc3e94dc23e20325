"""How far a figure may be relied on, and which findings say so."""

from collections.abc import Iterable, Sequence

from app.boards.explain import Doubt, Trust
from app.domain.accounting.buckets import Bucket, Components
from app.domain.accounting.facts import FindingFact
from app.domain.accounting.kpi import trust
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant
from app.historian.database import Database
from app.historian.episodes import findings_of
from app.views.kpis import lines_of, machines_of

MOST_DOUBTS = 8


def trust_of(db: Database, plant: Plant, c: Components, parts: Sequence[tuple[str, Interval]]) -> Trust:
    """Return the trust of a figure with these components; parts: each line's or machine's path and window."""
    found = [doubt for path, window in parts for doubt in _doubts(db, plant, path, window)]
    found.sort(key=lambda doubt: -doubt.begins)
    return Trust(trust(c), c.pbt_ms, c.buckets_ms[Bucket.UNKNOWN], c.doubtful_ms, tuple(found[:MOST_DOUBTS]))


def _doubts(db: Database, plant: Plant, path: str, window: Interval) -> Iterable[Doubt]:
    line = lines_of(plant, path)[0].path
    for finding in findings_of(db, [line, *machines_of(plant, path)], window):
        rule, _, signal = finding.rule.partition(":")
        yield Doubt(rule, signal or None, finding.equipment, finding.since, finding.detail, owner_of(plant, finding))


def owner_of(plant: Plant, finding: FindingFact) -> str | None:
    """Return who answers for a finding: of the signal, else of the machine; of a line, its constraint's."""
    if finding.owner is not None:
        return finding.owner
    line, machine = plant.resolve(finding.equipment)
    return (machine or line.machine(line.constraint)).owner
