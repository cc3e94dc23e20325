"""`python -m app rules`: a file checked, a rule tried over the history of a real database."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.cli_rules import summary
from app.domain.accounting.buckets import Cell, CellKey, Components
from app.domain.accounting.facts import HourFact
from app.domain.alerts.replay import Share, Trial
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.domain.plant.node import PlantFileErrors
from app.historian.database import migrate, open_database
from app.historian.trends import Trends
from app.historian.writer import write
from app.wiring import clock
from tests.domain.alerts.ruling import LINE, M1, SIGNALS, a_rule, a_rule_of
from tests.makers import a_plant_file

ROOT = Path(__file__).parents[2]


def run(*words: str):
    return CliRunner().invoke(app, ["rules", *words])


@pytest.fixture
def plant(tmp_path, monkeypatch) -> Path:
    """A plant file with a rule beside it, and a database in which vibration was high for 20 minutes an hour ago."""
    traits = {"signals": SIGNALS, "warm_up": "10min"}
    found = tmp_path / "plant.yaml"
    found.write_text(json.dumps(a_plant_file(machines=("m1", "m2"), traits=traits)), encoding="utf-8")
    rules = [a_rule_of("signal", horizon="30min"), a_rule_of("andon", id="call", enabled=False)]
    (tmp_path / "plant.rules.yaml").write_text(json.dumps({"version": 1, "rules": rules}), encoding="utf-8")
    monkeypatch.setenv("LINESIDE_PLANT", str(found))
    monkeypatch.setenv("LINESIDE_DATA", str(tmp_path / "data"))
    database = open_database(None, tmp_path / "data")
    migrate(database)
    start = clock() - 120 * MINUTE_MS
    values = [(M1, "vibration", start + m * MINUTE_MS, 12.0 if 30 <= m < 50 else 5.0) for m in range(120)]
    Trends(database).take(LINE, values, "1-0")
    database.dispose()
    return found


def test_a_right_file_is_counted(plant) -> None:
    done = run("check", str(plant.with_name("plant.rules.yaml")))
    assert done.exit_code == 0
    assert "fine. 2 rule(s), 1 of them off, 0 playbook(s); version " in done.output
    shipped = run("check", str(ROOT / "plants" / "demo.rules.yaml"))
    assert "fine. 12 rule(s), 0 of them off, 4 playbook(s)" in shipped.output


def test_a_file_may_be_checked_against_another_plant(plant, tmp_path) -> None:
    done = run("check", str(plant.with_name("plant.rules.yaml")), "--plant", str(ROOT / "plants" / "minimal.yaml"))
    assert isinstance(done.exception, PlantFileErrors)
    assert "vibration" in str(done.exception)


def test_every_mistake_of_a_wrong_file_is_said(plant, tmp_path) -> None:
    path = tmp_path / "plant.rules.yaml"
    path.write_text("version: 2\nrules: [{id: x}]\n", encoding="utf-8")
    done = run("check", str(path))
    assert isinstance(done.exception, PlantFileErrors)
    assert {m.line for m in done.exception.mistakes} == {1, 2}
    assert len(done.exception.mistakes) > 8


def test_a_rule_is_tried_and_each_alert_printed(plant) -> None:
    done = run("test", "r", "--over", "1d")
    assert done.exit_code == 0
    first, begins, last = done.output.splitlines()
    assert begins.startswith("history begins ")
    assert begins.endswith(": what was before is not known, not quiet")
    assert f"\t{M1}\t" in first
    assert "\tno stop\t" in first
    assert last == (
        "would have fired 1 times in 1d on 2 place(s), 0 of 1 that can be judged before a real stop within 30 min "
        "(precision 0% [0%..79%]), 0 of 0 stops not foreseen (recall none to judge)"
    )


def test_a_rule_without_a_horizon_is_only_counted(plant) -> None:
    done = run("test", "call", "--over", "7d", "--plant", str(plant))
    assert done.output.strip() == "history knows nothing of its 1 place(s) in 7d: nothing can be said"
    hour = clock() - 7 * DAY_MS
    spent = Components((0, 0, 0, 0, 0, 0, 0, HOUR_MS, 0))
    cells = [Cell(CellKey(LINE, hour - hour % HOUR_MS, None, None, None), spent)]
    database = open_database(None, plant.parent / "data")
    write(database, LINE, b"0-0", [HourFact(LINE, hour - hour % HOUR_MS, 1, hour, cells, [])], b"1-0", hour)
    database.dispose()
    done = run("test", "call", "--over", "7d", "--plant", str(plant))
    assert done.output.strip() == (
        "would have fired 0 times in 7d on 1 place(s); it gives no horizon, so it foresees no stops"
    )


@pytest.mark.parametrize(
    ("words", "said"), [(("nothing",), "no rule"), (("r", "--over", "40d"), "31d"), (("r", "--over", "x"), "duration")]
)
def test_what_cannot_be_tried_is_refused_in_words(plant, words, said) -> None:
    done = run("test", *words)
    assert done.exit_code == 2
    assert said in done.output


def test_the_sentence_says_precision_and_recall_with_their_intervals(tmp_path) -> None:
    rule = a_rule(tmp_path, "signal", horizon="45min")
    trial = Trial(rule, Interval(0, 1), 60_000, (M1,), (), (), ((M1, 1),) * 5, Share(11, 14), Share(11, 16))
    assert summary(trial, "30d").endswith(
        "11 of 14 that can be judged before a real stop within 45 min (precision 79% [52%..92%]), "
        "5 of 16 stops not foreseen (recall 69% [44%..86%])"
    )
