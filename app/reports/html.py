"""A report as one self-contained page that prints well. Everything from outside is escaped."""

from collections.abc import Iterable
from html import escape

from app.reports.figures import Report
from app.reports.words import HEADINGS, cells, loss_lines, remarks

STYLE = """body{font:14px system-ui,sans-serif;margin:2em;color:#111;background:#fff}
table{border-collapse:collapse;margin:1em 0;font-size:12px}th,td{border:1px solid #999;padding:.3em .5em}
td{text-align:right;font-variant-numeric:tabular-nums}td:first-child{text-align:left}tr.total{font-weight:bold}
@media print{@page{size:A4 landscape;margin:1cm}body{margin:0}table{font-size:7px}tr{break-inside:avoid}}"""


def as_html(report: Report, name: str) -> str:
    """Return the page; name: of the log."""
    rows = [_row(cells(row, report.zone)) for row in report.rows]
    if report.total is not None:
        rows.append(_row(cells(report.total, report.zone), "total"))
    head = "".join(f"<th>{escape(h)}</th>" for h in HEADINGS)
    losses = "".join(_row(line) for line in loss_lines(report))
    said = "".join(f"<li>{escape(remark)}</li>" for remark in remarks(report))
    title = escape(f"Lineside report: {name}")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"</head><body><h1>{title}</h1><p>{report.events} events, profile {escape(report.profile)}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"<h2>Losses</h2><table>{losses}</table><h2>Data quality</h2><ul>{said}</ul></body></html>\n"
    )


def _row(values: Iterable[str], kind: str = "") -> str:
    return f'<tr class="{kind}">' + "".join(f"<td>{escape(value)}</td>" for value in values) + "</tr>"
