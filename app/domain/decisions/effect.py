"""What a decision really brought: good units per shift before it and after it, with an interval, or "not enough data".

Shifts are the sample. A shift is compared with shifts of its own name, so that a night is no loss against an early one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from app.domain.accounting.significance import t_quantile
from app.domain.decisions.persistence import inflation, persistence, unbiased
from app.domain.interval import DAY_MS, Interval
from app.domain.suggestion import Outcome, Said

FEWEST_BEFORE, FEWEST_AFTER = 5, 3
MOST = 30
"""Shifts on either side at most: about ten days of three shifts, so that a season is not an effect."""
LEAST_KNOWN = 0.9
TOGETHER_MS = DAY_MS
SIGMA_OF_RANGE = 1.128
"""d2: mean moving range of two neighbours in standard deviations. Source: ISO 7870-2."""


@dataclass(frozen=True, slots=True)
class ShiftUnits:
    """One shift of a line. good: units; known: share of its time about which there is trusted data, None: not planned.

    start, end: UTC ms.
    """

    name: str
    start: int
    end: int
    good: int
    known: float | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """Decisions at one line too close to be told apart; they share one measurement.

    keys: of their suggestions, by time; span: from the first to the last of them; within: from the decision before to
    the one after, what happened outside belongs to those. All UTC ms.
    """

    keys: tuple[str, ...]
    span: Interval
    within: Interval


def bundles(decided: Mapping[str, int], around: Interval) -> list[Bundle]:
    """Return the decisions of one line as bundles, by time. decided: key -> UTC ms; around: the time looked at.

    A bundle holds what was decided within 24 h of its first decision: each of them measured alone would be credited
    with what all of them brought.
    """
    groups: list[list[tuple[int, str]]] = []
    for at, key in sorted((at, key) for key, at in decided.items()):
        if groups and at - groups[-1][0][0] < TOGETHER_MS:
            groups[-1].append((at, key))
        else:
            groups.append([(at, key)])
    spans = [Interval(group[0][0], group[-1][0]) for group in groups]
    starts = [around.start, *(span.end for span in spans)]
    ends = [*(span.start for span in spans[1:]), around.end]
    found = zip(groups, spans, starts, ends, strict=False)
    return [Bundle(tuple(key for _, key in g), span, Interval(start, end)) for g, span, start, end in found]


@dataclass(frozen=True, slots=True)
class Limits:
    """Control lines of what was before: mean and mean +- 3 sigma, good units per shift."""

    centre: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What changed. low, mid, high: good units per shift, 95 %; None while data is missing.

    before, after: the shifts compared; missing: how many more are needed before and after; limits None: fewer than two
    shifts before; others: how many other decisions share it.
    """

    low: float | None
    mid: float | None
    high: float | None
    before: tuple[ShiftUnits, ...]
    after: tuple[ShiftUnits, ...]
    limits: Limits | None
    missing: tuple[int, int]
    others: int = 0

    @property
    def word(self) -> Said:
        """What it comes to, in words."""
        n = {"before": len(self.before), "after": len(self.after)} | ({"others": self.others} if self.others else {})
        if self.low is None or self.high is None or self.mid is None:
            return Said("outcomes.word.too_few", {"missing_before": self.missing[0], "missing_after": self.missing[1]})
        word = "better" if self.low > 0 else "worse" if self.high < 0 else "chance"
        return Said(f"outcomes.word.{word}{'.shared' if self.others else ''}", n)


