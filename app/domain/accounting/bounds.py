"""OEE as an interval while time is unknown."""

from app.domain.accounting.buckets import NS_PER_MS, Bucket, Components
from app.domain.accounting.profiles import VORNE, Profile


def oee_bounds(components: Components, profile: Profile = VORNE) -> tuple[float, float] | None:
    """Return (low, high) of OEE, fractions; None while nothing is unknown, or when no time was planned.

    low: unknown was stopped. high: unknown was good production at the ideal rate, or, where the machine ran faster than
    its standard all along, at the rate it showed: the interval always holds the value.
    Formula: low = ideal_good / (planned + unknown); high = (ideal_good + unknown) / (planned + unknown).
    Source: DOMAIN section 2, unknown.
    """
    unknown = components.buckets_ms[Bucket.UNKNOWN]
    planned = profile.planned_ms(components)
    if unknown == 0:
        return None
    good = components.ideal_good_ns
    whole = (planned + unknown) * NS_PER_MS
    high = (good + unknown * NS_PER_MS) / whole
    if planned:
        high = max(high, good / (planned * NS_PER_MS))
    return good / whole, high
