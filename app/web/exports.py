"""Files that leave the plant: a report as PDF, Excel or CSV, for who may see it; every one is in the audit trail."""

from collections.abc import Sequence

from flask import Blueprint, Response, request

from app.auth.guard import Invalid, NotFound, Refused
from app.boards.report import ReportQuestion
from app.reports.heading import file_name
from app.reports.long_paper import long_file_name
from app.reports.papers import PAPERS
from app.rest.problems import problem
from app.services import Services
from app.web.words import language


def exports_blueprint(services: Services, languages: Sequence[str]) -> Blueprint:
    """Return the routes of files. languages: those there are words in."""
    routes = Blueprint("exports", __name__)

    def report(form: str) -> Response:
        """GET /reports/<form>: the report of ?of_place, ?date, ?shift as a file."""
        if form not in PAPERS:
            return problem(404, f"form {form[:20]!r}: must be one of {', '.join(PAPERS)}")
        kind, paper = PAPERS[form]
        try:
            services.visit("/reports")
            found = services.export(_asked(), form)
        except Refused as refused:
            return problem(_status(refused), str(refused))
        return _as_file(paper(found, language(languages)), kind, file_name(found, form))

    def file(name: str) -> Response:
        """GET /reports/files/<name>: a long export of theirs, when it is ready."""
        try:
            services.visit("/reports")
            job, content = services.files.take(services.user(), name)
        except Refused as refused:
            return problem(_status(refused), str(refused))
        return _as_file(content, PAPERS[job.question.form][0], long_file_name(job))

    routes.add_url_rule("/reports/<form>", "report", report)
    routes.add_url_rule("/reports/files/<name>", "file", file)
    return routes


def _as_file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _asked() -> ReportQuestion:
    return ReportQuestion(
        request.args.get("of_place", ""), request.args.get("date", ""), request.args.get("shift") or None
    )


def _status(refused: Refused) -> int:
    if isinstance(refused, Invalid):
        return 400
    return 404 if isinstance(refused, NotFound) else 403
