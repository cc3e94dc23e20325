"""Stops explained with a reason that says nothing: "other" above 5 % asks for codes of its own (DOMAIN section 7)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.plant.reasons import ReasonTree

OTHER = "other"
MOST_OTHER = 0.05
MOST_PROPOSED = 5
_STEM = 5
"""Words are one when they begin alike: `slipped`, `slipping`. Shorter ones and numbers are no subject of a note."""
_WORD = re.compile(rf"[^\W\d_]{{{_STEM - 1},}}")


class Explained(NamedTuple):
    """One unplanned stop that somebody or the machine explained. machine: its name; ms: what lies in the window."""

    reason: str
    note: str | None
    machine: str
    ms: int


@dataclass(frozen=True, slots=True)
class ProposedCode:
    """A code that notes ask for. words: the note written most often about it; machines: where, most time first."""

    words: str
    count: int
    ms: int
    machines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherShare:
    """How much of the explained unplanned time says "other", and what people wrote about it.

    ms, count: of "other"; of_ms: all explained unplanned time; silent: how many of them have no note.
    proposed: codes that the notes ask for, most time first; empty while the share is fine.
    """

    ms: int
    count: int
    of_ms: int
    silent: int
    proposed: tuple[ProposedCode, ...]

    @property
    def share(self) -> float | None:
        """A fraction; None where nothing was explained."""
        return self.ms / self.of_ms if self.of_ms else None

    @property
    def is_too_much(self) -> bool:
        """Whether the reason tree of this place lacks codes."""
        return self.share is not None and self.share > MOST_OTHER


def is_other(reason: str, reasons: ReasonTree) -> bool:
    """Whether a reason is the tree's catch-all: the one with the id `other`, or any under a category of that id."""
    found = reasons.get(reason)
    return reason == OTHER or (found is not None and OTHER in found.path)


def other_share(stops: Iterable[Explained], reasons: ReasonTree) -> OtherShare:
    """Return the share of "other" in the explained unplanned stops of a place and what its notes ask for."""
    explained = list(stops)
    vague = [stop for stop in explained if is_other(stop.reason, reasons)]
    held = OtherShare(
        sum(stop.ms for stop in vague),
        len(vague),
        sum(stop.ms for stop in explained),
        sum(not stop.note or not stop.note.strip() for stop in vague),
        (),
    )
    if not held.is_too_much:
        return held
    return OtherShare(held.ms, held.count, held.of_ms, held.silent, tuple(_proposed(vague)))


def _proposed(vague: Sequence[Explained]) -> list[ProposedCode]:
    """Group notes by the word that most of their time shares, then the rest by the next word, and so on."""
    left = [(stop, _stems(stop.note)) for stop in vague if stop.note and stop.note.strip()]
    found: list[ProposedCode] = []
    while left and len(found) < MOST_PROPOSED:
        time: dict[str, int] = {}
        for stop, stems in left:
            for stem in stems:
                time[stem] = time.get(stem, 0) + stop.ms
        subject = max(time, key=lambda stem: (time[stem], stem), default=None)
        if subject is None:
            break
        found.append(_code([stop for stop, stems in left if subject in stems]))
        left = [(stop, stems) for stop, stems in left if subject not in stems]
    return sorted(found, key=lambda code: (-code.ms, code.words))


def _code(stops: Sequence[Explained]) -> ProposedCode:
    notes: dict[str, int] = {}
    machines: dict[str, int] = {}
    for stop in stops:
        note = " ".join((stop.note or "").split())
        notes[note] = notes.get(note, 0) + 1
        machines[stop.machine] = machines.get(stop.machine, 0) + stop.ms
    words = min(notes, key=lambda note: (-notes[note], len(note), note))
    ranked = sorted(machines, key=lambda machine: (-machines[machine], machine))
    return ProposedCode(words, len(stops), sum(stop.ms for stop in stops), tuple(ranked))


def _stems(note: str | None) -> frozenset[str]:
    return frozenset(word[:_STEM].casefold() for word in _WORD.findall(note or ""))
