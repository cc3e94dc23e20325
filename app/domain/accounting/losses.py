"""The loss waterfall: every nanosecond of planned busy time is a named loss or the ideal time of a good unit."""

from typing import NamedTuple

from app.domain.accounting.buckets import NS_PER_MS, Bucket, Components


class Losses(NamedTuple):
    """Six big losses, starved, blocked, unknown and good time, in ns; they sum to PBT exactly, in integers.

    reduced_speed is negative where the machine ran faster than its ideal rate (check the standard). Units that need
    rework are a first-pass loss and stand with the production rejects. Source: DOMAIN section 2.
    """

    breakdown: int
    setup: int
    starved: int
    blocked: int
    minor_stops: int
    reduced_speed: int
    startup_rejects: int
    production_rejects: int
    unknown: int
    good: int

    @property
    def lost(self) -> int:
        """Everything but the ideal time of good units, ns."""
        return sum(self) - self.good

    def in_ms(self) -> "Losses":
        """Return the same in whole ms; reduced speed takes the rounding, so that the sum stays PBT exactly."""
        rounded = Losses(*((ns + NS_PER_MS // 2) // NS_PER_MS for ns in self))
        return rounded._replace(reduced_speed=rounded.reduced_speed + sum(self) // NS_PER_MS - sum(rounded))


def losses(c: Components) -> Losses:
    """Return where planned busy time went.

    Formula: reduced speed = APT - minor stops - ideal time of produced; rejects at their ideal time. Unit: ns.
    Source: DOMAIN section 2, six big losses; Nakajima.
    """
    ns = [ms * NS_PER_MS for ms in c.buckets_ms]
    return Losses(
        breakdown=ns[Bucket.UNPLANNED_STOP],
        setup=ns[Bucket.SETUP],
        starved=ns[Bucket.STARVED],
        blocked=ns[Bucket.BLOCKED],
        minor_stops=ns[Bucket.MINOR_STOP],
        reduced_speed=ns[Bucket.RUNNING] - c.ideal_ns,
        startup_rejects=c.startup_reject_ns,
        production_rejects=c.ideal_ns - c.ideal_good_ns - c.startup_reject_ns,
        unknown=ns[Bucket.UNKNOWN],
        good=c.ideal_good_ns,
    )


def units(ns: int, c: Components) -> int | None:
    """Return how many units the machine would have made in `ns` at the ideal rate of what it made.

    Formula: ns / (ideal time of produced / produced in known time), towards zero. Unit: units of the product's
    resolution; None without an ideal rate or units. Source: DOMAIN section 2, losses in units.
    """
    if c.ideal_ns <= 0 or c.known_units <= 0:
        return None
    amount = abs(ns) * c.known_units // c.ideal_ns
    return amount if ns >= 0 else -amount
