"""How far to believe MTBF and MTTR: few failures say little, and the interval says how little."""

from typing import NamedTuple

CONFIDENCE = 0.95


class Mean(NamedTuple):
    """A mean time in ms with its 95 % interval; high None: no upper limit can be given."""

    value: float
    low: float
    high: float | None


def mtbf_with_interval(run_ms: int, failures: int) -> Mean | None:
    """Return mean run time between failures with its interval; None when there were no failures.

    Failures are taken as a Poisson process over run time; the window is cut by time, so the limits are those of the
    time-terminated test. Formula: 2T / chi2(0.975; 2n + 2) and 2T / chi2(0.025; 2n). Unit: ms.
    Source: IEC 60605-4, confidence limits for a constant failure rate; ISO 22400-2 MTBF.
    """
    if failures <= 0:
        return None
    low = 2 * run_ms / _chi2(1 - _TAIL, 2 * failures + 2)
    return Mean(run_ms / failures, low, 2 * run_ms / _chi2(_TAIL, 2 * failures))


def mttr_with_interval(repair_ms: int, failures: int) -> Mean | None:
    """Return mean time to restoration with its interval; None when there were no failures.

    Repairs are taken as exponential, which is wider than most repairs are: the interval errs on the careful side.
    Formula: 2S / chi2(0.975; 2n) and 2S / chi2(0.025; 2n). Unit: ms.
    Source: gamma distribution of a sum of exponential times; ISO 22400-2 MTTR.
    """
    if failures <= 0:
        return None
    spread = 2 * failures
    return Mean(repair_ms / failures, 2 * repair_ms / _chi2(1 - _TAIL, spread), 2 * repair_ms / _chi2(_TAIL, spread))


def mtta_with_interval(waited_ms: int, answered: int) -> Mean | None:
    """Return mean time from a call to its acceptance with its interval; None when no call was answered.

    Waits are taken as exponential, as repairs are. Formula: as `mttr_with_interval`. Unit: ms. Source: ours.
    """
    return mttr_with_interval(waited_ms, answered)


_TAIL = (1 - CONFIDENCE) / 2


def _chi2(probability: float, freedom: int) -> float:
    """Return the quantile of the chi-squared distribution."""
    # Half a second of import, paid by who asks first and not by the start.
    from scipy.special import chdtri

    return float(chdtri(freedom, 1 - probability))
