"""Boards as an engine would write them mid-shift: a bottling line at 10:44 of its early shift, and its area."""

from dataclasses import asdict, replace

from app.boards.area import AreaBoard, LineRow
from app.boards.line import (
    Band,
    Call,
    HourRow,
    Kpis,
    LineBoard,
    Loss,
    MachineTile,
    OrderHead,
    Output,
    ReasonChoice,
    ShiftHead,
    StateHead,
    StopCard,
)
from app.domain.accounting.buckets import Components
from app.domain.interval import HOUR_MS, MINUTE_MS

SHIFT_START = 1_795_410_000_000  # 2026-11-23 06:00 in Leipzig
NOW = SHIFT_START + 4 * HOUR_MS + 44 * MINUTE_MS + 7_000
LINE = "leipzig/bottling/line-1"
SHIFT = ShiftHead("early", "2026-11-23", "2026-11-23/early", SHIFT_START, SHIFT_START + 8 * HOUR_MS)
LIKELY = (
    ReasonChoice("jam-infeed", "Jam at infeed"),
    ReasonChoice("no-bottles", "No bottles"),
    ReasonChoice("label-roll", "Label roll"),
    ReasonChoice("guard-open", "Guard open"),
    ReasonChoice("sensor", "Sensor"),
)


def sample_line_board() -> LineBoard:
    """Return line 1: running, a little behind, two stops without a reason, one machine blocked, one call open."""
    return LineBoard(
        schema=1,
        version="2f6c11",
        line=LINE,
        name="Line 1",
        zone="Europe/Berlin",
        at=NOW,
        fresh=NOW - 400,
        shift=SHIFT,
        order=OrderHead(
            "4711", "cola-05", "Cola 0.5 l", 40_000, 22_480, SHIFT_START, NOW + 3 * HOUR_MS, NOW + 4 * HOUR_MS
        ),
        state=StateHead("running", "Execute", NOW - 761_000),
        kpis=Kpis(0.748, 0.741, 0.753, 0.88, 0.858, 0.991, 0.991, 5_212.4),
        output=Output(23_481, 213, 18, "pcs", 24_020, -539, 43_060, 41_200, 39_700, 42_400),
        components=_components(),
        hours=_hours(),
        timeline=_timeline(),
        stops=_stops(),
        machines=_machines(),
        losses=_losses(),
        calls=(Call("maintenance", NOW - 4 * MINUTE_MS, "olga"),),
        trend=tuple(None if i < 6 else 0.62 + 0.003 * (i * 7 % 50) for i in range(48)),
        unclassified_ms=7 * MINUTE_MS,
        lost_ms=4_061_000,
        findings=1,
        trust=None,
        oee_target=0.75,
        constraint=f"{LINE}/filler",
        convention="serial",
    )


def _components() -> dict[str, object]:
    buckets = (0, 900_000, 600_000, 900_000, 240_000, 120_000, 420_000, 13_722_000, 145_000)
    parts = Components(
        buckets, 23_481, 213, 18, 11_856_000_000_000, 11_740_500_000_000, 90, 45_000_000_000, 3, 540_000, 480_000
    )
    return {**asdict(parts), "buckets_ms": list(buckets)}


def _hours() -> tuple[HourRow, ...]:
    actual = (4_755, 5_012, 3_920, 5_104, 4_690)
    why = (
        ("unplanned_stop", "jam-infeed", 180_000),
        ("reduced_speed", None, 240_000),
        ("setup", None, 600_000),
        ("minor_stop", None, 130_000),
        ("unplanned_stop", None, 420_000),
    )
    rows = []
    for i in range(8):
        start = SHIFT_START + i * HOUR_MS
        done = i < len(actual)
        target = 4_050 if i == 4 else 5_400
        bucket, reason, ms = why[i] if done else (None, None, 0)
        made = actual[i] if done else 0
        delta = made - target if done else None
        rows.append(HourRow(start, start + HOUR_MS, f"{6 + i:02}", target, made, delta, bucket, reason, ms, now=i == 4))
    return tuple(rows)


def _timeline() -> tuple[Band, ...]:
    plan = (
        (0, 38, "running", None),
        (38, 41, "unplanned_stop", "jam-infeed"),
        (41, 121, "running", None),
        (121, 131, "setup", "changeover"),
        (131, 175, "running", None),
        (175, 177, "minor_stop", None),
        (177, 197, "running", None),
        (197, 201, "starved", None),
        (201, 240, "running", None),
        (240, 255, "planned_stop", "break"),
        (255, 261, "running", None),
        (261, 265, "unplanned_stop", None),
        (265, 268, "running", None),
        (268, 271, "unplanned_stop", None),
        (271, 284, "running", None),
    )
    end = (NOW - SHIFT_START) / MINUTE_MS
    return tuple(
        Band(
            SHIFT_START + a * MINUTE_MS,
            SHIFT_START + int(min(b, end) * MINUTE_MS) if b != 284 else NOW,
            bucket,
            reason,
            f"{LINE}/filler@{SHIFT_START + a * MINUTE_MS}",
        )
        for a, b, bucket, reason in plan
    )


