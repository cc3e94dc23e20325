"""The difference waterfall: what, loss by loss, made one window's OEE higher or lower than another's."""

from dataclasses import dataclass
from fractions import Fraction

from app.domain.accounting.buckets import NS_PER_MS, Bucket, Components
from app.domain.accounting.kpi import oee
from app.domain.accounting.losses import losses
from app.domain.accounting.profiles import VORNE, Profile

GRID = 2**30
"""Points are shown on a grid of 2^-30: sums of such floats are exact (while no step is beyond 2^22, that is 4 million
times the ideal output), so the bars meet the difference bit by bit."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One step: exact and points are OEE as fractions (positive: `after` lost less to it); ms: after - before."""

    key: str
    exact: Fraction
    points: float
    ms: int


def exact_oee(c: Components, profile: Profile = VORNE) -> Fraction | None:
    """Return OEE without any rounding; None where kpi.oee is."""
    if oee(c, profile) is None:
        return None
    return Fraction(c.ideal_good_ns, profile.planned_ms(c) * NS_PER_MS)


def difference(before: Components, after: Components, profile: Profile = VORNE) -> tuple[Difference, ...]:
    """Return the steps from `before` to `after`, largest effect first; () when one of the two has no OEE.

    OEE = 1 - sum of losses / (PBT - unknown), so each loss explains its own share. `exact` adds up to the exact
    difference; `points`, rounded to GRID with the last step closing, add up to the rounded difference exactly.
    Source: SCREENS, shift comparison; DOMAIN section 2.
    """
    first, second = exact_oee(before, profile), exact_oee(after, profile)
    if first is None or second is None:
        return ()
    lost_before, lost_after = _lost(before, profile), _lost(after, profile)
    planned_before, planned_after = (profile.planned_ms(c) * NS_PER_MS for c in (before, after))
    shares = {
        key: Fraction(lost_before[key], planned_before) - Fraction(lost_after[key], planned_after)
        for key in lost_before
    }
    order = sorted(shares, key=lambda key: (-abs(shares[key]), key))
    ticks = [round(shares[key] * GRID) for key in order]
    ticks[-1] += round((second - first) * GRID) - sum(ticks)
    return tuple(
        Difference(key, shares[key], tick / GRID, (lost_after[key] - lost_before[key]) // NS_PER_MS)
        for key, tick in zip(order, ticks, strict=True)
    )


def _lost(c: Components, profile: Profile) -> dict[str, int]:
    lost = losses(c)._asdict()
    del lost["good"], lost["unknown"]
    if Bucket.PLANNED_STOP in profile.planned:
        lost["planned_stop"] = c.buckets_ms[Bucket.PLANNED_STOP] * NS_PER_MS
    return lost
