"""`python -m app onboard`: a line from a table, a source's addresses matched to its machines; a person checks both."""

import asyncio
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
import yaml

from app.boards.commissioning import mapping_of, open_points
from app.domain.plant.equipment import AmbiguousEquipment, Plant, Source, UnknownEquipment, WorkUnit
from app.domain.plant.node import PlantFileErrors
from app.domain.plant.onboarding import BadTable, NewLine, Row, by_row, line_of, strange_place
from app.domain.plant.suggest import Offered, missing, suggest
from app.settings import read

onboard = typer.Typer(help="New machines: a line from a table, suggestions for what a source offers.")
PlantPath = Annotated[Path, typer.Argument(help="plant file, or folder of plant files")]
MOST_OFFERS = 5_000


def _fail(text: str) -> typer.Exit:
    typer.echo(text, err=True)
    return typer.Exit(2)


@onboard.command("table")
def table(
    plant: PlantPath,
    rows: Annotated[Path, typer.Argument(help="CSV: machine, template, name, owner, cycle, and addresses by signal")],
    line: Annotated[str, typer.Option(help="site/area/line, there or new")],
    source: Annotated[str | None, typer.Option(help="id,gateway,url of who speaks for them")] = None,
) -> None:
    """Make a line of a table; into a plant folder as a file of its own, else onto the screen. Checked as a whole."""
    from app.plantyaml import load_plant

    name = f"{line.rpartition('/')[2]}.yaml"
    try:
        found = _table(_text(rows))
        text = _described(plant, found, NewLine(line, None if source is None else _source(source)), name)
        if not plant.is_dir():
            typer.echo(text)
            return
        target = plant / name
        if target.exists():
            raise _fail(f"{target} is there already: move it away, or name another line")
        target.write_text(text, encoding="utf-8")
        load_plant(plant)
    except (OSError, csv.Error, BadTable, PlantFileErrors) as error:
        raise _fail(str(error)) from error
    typer.echo(f"{target}: {len(found)} machine(s), in commissioning: shown and measured, outside of totals")


def _table(text: str) -> list[dict[str, str]]:
    """Return the rows of a table as text, with commas or, as spreadsheets write it elsewhere, semicolons between."""
    head = text.partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [{key: value or "" for key, value in row.items() if isinstance(key, str)} for row in rows]


def _text(rows: Path) -> str:
    """Return a table as text. Raises BadTable when it is none, OSError."""
    try:
        return rows.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable(f"{rows}: is no text in UTF-8: save it as `CSV UTF-8`") from error


def _described(plant: Path, rows: Sequence[Row], where: NewLine, name: str) -> str:
    """Return the plant file of a line, checked with all the others. Raises BadTable, PlantFileErrors."""
    from app.plantyaml import load_plant, parse_with
    from gateways.registry import source_mistakes

    text = yaml.safe_dump(line_of(rows, where), sort_keys=False, allow_unicode=True)
    known = load_plant(plant)
    before = next((len(line.machines) for line in known.lines() if line.path == where.path), 0)
    if strange := strange_place(known, where.path):
        raise BadTable(strange)
    try:
        whole = parse_with(plant, text, name)
    except PlantFileErrors as error:
        raise BadTable("\n".join(by_row(error.mistakes, name, before))) from error
    own = [source for source in whole.sources if where.source is not None and source.id == where.source[0]]
    if wrong := [mistake for source in own for mistake in source_mistakes(whole, source)[0]]:
        raise BadTable("\n".join(wrong))
    return text


