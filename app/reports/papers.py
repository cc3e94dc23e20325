"""The forms a report leaves the plant in: media type, and how it is written."""

from collections.abc import Callable, Mapping

from app.boards.report import ReportBoard
from app.reports.paper_csv import as_csv
from app.reports.paper_pdf import as_pdf
from app.reports.paper_xlsx import as_xlsx

Paper = Callable[[ReportBoard, str], bytes]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAPERS: Mapping[str, tuple[str, Paper]] = {
    "pdf": ("application/pdf", as_pdf),
    "xlsx": (XLSX, as_xlsx),
    "csv": ("text/csv; charset=utf-8", as_csv),
}
