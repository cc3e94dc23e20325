"""Which rules a line's time and units are judged by, as a mark: another mark, another judgement. Pure."""

import hashlib
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass

from app.domain.plant.equipment import Plant, WorkCenter

NO_RULE = frozenset({"name", "owner", "meaning", "unit", "oee_target", "setup_target_ms"})
"""What people read and figures do not depend on."""


def rules_of(line: WorkCenter, plant: Plant) -> str:
    """Return a mark of thresholds, states, counters, calendar, rates and reasons that hold for a line.

    Two plant files that judge the line alike have one mark, whatever else is different between them.
    """
    machines = {machine.path for machine in line.machines} | {None}
    rates = {key: history for key, history in plant.rates.entries.items() if key[0] in machines}
    told = (_plain(line), _plain(rates), _plain(plant.reasons.by_id), plant.coverage_floor)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def _plain(value: object) -> object:
    """Return a value as lists and texts in an order that does not depend on how it came about."""
    if is_dataclass(value) and not isinstance(value, type):
        told = ((f.name, getattr(value, f.name)) for f in fields(value) if f.compare and f.name not in NO_RULE)
        return [(name, _plain(own)) for name, own in told]
    if isinstance(value, Mapping):
        return sorted((repr(key), _plain(own)) for key, own in value.items())
    if isinstance(value, Set):
        return sorted(map(repr, value))
    if isinstance(value, tuple | list):
        return [_plain(own) for own in value]
    return repr(value)
