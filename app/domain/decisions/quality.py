"""Has a machine's share of rejects risen, since when, what explains it, and which adjustment would answer it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple

from app.domain.decisions.adjusting import AdjustmentProtocol, proposed
from app.domain.decisions.attribution import Cause, Parameter, causes
from app.domain.decisions.chart_rules import Fired, nelson, western_electric
from app.domain.decisions.charts import (
    FEWEST,
    Chart,
    Counted,
    Point,
    Subgroup,
    individuals,
    mean_and_range,
    rates,
    shares,
)
from app.domain.decisions.scrap_effect import HOURS, Effect, difference, effect
from app.domain.interval import HOUR_MS, Interval
from app.domain.suggestion import Evidence, Gain, Plain, Said, Suggestion

RISE = "quality.rise"
OUTSIDE_BASELINE_HOURS = 24
OUTSIDE_BASELINE_MINUTES = 60
OUTSIDE_BASELINE_GROUPS = 12
RECENT = 4
SHIFT_HOURS = 8
MOST_EVIDENCE = 48
Minutes = Sequence[tuple[int, float]]
"""(UTC ms of the minute, mean) of minutes in which the machine ran, by time."""


class ProductHour(NamedTuple):
    """What a machine made of a product in an hour. hour: its start, UTC ms; reject, produced: units."""

    hour: int
    product: str | None
    reject: int
    produced: int


@dataclass(frozen=True, slots=True)
class Watched:
    """A machine's p chart of the product it makes now. fired: Western Electric's and Nelson's rules.

    risen_at: start of the first recent hour (UTC ms) in which a rule fired above the centre; None: nothing rose.
    """

    product: str | None
    chart: Chart | None
    fired: tuple[Fired, ...] = ()
    risen_at: int | None = None


def of_newest_product(hours: Sequence[ProductHour]) -> tuple[str | None, tuple[Counted, ...]]:
    """Return the product of the newest hour, and its hours by time: products have shares of their own."""
    made = [h for h in hours if h.produced > 0]
    if not made:
        return None, ()
    product = max(made, key=lambda h: (h.hour, h.produced)).product
    return product, tuple(Counted(h.hour, h.reject, h.produced) for h in sorted(made) if h.product == product)


def watch(hours: Sequence[ProductHour]) -> Watched:
    """Return the chart of a machine's hours and whether its share of rejects has risen.

    The baseline is every hour but the last 24, and eight at least, so that what rose today does not move its own
    limits. Risen: a rule of Western Electric fired above the centre in the last four hours, and the last hour itself
    lies above it.
    """
    product, counts = of_newest_product(hours)
    chart = shares(counts, max(FEWEST, len(counts) - OUTSIDE_BASELINE_HOURS))
    if chart is None:
        return Watched(product, None)
    points = chart.points
    alarms = western_electric(points)
    first = max(chart.baseline, len(points) - RECENT)
    above = [at for rule in alarms for at in rule.at if at >= first and points[at].z > 0]
    rose = points[min(above)].t if above and points[-1].z > 0 else None
    return Watched(product, chart, (*alarms, *nelson(points)), rose)


def explained(watched: Watched, running: Mapping[Parameter, Minutes]) -> tuple[Cause, ...]:
    """Return how far each parameter explains the machine's share of rejects, the strongest first."""
    if watched.chart is None:
        return ()
    return causes({point.t: point.value for point in watched.chart.points}, running)


def process_charts(minutes: Minutes) -> tuple[Chart, Chart] | None:
    """Return the I and the MR chart of running minutes; all but the last 60 make the limits, eight at least."""
    return individuals(minutes, max(FEWEST, len(minutes) - OUTSIDE_BASELINE_MINUTES))


def subgroup_charts(groups: Sequence[Subgroup]) -> tuple[Chart, Chart] | None:
    """Return the X-bar and the R chart; all subgroups but the last twelve make the limits, eight at least."""
    return mean_and_range(groups, max(FEWEST, len(groups) - OUTSIDE_BASELINE_GROUPS))


def defects(hours: Sequence[ProductHour]) -> tuple[str | None, Chart | None]:
    """Return the u chart of the product made now, rejects taken as defects of which a unit may have several.

    Its limits are Laney's as those of the shares: see `watch`.
    """
    product, counts = of_newest_product(hours)
    return product, rates(counts, max(FEWEST, len(counts) - OUTSIDE_BASELINE_HOURS), laney=True)


class Place(NamedTuple):
    """Where a finding is. machine, name: path and name of the machine whose rejects rose; now: UTC ms."""

    machine: str
    name: str
    now: int