@onboard.command("suggest")
def suggestions(
    plant: PlantPath,
    source: Annotated[str, typer.Argument(help="id of a source")],
    *,
    write: Annotated[bool, typer.Option("--write", help="write it into the plant file, beside what is there")] = False,
) -> None:
    """Look at what a source offers and print a mapping of what is not mapped yet, for a person to check."""
    from app.plantedit import CannotEdit
    from app.plantmapping import add_mapping
    from app.plantyaml import load_plant
    from gateways.base import Away, BadSource
    from gateways.registry import completed, gateway_of, known_mapping

    try:
        described = load_plant(plant)
        asked, units = _units(described, source)
        offers = asyncio.run(gateway_of(completed(described, asked)).browse(MOST_OFFERS))
        said = known_mapping(described, asked, [offer.address for offer in offers])
        found = suggest(units, [Offered(o.address, o.unit, o.meaning) for o in offers], said)
        file = add_mapping(plant, source, found) if write and found else None
    except (PlantFileErrors, BadSource, Away, BadTable, CannotEdit) as error:
        raise _fail(str(error)) from error
    if not found and not missing(units, found, said):
        typer.echo(f"{source}: everything its machines need is mapped already, nothing to suggest")
        return
    typer.echo(yaml.safe_dump({"mapping": mapping_of(found)}, sort_keys=False, allow_unicode=True))
    for one in found:
        typer.echo(f"# {one.sure:.0%} {one.machine} {one.what}: {one.address}")
    for machine, what in missing(units, found, said):
        typer.echo(f"# nothing clear for {machine} {what}: python -m gateways {plant} {source} --browse shows all")
    if file is not None:
        typer.echo(f"{file}: {len(found)} address(es) written; running processes take them by themselves")


@onboard.command("sign")
def sign_off(
    plant: PlantPath,
    machine: Annotated[str, typer.Argument(help="machine path or its unique tail")],
    by: Annotated[str, typer.Option(help="who answers for it")],
    although: Annotated[str, typer.Option(help="why, where a rule is broken or nothing was heard")] = "",
) -> None:
    """End a machine's commissioning: its rules are looked at as they stand; from the next full hour on it counts."""
    from app.domain.plant.commissioning import until
    from app.plantedit import CannotEdit, end_commissioning
    from app.plantyaml import load_plant
    from app.wiring import clock

    try:
        _, unit = load_plant(plant).resolve(machine)
        if unit is None or not unit.commissioning:
            raise _fail(f"{machine}: is no machine in commissioning")
        open_points = _open_points(unit)
        for point in open_points:
            typer.echo(point)
        if open_points and not although:
            raise _fail("not signed off: mend these, or say --although WHY")
        now = clock()
        file = end_commissioning(plant, unit.path, now)
    except UnknownEquipment as error:
        raise _fail(
            f"{machine}: the plant file has no such machine; `site/area/line/machine`, or its last parts"
        ) from error
    except (AmbiguousEquipment, PlantFileErrors, CannotEdit) as error:
        raise _fail(str(error)) from error
    note = f"{unit.path} commissioned" + (f", although {although}: {'; '.join(open_points)}" if open_points else "")
    _signed(plant, by, note)
    typer.echo(f"{file}: {unit.path} signed off by {by}; in commissioning {until(now)}, it counts from then on")


def _open_points(unit: WorkUnit) -> list[str]:
    """Return what is not fine yet about a machine's signals, as the engine says now."""
    from app.boards.signals import decode_states
    from app.streams.boards import RedisBoards
    from app.wiring import redis_client

    raw = RedisBoards(redis_client(read())).signals(unit.line)
    return open_points(unit, None if raw is None else decode_states(raw))


def _signed(plant: Path, by: str, note: str) -> None:
    """Keep the plant file as it is now with who signed it, in the history and in the audit trail."""
    from app.historian.accounts import Audit
    from app.historian.database import migrate, open_database
    from app.historian.plants import PlantVersion, PlantVersions
    from app.plantyaml import load_plant, plant_texts
    from app.wiring import clock

    settings = read()
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    version, at = load_plant(plant).version, clock()
    PlantVersions(database).saw(PlantVersion(version, at, by, note, plant_texts(plant)))
    Audit(database).write(at, by, "plant.sign", version, note)


def _source(text: str) -> tuple[str, str, str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 3 or not all(parts):
        raise BadTable(f"--source {text!r}: must be id,gateway,url such as plc-7,modbus,modbus://10.0.0.7:502")
    return parts[0], parts[1], parts[2]


def _units(plant: Plant, source: str) -> tuple[Source, list[WorkUnit]]:
    known = {one.id: one for one in plant.sources}
    if source not in known:
        raise BadTable(f"no source `{source}` in the plant file; there are {', '.join(known) or 'none'}")
    own = [unit for line in plant.lines() for unit in line.machines if unit.path in known[source].machines]
    return known[source], own
