"""Laws of history: told twice counts once, whoever is killed; windows are exact; the audit chain holds."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text, update

from app.auth.tokens import Token
from app.auth.users import Account
from app.domain.accounting.facts import HourFact
from app.domain.accounting.kpi import kpi_row
from app.domain.accounting.ledger import Ledger
from app.domain.accounting.profiles import VORNE
from app.domain.accounting.rollup import total
from app.domain.events.contract import Counted, StateChanged
from app.domain.interval import HOUR_MS, Interval
from app.domain.roles import Role
from app.historian import auth_schema, schema
from app.historian.accounts import Accounts, Audit
from app.historian.buckets import cut
from app.historian.database import migrate
from app.historian.process import Historian
from app.historian.writer import PositionMoved, positions, write
from app.views.groupings import grouped_rows
from tests.makers import THREE_SHIFTS, a_plant, utc_ms

LINE = "site/area/line-1"
MACHINE = f"{LINE}/machine"
START = utc_ms("2026-11-23T05:00")
END = START + 9 * HOUR_MS
SHIFTS = [{**s, "start": s["start"][:3] + "30", "end": s["end"][:3] + "30"} for s in THREE_SHIFTS]
PLANT = a_plant(line={"shifts": SHIFTS})


def told() -> tuple[Ledger, list[SimpleNamespace]]:
    """A day's start, told in pieces while it happens: entries of a facts stream."""
    ledger, entries = Ledger(PLANT.line(LINE), PLANT, SimpleNamespace(load=lambda key: None)), []
    for n, t in enumerate(range(START, END, 30_000)):
        about = {"machine": MACHINE, "t": t, "source": "plc", "epoch": 1, "seq": 2 * n}
        ledger.apply([StateChanged(**about, state="stop" if n % 40 > 30 else "run")])
        ledger.apply([Counted(**{**about, "seq": 2 * n + 1}, good=n % 30, reject=n % 3)])
        if n % 25 == 0 or t + 30_000 >= END:
            facts = ledger.settle(t + 30_000, open_hours=True)
            entries.append(SimpleNamespace(id=b"%d-0" % (len(entries) + 1), facts=facts))
    return ledger, entries


def tables(db) -> dict[str, set]:
    with db.connect() as connection:
        return {
            name: {tuple(row) for row in connection.execute(select(table))}
            for name, table in schema.metadata.tables.items()
            if name != "positions"
        }


class Stream:
    def __init__(self, entries):
        self.entries = entries

    def read(self, positions, count):
        found = {
            line: [e for e in self.entries if int(e.id[:-2]) > int(at[:-2])][:count] for line, at in positions.items()
        }
        return {line: entries for line, entries in found.items() if entries}


def test_migrations_give_exactly_the_schema(db) -> None:
    migrate(db)
    with db.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_telling_everything_again_changes_nothing(db) -> None:
    _, entries = told()
    assert Historian(db, Stream(entries), [LINE], lambda: END).drain() == len(entries)
    first = tables(db)
    assert first["buckets"]
    assert first["episodes"]
    assert Historian(db, Stream(entries), [LINE], lambda: END).drain() == 0
    with db.begin() as connection:
        connection.execute(schema.positions.delete())
    for count in (1, 7):
        historian = Historian(
            db, SimpleNamespace(read=lambda p, _, n=count: Stream(entries).read(p, n)), [LINE], lambda: 0
        )
        while historian.drain():
            pass
        assert tables(db) == first


def test_a_failed_batch_leaves_neither_rows_nor_position(db) -> None:
    _, entries = told()
    facts = entries[0].facts
    broken = [replace_hour(facts[0])]
    with pytest.raises(Exception, match=r"(?i)not[ -]null"):
        write(db, LINE, b"0-0", [*facts, *broken], b"1-0", 0)
    assert positions(db) == {}
    assert not any(tables(db).values())


def replace_hour(fact: HourFact) -> HourFact:
    return HourFact(fact.equipment, fact.hour, 1, None, fact.cells, [])  # type: ignore[arg-type]


def test_of_two_historians_only_one_writes_an_entry(db) -> None:
    write(db, LINE, b"0-0", [], b"1-0", 0)
    with pytest.raises(PositionMoved):
        write(db, LINE, b"0-0", [], b"2-0", 0)
    assert positions(db) == {LINE: b"1-0"}


@pytest.mark.parametrize("equipment", [LINE, MACHINE, "site/area", "site"])
@pytest.mark.parametrize(
    ("window", "shown"),
    [
        ((START, END), (START, END)),
        ((START + HOUR_MS // 2, END), (START + HOUR_MS // 2, END)),
        ((START + HOUR_MS + 1, END - 1), (START + HOUR_MS, END)),
        ((START, START + HOUR_MS // 2), (START, START + HOUR_MS // 2)),
    ],
    ids=["hours", "from-a-shift-border", "inside-hours", "to-a-shift-border"],
)
def test_rows_are_what_the_ledger_says_of_the_window_they_name(db, equipment, window, shown) -> None:
    ledger, entries = told()
    Historian(db, Stream(entries), [LINE], lambda: END).drain()
    of = equipment if equipment == MACHINE else LINE
    (row,) = grouped_rows(db, PLANT, (equipment, Interval(*window)), (), VORNE)
    expected = total(ledger.cells(of, Interval(*shown), END))
    assert row == kpi_row(equipment, Interval(*shown), None, None, expected, VORNE)


@pytest.mark.parametrize("by", ["hour", "shift", "product", "machine", "line"])
def test_every_cut_adds_up_to_the_whole(db, by) -> None:
    _, entries = told()
    Historian(db, Stream(entries), [LINE], lambda: END).drain()
    window = Interval(START, END)
    (whole,) = grouped_rows(db, PLANT, (LINE, window), (), VORNE)
    rows = grouped_rows(db, PLANT, (LINE, window), (by,), VORNE)
    assert sum(row.good for row in rows) == whole.good > 0
    for row in rows:
        assert sum(row.buckets_ms.values()) == row.to - row.from_
    assert sum(row.to - row.from_ for row in rows) == END - START


def test_cutting_keeps_shift_borders_and_moves_other_ends_out_to_the_hour() -> None:
    calendar = PLANT.line(LINE).calendar
    assert cut(calendar, Interval(START + 1, END)).window == Interval(START, END)
    assert cut(calendar, Interval(START + HOUR_MS // 2, END)).window == Interval(START + HOUR_MS // 2, END)


def test_accounts_and_tokens_come_back_as_they_were_put(db) -> None:
    store = Accounts(db, Account, Token)
    account = Account("ada", "$argon2id$x", Role.ENGINEER, ("site/area", "x"), 3)
    store.put_account(account)
    store.put_account(replace(account, disabled=True))
    assert store.account("ada") == replace(account, disabled=True) == store.accounts()[0]
    assert store.account("bob") is None
    token = Token("gate", "d" * 64, Role.DISPLAY, ("*",), 1, None, 5)
    store.put_token(token)
    assert store.token("d" * 64) == token
    assert store.token("e" * 64) is None
    store.signed_in(1, "ada", "::1", "wrong")


def test_a_changed_or_missing_audit_row_breaks_the_chain(db) -> None:
    trail, table = Audit(db), auth_schema.audit
    for n in range(4):
        trail.write(n, "ada", "classify", LINE, "jam → sensor")
    assert trail.first_broken() is None
    with db.begin() as connection:
        connection.execute(update(table).where(table.c.number == 3).values(who="eve"))
    assert trail.first_broken() == 3
    with db.begin() as connection:
        connection.execute(table.delete().where(table.c.number == 2))
    assert trail.first_broken() == 2
