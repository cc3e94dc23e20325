"""DOMAIN.md a second time, deliberately naive: second by second, from the whole list of events, nothing incremental.

Times are whole seconds. Slow and plain on purpose: it is the judge of app.domain.accounting.ledger.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import msgspec

from app.domain.accounting.buckets import Bucket
from app.domain.accounting.packml import WORDS, Kind, Said, interpret, kind_of_reason
from app.domain.events.contract import (
    CountCorrected,
    Counted,
    Event,
    Heartbeat,
    Measured,
    OrderChanged,
    ShiftsChanged,
    StateChanged,
    StopClassified,
)
from app.domain.interval import HOUR_MS, Interval
from app.domain.plant.equipment import Plant, WorkCenter, WorkUnit
from app.domain.plant.shifts import ShiftCalendar

S = 1000
BUCKET = {
    Kind.NONE: Bucket.UNKNOWN,
    Kind.RUN: Bucket.RUNNING,
    Kind.SETUP: Bucket.SETUP,
    Kind.STARVED: Bucket.STARVED,
    Kind.BLOCKED: Bucket.BLOCKED,
    Kind.PLANNED: Bucket.PLANNED_STOP,
}
Key = tuple[int, str | None, str | None, str | None]


@dataclass
class Second:
    kind: Kind = Kind.NONE
    reason: str | None = None
    claim: StopClassified | None = None
    bucket: Bucket = Bucket.UNKNOWN


def received(events: Sequence[Event]) -> list[Event]:
    """Each identity once."""
    return list({(e.source, e.epoch, e.seq): e for e in reversed(events)}.values())


def tally(plant: Plant, line: WorkCenter, unit: WorkUnit, events: Sequence[Event], window: Interval):
    """Return {(hour, shift, product, order): [nine buckets in ms, good, reject, rework, ideal ns, unknown units]}."""
    events = received(events)
    mine = [e for e in events if e.machine in (unit.path, line.path)]
    start, now = window
    seconds = story(plant, unit, mine, start, now)
    judge(seconds, unit.minor_stop_ms // S)
    distrust(seconds, unknown(unit, line, events, start, now))
    order_at = orders(events, start, now)
    without_order(seconds, order_at)
    shift_at = calendar(line, events, seconds, start)
    keys = [
        ((start + i * S) // HOUR_MS * HOUR_MS, shift_at[i], *(order_at[i] or (None, None))[:2])
        for i in range(len(seconds))
    ]
    cells: dict[Key, list[int]] = defaultdict(lambda: [0] * 14)
    for key, second in zip(keys, seconds, strict=True):
        cells[key][second.bucket] += S
    products = [order_at[i][0] if order_at[i] else None for i in range(len(seconds))]
    changes = {e.t for e in as_corrected([e for e in events if isinstance(e, OrderChanged)])}
    ends = [t for t in range(start, now, S) if shift_at[(t - start) // S] != shift_at[max(0, (t - start) // S - 1)]]
    for i, made, known in units(plant, unit, mine, seconds, start, products, (changes, ends)):
        if 0 <= i < len(seconds):
            cell = cells[keys[i]]
            rate = plant.rates.rate(unit.path, products[i], start + i * S)
            for at, n in enumerate(made, start=9):
                cell[at] += n
            cell[12] += sum(known) * (rate.cycle_ns if rate else 0)
            cell[13] += sum(made) - sum(known)
    return dict(cells)


def statements(plant: Plant, unit: WorkUnit, mine: Sequence[Event]):
    """(t, Said) by time; of two at one time the higher sequence; what repeats the one before says nothing new."""
    said = {}
    for e in sorted((e for e in mine if isinstance(e, StateChanged)), key=lambda e: (e.t, e.seq)):
        said[e.t] = interpret(unit, plant.reasons, e.state, e.reason)
    told = sorted(said.items())
    return [one for i, one in enumerate(told) if i == 0 or told[i - 1][1] != one[1]]


def story(  # noqa: C901 (one law after the other, in one place)
    plant: Plant, unit: WorkUnit, mine: Sequence[Event], start: int, now: int
) -> list[Second]:
    """What the machine did and people attested, before thresholds, trust and calendar."""
    raw = [s for s in statements(plant, unit, mine) or inferred(unit, mine, now) if s[0] < now]
    runs: list[list] = []
    for i, (t, said) in enumerate(raw):
        is_open = i == len(raw) - 1
        end = now if is_open else raw[i + 1][0]
        if runs and not is_open and end - t < unit.ignore_under_ms:
            runs[-1][1] = end
        elif (
            runs
            and runs[-1][2] == said.kind
            and (said.kind in (Kind.STOP, Kind.RUN, Kind.SETUP) or runs[-1][3] == said.reason)
        ):
            runs[-1][1] = end
            runs[-1][3] = runs[-1][3] or said.reason
        else:
            runs.append([t, end, said.kind, said.reason])
    for i in range(1, len(runs) - 1):
        is_short = runs[i][2] is Kind.RUN and runs[i][1] - runs[i][0] < unit.minimum_run_ms
        if is_short and runs[i - 1][2] is Kind.SETUP and runs[i + 1][2] is Kind.SETUP:
            runs[i][2], runs[i][3] = Kind.SETUP, runs[i - 1][3]
    seconds = [Second() for _ in range((now - start) // S)]
    for begin, end, kind, reason in runs:
        for i in range(max(0, (begin - start) // S), (end - start) // S):
            seconds[i].kind, seconds[i].reason = kind, reason
    claims = sorted((e for e in mine if isinstance(e, StopClassified)), key=lambda e: (e.t, e.seq))
    for claim in claims:
        until = claim.to
        if until is None:
            spans = runs if not runs or runs[0][0] <= start else [[start, runs[0][0]], *runs]
            until = next((r[1] for r in spans if r[0] <= claim.from_ < r[1]), claim.from_ if runs else now)
        for i in range(max(0, (claim.from_ - start) // S), min(len(seconds), (until - start) // S)):
            seconds[i].claim = claim
    for second in seconds:
        attest(plant, second)
    return seconds


def inferred(unit: WorkUnit, mine: Sequence[Event], now: int) -> list[tuple[int, Said]]:
    """What a machine that only counts would have said: it ran between counts that are close, else it stood."""
    counts = [e for e in mine if isinstance(e, Counted) and e.made_at is None and (e.good or e.reject or e.rework)]
    told: list[tuple[int, Said]] = []
    times = sorted({e.t for e in counts if e.t < now})
    for i, t in enumerate(times):
        if i == 0 or t - times[i - 1] > unit.minor_stop_ms:
            told.append((t, Said(Kind.RUN, "", None)))
        if (now if i == len(times) - 1 else times[i + 1]) - t > unit.minor_stop_ms:
            told.append((t, Said(Kind.STOP, "", None)))
    return told


def attest(plant: Plant, second: Second) -> None:
    claim = second.claim
    if claim is None:
        return
    if claim.reason is None and claim.planned is None and claim.state is None:
        second.claim = None
        return
    if claim.state is not None:
        second.kind, second.reason = WORDS.get(claim.state, Kind.NONE), claim.reason
    elif claim.reason is not None:
        second.kind, second.reason = kind_of_reason(plant.reasons, claim.reason), claim.reason
    if claim.planned:
        second.kind = Kind.PLANNED
    elif claim.planned is False and second.kind is Kind.PLANNED:
        second.kind = Kind.STOP


def judge(seconds: list[Second], minor_s: int) -> None:
    for kind, group in groupby(seconds, key=lambda s: s.kind):
        stretch = list(group)
        for second in stretch:
            if kind is Kind.STOP:
                second.bucket = Bucket.MINOR_STOP if len(stretch) <= minor_s else Bucket.UNPLANNED_STOP
            else:
                second.bucket = BUCKET[kind]


def unknown(unit: WorkUnit, line: WorkCenter, events: Sequence[Event], start: int, now: int) -> list[bool]:
    """Per second: nobody trusts it."""
    machine_kinds = (StateChanged, Counted, Measured, Heartbeat)
    heard = [e for e in events if isinstance(e, machine_kinds) and e.machine in (unit.path, line.path)]
    times = sorted(e.t for e in heard)
    limit = unit.stale_after_ms
    untrusted = [True] * ((now - start) // S)
    edges = [*times, now]
    for a, b in pairwise(edges):
        if limit is None or b - a <= limit:
            for i in range(max(0, (a - start) // S), max(0, (b - start) // S)):
                if i < len(untrusted):
                    untrusted[i] = False
    for source in {(e.source, e.epoch) for e in heard}:
        said = sorted((e for e in events if (e.source, e.epoch) == source), key=lambda e: e.seq)
        for a, b in pairwise(said):
            if b.seq > a.seq + 1:
                for i in range(max(0, (a.t - start) // S), max(0, (b.t - start) // S)):
                    if i < len(untrusted):
                        untrusted[i] = True
    return untrusted


def distrust(seconds: list[Second], untrusted: list[bool]) -> None:
    for second, is_untrusted in zip(seconds, untrusted, strict=True):
        if is_untrusted and second.claim is None:
            second.bucket, second.reason = Bucket.UNKNOWN, None


def orders(events: Sequence[Event], start: int, now: int):
    """Per second: (product, order), () where orders are in use but none runs, None before the first."""
    changes = sorted(
        as_corrected([e for e in events if isinstance(e, OrderChanged)]), key=lambda e: (e.t, e.seq, e.source)
    )
    found, current, at = [], None, 0
    for i in range((now - start) // S):
        while at < len(changes) and changes[at].t <= start + i * S:
            e = changes[at]
            if e.action == "start":
                current = (e.product, e.order)
            elif (current and current[1] == e.order) or current is None:
                current = ()
            at += 1
        found.append(current)
    return found


def as_corrected(said: list[OrderChanged]) -> list[OrderChanged]:
    """Each corrected statement replaced by its correction, in the order the corrections were said."""
    held = [e for e in said if e.was is None]
    for e in sorted((e for e in said if e.was is not None), key=lambda e: (e.said_at, e.seq, e.source)):
        for old in sorted(held, key=lambda e: (e.t, e.seq, e.source)):
            if (old.t, old.action, old.order) == (e.was, e.action, e.order):
                held.remove(old)
                held.append(msgspec.structs.replace(e, product=e.product or old.product))
                break
    return held


def without_order(seconds: list[Second], order_at) -> None:
    standing = (Bucket.MINOR_STOP, Bucket.UNPLANNED_STOP, Bucket.STARVED, Bucket.BLOCKED)
    for second, order in zip(seconds, order_at, strict=True):
        explains = second.kind is Kind.STOP and second.reason is not None
        if order == () and second.bucket in standing and second.claim is None and not explains:
            second.bucket, second.reason = Bucket.PLANNED_STOP, "no-order"


def calendar(line: WorkCenter, events: Sequence[Event], seconds: list[Second], start: int) -> list[str | None]:
    shift_at: list[str | None] = []
    said = sorted((e for e in events if isinstance(e, ShiftsChanged)), key=lambda e: (e.t, e.source, e.seq))
    last = {e.date: e.shifts for e in said}
    days = dict(line.calendar.exceptions) | {day: names for day, names in last.items() if names is not None}
    worked = ShiftCalendar(line.calendar.zone, line.calendar.patterns, days)
    instances = worked.instances(Interval(start, start + len(seconds) * S))
    for i, second in enumerate(seconds):
        t = start + i * S
        shift = next((x for x in instances if x.start <= t < x.end), None)
        shift_at.append(shift.key if shift else None)
        if shift is None:
            second.bucket = Bucket.UNSCHEDULED
        elif any(b.start <= t < b.end for b in shift.breaks) and not (second.claim and second.claim.planned is False):
            second.bucket = Bucket.PLANNED_STOP
    return shift_at


def units(plant, unit, mine, seconds, start, products, cuts):
    """(second, made, known): good, reject and rework spread over the running seconds they cover; of a count that
    covers unknown seconds too, what the running ones can have made is known."""
    per_time: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    unknown = [second.bucket is Bucket.UNKNOWN for second in seconds]
    inside = lambda i: 0 < i < len(seconds) and unknown[i] and unknown[i - 1]  # noqa: E731
    for e in mine:
        made = (e.good, e.reject, e.rework) if isinstance(e, CountCorrected | Counted) else ()
        if made and e.made_at is not None:
            i = (e.made_at - start) // S
            yield i, made, (0, 0, 0) if inside(i) else made
        elif made:
            per_time[e.t] = [a + n for a, n in zip(per_time[e.t], made, strict=True)]
    times = [((t - start) // S, counts) for t, counts in sorted(per_time.items())]
    for b, counts in times[:1]:
        ran = 0 < b <= len(seconds) and seconds[b - 1].bucket is Bucket.RUNNING
        yield b - ran, counts, counts if ran or not inside(b) else (0, 0, 0)
    chain = [[a, b, counts] for (a, _), (b, counts) in pairwise(times)]
    for a, b, counts in by_slot(chain, unknown, start, *cuts):
        if a == b:
            yield b, counts, (0, 0, 0) if inside(b) else counts
            continue
        covered = range(max(0, a), min(b, len(seconds)))
        running = [i for i in covered if seconds[i].bucket is Bucket.RUNNING]
        hidden = [i for i in covered if unknown[i]]
        most = whole = sum(counts)
        rate = plant.rates.rate(unit.path, products[b - 1], start + b * S - 1)
        if hidden and rate and whole:
            most = max(len(running) * 10**9 // rate.cycle_ns + 1, whole * len(running) // len(running + hidden))
        for k, i in enumerate(running or [b], start=1):
            upto, taken = ([n * j // len(running or [b]) for n in counts] for j in (k, k - 1))
            known = [[n * min(most, whole) // (whole or 1) for n in some] for some in (upto, taken)]
            yield i, *([n - m for n, m in zip(*pair, strict=True)] for pair in ((upto, taken), known))


def by_slot(chain, unknown, start, changes, ends):
    """Counts inside one slot of five minutes as one where unknown time lies between them and no order or shift ends."""
    slot_of = lambda i: (start + i * S) // (300 * S)  # noqa: E731
    own = lambda c: slot_of(c[0]) if c[0] < c[1] and slot_of(c[0]) == slot_of(c[1]) else None  # noqa: E731
    for slot, group in groupby(chain, key=own):
        held = list(group)
        first, last = (slot or 0) * 300 * S, ((slot or 0) + 1) * 300 * S
        is_cut = any(first <= t <= last for t in changes) or any(first < t < last for t in ends)
        if slot is None or is_cut or not any(unknown[held[0][0] : held[-1][1]]):
            yield from held
        else:
            yield held[0][0], held[-1][1], [sum(n) for n in zip(*(c[2] for c in held), strict=True)]