def effect(shifts: Sequence[ShiftUnits], bundle: Bundle, now: int) -> Effect:
    """Return what the bundle's decisions changed; shifts: any order, those that last at `now` (UTC ms) do not count.

    Shifts in which was decided are on neither side; nor is one of which less than 90 % is known, nor one whose name
    has no shift before, nor one outside of `bundle.within`.
    With d_k the difference of the means of shifts named k and p_k their share after:
    d = sum p_k d_k, variance f_a s_a^2 / n_a + f_b s_b^2 sum p_k^2 / n_bk; s_b from the scatter within names (n_b - K
    degrees of freedom), s_a of what was after around what was expected of its name; f for neighbours that are alike
    (`persistence`), which also takes degrees of freedom. With one name and strangers this is Welch's t.
    Formula: d +- t(0.975, Welch-Satterthwaite) x sqrt(variance). Unit: good units per shift.
    Source: Welch 1947; stratified difference of means, Cochran, Sampling Techniques, 5.
    """
    usable = sorted((s for s in shifts if s.end <= now and (s.known or 0.0) >= LEAST_KNOWN), key=lambda s: s.start)
    span, within = bundle.span, bundle.within
    before = [s for s in usable if within.start <= s.start and s.end <= span.start][-MOST:]
    names = {s.name for s in before}
    after = [s for s in usable if s.start >= span.end and s.end <= within.end and s.name in names][:MOST]
    names = {s.name for s in after} or names
    before = [s for s in before if s.name in names]
    missing = (max(0, FEWEST_BEFORE - len(before)), max(0, FEWEST_AFTER - len(after)))
    kept, lines = (tuple(before), tuple(after)), limits([s.good for s in before])
    freedom, others = len(before) - len(names), len(bundle.keys) - 1
    if any(missing) or freedom < 1:
        return Effect(None, None, None, *kept, lines, missing if any(missing) else (1, 0), others)
    low, mid, high = _interval(before, after, freedom)
    return Effect(low, mid, high, *kept, lines, (0, 0), others)


def outcome(key: str, found: Effect, now: int) -> Outcome:
    """Return the effect as it is kept."""
    sides = (len(found.before), len(found.after))
    return Outcome(key, now, found.low, found.mid, found.high, *sides, found.word)


def limits(values: Sequence[float]) -> Limits | None:
    """Return the control lines of an individuals chart; None for fewer than two values.

    Formula: mean +- 3 x mean moving range / 1.128. Unit: that of the values. Source: I-MR chart, ISO 7870-2.

    >>> limits([10, 12, 10, 12]).centre
    11.0
    """
    if len(values) < 2:
        return None
    centre = sum(values) / len(values)
    moving = sum(abs(b - a) for a, b in pairwise(values)) / (len(values) - 1)
    reach = 3 * moving / SIGMA_OF_RANGE
    return Limits(centre, centre - reach, centre + reach)


def _by_name(shifts: Sequence[ShiftUnits]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for shift in shifts:
        found.setdefault(shift.name, []).append(shift.good)
    return found


def _interval(before: Sequence[ShiftUnits], after: Sequence[ShiftUnits], freedom: int) -> tuple[float, float, float]:
    values = _by_name(before)
    means = {name: sum(found) / len(found) for name, found in values.items()}
    rests, gains = ([s.good - means[s.name] for s in side] for side in (before, after))
    n, n_before = len(gains), len(rests)
    mid = sum(gains) / n
    around = [gain - mid for gain in gains]
    alike = persistence([rests, around])
    f_after, f_before = inflation(n, alike), inflation(n_before, alike)
    of_after = sum(g**2 for g in around) / (n - 1) / unbiased(n, f_after) * f_after / n
    shares = {name: sum(s.name == name for s in after) / n for name in values}
    scatter = sum(r**2 for r in rests) / freedom / unbiased(n_before, f_before) * f_before
    of_before = scatter * sum(shares[name] ** 2 / len(found) for name, found in values.items())
    whole = of_after + of_before
    if whole <= 0:
        return mid, mid, mid
    free_after, free_before = max(1.0, n / f_after - 1), max(1.0, freedom / f_before)
    degrees = whole**2 / (of_after**2 / free_after + of_before**2 / free_before)
    reach = t_quantile(degrees) * sqrt(whole)
    return mid - reach, mid, mid + reach
