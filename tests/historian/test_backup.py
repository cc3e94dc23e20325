"""Backup and restore: what comes back is what was there, on the same database and on the other; never half of it."""

import sqlite3

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Table, func, insert, select

from app.auth.tokens import Token
from app.auth.users import Account
from app.domain.roles import Role
from app.historian import auth_schema, schema
from app.historian.accounts import Accounts, Audit
from app.historian.backup import BadBackup, NotEmpty, backup, restore
from app.historian.database import open_database
from app.historian.process import Historian
from tests.historian.test_historian import END, LINE, Stream, told

NOW = 1_795_410_000_000


def everything(db) -> dict[str, list]:
    with db.connect() as connection:
        return {
            name: sorted(map(repr, map(tuple, connection.execute(select(table)))))
            for name, table in schema.metadata.tables.items()
        }


def fill(db) -> dict[str, list]:
    Historian(db, Stream(told()[1]), [LINE], lambda: END).drain()
    store = Accounts(db, Account, Token)
    store.put_account(Account("ada", "$argon2id$x", Role.ENGINEER, ("site",), 3))
    store.put_account(Account("bo", "$argon2id$ü", Role.OPERATOR, (), 1, disabled=True))
    for n in range(3):
        store.signed_in(n, "ada", "::1", "wrong")
        Audit(db).write(n, "ada", "classify", LINE, "jam → sensor")
    with db.begin() as connection:
        for table in schema.metadata.sorted_tables:
            if connection.execute(select(table).limit(1)).first() is None:
                connection.execute(insert(table).values(a_row(table)))
    return everything(db)


def a_row(table: Table, **said: object) -> dict[str, object]:
    """Return a row of any table: something in every column that must have something, but what the database counts."""
    made = {str: "1", int: 1, float: 0.5, bool: True, bytes: b"\x00\xff"}
    wanted = [c for c in table.columns if not c.nullable and c is not table.autoincrement_column]
    return {c.name: made[c.type.python_type] for c in wanted} | said


def test_what_comes_back_is_what_was_there(db, empty, tmp_path) -> None:
    before = fill(db)
    file, counted = backup(db, tmp_path, NOW)
    assert file == tmp_path / "lineside-20261123T050000Z.sqlite"
    assert counted == {name: len(rows) for name, rows in before.items()}
    assert counted["buckets"] > 10
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("lineside-")) == [file.name]
    with pytest.raises(NotEmpty, match="--over"):
        restore(db, file)
    with db.begin() as connection:
        connection.execute(schema.buckets.delete())
        connection.execute(auth_schema.audit.delete())
    assert restore(db, file, over=True) == counted
    assert everything(db) == before
    assert Audit(db).first_broken() is None
    Accounts(db, Account, Token).signed_in(9, "ada", "::1", "ok")


def test_a_backup_of_one_database_goes_into_the_other(db, postgres, tmp_path) -> None:
    before = fill(db)
    file, _ = backup(db, tmp_path / "all.sqlite", NOW)
    url = None if db.dialect.name == "postgresql" else postgres.a_database()
    other = open_database(url, tmp_path / "other")
    restore(other, file)
    assert everything(other) == before
    other.dispose()


def test_what_comes_after_a_restore_is_numbered_on_from_what_came_back(db, postgres, tmp_path) -> None:
    fill(db)
    file, _ = backup(db, tmp_path / "all.sqlite", NOW)
    fresh = open_database(None if db.dialect.name == "sqlite" else postgres.a_database(), tmp_path / "fresh")
    restore(fresh, file)
    counted = [table for table in schema.metadata.sorted_tables if table.autoincrement_column is not None]
    assert {"alerts", "work_orders", "plans", "plant_versions"} <= {table.name for table in counted}
    with fresh.begin() as connection:
        for table in counted:
            held = connection.execute(select(func.max(table.autoincrement_column))).scalar_one()
            made = connection.execute(insert(table).values(a_row(table))).inserted_primary_key
            assert made[0] == held + 1, table.name
    fresh.dispose()


def test_a_historian_goes_on_behind_a_restored_backup(db, tmp_path) -> None:
    entries = told()[1]
    historian = Historian(db, Stream(entries[:3]), [LINE], lambda: END)
    historian.drain()
    file, _ = backup(db, tmp_path / "early.sqlite", NOW)
    stream = Stream(entries[:-1])
    running = Historian(db, stream, [LINE], lambda: END)
    running.drain()
    Historian(db, Stream(entries), [LINE], lambda: END).drain()
    late = everything(db)
    restore(db, file, over=True)
    stream.entries = entries
    assert running.drain() == 0
    assert running.drain() == len(entries) - 3
    assert everything(db) == late


def test_an_older_backup_is_brought_up_to_date(db, tmp_path) -> None:
    old = open_database(f"sqlite:///{tmp_path}/old.sqlite", tmp_path)
    config = Config()
    config.set_main_option("script_location", "app/historian/migrations")
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql("INSERT INTO findings VALUES ('e', 'r', 1, NULL, 'd', NULL, 2)")
    old.dispose()
    restore(db, tmp_path / "old.sqlite")
    assert everything(db)["findings"] == ["('e', 'r', 1, None, 'd', None, 2)"]


def test_a_backup_never_replaces_a_file_and_what_is_no_backup_is_refused(db, tmp_path) -> None:
    fill(db)
    file, _ = backup(db, tmp_path / "b.sqlite", NOW)
    with pytest.raises(BadBackup, match="exists"):
        backup(db, file, NOW)
    with pytest.raises(BadBackup, match="no such folder"):
        backup(db, tmp_path / "no" / "b.sqlite", NOW)
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE x (y)")
    newer = tmp_path / "newer.sqlite"
    newer.write_bytes(file.read_bytes())
    with sqlite3.connect(newer) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    (tmp_path / "text").write_text("not a database at all, but long enough to be read as one" * 99)
    (tmp_path / "torn").write_bytes(file.read_bytes()[:20_000])
    before = everything(db)
    for name, why in (
        ("missing", "no such file"),
        ("text", "no backup"),
        ("other.sqlite", "no history in it"),
        ("newer.sqlite", "newer version"),
        ("torn", "no backup|damaged"),
    ):
        with pytest.raises(BadBackup, match=why):
            restore(db, tmp_path / name, over=True)
    assert everything(db) == before
