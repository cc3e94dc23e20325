"""What an alert rule is, and what it noticed: the words that rules, alerts and pages share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.domain.roles import Task
from app.domain.suggestion import Evidence, Said

Priority = Literal["high", "medium", "low"]
Channel = Literal["screen", "sound", "mail", "webhook"]
Suppressor = Literal["setup", "warm_up", "planned"]
PRIORITIES: tuple[Priority, ...] = ("high", "medium", "low")
CHANNELS: tuple[Channel, ...] = ("screen", "sound", "mail", "webhook")
SUPPRESSORS: tuple[Suppressor, ...] = ("setup", "warm_up", "planned")
DEFAULT_FLOOR = 0.3
DEFAULT_HORIZON_MS = 3_600_000
LONGEST_DELAY_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Who is told when nobody has acknowledged. after_ms: since the alert was raised; who: value of a Role."""

    after_ms: int
    who: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A rule as plant people wrote it.

    consequence: what happens when nobody does anything; response: the one obvious next step; owner: value of a Role;
    on_delay_ms, off_delay_ms: how long the condition must hold, must be gone; suppressed_in: times in which it does not
    count; floor: precision below which it is proposed for retirement; horizon_ms: how long before a stop it should say
    so; equipment: machine or line paths it watches; task: what whoever comes must be qualified for, None: nothing.
    Other fields None: not written, and `faults` says so.
    """

    id: str
    title: Said
    consequence: Said | None
    response: Said | None
    owner: str | None
    priority: Priority | None
    on_delay_ms: int | None
    off_delay_ms: int | None
    suppressed_in: tuple[Suppressor, ...] = ()
    escalation: tuple[EscalationStep, ...] = ()
    playbook: str | None = None
    floor: float = DEFAULT_FLOOR
    horizon_ms: int = DEFAULT_HORIZON_MS
    equipment: tuple[str, ...] = ()
    task: Task | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule's condition that holds now. since: from when on, UTC ms; why: in plain words, with the values.

    suppressed_by: a time named in the rule's `suppressed_in` that the equipment is in now.
    """

    rule: str
    equipment: str
    since: int
    why: Said
    evidence: Evidence | None = None
    suppressed_by: Suppressor | None = None


def faults(rule: AlertRule, roles: frozenset[str]) -> list[Said]:
    """Return why a rule must not be enabled; empty: it may. roles: the values of Role.

    Source: DOMAIN section 9, after ISA-18.2 rationalization: consequence, response, owner, priority, delay, deadband.
    """
    found = [
        Said("alert.fault.missing", {"rule": rule.id, "part": part})
        for part in ("consequence", "response", "owner", "priority", "on_delay_ms", "off_delay_ms")
        if getattr(rule, part) is None
    ]
    if rule.owner is not None and rule.owner not in roles:
        found.append(Said("alert.fault.role", {"rule": rule.id, "role": rule.owner}))
    if rule.priority is not None and rule.priority not in PRIORITIES:
        found.append(Said("alert.fault.priority", {"rule": rule.id, "priority": rule.priority}))
    delays = [ms for ms in (rule.on_delay_ms, rule.off_delay_ms) if ms is not None]
    wrong = [ms for ms in delays if not 0 <= ms <= LONGEST_DELAY_MS]
    found += [Said("alert.fault.delay", {"rule": rule.id, "ms": ms}) for ms in wrong]
    return [*found, *_escalation_faults(rule, roles)]


def _escalation_faults(rule: AlertRule, roles: frozenset[str]) -> list[Said]:
    found = []
    for step in rule.escalation:
        if step.who not in roles:
            found.append(Said("alert.fault.role", {"rule": rule.id, "role": step.who}))
        if step.channel not in CHANNELS:
            found.append(Said("alert.fault.channel", {"rule": rule.id, "channel": step.channel}))
        if step.after_ms < 0:
            found.append(Said("alert.fault.delay", {"rule": rule.id, "ms": step.after_ms}))
    return found


def enabled(rules: Mapping[str, AlertRule], roles: frozenset[str]) -> dict[str, AlertRule]:
    """Return the rules that may raise alerts."""
    return {key: rule for key, rule in rules.items() if not faults(rule, roles)}
