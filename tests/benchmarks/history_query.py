"""Shift comparison against the bare SQL of its rows; a month asked of a long history against one of a month.

python -m tests.benchmarks.history_query [MACHINES DAYS], on SQLite, then on a PostgreSQL where one is installed. 500
machines and two years are ten million rows and need 8 GB of disk meanwhile.

Bare SQL is one statement that adds the rows of all lines per shift and fetches a row for each shift. The page shows
more: the heat map by hour of the week, the trend with its limits, and the evidence for the difference.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, text

from app.boards.shifts import ShiftQuestion
from app.domain.accounting.profiles import VORNE
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import Plant
from app.historian import schema
from app.historian.database import migrate, open_database
from app.views.shifts import shift_comparison
from tests.benchmarks.history_load import END, a_big_plant, load
from tests.historian.postgres import NoPostgres, a_postgres

ROUNDS = 5
MONTH = 30
SETTINGS = ("-c shared_buffers=512MB", "-c work_mem=64MB", "-c max_wal_size=8GB")


def bare(engine: Engine, plant: Plant, window: Interval) -> None:
    """Ask for the sums of the lines' rows per shift in plain SQL: one reading of the rows that the answer needs."""
    sums = ", ".join(f"sum({name})" for name in schema.SUMMED_COLUMNS)
    lines = ", ".join(f"'{line.path}'" for line in plant.lines())
    rows = f"FROM buckets WHERE equipment IN ({lines}) AND hour >= {window.start} AND hour < {window.end}"
    with engine.connect() as connection:
        connection.execute(text(f"SELECT shift_key, {sums}, min(hour), max(hour) {rows} GROUP BY shift_key")).fetchall()


def seconds(*works: Callable[[], object]) -> list[float]:
    """Return each work's median time, all of them in turn in every round, after one round that does not count."""
    took: list[list[float]] = [[] for _ in works]
    for number in range(ROUNDS + 1):
        for work, kept in zip(works, took, strict=True):
            began = time.perf_counter()
            work()
            if number:
                kept.append(time.perf_counter() - began)
    return [statistics.median(kept) for kept in took]


def compare(engine: Engine, plant: Plant, days: int) -> Callable[[], object]:
    """Return the product's answer over the last `days`, as a work to be timed."""
    asked = ShiftQuestion("site/area", Interval(END - days * DAY_MS, END))
    return lambda: shift_comparison(engine, plant, asked, VORNE)


def measure(name: str, long: Engine, short: Engine, machines: int, days: int) -> None:
    """Fill both databases and print the figures."""
    plant = a_big_plant(machines)
    for engine in (long, short):
        migrate(engine)
    began = time.perf_counter()
    rows = load(long, plant, days)
    print(f"{name}: {machines} machines, {days} days, {rows} rows written in {time.perf_counter() - began:.0f} s")
    load(short, plant, MONTH)
    window = Interval(END - days * DAY_MS, END)
    ours, plain = seconds(compare(long, plant, days), lambda: bare(long, plant, window))
    print(f"  whole history: ours {ours:.2f} s, bare SQL {plain:.2f} s: {ours / plain:.2f}x   bar <= 1.5x")
    of_long, of_short = seconds(compare(long, plant, MONTH), compare(short, plant, MONTH))
    ratio = of_long / of_short
    print(f"  one month: of {days} days {of_long:.3f} s, of a month {of_short:.3f} s: {ratio:.2f}x   bar <= 1.5x")
    for engine in (long, short):
        engine.dispose()


def main(machines: int = 500, days: int = 730) -> None:
    """Measure on both."""
    with tempfile.TemporaryDirectory() as folder:
        files = [open_database(f"sqlite:///{folder}/{name}.db", Path()) for name in ("long", "short")]
        measure("SQLite", *files, machines, days)
    try:
        with a_postgres(*SETTINGS) as server:
            databases = [open_database(server.a_database(), Path()) for _ in range(2)]
            measure("PostgreSQL", *databases, machines, days)
    except NoPostgres as error:
        print(f"PostgreSQL: not measured, {error}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
