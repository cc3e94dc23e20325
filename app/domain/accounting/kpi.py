"""KPIs after ISO 22400-2, from components: integers in, one division, None where there is nothing to divide.

Every function takes the components of any window (an hour, a shift, a line, a year) and a profile. Unknown time is left
out of numerator and denominator (DOMAIN section 2); `coverage` and `bounds.oee_bounds` say what that hides. A verified
zero is 0.0; None means "not computable" and `why_null` says why. Nothing is ever clamped.
"""

from collections.abc import Iterable
from math import prod

from app.domain.accounting.bounds import oee_bounds
from app.domain.accounting.buckets import BUCKETS, NS_PER_MS, Bucket, Components
from app.domain.accounting.kpi_row import KpiRow, ShiftRef
from app.domain.accounting.profiles import VORNE, Profile
from app.domain.interval import HOUR_MS, Interval


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def availability(c: Components, profile: Profile = VORNE) -> float | None:
    """Return the share of trusted planned time in which the machine ran.

    Formula: APT / (PBT - unknown). Unit: fraction; None without trusted planned time.
    Source: ISO 22400-2 Availability; DOMAIN section 2.
    """
    return _ratio(profile.run_ms(c), profile.planned_ms(c))


def performance(c: Components, profile: Profile = VORNE) -> float | None:
    """Return how fast it ran against the ideal rate; above 1 means: check the standard. Never clamped.

    Formula: ideal time of produced units / APT. Unit: fraction; 0 for a machine that ran and made nothing (verified);
    None without run time, or where units have no ideal rate or were all made in unknown time.
    Source: ISO 22400-2 Effectiveness (PRI x PQ / APT); DOMAIN section 2.
    """
    is_computable = c.ideal_ns > 0 or c.produced == 0
    return _ratio(c.ideal_ns, profile.run_ms(c) * NS_PER_MS) if is_computable else None


def quality(c: Components, profile: Profile = VORNE) -> float | None:
    """Return the share of good units at first pass, products weighted by their ideal time.

    Formula: ideal time of good / ideal time of produced; good / produced while no ideal rate is known.
    Unit: fraction, the same under every profile; None when nothing was produced.
    Source: ISO 22400-2 Quality ratio (GQ / PQ); DOMAIN section 2.
    """
    if c.produced <= 0:
        return None
    return _ratio(c.ideal_good_ns, c.ideal_ns) if c.ideal_ns > 0 else first_pass_yield(c)


def oee(c: Components, profile: Profile = VORNE) -> float | None:
    """Return overall equipment effectiveness.

    A machine that ran and made nothing has no quality, so its OEE is None ("nothing produced") while its availability
    stands; the 0 of a shift that made only rejects is a verified zero.
    Formula: availability x performance x quality = ideal time of good / (PBT - unknown), divided once.
    Unit: fraction; None where one of the factors is.
    Source: ISO 22400-2 OEE index; DOMAIN section 2; example zero-production in docs/oee-examples.md.
    """
    if why_null(c, profile) is not None:
        return None
    return _ratio(c.ideal_good_ns, profile.planned_ms(c) * NS_PER_MS)


def why_null(c: Components, profile: Profile = VORNE) -> str | None:
    """Return why OEE is not computable, as a key of the text catalogue; None when it is.

    Formula: the first that holds of no_planned_time, no_trusted_data, nothing_produced, no_ideal_rate, no_run_time.
    Unit: key.
    Source: DOMAIN section 2, "not computable is null".
    """
    if profile.planned_ms(c) <= 0:
        return "no_trusted_data" if c.buckets_ms[Bucket.UNKNOWN] else "no_planned_time"
    if c.produced <= 0:
        return "nothing_produced"
    if c.ideal_ns <= 0:
        return "no_ideal_rate" if c.known_units > 0 else "no_trusted_data"
    return "no_run_time" if profile.run_ms(c) <= 0 else None


