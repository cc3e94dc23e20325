"""A line and its machines from one table: what a person fills in once becomes a plant file to be merged with the rest.

    machine,template,name,owner,cycle,state,reason,valve_temp
    filler-1,rotary-filler,Filler 1,maintenance,7200/h,holding/40001,holding/40002,"input/30001:int16"

A row is a machine, in flow order. Columns beside the known ones are signals; under them and under state, reason, order
and product stands the address at the source. All machines are in commissioning: measured, shown, outside of totals.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from app.domain.plant.equipment import Plant
from app.domain.plant.form import suggestion
from app.domain.plant.node import Mistake
from app.domain.plant.suggest import WORDS

_MACHINE = re.compile(r"machines\[(\d+)\]\.?(\w*)$")
PLAIN = ("machine", "template", "name", "owner", "cycle")
Row = Mapping[str, str]


class BadTable(ValueError):
    """The table cannot become a line; every mistake with its row, column and what would be right."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """Where the machines go: path `site/area/line`; source: id, gateway and url of who speaks for them, or None."""

    path: str
    source: tuple[str, str, str] | None = None


def strange_place(plant: Plant, path: str) -> str | None:
    """Return what is wrong with where a line is to go; None: its site is there, and its area is, or is surely new."""
    site, area = path.split("/")[:2]
    here = next((one for one in plant.sites if one.id == site), None)
    if here is None:
        return f"--line {path}: there is no site `{site}`; {suggestion(site, [one.id for one in plant.sites])}"
    areas = [one.path.rpartition("/")[2] for one in here.areas]
    if area not in areas and get_close_matches(area, areas, 1):
        return f"--line {path}: there is no area `{area}` in {site}; {suggestion(area, areas)}"
    return None


def by_row(mistakes: Sequence[Mistake], file: str, before: int) -> list[str]:
    """Return mistakes of the plant file that a table became, said by the table's row and column.

    before: how many machines the line has already; they stand before those of the table.
    """
    return [_by_row(mistake, file, before) for mistake in mistakes]


def _by_row(mistake: Mistake, file: str, before: int) -> str:
    found = _MACHINE.search(mistake.key) if mistake.file == file else None
    if found is None:
        return str(mistake)
    column = {"id": "machine", "": "machine"}.get(found[2], found[2])
    return f"row {int(found[1]) - before + 2}: column `{column}`: {mistake.wrong}. Right: {mistake.right}"


def line_of(rows: Sequence[Row], where: NewLine) -> dict[str, object]:
    """Return the plant file (as plain data) of a line with these machines. Raises BadTable."""
    parts = where.path.split("/")
    if len(parts) != 3 or not all(parts):
        raise BadTable(f"--line {where.path!r}: must be site/area/line")
    wrong = [mistake for at, row in enumerate(rows, 2) for mistake in _mistakes(at, row, rows[: at - 2])]
    if not rows:
        wrong.append("no row: a machine a row, below a first row with the names of the columns")
    if where.source is None and any(_mapping(row) for row in rows):
        wrong.append("addresses are given, but --source does not say who answers at them")
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
        machines_of = [f"{where.path}/{row['machine'].strip()}" for row in rows]
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
