"""What accepted decisions brought, measured from history: for the decider, which keeps it, and for the page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.domain.decisions.effect import Bundle, Effect, bundles, effect
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import AmbiguousEquipment, Plant, UnknownEquipment, WorkCenter
from app.historian.database import Database
from app.historian.shift_units import units_by_shift
from app.historian.suggestions import Kept

AROUND_MS = 30 * DAY_MS


class Measured(NamedTuple):
    """The effect of a bundle of decisions at one line; every decision of the bundle has the same one."""

    line: str
    bundle: Bundle
    effect: Effect


def effects(db: Database, plant: Plant, accepted: Iterable[Kept], now: int) -> dict[str, Measured]:
    """Return suggestion key -> effect of every accepted decision that promised units. Raises DatabaseAway.

    accepted: all of their lines, else a neighbour's effect is taken for theirs. One that promised nothing (a call for
    help) is neither measured nor does it part others; nor is one whose line is no longer in the plant file.
    """
    found: dict[str, Measured] = {}
    for line, decided in _by_line(plant, accepted).items():
        around = Interval(min(decided.values()) - AROUND_MS, now)
        shifts = units_by_shift(db, plant.line(line), around)
        for bundle in bundles(decided, around):
            shared = Measured(line, bundle, effect(shifts, bundle, now))
            found |= dict.fromkeys(bundle.keys, shared)
    return found


def line_of(plant: Plant, equipment: str) -> WorkCenter | None:
    """Return the line of a line or machine; None when it is no longer in the plant file."""
    try:
        return plant.resolve(equipment)[0]
    except (UnknownEquipment, AmbiguousEquipment):
        return None


def once(found: Mapping[str, Measured]) -> Sequence[Measured]:
    """Return each bundle's effect once, however many decisions share it."""
    return list({(one.line, one.bundle.span): one for one in found.values()}.values())


def _by_line(plant: Plant, accepted: Iterable[Kept]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for kept in accepted:
        line = line_of(plant, kept.suggestion.equipment)
        if line is not None and kept.decision is not None and kept.suggestion.gain is not None:
            found.setdefault(line.path, {})[kept.suggestion.key] = kept.decision.at
    return found
