"""Every figure that opens: what it derives from, how it is made of that, and the terms its formula is shown with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.domain.accounting import kpi
from app.domain.accounting.buckets import ZERO, Bucket, Components
from app.domain.accounting.losses import Losses, losses
from app.domain.accounting.profiles import Profile
from app.domain.accounting.reliability import Mean, mtbf_with_interval, mtta_with_interval, mttr_with_interval

LOSS = "loss."
"""How the figures of the loss waterfall begin: `loss.setup`."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What figures derive from; adds. stopped_ms: unplanned stop time, unexplained_ms: of it without a reason.

    waited_ms: from call to acceptance, of those answered. A figure needs some of it; the rest may be left at zero.
    """

    components: Components = ZERO
    stopped_ms: int = 0
    unexplained_ms: int = 0
    waited_ms: int = 0
    answered: int = 0
    calls: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        own, others = ((c.stopped_ms, c.unexplained_ms, c.waited_ms, c.answered, c.calls) for c in (self, other))
        return Counted(self.components + other.components, *map(int.__add__, own, others))


Value = Callable[[Counted, Profile], float | None]


def _loss(name: str) -> Value:
    return lambda c, _: losses(c.components).in_ms()._asdict()[name]


def unexplained(c: Counted) -> float | None:
    """Return the share of unplanned stop time without a reason; None where nothing stopped. Source: ours."""
    return c.unexplained_ms / c.stopped_ms if c.stopped_ms else None


def reasoned(c: Counted) -> float | None:
    """Return the share of unplanned stop time with a reason; None where nothing stopped. Source: ours."""
    return (c.stopped_ms - c.unexplained_ms) / c.stopped_ms if c.stopped_ms else None


FIGURES: Mapping[str, Value] = {
    "oee": lambda c, p: kpi.oee(c.components, p),
    "availability": lambda c, p: kpi.availability(c.components, p),
    "performance": lambda c, p: kpi.performance(c.components, p),
    "quality": lambda c, p: kpi.quality(c.components, p),
    "coverage": lambda c, p: kpi.coverage(c.components, p),
    "trust": lambda c, _: kpi.trust(c.components),
    "teep": lambda c, p: kpi.teep(c.components, p),
    "utilisation": lambda c, p: kpi.utilisation(c.components, p),
    "throughput_per_h": lambda c, p: kpi.throughput_per_h(c.components, p),
    "scrap_ratio": lambda c, _: kpi.scrap_ratio(c.components),
    "good": lambda c, _: c.components.good,
    "reject": lambda c, _: c.components.reject,
    "rework": lambda c, _: c.components.rework,
    "failures": lambda c, _: c.components.failures,
    "mtbf_ms": lambda c, p: kpi.mtbf_ms(c.components, p),
    "mttr_ms": lambda c, _: kpi.mttr_ms(c.components),
    "mtta_ms": lambda c, _: c.waited_ms / c.answered if c.answered else None,
    "unexplained": lambda c, _: unexplained(c),
    "reasoned": lambda c, _: reasoned(c),
    "pbt_ms": lambda c, _: c.components.pbt_ms,
    **{f"{LOSS}{name}": _loss(name) for name in Losses._fields},
}
"""Figure -> its value under a profile; None where it is not computable."""

TERMS: Mapping[str, tuple[str, ...]] = {
    "oee": ("ideal_good_ms", "planned_ms", "availability", "performance", "quality"),
    "availability": ("run_ms", "planned_ms"),
    "performance": ("ideal_ms", "run_ms"),
    "quality": ("ideal_good_ms", "ideal_ms", "good", "produced"),
    "coverage": ("planned_ms", "pbt_ms"),
    "trust": ("pbt_ms", "unknown_ms", "doubtful_ms"),
    "teep": ("ideal_good_ms", "calendar_ms"),
    "utilisation": ("pbt_ms", "calendar_ms"),
    "throughput_per_h": ("known_units", "planned_ms"),
    "scrap_ratio": ("reject", "produced"),
    "good": ("good", "reject", "rework", "produced"),
    "reject": ("good", "reject", "rework", "produced"),
    "rework": ("good", "reject", "rework", "produced"),
    "failures": ("failures", "repair_ms"),
    "mtbf_ms": ("run_ms", "failures"),
    "mttr_ms": ("repair_ms", "failures"),
    "mtta_ms": ("waited_ms", "answered", "calls"),
    "unexplained": ("unexplained_ms", "stopped_ms"),
    "reasoned": ("reasoned_ms", "stopped_ms"),
    "pbt_ms": ("calendar_ms", "unscheduled", "planned_stop"),
    "loss.breakdown": ("unplanned_stop",),
    "loss.setup": ("setup",),
    "loss.starved": ("starved",),
    "loss.blocked": ("blocked",),
    "loss.minor_stops": ("minor_stop",),
    "loss.reduced_speed": ("running", "ideal_ms"),
    "loss.startup_rejects": ("startup_reject", "startup_reject_ms"),
    "loss.production_rejects": ("ideal_ms", "ideal_good_ms", "startup_reject_ms"),
    "loss.unknown": ("unknown",),
    "loss.good": ("good", "ideal_good_ms"),
}
"""Figure -> what is put into its formula: components, counted time and units, or buckets by their key."""

MEANS: Mapping[str, Callable[[Counted, Profile], Mean | None]] = {
    "mtbf_ms": lambda c, p: mtbf_with_interval(p.run_ms(c.components), c.components.failures),
    "mttr_ms": lambda c, _: mttr_with_interval(c.components.repair_ms, c.components.failures),
    "mtta_ms": lambda c, _: mtta_with_interval(c.waited_ms, c.answered),
}
"""Figure -> its value with the interval that says how far to believe it."""

STOPS: Mapping[str, Bucket] = {
    "failures": Bucket.UNPLANNED_STOP,
    "mtbf_ms": Bucket.UNPLANNED_STOP,
    "mttr_ms": Bucket.UNPLANNED_STOP,
    "unexplained": Bucket.UNPLANNED_STOP,
    "reasoned": Bucket.UNPLANNED_STOP,
    "loss.breakdown": Bucket.UNPLANNED_STOP,
    "loss.setup": Bucket.SETUP,
    "loss.starved": Bucket.STARVED,
    "loss.blocked": Bucket.BLOCKED,
    "loss.minor_stops": Bucket.MINOR_STOP,
    "loss.unknown": Bucket.UNKNOWN,
}
"""Figure -> what its stops are: those it is counted from, or adds up."""
FAILURES = ("failures", "mtbf_ms", "mttr_ms")
"""Figures of which only stops with a reason that is a failure count."""
CALLS = "mtta_ms"
"""The figure that is counted from calls."""