def suggested(
    place: Place,
    watched: Watched,
    found: Sequence[Cause],
    running: Mapping[Parameter, Minutes],
    protocols: Mapping[Parameter, AdjustmentProtocol],
) -> Suggestion | None:
    """Return the adjustment that answers a rise of rejects; None: nothing rose, nothing explains it, or none may be.

    The parameter goes back to its median over the hours before the rise, as far as its protocol allows.
    """
    if watched.risen_at is None or watched.chart is None:
        return None
    for cause in (c for c in found if c.explains):
        protocol = protocols.get(cause.parameter)
        if protocol is None:
            continue
        minutes = running[cause.parameter]
        before = [v for t, v in minutes if t < watched.risen_at - cause.lag_ms]
        lately = [v for _, v in minutes[-10:]]
        if before and lately and (to := proposed(protocol, median(lately), median(before))) is not None:
            return _suggestion(place, watched, cause, protocol, (median(lately), to))
    return None


def _suggestion(
    place: Place, watched: Watched, cause: Cause, protocol: AdjustmentProtocol, move: tuple[float, float]
) -> Suggestion:
    assert watched.chart is not None
    assert watched.risen_at is not None
    points = watched.chart.points
    says = {"machine": place.name, "signal": cause.parameter.signal, "unit": protocol.unit}
    share = {"now": round(points[-1].value * 100, 2), "usual": round(points[-1].centre * 100, 2)}
    values = {"from": round(move[0], 4), "to": round(move[1], 4)}
    link = {"rho": round(cause.strength, 2), "n": cause.n, "lag": cause.lag_ms // 60_000}
    return Suggestion(
        key=f"quality|rise|{place.machine}|{protocol.id}|{watched.risen_at}",
        flow="quality",
        rule=RISE,
        equipment=place.machine,
        at=watched.risen_at,
        title=Said("quality.suggestion.title", {**says, **values}),
        why=Said("quality.suggestion.why", {**says, **share, **link}),
        action="adjust",
        permission=protocol.permission,
        confidence=round(max(0.0, abs(cause.strength) * (1 - cause.p)), 3),
        gain=_gain(watched),
        evidence=_evidence(points, watched.risen_at),
        payload=_payload(protocol, move),
        playbook=tuple(Said("quality.step", {"text": line}) for line in protocol.steps.splitlines() if line.strip()),
    )


def _evidence(points: Sequence[Point], risen_at: int) -> Evidence:
    shown = tuple((p.t, p.value * 100) for p in points[-MOST_EVIDENCE:])
    return Evidence("reject share", "%", shown, points[-1].low * 100, points[-1].high * 100, risen_at)


def _payload(protocol: AdjustmentProtocol, move: tuple[float, float]) -> dict[str, Plain]:
    return {
        "protocol": protocol.id,
        "version": protocol.version,
        "machine": protocol.machine,
        "signal": protocol.signal,
        "unit": protocol.unit,
        "from_value": move[0],
        "to_value": move[1],
    }


def _gain(watched: Watched) -> Gain | None:
    """Good units per shift, if the share went back to the baseline's at today's output."""
    assert watched.chart is not None
    points, first = watched.chart.points, watched.chart.baseline
    now = [p for p in points if watched.risen_at is not None and p.t >= watched.risen_at]
    before = points[:first]
    sums = [(round(sum(p.value * p.n for p in part)), sum(p.n for p in part)) for part in (before, now)]
    if min(n for _, n in sums) == 0:
        return None
    change, per_shift = difference(sums[0], sums[1]), sums[1][1] / len(now) * SHIFT_HOURS
    low, mid, high = (max(0.0, share) * per_shift for share in change)
    return Gain(low, mid, high, Said("quality.gain", {"hours": len(now)}))


def at_one_key(found: Suggestion, known: str, at: int) -> Suggestion:
    """Return the suggestion under the key and time it was put down with first."""
    return replace(found, key=known, at=at)


def hours_of(now: int, hours: int) -> Interval:
    """Return the window of so many hours up to and with the one that runs. now: UTC ms."""
    return Interval(now - now % HOUR_MS - (hours - 1) * HOUR_MS, now)


def effect_on(hours: Sequence[ProductHour], done: int, until: int) -> Effect:
    """Return what an adjustment at `done` did to a machine's rejects, of the product made most in the hours before."""
    start, made = done - done % HOUR_MS - HOURS * HOUR_MS, Counter[str | None]()
    for h in hours:
        if start <= h.hour < done:
            made[h.product] += h.produced
    product = made.most_common(1)[0][0] if made else None
    return effect([Counted(h.hour, h.reject, h.produced) for h in hours if h.product == product], done, until)
