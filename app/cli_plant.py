"""`python -m app plant`: which plant files were in use, what changed, and who says why."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.settings import read

if TYPE_CHECKING:  # every verb would pay for these imports
    from app.historian.plants import PlantVersion, PlantVersions

plant = typer.Typer(no_args_is_help=True, help="Versions of the plant file: list them, compare them, sign a change.")


def _versions() -> "PlantVersions":
    from app.historian.database import migrate, open_database
    from app.historian.plants import PlantVersions

    settings = read()
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    return PlantVersions(database)


@plant.command("versions")
def list_versions(most: Annotated[int, typer.Option(help="newest")] = 20) -> None:
    """Print the versions that were in use: since when (UTC), by whom, why."""
    from app.text.numbers import Numbers

    for found in _versions().newest(most):
        since = Numbers("en", "UTC").moment(found.at)
        typer.echo(f"{found.version}\t{since}\t{found.by or 'unsigned'}\t{found.note or ''}")


@plant.command("diff")
def diff(
    old: Annotated[str | None, typer.Argument(help="version, or how it begins; the one before the newest")] = None,
    new: Annotated[str | None, typer.Argument(help="version, or how it begins; the newest")] = None,
) -> None:
    """Print what differs between two versions, key by key."""
    from app.plantyaml import plant_changes

    known = _versions().newest(1_000)
    after = _named(known, new) if new else (known[0] if known else None)
    before = _named(known, old) if old else (known[1] if len(known) > 1 else None)
    if after is None or before is None:
        typer.echo("there are not two versions to compare yet", err=True)
        raise typer.Exit(1)
    for change in plant_changes(before.texts, after.texts):
        typer.echo(f"{change.path}: {change.before or '(none)'} -> {change.after or '(none)'}")


@plant.command("sign")
def sign(
    by: Annotated[str, typer.Option(help="who changed it")],
    note: Annotated[str, typer.Option(help="why")] = "",
) -> None:
    """Say who changed the plant file that LINESIDE_PLANT names, and why. An audit row says so too."""
    from app.historian.plants import PlantVersion
    from app.plantyaml import load_plant, plant_texts
    from app.wiring import clock

    path = read().plant
    version = load_plant(path).version
    found = PlantVersion(version, clock(), by, note or None, plant_texts(path))
    if not _versions().saw(found):
        typer.echo(f"{version} is signed already", err=True)
        raise typer.Exit(1)
    _audit(found)
    typer.echo(f"{version} signed by {by}")


def _audit(found: "PlantVersion") -> None:
    from app.historian.accounts import Audit
    from app.historian.database import open_database

    settings = read()
    database = open_database(settings.database_url, settings.data)
    Audit(database).write(found.at, found.by or "", "plant.sign", found.version, found.note or "")


def _named(known: "list[PlantVersion]", name: str) -> "PlantVersion":
    fitting = [found for found in known if found.version.startswith(name)]
    if len(fitting) != 1:
        raise typer.BadParameter(f"{name}: {len(fitting)} versions begin like this; see `plant versions`")
    return fitting[0]
