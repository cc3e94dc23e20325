"""How the loop does as a whole: how often rules are right, and what decisions brought together."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from app.domain.suggestion import Outcome

Z = 1.959963984540054
"""Of the standard normal: 95 % lie within."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, with a 95 % interval; value, low, high: fractions, None of nothing."""

    part: int
    whole: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Sum:
    """Good units per shift that measured decisions brought together. n: how many were measured."""

    n: int
    low: float | None
    mid: float | None
    high: float | None


def share(part: int, whole: int) -> Share:
    """Return a share with its Wilson interval.

    Formula: (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). Unit: fraction; None where whole is 0.
    Source: Wilson 1927, score interval.

    >>> found = share(8, 10); round(found.low, 3), round(found.high, 3)
    (0.49, 0.943)
    """
    if whole <= 0:
        return Share(part, whole, None, None, None)
    p, z2 = part / whole, Z * Z
    centre = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    reach = Z * sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole)
    return Share(part, whole, p, max(0.0, centre - reach), min(1.0, centre + reach))


def together(measured: Sequence[Outcome]) -> Sum:
    """Return what decisions brought together; those without enough data are left out.

    Formula: sum of mids; the half widths add as the root of their squares, as if the decisions were independent.
    Unit: good units per shift. Source: propagation of independent errors.
    """
    known = [(o.mid, o.low, o.high) for o in measured]
    sure = [(mid, low, high) for mid, low, high in known if mid is not None and low is not None and high is not None]
    if not sure:
        return Sum(0, None, None, None)
    mid = sum(m for m, _, _ in sure)
    down = sqrt(sum((m - low) ** 2 for m, low, _ in sure))
    up = sqrt(sum((high - m) ** 2 for m, _, high in sure))
    return Sum(len(sure), mid - down, mid, mid + up)
