"""A report in the terminal: one line per row and the total that closes, the losses, the findings."""

from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.reports.figures import Report
from app.reports.words import HEADINGS, cells, loss_lines, remarks

FIGURES = ("equipment", "from", "to", "what", "good", "reject", "rework", "A", "P", "Q", "OEE")
TIMES = tuple(h for h in HEADINGS if h not in FIGURES[4:] and h not in ("from", "to"))


def print_report(report: Report, out: TextIO) -> None:
    """Print the report; what the log says is printed as it is, never as markup."""
    console = Console(file=out, width=None if out.isatty() else 200)
    console.print(Text(f"{report.events} events, profile {report.profile}"))
    console.print(_rows(report, FIGURES))
    console.print(_rows(report, TIMES))
    losses = Table("where the planned time of all rows went", "h:mm:ss")
    for name, time in loss_lines(report):
        losses.add_row(Text(name), Text(time, justify="right"))
    console.print(losses)
    for remark in remarks(report):
        console.print(Text(remark))


def _rows(report: Report, headings: tuple[str, ...]) -> Table:
    table = Table(*headings)
    for row in report.rows:
        shown = dict(zip(HEADINGS, cells(row, report.zone), strict=True))
        table.add_row(*(Text(shown[heading]) for heading in headings))
    if report.total is not None:
        table.add_section()
        shown = dict(zip(HEADINGS, cells(report.total, report.zone), strict=True))
        table.add_row(*(Text(shown[heading]) for heading in headings), style="bold")
    return table
