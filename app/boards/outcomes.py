"""OutcomesBoard: what decisions promised and brought, and whether the loop is used."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.decisions.balance import Share, Sum
from app.domain.decisions.effect import Effect
from app.domain.interval import Interval
from app.domain.suggestion import Decision, Suggestion


@dataclass(frozen=True, slots=True)
class Brought:
    """An accepted decision with what was before and after it. effect None: nothing to measure.

    That is so where it promised no units, or its line is no longer in the plant.
    """

    suggestion: Suggestion
    where: str
    decision: Decision
    effect: Effect | None


@dataclass(frozen=True, slots=True)
class Balance:
    """The loop as a whole, of a place and a window.

    suggested: put down; decided: by anybody; accepted; hits: of the decisions with enough data those that brought
    something for sure; gained: good units per shift; precision: rule -> how often people said it was right;
    reasoned: ms of unplanned stop time with a reason, and all; trust: None: no planned time; both of `week`, the last
    seven days in full hours; sign_ins: role -> sign-ins per week, oldest first.
    """

    suggested: int
    decided: int
    accepted: int
    hits: Share
    gained: Sum
    precision: Mapping[str, Share]
    reasoned: tuple[int, int]
    trust: float | None
    sign_ins: Mapping[str, tuple[int, ...]]
    week: Interval


@dataclass(frozen=True, slots=True)
class OutcomesBoard:
    """The page. place: path of site, area or line; days: how far back; at: UTC ms."""

    place: str
    days: int
    zone: str
    at: int
    rows: tuple[Brought, ...]
    balance: Balance
