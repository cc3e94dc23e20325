"""Like for like: what sets of shifts would show had they all made the same product mix."""

from collections.abc import Mapping
from fractions import Fraction

from app.domain.accounting.buckets import ZERO, Components
from app.domain.accounting.kpi import oee
from app.domain.accounting.profiles import VORNE, Profile

ByProduct = Mapping[str | None, Components]


def common_products(sets: Mapping[str, ByProduct], profile: Profile = VORNE) -> tuple[str, ...]:
    """Return the products every set has an OEE for, sorted: what can be compared like for like."""
    known = [
        {name for name, c in parts.items() if name is not None and oee(c, profile) is not None}
        for parts in sets.values()
    ]
    return tuple(sorted(set.intersection(*known))) if known else ()


def weights_of(sets: Mapping[str, ByProduct], profile: Profile = VORNE) -> dict[str, int]:
    """Return what each common product counts at the same mix: its trusted planned time over all sets, ms."""
    return {
        name: sum(profile.planned_ms(parts[name]) for parts in sets.values()) for name in common_products(sets, profile)
    }


def same_mix(sets: Mapping[str, ByProduct], profile: Profile = VORNE) -> dict[str, Components]:
    """Return each set's components had every product taken the share of planned time it has over all sets.

    Only products that every set made count, change-overs with them; {} when there is none. A set's own performance on
    each product stands: only the weights change (direct standardisation, weights = planned time over all sets).
    Formula: sum over products of components x (planned time of the product in all sets / in this set).
    Unit: components, rounded to whole ms, ns and units. Source: ours, after direct standardisation in statistics.
    """
    weights = weights_of(sets, profile)
    if not weights:
        return {}
    return {
        key: sum((_scaled(parts[p], Fraction(weights[p], profile.planned_ms(parts[p]))) for p in weights), ZERO)
        for key, parts in sets.items()
    }


def _scaled(c: Components, factor: Fraction) -> Components:
    amounts = (
        c.good,
        c.reject,
        c.rework,
        c.ideal_ns,
        c.ideal_good_ns,
        c.startup_reject,
        c.startup_reject_ns,
        c.failures,
        c.repair_ms,
        c.setup_standard_ms,
        c.doubtful_ms,
        c.unknown_units,
    )
    return Components(tuple(round(ms * factor) for ms in c.buckets_ms), *(round(a * factor) for a in amounts))
