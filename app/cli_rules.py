"""`python -m app rules`: check a rules file, and see what a rule would have done."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.settings import read

if TYPE_CHECKING:  # every verb would pay for these imports
    from app.domain.alerts.replay import Share, Trial
    from app.domain.interval import Interval
    from app.domain.plant.equipment import Plant
    from app.text.numbers import Numbers

rules = typer.Typer(no_args_is_help=True, help="Rules and playbooks beside the plant file: check them, try them.")
PlantFile = Annotated[Path | None, typer.Option("--plant", help="plant file or folder")]


@rules.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="rules file")],
    plant: PlantFile = None,
) -> None:
    """Validate a rules file against the plant file it lies beside: every mistake with file, line, key."""
    from app.plantyaml import load_plant
    from app.ruleyaml import load_rules, plant_path

    book = load_rules(file, load_plant(plant or plant_path(file)))
    off = sum(not rule.enabled for rule in book.rules.values())
    typer.echo(
        f"{file}: fine. {len(book.rules)} rule(s), {off} of them off, {len(book.playbooks)} playbook(s); "
        f"version {book.version}"
    )


@rules.command("test")
def try_rule(
    rule: Annotated[str, typer.Argument(help="id of the rule")],
    over: Annotated[str, typer.Option(help="how far back, such as 7d; at most 31d")] = "30d",
    plant: PlantFile = None,
) -> None:
    """Replay a rule over the history in the database: every alert it would have raised, then how often it was right."""
    from app.domain.interval import Interval
    from app.plantyaml import load_plant
    from app.text.numbers import Numbers
    from app.wiring import clock

    settings = read()
    path = plant or settings.plant
    model, now = load_plant(path), clock()
    trial = _trial(rule, path, model, Interval(now - _span(over), now))
    numbers = Numbers("en", model.sites[0].zone)
    _print_firings(trial, numbers)
    if trial.is_short and trial.known_from is not None:
        typer.echo(f"history begins {numbers.moment(trial.known_from)}: what was before is not known, not quiet")
    typer.echo(summary(trial, over))


def _span(over: str) -> int:
    from app.domain.alerts.replay import LONGEST_MS
    from app.domain.units import BadUnit, duration_ms

    try:
        found = duration_ms(over)
    except BadUnit as error:
        raise typer.BadParameter(f"--over: {error}") from error
    if not 0 < found <= LONGEST_MS:
        raise typer.BadParameter(f"--over: {over} is not from 1min to 31d")
    return found


def _trial(rule: str, path: Path, plant: "Plant", window: "Interval") -> "Trial":
    from dataclasses import replace

    from app.domain.alerts.lookback import need_of
    from app.domain.alerts.place import places_of
    from app.domain.alerts.replay import replay
    from app.domain.alerts.rules import Watched
    from app.domain.plant.form import suggestion
    from app.historian.database import migrate, open_database
    from app.historian.rule_facts import RuleFacts
    from app.ruleyaml import rules_beside

    book = rules_beside(path, plant)
    if rule not in book.rules:
        raise typer.BadParameter(f"no rule `{rule}`; {suggestion(rule, book.rules)}")
    found, settings = book.rules[rule], read()
    places = places_of(found, plant)
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    past = RuleFacts(database, plant)
    facts = past.read(need_of([Watched(found, places)]), window)
    return replace(replay(found, places, facts, window), known_from=past.begins(places, facts, window))


def _print_firings(trial: "Trial", numbers: "Numbers") -> None:
    from app.text.said import said_words

    for firing in trial.firings:
        lasted = "still" if firing.cleared is None else numbers.minutes(firing.cleared - firing.raised)
        after = "" if firing.stop is None else f"stop {numbers.minutes(firing.stop - firing.raised)} later"
        if not after and trial.rule.predicts:
            after = "no stop" if firing.is_judged else "too early to say"
        why = said_words(firing.why, "en")
        typer.echo(f"{numbers.moment(firing.raised)}\t{firing.equipment}\t{lasted}\t{after}\t{why}")


def summary(trial: "Trial", over: str) -> str:
    """Return in one sentence what the rule would have done. over: the window as it was asked for."""
    from app.text.said import said_words

    if trial.untold is not None:
        return said_words(trial.untold, "en")
    if trial.known_from is None:
        return f"history knows nothing of its {len(trial.places)} place(s) in {over}: nothing can be said"
    fired = f"would have fired {len(trial.firings)} times in {over} on {len(trial.places)} place(s)"
    if trial.precision is None or trial.recall is None:
        return f"{fired}; it gives no horizon, so it foresees no stops"
    horizon = trial.rule.alert.horizon_ms // 60_000
    return (
        f"{fired}, {trial.precision.hits} of {trial.precision.n} that can be judged before a real stop within "
        f"{horizon} min (precision {_share(trial.precision)}), {len(trial.missed)} of {trial.recall.n} stops not "
        f"foreseen (recall {_share(trial.recall)})"
    )


def _share(share: "Share") -> str:
    bounds = share.bounds
    if share.value is None or bounds is None:
        return "none to judge"
    return f"{share.value:.0%} [{bounds[0]:.0%}..{bounds[1]:.0%}]"
