"""`python -m app onboard`: a line from a table, a source's addresses matched to its machines; a person checks both."""

import asyncio
import csv
from pathlib import Path
from typing import Annotated

import typer
import yaml

from app.boards.commissioning import mapping_of, open_points
from app.domain.plant.equipment import AmbiguousEquipment, Plant, Source, UnknownEquipment, WorkUnit
from app.domain.plant.node import PlantFileErrors
from app.domain.plant.onboarding import BadTable, NewLine, line_of
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
    from app.plantyaml import load_plant, parse_with

    try:
        with rows.open(encoding="utf-8-sig", newline="") as stream:
            found = [dict(row) for row in csv.DictReader(stream)]
        who = None if source is None else _source(source)
        text = yaml.safe_dump(line_of(found, NewLine(line, who)), sort_keys=False, allow_unicode=True)
        name = f"{line.rpartition('/')[2]}.yaml"
        parse_with(plant, text, name)
        if not plant.is_dir():
            typer.echo(text)
            return
        target = plant / name
        if target.exists():
            raise _fail(f"{target} is there already: move it away, or name another line")
        target.write_text(text, encoding="utf-8")
        load_plant(plant)
    except (OSError, UnicodeDecodeError, csv.Error, BadTable, PlantFileErrors) as error:
        raise _fail(str(error)) from error
    typer.echo(f"{target}: {len(found)} machine(s), in commissioning: shown and measured, outside of totals")


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
    except (UnknownEquipment, AmbiguousEquipment, PlantFileErrors, CannotEdit) as error:
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
