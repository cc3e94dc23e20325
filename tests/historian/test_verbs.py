"""Backup, restore and rebuild as they are typed."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from app.cli import app
from app.historian.accounts import Audit
from app.historian.database import migrate, open_database
from app.historian.schema import buckets
from app.plantyaml import load_plant
from tests.historian.test_backup import everything, fill

MACHINE = next(load_plant(Path("plants/minimal.yaml")).lines()).machines[0].path
LOG = """{"kind":"state","machine":"press","t":1795410000000,"source":"plc","epoch":1,"seq":0,"state":"run"}
{"kind":"count","machine":"press","t":1795410060000,"source":"plc","epoch":1,"seq":1,"good":40}
"""


@pytest.fixture
def said(monkeypatch, tmp_path):
    """Type a command; return its exit code and everything it printed."""
    monkeypatch.setenv("LINESIDE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LINESIDE_PLANT", "plants/minimal.yaml")
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def type_it(*words: object):
        done = CliRunner().invoke(app, [str(word) for word in words])
        return done.exit_code, done.output

    return type_it


def test_a_backup_is_written_and_comes_back(said, tmp_path) -> None:
    db = open_database(None, tmp_path / "data")
    migrate(db)
    before = fill(db)
    code, words = said("backup", tmp_path)
    (file,) = tmp_path.glob("lineside-*.sqlite")
    assert (code, words.split(":")[0]) == (0, str(file))
    _, _, who, *told = Audit(db).newest(1)[0]
    assert (who.split(":")[0], told[:2]) == ("cli", ["backup.made", file.name]), "when the last one was is known"
    assert said("restore", file)[0] == 1
    code, words = said("restore", "--over", file)
    assert (code, "python -m app rebuild" in words) == (0, True)
    assert everything(db) == before
    code, words = said("backup", file)
    assert (code, words.strip()) == (1, f"{file}: exists; a backup never replaces another file")
    db.dispose()


def test_history_is_rebuilt_from_a_log(said, tmp_path) -> None:
    log = tmp_path / "press.jsonl"
    log.write_text(LOG.replace("press", MACHINE))
    code, words = said("rebuild", log)
    assert (code, "2 events" in words) == (0, True), words
    db = open_database(None, tmp_path / "data")
    with db.connect() as connection:
        rows = connection.execute(select(func.sum(buckets.c.good)).where(buckets.c.equipment == MACHINE))
        assert rows.scalar() == 40
    db.dispose()
    log.write_text("nonsense\n" + LOG.replace("press", MACHINE))
    code, words = said("rebuild", log)
    assert (code, "1 lines were no events" in words) == (1, True)
    assert said("rebuild", tmp_path / "missing.jsonl")[0] == 1
