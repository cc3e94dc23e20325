"""Does a rule's condition hold at a moment? Pure: the same answer live and over history, from the same facts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.accounting.buckets import Bucket
from app.domain.alerts.condition import Condition, Suppressor
from app.domain.alerts.facts import Facts
from app.domain.alerts.found import Found
from app.domain.alerts.kinds_line import call_waits, kpi_beyond, scrap_beyond, suggestion_open
from app.domain.alerts.kinds_machine import state_holds, stops_repeat, trend_reaches
from app.domain.alerts.kinds_signal import SignalAsked
from app.domain.alerts.place import Place
from app.domain.alerts.rule import (
    CallWaits,
    KpiBeyond,
    Rule,
    ScrapBeyond,
    SignalBeyond,
    StateHolds,
    StopsRepeat,
    SuggestionOpen,
    TrendReaches,
)
from app.domain.suggestion import Said

_KINDS: Mapping[type, Callable[[Any, Place, Facts, int], Found | None]] = {
    StateHolds: state_holds,
    StopsRepeat: stops_repeat,
    TrendReaches: trend_reaches,
    KpiBeyond: kpi_beyond,
    ScrapBeyond: scrap_beyond,
    CallWaits: call_waits,
    SuggestionOpen: suggestion_open,
}
_PLANNED = (Bucket.PLANNED_STOP, Bucket.UNSCHEDULED)
_BREAKS = (*_PLANNED, Bucket.SETUP, Bucket.UNPLANNED_STOP)


@dataclass(frozen=True, slots=True)
class Watched:
    """A rule with the places it watches."""

    rule: Rule
    places: Sequence[Place]


def conditions(watched: Iterable[Watched], facts: Facts, now: int) -> list[Condition]:
    """Return what holds at `now` (UTC ms), in the order of rules and places; disabled rules say nothing."""
    found = (condition(one.rule, place, facts, now) for one in watched if one.rule.enabled for place in one.places)
    return [held for held in found if held is not None]


def condition(rule: Rule, place: Place, facts: Facts, now: int) -> Condition | None:
    """Return the rule's condition at a place at `now`, or None. Reads nothing of `facts` that came to be later."""
    found = asked(rule, place, facts)(now)
    if found is None:
        return None
    proof = None if found.proof is None else found.proof()
    return Condition(
        rule.id, place.path, found.since, why_of(rule, found), proof, suppressed_by(rule, place, facts, now)
    )


def asked(rule: Rule, place: Place, facts: Facts) -> Callable[[int], Found | None]:
    """Return the question what the rule finds at a place, to be asked at one moment (UTC ms) or at many."""
    if isinstance(rule.watch, SignalBeyond):
        return SignalAsked(rule.watch, place, facts)
    kind = _KINDS[type(rule.watch)]
    return lambda now: kind(rule.watch, place, facts, now)


def why_of(rule: Rule, found: Found) -> Said:
    """Return why, with the values: in the plant's own words, or ours."""
    if rule.why is None:
        return Said(f"rules.why.{rule.kind}{found.about}", found.fields)
    return replace(rule.why, fields={**rule.why.fields, **found.fields})


def suppressed_by(rule: Rule, place: Place, facts: Facts, now: int) -> Suppressor | None:
    """Return the time named in the rule's `suppressed_in` that the machine is in, or None."""
    wanted = rule.alert.suppressed_in
    if not wanted or place.machine not in facts.episodes:
        return None
    own = facts.episodes[place.machine]
    current = own.at(now)
    bucket = None if current is None else current.bucket
    if bucket is Bucket.SETUP and "setup" in wanted:
        return "setup"
    if bucket in _PLANNED and "planned" in wanted:
        return "planned"
    if "warm_up" in wanted and bucket not in _BREAKS:
        last = own.last_end(_BREAKS, now, place.warm_up_ms)
        return None if last is None else "warm_up"
    return None