def teep(c: Components, profile: Profile = VORNE) -> float | None:
    """Return total effective equipment performance: OEE against the whole calendar.

    Formula: ideal time of good / (calendar time - unknown). Unit: fraction, the same under every profile; None when
    nothing was produced or no ideal rate is known.
    Source: DOMAIN section 2; NF E60-182 calls it TRE.
    """
    trusted = c.calendar_ms - c.buckets_ms[Bucket.UNKNOWN]
    return _ratio(c.ideal_good_ns, trusted * NS_PER_MS) if c.ideal_ns > 0 else None


def utilisation(c: Components, profile: Profile = VORNE) -> float | None:
    """Return the share of calendar time that was planned busy time.

    Formula: (planned + unknown) / calendar time. Unit: fraction; None for an empty window.
    Source: DOMAIN section 2; Vorne Fast Guide, utilization.
    """
    return _ratio(profile.planned_ms(c) + c.buckets_ms[Bucket.UNKNOWN], c.calendar_ms)


def ooe(c: Components, profile: Profile = VORNE) -> float | None:
    """Return overall operations effectiveness: planned stops are in the denominator.

    Formula: ideal time of good / (PBT - unknown + planned stops). Unit: fraction; None where OEE is.
    Source: DOMAIN section 2; NF E60-182 calls it TRG (tU / tO).
    """
    planned = profile.planned_ms(c)
    if Bucket.PLANNED_STOP not in profile.planned:
        planned += c.buckets_ms[Bucket.PLANNED_STOP]
    return None if oee(c, profile) is None else _ratio(c.ideal_good_ns, planned * NS_PER_MS)


def nee(c: Components, profile: Profile = VORNE) -> float | None:
    """Return net equipment effectiveness: set-up counts as run time.

    Formula: (APT + setup) / (PBT - unknown) x performance x quality. Unit: fraction; None where OEE is.
    Source: ISO 22400-2 NEE index (AUPT / PBT x effectiveness x quality ratio); DOMAIN section 2.
    """
    value = oee(c, profile)
    if value is None:
        return None
    run = profile.run_ms(c)
    return value * (run + c.buckets_ms[Bucket.SETUP]) / run


def throughput_per_h(c: Components, profile: Profile = VORNE) -> float | None:
    """Return units produced in known time per hour of trusted planned time.

    Formula: (produced - made in unknown time) / (PBT - unknown). Unit: units of the product's resolution per hour; None
    without planned time.
    Source: ISO 22400-2 Throughput rate, over planned time; DOMAIN section 2.
    """
    per_ms = _ratio(c.known_units, profile.planned_ms(c))
    return None if per_ms is None else per_ms * HOUR_MS


def scrap_ratio(c: Components) -> float | None:
    """Return the share of units that were rejected.

    Formula: reject / produced. Unit: fraction; None when nothing was produced.
    Source: ISO 22400-2 Scrap ratio (SQ / PQ).
    """
    return _ratio(c.reject, c.produced)


def rework_ratio(c: Components) -> float | None:
    """Return the share of units that needed rework.

    Formula: rework / produced. Unit: fraction; None when nothing was produced.
    Source: ISO 22400-2 Rework ratio (RQ / PQ).
    """
    return _ratio(c.rework, c.produced)


def first_pass_yield(c: Components) -> float | None:
    """Return the share of units that were good at first pass, in units.

    Formula: good / (good + reject + rework). Unit: fraction; None when nothing was produced.
    Source: ISO 22400-2 First pass yield; DOMAIN section 2.
    """
    return _ratio(c.good, c.produced)


def final_yield(c: Components) -> float | None:
    """Return the yield with reworked units left aside.

    Formula: good / (good + reject). Unit: fraction; None when neither was made.
    Source: ours, for plants that report it; example fpy-yield in docs/oee-examples.md.
    """
    return _ratio(c.good, c.good + c.reject)