def _stops() -> tuple[StopCard, ...]:
    filler = f"{LINE}/filler"
    cards = []
    for minute, minutes in ((268, 3), (261, 4)):
        start = SHIFT_START + minute * MINUTE_MS
        end = start + minutes * MINUTE_MS
        cards.append(
            StopCard(f"{filler}@{start}", filler, "Filler", start, end, minutes * MINUTE_MS, "unplanned_stop", LIKELY)
        )
    return tuple(cards)


def _machines() -> tuple[MachineTile, ...]:
    kpis = Kpis(0.748, 0.741, 0.753, 0.88, 0.858, 0.991, 0.991, 5_212.4)
    states = (
        ("depalletiser", "Depalletiser", StateHead("running", "Execute", NOW - 1_500_000)),
        ("rinser", "Rinser", StateHead("running", "Execute", NOW - 1_200_000)),
        ("filler", "Filler", StateHead("running", "Execute", NOW - 761_000)),
        (
            "capper",
            "Capper",
            StateHead("blocked", "Suspended", NOW - 41_000, None, None, f"{LINE}/labeller", "Labeller"),
        ),
        ("labeller", "Labeller", StateHead("unplanned_stop", "Held", NOW - 63_000, "label-roll", "Label roll")),
        (
            "packer",
            "Packer",
            StateHead("starved", "Suspended", NOW - 22_000, None, None, f"{LINE}/labeller", "Labeller"),
        ),
        ("palletiser", "Palletiser", StateHead("unknown", None, NOW - 130_000)),
    )
    return tuple(
        MachineTile(
            f"{LINE}/{key}",
            key,
            name,
            state,
            23_481,
            30 + i,
            2,
            kpis if i < 6 else replace(kpis, oee=None, why_null="nothing_produced", greyed=True),
            is_constraint=key == "filler",
            counts_here=key == "packer",
            silent_ms=400 if i < 6 else 130_000,
            commissioning=key == "palletiser",
        )
        for i, (key, name, state) in enumerate(states)
    )


def _losses() -> tuple[Loss, ...]:
    return (
        Loss("breakdown", 900_000, 1_800, "jam-infeed"),
        Loss("setup", 600_000, 1_200),
        Loss("starved", 240_000, 480),
        Loss("blocked", 120_000, 240),
        Loss("minor_stops", 420_000, 840),
        Loss("reduced_speed", 1_866_000, 3_732),
        Loss("startup_rejects", 45_000, 90),
        Loss("production_rejects", 70_500, 141),
        Loss("unknown", 145_000, 290),
        Loss("good", 11_740_500, 23_481),
    )


def sample_area_board() -> AreaBoard:
    """Return an area of three lines: one far behind, one nearly as planned, one stale; sorted by minutes lost."""
    board = sample_line_board()
    rows = (
        _row(board, "line-1", "Line 1"),
        _row(
            replace(
                board,
                state=StateHead("unplanned_stop", "Aborted", NOW - 840_000, "jam-infeed", "Jam at infeed"),
                lost_ms=7_300_000,
            ),
            "line-2",
            "Line 2",
        ),
        _row(
            replace(
                board,
                at=NOW - 42_000,
                order=None,
                lost_ms=900_000,
                calls=(),
                state=StateHead("unknown", None, NOW - 42_000),
                kpis=replace(board.kpis, oee=None, why_null="nothing_produced", coverage=0.71, greyed=True),
            ),
            "line-3",
            "Line 3",
        ),
    )
    return AreaBoard(
        schema=1,
        version=board.version,
        area="leipzig/bottling",
        name="Bottling",
        zone=board.zone,
        at=NOW,
        lines=tuple(sorted(rows, key=lambda row: -row.lost_ms)),
        kpis=replace(board.kpis, oee=0.711),
        components=board.components,
        unclassified_ms=21 * MINUTE_MS,
        lost_ms=sum(row.lost_ms for row in rows),
        calls=2,
    )


def _row(board: LineBoard, key: str, name: str) -> LineRow:
    order = board.order
    return LineRow(
        line=f"leipzig/bottling/{key}",
        name=name,
        at=board.at,
        age_ms=NOW - board.at,
        state=board.state,
        order=order,
        order_progress=order.good / order.quantity if order and order.quantity else None,
        kpis=board.kpis,
        good=board.output.good,
        delta=board.output.delta,
        main_loss=board.losses[5],
        lost_ms=board.lost_ms,
        unclassified_ms=board.unclassified_ms,
        calls=board.calls,
        trend=board.trend,
        oee_target=board.oee_target,
        shift=board.shift,
    )
