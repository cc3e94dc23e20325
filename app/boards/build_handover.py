"""Facts of a shift -> the sentences of its handover. A fact that nobody knows is said as such, a zero as a zero."""

from collections.abc import Iterator

from app.boards.handover import HandoverFacts
from app.boards.line import Call, OrderHead
from app.domain.accounting.buckets import Bucket, Components
from app.domain.accounting.losses import losses
from app.domain.decisions.handover import Group, Item
from app.domain.interval import MINUTE_MS
from app.domain.suggestion import Plain, Said

MOST_LOSSES = 3
NO_LOSS = ("good", "unknown")
"""Unknown time is no loss anybody can act on; it has its own sentence."""


def draft(facts: HandoverFacts) -> tuple[Item, ...]:
    """Return the sentences: output, OEE, the three largest losses, what is open, what was changed.

    Fields of sentences end in what they are (app.text.sentences): `_n` a count, `_ms` a duration, `_at` UTC ms,
    `_ratio` a fraction, `_key` a text key.
    """
    if facts.components is None:
        return (_item("nothing", "output", "handover.nothing"), *_still_open(facts), *_changed(facts))
    parts = (_output(facts), _oee(facts), _losses(facts, facts.components), _still_open(facts), _changed(facts))
    return tuple(item for part in parts for item in part)


def largest(c: Components) -> list[tuple[str, int]]:
    """Return the three largest losses of a minute or more as (key, ms), largest first.

    Formula: the loss waterfall; equal ones in its order. Source: DOMAIN section 2, six big losses.
    """
    found = [(key, ms) for key, ms in losses(c).in_ms()._asdict().items() if key not in NO_LOSS and ms >= MINUTE_MS]
    return sorted(found, key=lambda loss: -loss[1])[:MOST_LOSSES]


def _item(key: str, group: Group, text: str, **fields: Plain) -> Item:
    return Item(key, group, Said(text, fields))


def _output(facts: HandoverFacts) -> Iterator[Item]:
    c = facts.components or Components()
    made: dict[str, Plain] = {"good_n": c.good, "unit": facts.unit, "reject_n": c.reject + c.rework}
    if facts.target is None:
        yield _item("output", "output", "handover.output.no_target", **made)
    else:
        away = c.good - facts.target
        how = "behind" if away < 0 else "ahead" if away > 0 else "on"
        yield _item("output", "output", f"handover.output.{how}", **made, target_n=facts.target, away_n=abs(away))
    if c.produced:
        which = "some" if c.startup_reject else "none"
        yield _item("startup", "output", f"handover.startup.{which}", startup_n=c.startup_reject, reject_n=c.reject)


def _oee(facts: HandoverFacts) -> Iterator[Item]:
    k, c = facts.kpis, facts.components
    if k is None or k.oee is None:
        why = "why.no_planned_time" if k is None or k.why_null is None else f"why.{k.why_null}"
        yield _item("oee", "output", "handover.oee.none", why_key=why)
    else:
        how = "unsure" if k.coverage is not None and k.coverage < facts.floor else "known"
        yield _item("oee", "output", f"handover.oee.{how}", oee_ratio=k.oee, coverage_ratio=k.coverage)
    if c is not None and c.buckets_ms[Bucket.UNKNOWN] >= MINUTE_MS:
        yield _item("unknown", "output", "handover.unknown", unknown_ms=c.buckets_ms[Bucket.UNKNOWN])


def _losses(facts: HandoverFacts, c: Components) -> Iterator[Item]:
    found = largest(c)
    if not found and c.pbt_ms > c.buckets_ms[Bucket.UNKNOWN]:
        yield _item("loss", "losses", "handover.loss.none")
    for key, ms in found:
        reason, text = facts.reasons.get(key), "handover.loss"
        fields: dict[str, Plain] = {"loss_key": f"loss.{key}", "lost_ms": ms}
        if reason is not None:
            text, fields["reason"] = "handover.loss.reason", reason
        yield _item(f"loss:{key}", "losses", text, **fields)


def _still_open(facts: HandoverFacts) -> Iterator[Item]:
    if facts.no_reason is not None:
        stops = facts.no_reason
        which = "none" if stops.count == 0 else "one" if stops.count == 1 else "some"
        yield _item("no_reason", "open", f"handover.no_reason.{which}", stops_n=stops.count, stopped_ms=stops.ms)
    if not facts.calls:
        yield _item("calls", "open", "handover.call.none")
    yield from map(_call, facts.calls)
    yield from _tallies(facts)
    yield _order(facts.order)
    for key, title in facts.suggestions:
        yield Item(f"suggestion:{key}", "open", title)


def _tallies(facts: HandoverFacts) -> Iterator[Item]:
    if facts.alerts is not None:
        came, waiting = facts.alerts.came, facts.alerts.waiting
        which = "some" if came or waiting else "none"
        yield _item("alerts", "open", f"handover.alerts.{which}", came_n=came, waiting_n=waiting)
    if facts.work is not None:
        made, done, left = facts.work.made, facts.work.done, facts.work.open
        which = "some" if made or done or left else "none"
        yield _item("work", "open", f"handover.work.{which}", made_n=made, done_n=done, open_n=left)


def _call(call: Call) -> Item:
    fields: dict[str, Plain] = {"call_key": f"call.{call.call}", "since_at": call.since, "by": call.by}
    text = "handover.call"
    if call.accepted_by is not None:
        text, fields["accepted"] = "handover.call.accepted", call.accepted_by
    return _item(f"call:{call.call}:{call.since}", "open", text, **fields)


def _order(order: OrderHead | None) -> Item:
    if order is None:
        return _item("order", "open", "handover.order.none")
    fields: dict[str, Plain] = {"order": order.order, "product": order.product_name or "", "done_n": order.good}
    text = "handover.order"
    if order.quantity is not None:
        text, fields["quantity_n"] = "handover.order.of", order.quantity
    if order.quantity is not None and order.eta is not None:
        text, fields["eta_at"] = "handover.order.until", order.eta
    return _item(f"order:{order.order}", "open", text, **fields)


def _changed(facts: HandoverFacts) -> Iterator[Item]:
    for kind, count in facts.corrected.items():
        if count:
            yield _item(f"corrected:{kind}", "changed", f"handover.corrected.{kind}", times_n=count)
    if not any(facts.corrected.values()):
        yield _item("corrected", "changed", "handover.corrected.none")