def rolled_yield(steps: Iterable[float | None]) -> float | None:
    """Return the probability that a unit passes every step at first pass.

    Formula: product of the steps' first-pass yields. Unit: fraction; None when there is no step or one is unknown.
    Source: six-sigma rolled throughput yield; DOMAIN section 2.
    """
    yields = list(steps)
    known = [step for step in yields if step is not None]
    return prod(known) if yields and len(known) == len(yields) else None


def takt_ms(available_ms: int, demand: int) -> float | None:
    """Return the pace at which one unit has to be finished to meet demand.

    Formula: available time / demand. Unit: ms per unit; None without demand.
    Source: lean production, takt time; DOMAIN section 2.
    """
    return _ratio(available_ms, demand)


def mtbf_ms(c: Components, profile: Profile = VORNE) -> float | None:
    """Return mean operating time between failures.

    Formula: APT / failures. Unit: ms; None when there were no failures.
    Source: ISO 22400-2 MTBF; DOMAIN section 2.
    """
    return _ratio(profile.run_ms(c), c.failures)


def mttr_ms(c: Components) -> float | None:
    """Return mean time to restoration.

    Formula: repair time / failures. Unit: ms; None when there were no failures.
    Source: ISO 22400-2 MTTR; DOMAIN section 2.
    """
    return _ratio(c.repair_ms, c.failures)


def coverage(c: Components, profile: Profile = VORNE) -> float | None:
    """Return the share of planned time about which there is trusted data.

    Formula: planned / (planned + unknown). Unit: fraction; None without planned time.
    Source: DOMAIN section 2, unknown.
    """
    known = profile.planned_ms(c)
    return _ratio(known, known + c.buckets_ms[Bucket.UNKNOWN])


def trust(c: Components) -> float | None:
    """Return how far a figure may be relied on: the share of planned time that is known and keeps the rules.

    Formula: (PBT - unknown - doubtful) / PBT, at least 0. Unit: fraction; None without planned busy time.
    Source: DOMAIN section 8: the time-weighted minimum over the signals the figure derives from; an instant is trusted
    when each of them was heard and broke no rule.
    """
    relied = c.pbt_ms - c.buckets_ms[Bucket.UNKNOWN] - c.doubtful_ms
    return _ratio(max(0, relied), c.pbt_ms)


def ms_of_ns(ns: int) -> int:
    """Return ns as ms, rounded half up; the one rounding of ideal time.

    Formula: floor(ns / 10^6 + 1/2). Unit: ms.
    Source: DOMAIN section 1, rounding happens once, at display.
    """
    return (ns + NS_PER_MS // 2) // NS_PER_MS


def kpi_row(
    equipment: str,
    window: Interval,
    shift: ShiftRef | None,
    product: str | None,
    components: Components,
    profile: Profile = VORNE,
) -> KpiRow:
    """Return the row in which a window's figures leave Lineside: the same for report, REST, exports and history.

    Formula: the functions above, each from the same components. Unit: see KpiRow.
    Source: DOMAIN section 2.
    """
    c, value = components, oee(components, profile)
    return KpiRow(
        equipment=equipment,
        from_=window.start,
        to=window.end,
        shift=shift,
        product=product,
        buckets_ms={bucket.key: c.buckets_ms[bucket] for bucket in BUCKETS},
        good=c.good,
        reject=c.reject,
        rework=c.rework,
        ideal_ms=ms_of_ns(c.ideal_ns),
        ideal_good_ms=ms_of_ns(c.ideal_good_ns),
        availability=availability(c, profile),
        performance=performance(c, profile),
        quality=quality(c, profile),
        oee=value,
        oee_interval=oee_bounds(c, profile) or (None if value is None else (value, value)),
        coverage=coverage(c, profile),
        teep=teep(c, profile),
        utilisation=utilisation(c, profile),
        throughput_per_h=throughput_per_h(c, profile),
        mtbf_ms=mtbf_ms(c, profile),
        mttr_ms=mttr_ms(c),
        trust=trust(c),
        profile=profile.key,
    )
