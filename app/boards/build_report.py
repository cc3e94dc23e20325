"""ReportBoard -> its tables, once for all forms: the same figures to the last digit on paper, page and in sheets."""

from collections.abc import Sequence

from app.boards.report import Cell, Column, Cut, Kind, ReportBoard, Table
from app.domain.accounting.kpi_row import KpiRow

_RATIOS = ("oee", "availability", "performance", "quality", "coverage", "trust", "teep")
_OF_PRODUCTS = ("oee", "availability", "performance", "quality", "coverage", "trust")
_COUNTS = ("good", "reject", "rework")
_TIMES = ("mtbf_ms", "mttr_ms")


def tables_of(board: ReportBoard) -> list[Table]:
    """Return the report's tables in their order; one without rows says so by being there."""
    return [
        _kpis("report.total", board, [board.total] if board.total else [], "report.place"),
        _kpis("report.lines", board, board.lines, "report.place"),
        _kpis("report.shifts", board, board.shifts, "report.shift"),
        _products(board),
        _losses(board),
        _stops(board),
        _orders(board),
        _corrections(board),
        _findings(board),
    ]


def _kpis(title: str, board: ReportBoard, rows: Sequence[KpiRow], first: str) -> Table:
    columns = [Column(first, "text"), Column("report.target", "ratio")]
    columns += [Column(f"kpi.{key}", "ratio") for key in _RATIOS]
    columns += [Column(f"kpi.{key}", "whole") for key in _COUNTS]
    columns += [Column(f"kpi.{key}", "duration") for key in _TIMES]
    unsure = frozenset(at for at, row in enumerate(rows) if is_unsure(board, row))
    cells = tuple(_kpi_cells(board, row, first) for row in rows)
    return Table(title, tuple(columns), cells, unsure=unsure, opens=tuple(rows))


def is_unsure(board: ReportBoard, row: KpiRow) -> bool:
    """Return whether less of the row's time is known than the plant's coverage floor: it is not judged."""
    return row.coverage is not None and row.coverage < board.floor


def _kpi_cells(board: ReportBoard, row: KpiRow, first: str) -> tuple[Cell, ...]:
    by_shift = first == "report.shift"
    name = f"{row.shift.date} {row.shift.name}" if by_shift and row.shift else board.names.get(row.equipment, "")
    figures = [getattr(row, key) for key in (*_RATIOS, *_COUNTS, *_TIMES)]
    return (name, board.targets.get(row.equipment), *figures)


def _table(
    title: str, columns: Sequence[tuple[str, Kind]], rows: Sequence[tuple[Cell, ...]], cut: Cut | None = None
) -> Table:
    return Table(title, tuple(Column(f"report.{key}", kind) for key, kind in columns), tuple(rows), cut)


def _cut(board: ReportBoard, key: str, rows: Sequence[object]) -> Cut | None:
    return Cut(len(rows), None) if key in board.longer else None


def _products(board: ReportBoard) -> Table:
    columns = [Column("report.place", "text"), Column("report.product", "text")]
    columns += [Column(f"kpi.{key}", "ratio") for key in _OF_PRODUCTS]
    columns += [Column(f"kpi.{key}", "whole") for key in _COUNTS]
    rows = tuple(_product_cells(board, row) for row in board.products)
    unsure = frozenset(at for at, row in enumerate(board.products) if is_unsure(board, row))
    return Table("report.products", tuple(columns), rows, unsure=unsure)


def _product_cells(board: ReportBoard, row: KpiRow) -> tuple[Cell, ...]:
    product = None if row.product is None else board.product_names.get(row.product, row.product)
    figures = [getattr(row, key) for key in (*_OF_PRODUCTS, *_COUNTS)]
    return (board.names.get(row.equipment, row.equipment), product, *figures)


def _losses(board: ReportBoard) -> Table:
    planned = sum(board.losses.values())
    rows: list[tuple[Cell, ...]] = [
        (f"loss.{key}", ms, ms / planned if planned else None) for key, ms in board.losses.items()
    ]
    if rows:
        rows.append(("report.planned_busy", planned, 1.0 if planned else None))
    return _table("report.losses", (("loss", "word"), ("time", "duration"), ("share", "ratio")), rows)


def _stops(board: ReportBoard) -> Table:
    rows = [
        (board.names.get(s.machine, s.machine), s.start, s.ms, f"bucket.{s.bucket}", s.reason, s.by, s.note)
        for s in board.stops
    ]
    columns: list[tuple[str, Kind]] = [("machine", "text"), ("since", "moment"), ("time", "duration"), ("what", "word")]
    columns += [("reason", "text"), ("by", "text"), ("note", "text")]
    cut = Cut(len(rows), board.stop_count) if board.stop_count > len(rows) else None
    return _table("report.stops", columns, rows, cut)


def _orders(board: ReportBoard) -> Table:
    rows = [
        (board.names.get(o.line, o.line), o.order, o.product, o.quantity, o.start, o.end, o.due) for o in board.orders
    ]
    columns: list[tuple[str, Kind]] = [("place", "text"), ("order", "text"), ("product", "text"), ("quantity", "whole")]
    columns += [("since", "moment"), ("until", "moment"), ("due", "moment")]
    return _table("report.orders", columns, rows, _cut(board, "orders", rows))


def _corrections(board: ReportBoard) -> Table:
    rows = [
        (board.names.get(c.equipment, c.equipment), c.at, c.by, c.from_ms, c.what, c.note) for c in board.corrections
    ]
    columns: list[tuple[str, Kind]] = [("place", "text"), ("at", "moment"), ("by", "text"), ("since", "moment")]
    cut = _cut(board, "corrections", rows)
    return _table("report.corrections", [*columns, ("what", "text"), ("note", "text")], rows, cut)


def _findings(board: ReportBoard) -> Table:
    rows = [
        (board.names.get(f.equipment, f.equipment), f.rule, f.since, f.until, f.detail, f.owner, f.count)
        for f in board.findings
    ]
    columns: list[tuple[str, Kind]] = [("place", "text"), ("rule", "rule"), ("since", "moment"), ("until", "moment")]
    columns += [("what", "detail"), ("owner", "text"), ("count", "whole")]
    return _table("report.findings", columns, rows, _cut(board, "findings", rows))
