"""What a template or a machine of a plant file says, and a machine laid over its template."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeVar, cast, get_args

from app.domain.plant import keys
from app.domain.plant.commissioning import counts_from
from app.domain.plant.equipment import StateMapping
from app.domain.plant.form import Form, Notes, number, suggestion
from app.domain.plant.node import Node
from app.domain.plant.read_calendar import local_date
from app.domain.plant.signals import Counter, CounterKind, CounterOf, Signal
from app.domain.units import cycle_ns, duration_ms, rate_per_s

T = TypeVar("T")
WHOLE = re.compile(r"[1-9][0-9]{0,18}")
DEFAULT = "default"
THRESHOLDS = {
    "minor_stop": 120_000,
    "ignore_under": 2_000,
    "minimum_run": 0,
    "grace": 60_000,
    "warm_up": 600_000,
}
Cycles = tuple[tuple[date | None, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Traits:
    """What one place says about a machine; None, or a missing entry, where it says nothing.

    thresholds: key -> ms. cycles: product id or `default` -> (valid from local date, ns per real unit), rising; the
    first may have no date. An entry that is None takes away the template's.
    """

    name: str | None = None
    owner: str | None = None
    counts_from: int | None = None
    stale_after_ms: int | None = None
    thresholds: Mapping[str, int] = field(default_factory=dict)
    cycles: Mapping[str, Cycles | None] = field(default_factory=dict)
    states: Mapping[str, StateMapping | None] = field(default_factory=dict)
    signals: Mapping[str, Signal | None] = field(default_factory=dict)

    def over(self, template: "Traits") -> "Traits":
        """Return these traits laid over a template's: single values replace, mappings entry by entry."""
        return Traits(
            name=self.name if self.name is not None else template.name,
            owner=self.owner if self.owner is not None else template.owner,
            counts_from=self.counts_from if self.counts_from is not None else template.counts_from,
            stale_after_ms=self.stale_after_ms if self.stale_after_ms is not None else template.stale_after_ms,
            thresholds={**template.thresholds, **self.thresholds},
            cycles={**template.cycles, **self.cycles},
            states={**template.states, **self.states},
            signals={**template.signals, **self.signals},
        )


def traits_of(form: Form, products: Mapping[str, object], reasons: Mapping[str, object]) -> Traits:
    """Return what a template or machine says; products and reasons it may name by id."""
    return Traits(
        name=form.text("name"),
        owner=form.text("owner"),
        counts_from=form.parsed("commissioning", counts_from, None),
        stale_after_ms=form.parsed("stale_after", _longer_than_nothing, None),
        thresholds={key: form.parsed(key, duration_ms, default) for key, default in THRESHOLDS.items() if key in form},
        cycles=_cycles(form, products),
        states=_entries(form, "states", lambda states, raw: _state(states, raw, reasons)),
        signals=_entries(form, "signals", lambda signals, own_id: _signal(own_id, signals.form(own_id, keys.SIGNAL))),
    )


def _entries(form: Form, key: str, read: Callable[[Form, str], T]) -> dict[str, T | None]:
    inner = form.form(key)
    return {name: None if node.value is None else read(inner, name) for name, node in inner.children.items()}


def _cycles(form: Form, products: Mapping[str, object]) -> dict[str, Cycles | None]:
    node = form.children.get("cycle")
    if node is not None and not isinstance(node.value, dict):
        return {DEFAULT: cycles_of(node, form.at("cycle"), form.notes)}
    inner = form.form("cycle")
    known = [*products, DEFAULT]
    for product in inner.children:
        if product not in known:
            inner.wrong(product, f"unknown product `{product}`", suggestion(product, known))
    return {
        product: None if child.value is None else cycles_of(child, inner.at(product), form.notes)
        for product, child in inner.children.items()
    }


