"""Hour by hour: target, actual, delta and why, in the plant's local hours."""

from app.boards.build_losses import BUCKET_OF, largest, loss_list
from app.boards.build_plan import Plan
from app.boards.line import HourRow
from app.domain.accounting.buckets import Cell, Episode
from app.domain.accounting.rollup import total
from app.domain.interval import Interval


def hour_row(window: Interval, label: str, cells: list[Cell], episodes: list[Episode], plan: Plan, now: int) -> HourRow:
    """Return the row of an hour that has begun; target: for its planned time until now. cells: the line's."""
    made = total(cells)
    target = plan.target(cells) if made.pbt_ms else None
    seen = Interval(window.start, min(window.end, now))
    inside = [e for e in episodes if e.start < seen.end and (e.end is None or e.end > seen.start)]
    why = largest(loss_list(made, inside, seen))
    return HourRow(
        start=window.start,
        end=window.end,
        label=label,
        target=None if target is None else round(target),
        actual=made.good,
        delta=None if target is None else made.good - round(target),
        why_bucket=BUCKET_OF.get(why.key, why.key) if why else None,
        why_reason=why.reason if why else None,
        why_ms=why.ms if why else 0,
        now=window.start <= now < window.end,
    )


def coming_row(window: Interval, label: str, planned: int, product: str | None, plan: Plan) -> HourRow:
    """Return the row of an hour to come: what its planned time should give with the product that runs now."""
    target = plan.units(planned, product, window.start) if planned else None
    return HourRow(window.start, window.end, label, None if target is None else round(target), 0, None, None, None, 0)
