"""How much less neighbours in time say than strangers: good shifts come in runs, and ten alike are not ten opinions."""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

MOST = 0.8
CAUTION = 0.5
"""Standard errors that are added: a few shifts hardly show how alike neighbours are, and an interval that believes in
independence is too narrow. Chosen by simulation, tests/domain/decisions/test_effect_coverage.py."""


def persistence(sides: Sequence[Sequence[float]]) -> float:
    """Return how alike neighbours are, 0 to 0.8: autocorrelation at lag 1. sides: rests around their mean, by time.

    Formula: r = sum e_i e_(i+1) / sum e_i^2, then r + m (1 + 3 r) / n + 0.5 / sqrt(n), m the number of sides: fitted
    means pull r down. Never under 0: neighbours that take turns are not counted as better evidence.
    Source: Marriott & Pope 1954 (bias of r); the half standard error is ours.
    """
    n, whole = sum(map(len, sides)), sum(e * e for side in sides for e in side)
    if whole <= 0:
        return 0.0
    r = sum(a * b for side in sides for a, b in pairwise(side)) / whole
    return min(MOST, max(0.0, r + len(sides) * (1 + 3 * r) / n + CAUTION / sqrt(n)))


def inflation(n: int, alike: float) -> float:
    """Return by what the variance of a mean of n neighbours is larger than of n strangers; n over it speaks truly.

    Formula: 1 + 2 sum over k of (1 - k / n) alike^k, a first-order autoregression.
    Source: Bayley & Hammersley 1946, effective number of independent observations.

    >>> inflation(10, 0.0), inflation(2, 0.5)
    (1.0, 1.5)
    """
    return 1.0 + 2.0 * sum((1 - k / n) * alike**k for k in range(1, n))


def unbiased(n: int, grown: float) -> float:
    """Return by what the usual variance of n values must be divided: around their own mean neighbours scatter less.

    Formula: (n - inflation) / (n - 1), at least a tenth. grown: their `inflation`.
    """
    return max(0.1, (n - grown) / (n - 1))
