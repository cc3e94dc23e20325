"""Rows -> CSV that a spreadsheet opens without running anything (OWASP: CSV injection)."""

import csv
import io
from collections.abc import Iterable, Mapping

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
