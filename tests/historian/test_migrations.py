"""Migrations with data in the tables: what was there stays, step by step, and two that start together do no harm."""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, select

from app.historian.database import migrate, revision

MIGRATIONS = Path(__file__).parents[2] / "app" / "historian" / "migrations"
FIRST = ("users", "tokens", "sign_ins", "audit", "buckets", "episodes", "orders", "calls", "corrections", "findings")
VALUES = {"INTEGER": 1, "BIGINT": 3_600_000, "BOOLEAN": False}


def config() -> Config:
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    return found


def upgrade(engine: Engine, to: str) -> None:
    steps = config()
    with engine.begin() as connection:
        steps.attributes["connection"] = connection
        command.upgrade(steps, to)


def revisions() -> list[str]:
    return [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


def a_row_in_every_table(engine: Engine) -> None:
    """Fill every column of every table, whatever it is called: a version before ours did."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                row = {c.name: VALUES.get(str(c.type).upper(), f"{table.name}.{c.name}"[:20]) for c in table.columns}
                connection.execute(table.insert().values(**row))


def rows(engine: Engine, names: tuple[str, ...]) -> dict[str, list[dict]]:
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {name: [dict(r) for r in connection.execute(select(tables.tables[name])).mappings()] for name in names}


def test_every_step_from_the_first_keeps_what_was_there(empty) -> None:
    first, *later = revisions()
    upgrade(empty, first)
    a_row_in_every_table(empty)
    before = rows(empty, FIRST)
    assert all(len(found) == 1 for found in before.values())
    for step in later:
        upgrade(empty, step)
        for name, (row,) in rows(empty, FIRST).items():
            assert before[name][0].items() <= row.items(), (step, name)
    migrate(empty)
    assert revision(empty) == later[-1]


def test_processes_that_start_together_migrate_one_after_the_other(empty) -> None:
    url, failed = empty.url.render_as_string(hide_password=False), []
    gate = threading.Barrier(4)

    def start() -> None:
        engine = create_engine(url)
        gate.wait()
        try:
            migrate(engine)
        except Exception as error:  # noqa: BLE001 (whatever it is fails the test)
            failed.append(error)
        engine.dispose()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert revision(empty) == revisions()[-1]
