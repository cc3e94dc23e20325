"""Which reasons a machine stops for, and how often each: taken from the plant's own reason tree, Pareto-like."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random

from app.domain.plant.equipment import Plant, WorkUnit
from app.domain.plant.reasons import Reason, ReasonTree

PARETO_EXPONENT = 1.4
ORGANISATIONAL = ("organi", "material", "logist", "person", "operator", "staff", "supply", "extern")
SCRAP = ("quality", "scrap", "reject", "defect")
STEM = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """Reasons with weights; empty when the tree offers none, and then nobody can say why."""

    reasons: tuple[str, ...]
    weights: tuple[float, ...]

    def draw(self, chance: Random) -> str | None:
        """Return one reason, or None when there is none to choose."""
        return chance.choices(self.reasons, self.weights)[0] if self.reasons else None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a machine may stop for: breakdowns (`failure: true`), jams, waiting for people or material, and the rest."""

    breakdowns: Choice
    jams: Choice
    waits: Choice
    scraps: Choice
    setup: str | None
    pause: str | None


def vocabulary(plant: Plant, machine: WorkUnit, weights: Mapping[str, float], chance: Random) -> Vocabulary:
    """Return the reasons of `machine`: those that name it first, then the general ones; never another machine's own.

    weights: reason -> weight, overriding the Pareto-like default (1/rank^1.4, ranks drawn by chance).
    """
    strangers = _stems(m.id for line in plant.lines() for m in line.machines) - _stems([machine.id])
    leaves = [r for r in plant.reasons.leaves() if weights.get(r.id, 1.0) > 0 and not _names(r, strangers)]
    own = _stems([machine.id])
    stops = [r for r in leaves if not r.planned and not r.setup and r.id != "other"]
    scraps = [r for r in stops if _under(r, SCRAP)]
    jams = [r for r in stops if r not in scraps and ("jam" in r.id or (not r.failure and _names(r, own)))]
    waits = [r for r in stops if _under(r, ORGANISATIONAL) and not r.failure and r not in jams]

    def choice(reasons: list[Reason]) -> Choice:
        ranked = sorted(reasons, key=lambda r: (not _names(r, own), chance.random()))
        weight = (weights.get(r.id, rank**-PARETO_EXPONENT) for rank, r in enumerate(ranked, 1))
        return Choice(tuple(r.id for r in ranked), tuple(weight))

    breakdowns = choice([r for r in stops if r.failure])
    return Vocabulary(
        breakdowns=breakdowns,
        jams=choice(jams) if jams else breakdowns,
        waits=choice(waits),
        scraps=choice(scraps),
        setup=_first(plant.reasons, "setup"),
        pause=_first(plant.reasons, "break"),
    )


def _stems(ids: Iterable[str]) -> frozenset[str]:
    return frozenset(word[:STEM] for i in ids for word in re.split(r"[^a-z]+", i.lower()) if len(word) >= STEM)


def _names(reason: Reason, stems: frozenset[str]) -> bool:
    return any(stem in word for stem in stems for word in re.split(r"[^a-z]+", reason.id.lower()))


def _under(reason: Reason, words: tuple[str, ...]) -> bool:
    return any(word in part.lower() for part in reason.path for word in words)


def _first(tree: ReasonTree, kind: str) -> str | None:
    """Return the usual reason of a change-over (`setup`) or of a break (`break`), or None."""
    if kind == "setup":
        return next((r.id for r in tree.leaves() if r.setup), None)
    planned = [r.id for r in tree.leaves() if r.planned]
    return next((r for r in planned if "break" in r or "pause" in r), planned[0] if planned else None)
