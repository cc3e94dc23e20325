"""What the flows of the decision loop say to one another: a suggestion with its evidence, a decision, an outcome.

A flow (alerts, maintenance, quality, schedule) notices something and puts a `Suggestion` down; a person decides; the
flow acts; what it brought is measured. Words are text keys with their fields, so that everybody reads their language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Flow = Literal["alert", "maintenance", "quality", "schedule"]
Verdict = Literal["accepted", "rejected", "known", "wrong"]
Action = Literal["work_order", "adjust", "reschedule", "call"]
FLOWS: tuple[Flow, ...] = ("alert", "maintenance", "quality", "schedule")
VERDICTS: tuple[Verdict, ...] = ("accepted", "rejected", "known", "wrong")
Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence: a text key of app/text and its fields."""

    key: str
    fields: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a person is shown as proof: a stretch of a measured value.

    name: what was measured; points: (UTC ms, value) by time; low, high: limits drawn with it; mark_ms: from when on it
    is noteworthy.
    """

    name: str
    unit: str = ""
    points: tuple[tuple[int, float], ...] = ()
    low: float | None = None
    high: float | None = None
    mark_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Gain:
    """What a suggestion promises: good units per shift, as an interval. basis: how it was reckoned."""

    low: float
    mid: float
    high: float
    basis: Said


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What might be done. key: the same thing noticed again has the same key, e.g. `maintenance|wear|<machine>|<ms>`.

    rule: which rule or detector says so; equipment: line or machine path; at: since when, UTC ms; until: it means
    nothing after this (None: while it is put down); confidence: 0 to 1, of the finding being right; permission: value
    of app.domain.roles.Permission that whoever decides must hold at the equipment; payload: what the flow needs to act;
    playbook: the steps for whoever does it.
    """

    key: str
    flow: Flow
    rule: str
    equipment: str
    at: int
    title: Said
    why: Said
    action: Action
    permission: str
    confidence: float
    gain: Gain | None = None
    evidence: Evidence | None = None
    until: int | None = None
    payload: Mapping[str, Plain] = field(default_factory=dict)
    playbook: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a suggestion. reference: what came of it (a work order's number, say); at: UTC ms."""

    key: str
    verdict: Verdict
    by: str
    at: int
    note: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an accepted decision really brought, good units per shift; None: not enough data, and `word` says why.

    n_before, n_after: shifts looked at; at: when it was measured, UTC ms.
    """

    key: str
    at: int
    low: float | None
    mid: float | None
    high: float | None
    n_before: int
    n_after: int
    word: Said
