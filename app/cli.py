"""The verbs of `python -m app` and their arguments; the work is done elsewhere, imported when a verb is used."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from app.settings import ENVIRONMENT, BadSetting, Settings, read, usable_folder

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Lineside: an exact account of every second of the shift, and the screens that show it.",
)
SECRETS = ("secret_key", "demo_password", "redis_url", "database_url", "smtp_password")
Log = Annotated[Path, typer.Argument(help="event log: JSONL or CSV")]
PlantFile = Annotated[Path, typer.Option("--plant", help="plant file or folder")]


def main() -> None:
    """Run the command line. A wrong setting, plant file or address ends it with one clear text, never a traceback."""
    from app.domain.plant.node import PlantFileErrors
    from app.historian.away import BadDatabaseUrl, DatabaseAway
    from app.streams.connection import BadUrl, ServerAway

    try:
        app(prog_name="python -m app")
    except BadSetting as error:
        _end(str(error), 2)
    except (BadUrl, BadDatabaseUrl) as error:
        _end(str(error), 2)
    except (ServerAway, DatabaseAway) as error:
        _end(str(error), 1)
    except PlantFileErrors as error:
        _end(f"{error}\n{len(error.mistakes)} mistake(s)", 1)


def _end(text: str, code: int) -> None:
    sys.stderr.write(text.rstrip() + "\n")
    raise SystemExit(code)


def _run(work: Callable[[Settings], None], *, keeps_sql: bool = True) -> None:
    """Run one process of the product with logs set up; it begins again when the plant file changes."""
    from app.following import following
    from app.logs import set_up_logs

    settings = read()
    if settings.redis_url is None or (keeps_sql and settings.database_url is None):
        usable_folder(settings.data)
    set_up_logs(settings.log_level)
    with following(settings.plant):
        work(settings)


@app.command()
def demo() -> None:
    """Everything at once for the demo plant, with two weeks of history: prints the address and the accounts.

    LINESIDE_DEMO_PASSWORD sets the accounts' password, PORT the port, LINESIDE_DATA the data folder. Ctrl-C stops it.
    """
    from app.auth.guard import Invalid
    from app.demo import DemoEnded, run_demo

    settings = read()
    usable_folder(settings.data)
    try:
        run_demo(settings)
    except (DemoEnded, Invalid) as error:
        _end(str(error), 1)


@app.command()
def web() -> None:
    """The screens, the live channel and the REST interface, on LINESIDE_HOST and PORT."""
    from app import wiring
    from app.web.run import CannotListen

    try:
        _run(wiring.web)
    except CannotListen as error:
        _end(f"PORT={read().port}: {error}", 2)


@app.command()
def engine() -> None:
    """The engine: events into accounts, live boards and facts, for the lines it owns. Run as many as you like."""
    from app import wiring

    _run(wiring.engine, keeps_sql=False)


@app.command()
def historian() -> None:
    """The historian: facts into SQL (DATABASE_URL, or SQLite under LINESIDE_DATA)."""
    from app import wiring

    _run(wiring.historian)


@app.command()
def decide() -> None:
    """The decision loop: alerts, maintenance, quality, schedule, and what decisions brought."""
    from app import wiring

    _run(wiring.decide)


@app.command()
def report(
    log: Log,
    plant: PlantFile,
    start: Annotated[str | None, typer.Option("--from", help="UTC ms or ISO 8601; local time without zone")] = None,
    end: Annotated[str | None, typer.Option("--to", help="like --from")] = None,
    by: Annotated[str, typer.Option(help="shift, hour, product, machine or line")] = "shift",
    profile: Annotated[str | None, typer.Option(help="KPI profile; the plant's when not given")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable rows and findings")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="a page to print or send")] = False,
) -> None:
    """KPIs of an event log, offline: python -m app report shift.jsonl --plant plants/minimal.yaml --by hour."""
    from app.domain.accounting.profiles import UnknownProfile
    from app.reports.readlog import UnreadableLog
    from app.reports.run import BadQuestion, Question, run_report

    if as_json and as_html:
        _end("--json, --html: one of them; the report goes to standard output", 2)
    try:
        code = run_report(
            Question(log, plant, start, end, by, profile), "json" if as_json else "html" if as_html else "table"
        )
    except (BadQuestion, UnreadableLog, UnknownProfile, OSError) as error:
        _end(str(error), 2)
    else:
        raise typer.Exit(code)


@app.command()
def check(file: Annotated[Path, typer.Argument(help="plant file or folder")]) -> None:
    """Validate a plant file: every mistake with file, line, key, and what would be right."""
    from app.domain.plant.review import warnings
    from app.plantyaml import load_plant
    from gateways.registry import source_mistakes

    plant = load_plant(file)
    lines = list(plant.lines())
    found = [source_mistakes(plant, source) for source in plant.sources]
    mistakes = [text for wrong, _ in found for text in wrong]
    word = "its sources are wrong." if mistakes else "fine."
    typer.echo(
        f"{file}: {word} {len(plant.sites)} site(s), {len(list(plant.areas()))} area(s), {len(lines)} line(s), "
        f"{sum(len(line.machines) for line in lines)} machine(s), {len(plant.products)} product(s), "
        f"{len(plant.reasons.leaves())} reason(s); version {plant.version}"
    )
    for warning in warnings(plant):
        typer.echo(f"warning: {warning}")
    for text in (text for _, missing in found for text in missing):
        typer.echo(f"warning: {text}")
    if mistakes:
        _end("\n".join(mistakes), 1)


@app.command()
def doctor() -> None:
    """Print every setting and whether Redis, the database and the plant file can be reached."""
    from app.doctor import examine

    settings = read()
    for name, field in ENVIRONMENT.items():
        value = getattr(settings, field)
        is_secret = field in SECRETS and value
        typer.echo(f"{name}={'(set)' if is_secret else value}")
    problems = 0
    for part, problem in examine(settings):
        typer.echo(f"{part}: {problem or 'ok'}")
        problems += problem is not None
    raise typer.Exit(1 if problems else 0)


def register() -> None:
    """Add the groups of verbs that live in files of their own."""
    from app import (
        cli_access,
        cli_data,
        cli_demand,
        cli_history,
        cli_mail,
        cli_messages,
        cli_onboard,
        cli_plant,
        cli_rules,
    )

    app.add_typer(cli_access.users, name="user")
    app.add_typer(cli_access.tokens, name="token")
    app.add_typer(cli_data.audit, name="audit")
    app.add_typer(cli_data.quarantine, name="quarantine")
    app.add_typer(cli_demand.demand, name="demand")
    app.add_typer(cli_mail.mail, name="mail")
    app.add_typer(cli_messages.messages, name="messages")
    app.add_typer(cli_onboard.onboard, name="onboard")
    app.add_typer(cli_plant.plant, name="plant")
    app.add_typer(cli_rules.rules, name="rules")
    for verb in (cli_history.backup, cli_history.restore, cli_history.rebuild):
        app.command()(verb)


register()
