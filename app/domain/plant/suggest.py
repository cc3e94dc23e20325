"""Which address of a source is which word or signal of a machine: suggestions by name, for a person to check.

An address is judged by the words in it: those of the machine, and those of what is wanted or of what makers call it
(PackML's `ProdProcessedCount` is what was produced). What is not clearly one thing is left to the person.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.plant.equipment import WorkUnit

CLEAR = 0.7
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_CALLED: Mapping[str, tuple[str, ...]] = {
    "state": ("state", "state current", "status", "execution", "machine state", "unit state"),
    "reason": ("reason", "stop reason", "stop code", "alarm", "fault code"),
    "order": ("order", "order number", "production order", "job", "batch id"),
    "product": ("product", "product id", "recipe", "article", "program"),
    "good": ("good", "good count", "prod processed count", "part count", "ok count", "produced", "total"),
    "reject": ("reject", "reject count", "prod defective count", "nok count", "scrap", "bad count"),
    "rework": ("rework", "rework count"),
}
WORDS = ("state", "reason", "order", "product")
_SAYS_LITTLE = frozenset(("count", "current", "id", "mach", "machine", "number", "of", "prod", "the", "unit", "value"))


@dataclass(frozen=True, slots=True)
class Offered:
    """One address that a source has: its unit, and what the source says it means."""

    address: str
    unit: str = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An address for a machine's word (`state`, ...) or signal; sure: 0 to 1, shown only from CLEAR on."""

    machine: str
    what: str
    is_signal: bool
    address: str
    sure: float


def suggest(
    units: Sequence[WorkUnit], offers: Sequence[Offered], mapping: Mapping[str, object] | None = None
) -> list[Suggestion]:
    """Return the best address of each word and signal of the machines, each address once, surest first.

    mapping: what is mapped already, by hand or because the protocol knows it: nothing is suggested for that.
    """
    known = mapped(units, mapping or {})
    found = [
        Suggestion(unit.id, wanted.what, wanted.is_signal, offer.address, sure)
        for offer in offers
        for unit, named in _whose(units, offer)
        for wanted in _wanted(unit)
        if (unit.id, wanted.what) not in known
        if (sure := _sure(wanted, offer, named)) >= CLEAR
    ]
    taken: set[str] = set()
    kept: dict[tuple[str, str], Suggestion] = {}
    for one in sorted(found, key=lambda s: (-s.sure, s.machine, s.what, len(s.address), s.address)):
        if (one.machine, one.what) not in kept and one.address not in taken:
            kept[one.machine, one.what] = one
            taken.add(one.address)
    return list(kept.values())


def mapped(units: Sequence[WorkUnit], mapping: Mapping[str, object]) -> set[tuple[str, str]]:
    """Return (machine, word or signal) that a source's mapping names; machines by id, path or the end of a path."""
    found: set[tuple[str, str]] = set()
    for unit in units:
        for name, said in mapping.items():
            if (name == unit.path or unit.path.endswith(f"/{name}")) and isinstance(said, Mapping):
                signals = said.get("signals")
                found |= {(unit.id, word) for word in WORDS if said.get(word)}
                found |= {(unit.id, str(signal)) for signal in (signals if isinstance(signals, Mapping) else ())}
    return found


def missing(
    units: Sequence[WorkUnit], found: Iterable[Suggestion], mapping: Mapping[str, object] | None = None
) -> list[tuple[str, str]]:
    """Return (machine, word or signal) for which nothing clear was offered; order and product may well be missing."""
    have = {(one.machine, one.what) for one in found} | mapped(units, mapping or {})
    needed = (("state", *unit.signals) for unit in units)
    return [
        (unit.id, what)
        for unit, whats in zip(units, needed, strict=True)
        for what in whats
        if (unit.id, what) not in have
    ]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A word or signal of a machine: the names it may go by, its unit of measure and what the plant file says it is."""

    what: str
    is_signal: bool
    names: tuple[str, ...]
    measure: str = ""
    meaning: str = ""


def _wanted(unit: WorkUnit) -> Iterable[_Wanted]:
    for word in WORDS:
        yield _Wanted(word, False, _CALLED[word])
    for signal in unit.signals.values():
        counted = () if signal.counter is None else _CALLED[signal.counter.of]
        yield _Wanted(signal.id, True, (signal.id, *counted), signal.unit, signal.meaning)


def _whose(units: Sequence[WorkUnit], offer: Offered) -> list[tuple[WorkUnit, frozenset[str]]]:
    """Return the machine an address names (`filler-2` before `filler`) with the words that name it.

    Where the source speaks for one machine only, an address need not name it.
    """
    said = set(_words(offer.address))
    named = [(unit, own) for unit in units for own in (_named(unit.id), _named(unit.name)) if own and own <= said]
    if not named:
        return [(unit, frozenset()) for unit in units] if len(units) == 1 else []
    most = max(len(own) for _, own in named)
    return [(unit, own) for unit, own in named if len(own) == most]


def _named(text: str) -> frozenset[str]:
    return frozenset(_words(text))


def _sure(wanted: _Wanted, offer: Offered, named: frozenset[str]) -> float:
    rest = [word for word in _words(offer.address) if word not in named]
    alike = max((_alike(_words(name), tail) for name in wanted.names for tail in _tails(rest)), default=0.0)
    alike = max(alike, 0.9 * _alike(_words(wanted.meaning), _words(offer.meaning)))
    bonus = 0.1 if wanted.measure and wanted.measure.lower() == offer.unit.lower() else 0.0
    return round(min(1.0, 0.2 * bool(named) + 0.75 * alike + bonus + 0.05), 3)


def _tails(words: Sequence[str]) -> Iterable[Sequence[str]]:
    """Yield the last word, the last two, ...: an address ends with what it is about."""
    return (words[-n:] for n in range(1, min(4, len(words)) + 1))


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    """Return how far two names share their words, 0 to 1; words that say little count little."""
    said = sum(_weight(word) for word in (*one, *other))
    shared = sum(_weight(word) for word in one if any(_same(word, w) for w in other))
    shared += sum(_weight(word) for word in other if any(_same(word, w) for w in one))
    return shared / said if said else 0.0


def _weight(word: str) -> float:
    return 0.3 if word in _SAYS_LITTLE else 1.0


def _same(one: str, other: str) -> bool:
    """Return whether two words are one, or one is the other cut short: `temp` of `temperature`."""
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) > 2 and long.startswith(short) and not short.isdigit())


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
