"""Kinds of rules about a line: its figures, its rejects, its calls, what other flows suggest."""

from app.domain.alerts.facts import Facts
from app.domain.alerts.found import Fields, Found, rounded
from app.domain.alerts.place import Place
from app.domain.alerts.rule import CallWaits, KpiBeyond, ScrapBeyond, SuggestionOpen
from app.domain.alerts.rulekeys import TIMES
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, floor_hour

FORGOTTEN_MS = DAY_MS


def kpi_beyond(watch: KpiBeyond, place: Place, facts: Facts, now: int) -> Found | None:
    """Return that a figure of the shift so far is beyond its limit, while enough of its time is known."""
    known = [f for f in facts.figures.get(place.line, ()) if f.at <= now < f.until]
    if not known or known[-1].at - known[-1].shift_start < watch.after_ms:
        return None
    figures = known[-1]
    value = figures.values.get(watch.figure)
    if value is None or (figures.coverage or 0.0) < watch.coverage:
        return None
    is_over = watch.above is not None and value > watch.above
    is_under = watch.below is not None and value < watch.below
    if not is_over and not is_under:
        return None
    scale, unit = (1 / MINUTE_MS, "min") if watch.figure in TIMES else (100.0, "%")
    limit = watch.above if is_over else watch.below
    fields: Fields = {
        "value": rounded(value * scale),
        "limit": rounded((limit or 0.0) * scale),
        "unit": unit,
    }
    return Found(figures.at, fields, about=f".{watch.figure}")


def scrap_beyond(watch: ScrapBeyond, place: Place, facts: Facts, now: int) -> Found | None:
    """Return that too much of what was made in the last full hours was rejected."""
    end = floor_hour(now)
    inside = [m for m in facts.made.get(place.path, ()) if end - watch.over_ms <= m.start < end]
    reject, made = sum(m.reject for m in inside), sum(m.good + m.reject for m in inside)
    if made < max(1, watch.units) or reject <= watch.above * made:
        return None
    fields: Fields = {
        "value": rounded(100 * reject / made),
        "limit": rounded(100 * watch.above),
        "unit": "%",
        "count": reject,
        "minutes": watch.over_ms // MINUTE_MS,
    }
    return Found(max(m.start for m in inside) + HOUR_MS, fields)


def call_waits(watch: CallWaits, place: Place, facts: Facts, now: int) -> Found | None:
    """Return the oldest andon call of the last day that nobody has accepted; older ones nobody waits for any more."""
    waiting = [
        call
        for call in facts.calls.get(place.line, ())
        if now - FORGOTTEN_MS <= call.since <= now - watch.for_ms
        and (call.accepted_at is None or call.accepted_at > now)
        and (call.cleared_at is None or call.cleared_at > now)
    ]
    if not waiting:
        return None
    oldest = min(waiting, key=lambda call: call.since)
    minutes = (now - oldest.since) // MINUTE_MS
    return Found(oldest.since, {"value": oldest.call, "minutes": minutes, "limit": watch.for_ms // MINUTE_MS})


def suggestion_open(watch: SuggestionOpen, place: Place, facts: Facts, now: int) -> Found | None:
    """Return the surest suggestion of the flow for this equipment that waits for a decision."""
    waiting = [
        offer
        for offer in facts.offers
        if offer.equipment == place.path and offer.flow == watch.flow and offer.confidence >= watch.confidence
        if offer.since <= now and (offer.until is None or offer.until > now)
    ]
    if not waiting:
        return None
    surest = max(waiting, key=lambda offer: (offer.confidence, offer.since))
    fields: Fields = {
        "value": rounded(100 * surest.confidence),
        "limit": rounded(100 * watch.confidence),
        "unit": "%",
        "minutes": (now - surest.since) // MINUTE_MS,
    }
    return Found(surest.since, fields)
