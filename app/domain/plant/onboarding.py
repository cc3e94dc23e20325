"""A line and its machines from one table: what a person fills in once becomes a plant file to be merged with the rest.

    machine,template,name,owner,cycle,state,reason,valve_temp
    filler-1,rotary-filler,Filler 1,maintenance,7200/h,holding/40001,holding/40002,"input/30001:int16"

A row is a machine, in flow order. Columns beside the known ones are signals; under them and under state, reason, order
and product stands the address at the source. All machines are in commissioning: measured, shown, outside of totals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.plant.suggest import WORDS

PLAIN = ("machine", "template", "name", "owner", "cycle")
Row = Mapping[str, str]


class BadTable(ValueError):
    """The table cannot become a line; every mistake with its row, column and what would be right."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """Where the machines go: path `site/area/line`; source: id, gateway and url of who speaks for them, or None."""

    path: str
    source: tuple[str, str, str] | None = None


def line_of(rows: Sequence[Row], where: NewLine) -> dict[str, object]:
    """Return the plant file (as plain data) of a line with these machines. Raises BadTable."""
    parts = where.path.split("/")
    if len(parts) != 3 or not all(parts):
        raise BadTable(f"--line {where.path!r}: must be site/area/line")
    wrong = [mistake for at, row in enumerate(rows, 2) for mistake in _mistakes(at, row, rows[: at - 2])]
    if not rows:
        wrong.append("no row: a machine a row, below a first row with the names of the columns")
    if wrong:
        raise BadTable("\n".join(wrong))
    site, area, line = parts
    machines = [_machine(row) for row in rows]
    described = {"id": line, "machines": machines}
    file: dict[str, object] = {
        "version": 1,
        "sites": [{"id": site, "areas": [{"id": area, "lines": [described]}]}],
    }
    mapping = {row["machine"]: found for row in rows if (found := _mapping(row))}
    if where.source is not None:
        own_id, gateway, url = where.source
        machines_of = [row["machine"] for row in rows]
        source = {"id": own_id, "gateway": gateway, "url": url, "machines": machines_of, "mapping": mapping}
        file["sources"] = [source]
    return file


def _mistakes(at: int, row: Row, before: Sequence[Row]) -> list[str]:
    name = row.get("machine", "").strip()
    wrong = []
    if not name:
        wrong.append(f"row {at}: column `machine` is empty; an id such as filler-1")
    elif name in {other.get("machine", "").strip() for other in before}:
        wrong.append(f"row {at}: machine `{name}` is there twice; one row a machine")
    if not row.get("template", "").strip():
        wrong.append(f"row {at}: column `template` is empty; a template of the plant file")
    return wrong


def _machine(row: Row) -> dict[str, object]:
    said = {key: row[key].strip() for key in PLAIN if row.get(key, "").strip()}
    return {"id": said.pop("machine"), **said, "commissioning": True}


def _mapping(row: Row) -> dict[str, object]:
    at = {key: value.strip() for key, value in row.items() if key not in PLAIN and value and value.strip()}
    words: dict[str, object] = {key: at.pop(key) for key in WORDS if key in at}
    return {**words, "signals": at} if at else words
