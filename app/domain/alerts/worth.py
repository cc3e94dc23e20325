"""What a rule is worth: how often it was right, and how many of the stops it should have announced it did.

Judgements and stops are counted; the intervals are Wilson's, 95 %.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from app.domain.alerts.condition import AlertRule
from app.domain.alerts.kept import Feedback

ENOUGH = 10
Z = NormalDist().inv_cdf(0.975)
Moment = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Share:
    """k of n, with the interval in which the true share lies with 95 % confidence. All fractions; None: n is 0."""

    k: int
    n: int
    mid: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Worth:
    """Of one rule over a window. precision: useful of useful and wrong; recall: foreseen of unplanned stops.

    known: judged as known already, neither right nor wrong; is_proposed: for retirement, which a person decides.
    """

    rule: str
    alerts: int
    known: int
    precision: Share
    recall: Share
    is_proposed: bool


def share(k: int, n: int) -> Share:
    """Return k of n with Wilson's score interval.

    Formula: (k + z2/2 +- z sqrt(k (n - k) / n + z2/4)) / (n + z2), z = 1.96 for 95 %; never outside 0 to 1.
    Source: Wilson 1927; the tests hold it against scipy, which would cost a web worker seconds to load.

    >>> share(0, 0)
    Share(k=0, n=0, mid=None, low=None, high=None)
    """
    if n == 0:
        return Share(0, 0, None, None, None)
    z2 = Z * Z
    half = Z * sqrt(k * (n - k) / n + z2 / 4)
    low, high = (k + z2 / 2 - half) / (n + z2), (k + z2 / 2 + half) / (n + z2)
    return Share(k, n, k / n, max(0.0, low), min(1.0, high))


def foreseen(stops: Sequence[Moment], alerts: Iterable[Moment], horizon_ms: int) -> int:
    """Return how many of the stops (machine, start) an alert came before, by at most the horizon.

    alerts: (equipment, raised), UTC ms; one about a line counts for each of its machines. An alert at the moment of
    the stop, or later, foresaw nothing.
    """
    found = list(alerts)
    return sum(any(_before(stop, alert, horizon_ms) for alert in found) for stop in stops)


def _before(stop: Moment, alert: Moment, horizon_ms: int) -> bool:
    machine, start = stop
    equipment, raised = alert
    about = machine == equipment or machine.startswith(equipment + "/")
    return about and start - horizon_ms <= raised < start


def worth(rule: AlertRule, alerts: Sequence[Moment], judged: Sequence[Feedback], stops: Sequence[Moment]) -> Worth:
    """Return what a rule is worth. judged: every person's last word on each of its alerts.

    Below the rule's floor with ten judgements or more it is proposed for retirement; nothing is ever taken away.
    """
    counts = {verdict: sum(f.verdict == verdict for f in judged) for verdict in ("useful", "known", "wrong")}
    precision = share(counts["useful"], counts["useful"] + counts["wrong"])
    recall = share(foreseen(stops, alerts, rule.horizon_ms), len(stops))
    below = precision.mid is not None and precision.mid < rule.floor
    is_proposed = below and precision.n >= ENOUGH
    return Worth(rule.id, len(alerts), counts["known"], precision, recall, is_proposed)