def cycles_of(node: Node, path: str, notes: Notes) -> Cycles:
    """Return a cycle value: one cycle, or a list of `{from: date, cycle: ...}`; rising by date."""
    one = Form(Node({path: node}, node.file, node.line), "", notes)
    if not isinstance(node.value, list):
        return ((None, one.parsed(path, cycle_ns, Fraction(1))),)
    found: list[tuple[date | None, Fraction]] = []
    for entry in one.forms(path, keys.VALID_FROM):
        entry.needed("from", "a date such as 2026-01-01")
        entry.needed("cycle", "a cycle such as 500ms or 7200/h")
        found.append((entry.parsed("from", local_date, None), entry.parsed("cycle", cycle_ns, Fraction(1))))
    dates = [since for since, _ in found if since is not None]
    if len(set(dates)) < len(dates):
        notes.add(node, path, "two cycles are valid from the same date", "one cycle a date")
    return tuple(sorted(found, key=lambda entry: entry[0] or date.min))


def _state(states: Form, raw: str, reasons: Mapping[str, object]) -> StateMapping:
    node = states.children[raw]
    if isinstance(node.value, dict):
        form = states.form(raw, keys.STATE)
        form.needed("state", "a state such as stop")
        key, word, reason = form.at("state"), form.text("state") or "stop", form.text("reason")
        if reason is not None and reason not in reasons:
            form.wrong("reason", f"unknown reason `{reason}`", suggestion(reason, reasons))
    else:
        key, word, reason = states.at(raw), states.text(raw) or "stop", None
    if word.lower() not in keys.STATES:
        states.notes.add(node, key, f"unknown state `{word}`", suggestion(word.lower(), sorted(keys.STATES)))
    return StateMapping(word.lower(), reason)


def _signal(own_id: str, form: Form) -> Signal:
    owner = form.needed("owner", "who answers for this signal, such as maintenance")
    low, high = _range(form)
    every = form.parsed("every", _longer_than_nothing, None)
    max_rate = form.parsed("max_rate", rate_per_s, None)
    return Signal(
        id=own_id,
        meaning=form.text("meaning") or "",
        unit=form.text("unit") or "",
        owner=owner or None,
        low=low,
        high=high,
        max_rate_per_s=None if max_rate is None else float(max_rate),
        every_ms=every,
        counter=_counter(form.form("counter", keys.COUNTER)) if "counter" in form else None,
        allowed=tuple(word for word, _ in form.words("allowed")),
    )


def _range(form: Form) -> tuple[float | None, float | None]:
    if "range" not in form:
        return None, None
    words = [word for word, _ in form.words("range")]
    try:
        low, high = (number(word) for word in words)
        if low < high:
            return low, high
    except ValueError:
        pass
    form.wrong("range", f"[{', '.join(words)}] is not a range", "the lowest and the highest plausible value: [5, 60]")
    return None, None


def _counter(form: Form) -> Counter:
    form.needed("kind", suggestion("", get_args(CounterKind)))
    return Counter(
        kind=cast(CounterKind, _choice(form, "kind", get_args(CounterKind))),
        of=cast(CounterOf, _choice(form, "of", get_args(CounterOf))),
        modulus=form.parsed("modulus", _pieces, None),
        max_per_s=form.parsed("max_per_s", _above_zero, None),
    )


def _choice(form: Form, key: str, words: tuple[str, ...]) -> str:
    word = form.text(key) or words[0]
    if word not in words:
        form.wrong(key, f"`{word}` is not known here", suggestion(word, words))
    return word


def _pieces(text: str) -> int:
    if not WHOLE.fullmatch(text):
        raise ValueError(f"`{text}` is not a whole number above zero such as 65536")
    return int(text)


def _above_zero(text: str) -> float:
    value = number(text)
    if value <= 0:
        raise ValueError(f"`{text}` is not above zero, such as 20")
    return value


def _longer_than_nothing(text: str) -> int:
    ms = duration_ms(text)
    if not ms:
        raise ValueError(f"`{text}` is not a duration above zero such as 15s")
    return ms
