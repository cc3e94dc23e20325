"""How fast a value goes, so that single outliers do not matter."""

import numpy as np

MOST = 60
"""Points looked at: more are thinned evenly, since the pairs grow with the square."""
FEWEST = 5


def line_through(t: tuple[int, ...], v: tuple[float, ...]) -> tuple[float, float] | None:
    """Return (slope per ms, value at the last t) of the points (t: ms, rising); None for fewer than five.

    Formula: median of the slopes of all pairs; the line passes through the median of v - slope x t. Points beyond sixty
    are thinned evenly. Unit: unit of v per ms, unit of v.
    Source: Theil 1950, Sen 1968 (the same estimate as scipy.stats.theilslopes).

    >>> line_through((0, 1, 2, 3, 4), (0.0, 1.0, 2.0, 30.0, 4.0))
    (1.0, 4.0)
    """
    if len(t) < FEWEST:
        return None
    places = np.unique(np.linspace(0, len(t) - 1, min(MOST, len(t))).round().astype(int))
    x, y = np.asarray(t, dtype=float)[places] - t[-1], np.asarray(v, dtype=float)[places]
    first, second = np.triu_indices(len(x), 1)
    slope = float(np.median((y[second] - y[first]) / (x[second] - x[first])))
    return slope, float(np.median(y - slope * x))
