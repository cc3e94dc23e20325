"""AreaBoard from the boards of its lines: components are added and divided once, lines sorted by what they lost."""

from collections.abc import Iterable

from app.boards.area import AreaBoard, LineRow
from app.boards.build_kpis import COVERAGE_FLOOR, kpis
from app.boards.build_losses import largest
from app.boards.codec import SCHEMA, components_dict, components_of
from app.boards.line import LineBoard
from app.domain.accounting.buckets import ZERO
from app.domain.accounting.kpi import trust
from app.domain.accounting.profiles import VORNE, profile


def area_board(
    area: str,
    name: str,
    zone: str,
    boards: Iterable[LineBoard],
    now: int,
    coverage_floor: float = COVERAGE_FLOOR,
    new: frozenset[str] = frozenset(),
) -> AreaBoard:
    """Return the board of an area or site at `now` (UTC ms) from its lines' newest boards, any order; may be empty.

    Every line enters with its own shift so far, from when on it counts; those of `new` (in commissioning) are shown and
    are in no sum, unless there are no others. The profile is the lines' (one plant has one).
    """
    lines = sorted(boards, key=lambda board: (-board.lost_ms, board.line))
    counted = [board for board in lines if board.line not in new] or lines
    made = sum((components_of(board if board.counted is None else board.counted) for board in counted), ZERO)
    chosen = profile(lines[0].kpis.profile) if lines else VORNE
    return AreaBoard(
        schema=SCHEMA,
        version=lines[0].version if lines else "",
        area=area,
        name=name,
        zone=zone,
        at=now,
        lines=tuple(line_row(board, now) for board in lines),
        kpis=kpis(made, chosen, coverage_floor),
        components=components_dict(made),
        unclassified_ms=sum((board.counted or board).unclassified_ms for board in counted),
        lost_ms=sum((board.counted or board).lost_ms for board in counted),
        calls=sum(len(board.calls) for board in lines),
        trust=trust(made),
    )


def line_row(board: LineBoard, now: int) -> LineRow:
    """Return one line's row; its figures are those of its own board, to the last digit."""
    order = board.order
    return LineRow(
        line=board.line,
        name=board.name,
        at=board.at,
        age_ms=max(0, now - board.at),
        state=board.state,
        order=order,
        order_progress=order.good / order.quantity if order is not None and order.quantity else None,
        kpis=board.kpis,
        good=board.output.good,
        delta=board.output.delta,
        main_loss=largest(board.losses),
        lost_ms=board.lost_ms,
        unclassified_ms=board.unclassified_ms,
        calls=board.calls,
        trend=board.trend,
        oee_target=board.oee_target,
        shift=board.shift,
        trust=board.trust,
        standing=board.standing,
        counts_since=None if board.counted is None else board.counted.since,
    )
