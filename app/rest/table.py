"""Rows -> a page of JSON or CSV; CSV that a spreadsheet opens without running anything (OWASP: CSV injection)."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from flask import Response, request

from app.historian.paging import Page
from app.rest.ask import cursor_of
from app.rest.exchange import as_json
from app.text.cells import safe_cell


def flat(row: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Return nested columns as `outer.inner`; a list's as `outer.0`."""
    found: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            found.update(flat(value, f"{prefix}{name}."))
        elif isinstance(value, list | tuple):
            found.update(flat({str(i): v for i, v in enumerate(value)}, f"{prefix}{name}."))
        else:
            found[prefix + name] = value
    return found


def as_csv(rows: Iterable[Mapping[str, object]]) -> str:
    """Return a header and the rows; columns in order of first appearance, empty where a row has none."""
    table = [flat(row) for row in rows]
    columns = list(dict.fromkeys(name for row in table for name in row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(row.get(name, "")) for name in columns] for row in table)
    return text.getvalue()


def paged(
    name: str, rows: Sequence[Mapping[str, object]], keys: Sequence[tuple[int | str, ...]], page: Page
) -> Response:
    """Return one page; `next` (JSON) and the Link header (RFC 8288) lead to the one behind it, if it is full."""
    after = cursor_of(keys[-1]) if len(rows) == page.most else None
    answer = csv_answer(rows, name) if wants_csv() else as_json({name: rows, "next": after})
    if after is not None:
        kept = {key: value for key, value in request.args.items() if key != "cursor"}
        answer.headers["Link"] = f'<{request.path}?{urlencode({**kept, "cursor": after})}>; rel="next"'
    return answer


def wants_csv() -> bool:
    """Return whether the request asks for CSV rather than JSON."""
    return request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv"


def csv_answer(rows: Sequence[Mapping[str, object]], name: str) -> Response:
    """Return rows as a CSV file of this name."""
    answer = Response(as_csv(rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
