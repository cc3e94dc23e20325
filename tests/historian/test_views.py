"""The views for BI tools: each column documented, formulas that give the product's figures, nothing else to be seen."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from app.domain.accounting import kpi
from app.domain.accounting.profiles import VORNE
from app.domain.interval import Interval
from app.domain.plant.reasons import Reason, ReasonTree
from app.historian.buckets import components_by, cut
from app.historian.database import migrate
from app.historian.process import Historian
from app.historian.reasons import keep_reasons
from app.views.groupings import grouped_rows
from tests.historian.test_historian import END, LINE, MACHINE, PLANT, START, Stream, told

DOC = (Path(__file__).parents[2] / "docs" / "sql-views.md").read_text(encoding="utf-8")
ROWS = "FROM bi_hours WHERE equipment = :of AND hour_ms >= :at"
JAM = Reason("jam", "Jam at infeed", ("technical", "jam"), failure=True)


def documented() -> dict[str, set[str]]:
    """The columns each section of the document names."""
    found = {}
    for section in DOC.split("\n## ")[1:]:
        name, _, body = section.partition("\n")
        if name.startswith("bi_"):
            rows = [row for row in body.splitlines() if row.startswith("| `")]
            found[name] = {word for row in rows for word in re.findall(r"`(\w+)`", row.split("|")[1])}
    return found


def formulas() -> dict[str, str]:
    rows = re.findall(r"^\| (\w+) \| `(.*sum.*)` \|$", DOC, re.M)
    assert len(rows) > 8
    return dict(rows)


def whole(formula: str) -> str:
    """The formula with "null when the divisor is 0", as the document says."""
    part, _, divisor = formula.rpartition(" / ")
    return f"{part} / nullif({divisor}, 0)"


def test_every_column_of_every_view_is_documented_and_no_other(db) -> None:
    views = inspect(db).get_view_names()
    assert {view: {c["name"] for c in inspect(db).get_columns(view)} for view in views} == documented()


@pytest.mark.parametrize("equipment", [LINE, MACHINE])
def test_the_documented_formulas_give_the_products_figures(db, equipment) -> None:
    Historian(db, Stream(told()[1]), [LINE], lambda: END).drain()
    (row,) = grouped_rows(db, PLANT, (equipment, Interval(START, END)), (), VORNE)
    said = {name: getattr(row, name) for name in formulas() if hasattr(row, name)}
    (found,) = components_by(db, equipment, cut(PLANT.line(LINE).calendar, Interval(START, END)), "total")
    said |= {name: getattr(kpi, name)(found.components) for name in formulas() if name not in said}
    assert sum(value is not None for value in said.values()) > 8
    for name, formula in formulas().items():
        with db.connect() as connection:
            got = connection.execute(text(f"SELECT {whole(formula)} {ROWS}"), {"of": equipment, "at": START}).scalar()
        assert got is None if said[name] is None else float(got) == pytest.approx(said[name], rel=1e-6), name


def test_the_documented_queries_run_and_moments_are_utc(db) -> None:
    Historian(db, Stream(told()[1]), [LINE], lambda: END).drain()
    keep_reasons(db, ReasonTree({"jam": JAM}))
    with db.begin() as connection:
        connection.execute(text("UPDATE episodes SET reason = 'jam' WHERE bucket = 3"))
    queries = DOC.split("```sql")[2].split("```")[0].split(";")[:2]
    with db.connect() as connection:
        assert connection.execute(text(queries[0])).all()
        top, *_ = connection.execute(text(queries[1])).all()
        assert (top.reason_path, top.stops > 0) == ("technical/jam", True)
        stop = connection.execute(text("SELECT * FROM bi_stops WHERE is_failure ORDER BY start_ms")).mappings().first()
        hour = connection.execute(text("SELECT hour_at, hour_ms FROM bi_hours ORDER BY hour_ms")).first()
    assert (stop["bucket"], stop["reason_name"], stop["end_ms"] - stop["start_ms"]) == (
        "unplanned_stop",
        "Jam at infeed",
        stop["duration_ms"],
    )
    told_at = hour.hour_at if isinstance(hour.hour_at, datetime) else datetime.fromisoformat(hour.hour_at)
    assert told_at == datetime.fromtimestamp(hour.hour_ms / 1000, UTC)


def test_reasons_follow_the_plant_file_and_those_that_left_stay(db) -> None:
    keep_reasons(db, ReasonTree({"jam": JAM, "old": Reason("old", "Old", ("old",))}))
    keep_reasons(db, ReasonTree({"jam": Reason("jam", "Jam", ("mechanical", "jam"))}))
    with db.connect() as connection:
        rows = connection.execute(text("SELECT id, name, path, category FROM reasons ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [
        ("jam", "Jam", "mechanical/jam", "mechanical"),
        ("old", "Old", "old", "old"),
    ]


@pytest.mark.slow
def test_the_documented_role_sees_the_views_and_nothing_else(postgres, tmp_path) -> None:
    url = postgres.a_database()
    owner = create_engine(url)
    migrate(owner)
    recipe = DOC.split("```sql")[1].split("```")[0]
    with owner.begin() as connection:
        for statement in filter(str.strip, recipe.split(";")):
            connection.execute(text(statement))
    guest = create_engine(url.replace("lineside@", "lineside_bi@"))
    with guest.connect() as connection:
        for view in documented():
            connection.execute(text(f"SELECT * FROM {view}")).all()
    for forbidden in ("SELECT * FROM users", "SELECT * FROM audit", "SELECT * FROM buckets", "DELETE FROM bi_orders"):
        with guest.connect() as connection, pytest.raises(DBAPIError, match=r"permission denied|read-only"):
            connection.execute(text(forbidden))
    guest.dispose()
    with owner.begin() as connection:
        connection.execute(text("DROP OWNED BY lineside_bi"))
        connection.execute(text("DROP ROLE lineside_bi"))
    owner.dispose()
