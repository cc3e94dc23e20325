"""Fills a database with hourly buckets of a made-up plant: python -m tests.benchmarks.history_load URL [MACHINES DAYS].

One INSERT ... SELECT, hour by hour as a historian would have written it; 500 machines in lines of 10, two years, are
about ten million rows. URL: DATABASE_URL's form.
"""

import sys
import time
from pathlib import Path

from sqlalchemy import Engine, text

from app.domain.interval import DAY_MS, HOUR_MS
from app.domain.plant.equipment import Plant
from app.historian import schema
from app.historian.database import migrate, open_database
from tests.makers import ALWAYS, plant_from, utc_ms

PER_LINE = 10
END = utc_ms("2026-11-01T00:00")
SHIFTS = [
    {"name": "early", "start": "06:00", "end": "14:00"},
    {"name": "late", "start": "14:00", "end": "22:00"},
    {"name": "night", "start": "22:00", "end": "06:00"},
]
PRODUCTS = 8


def a_big_plant(machines: int) -> Plant:
    """Return the plant whose rows `load` makes: lines of 10 machines in one area, three shifts every day, UTC."""
    lines = [
        {"id": f"line-{n}", "machines": [{"id": f"m{m}", "cycle": "1s", "stale_after": "90s"} for m in range(PER_LINE)]}
        for n in range(machines // PER_LINE)
    ]
    area = {"id": "area", "lines": lines, "shifts": SHIFTS}
    products = {f"p{n}": {} for n in range(PRODUCTS)}
    site = {"id": "site", "timezone": "UTC", "shifts": ALWAYS, "areas": [area]}
    return plant_from({"version": 1, "enterprise": "Bench", "sites": [site], "products": products})


def load(engine: Engine, plant: Plant, days: int) -> int:
    """Write the rows of the last `days` before END and return how many. A twentieth of the hours has two products."""
    paths = [path for line in plant.lines() for path in (line.path, *(m.path for m in line.machines))]
    is_sqlite = engine.dialect.name == "sqlite"
    series = "(WITH RECURSIVE h(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM h WHERE i + 1 < :hours) SELECT i FROM h)"
    hours = series if is_sqlite else "(SELECT i FROM generate_series(0, CAST(:hours AS bigint) - 1) AS g(i))"
    day = "date(({0}) / 1000, 'unixepoch')" if is_sqlite else "to_char(to_timestamp(({0}) / 1000), 'YYYY-MM-DD')"
    hour = "(:start + h.i * 3600000)"
    columns = _columns(hour, day.format(f"{hour} - 21600000"))
    with engine.begin() as connection:
        if not is_sqlite:
            connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        connection.execute(text("CREATE TEMPORARY TABLE made_of (n BIGINT, path VARCHAR(400))"))
        connection.execute(
            text("INSERT INTO made_of VALUES (:n, :path)"), [{"n": n, "path": path} for n, path in enumerate(paths)]
        )
        values = {"start": END - days * DAY_MS, "hours": days * DAY_MS // HOUR_MS}
        names = ", ".join(columns)
        made = connection.execute(
            text(
                f"INSERT INTO buckets ({names}) SELECT {', '.join(columns.values())} FROM {hours} h "
                "CROSS JOIN made_of e CROSS JOIN (SELECT 0 AS k UNION ALL SELECT 1) c "
                "WHERE c.k = 0 OR (h.i + e.n) % 20 = 0 ORDER BY h.i, e.n, c.k"
            ),
            values,
        )
        connection.execute(text("DROP TABLE made_of"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return made.rowcount


def _columns(hour: str, day: str) -> dict[str, str]:
    """Return what each column holds, as SQL over h.i (hour), e.n (equipment), c.k (cell of the hour)."""
    chance = "((h.i * 7919 + e.n * 104729) % 1000)"
    whole = "(CASE WHEN (h.i + e.n) % 20 = 0 THEN 1800000 ELSE 3600000 END)"
    of_day = "((h.i + 18) % 24 / 8)"
    columns = dict.fromkeys(schema.SUMMED_COLUMNS, "0") | {
        "equipment": "e.path",
        "hour": hour,
        "shift_key": f"{day} || '/' || (CASE {of_day} WHEN 0 THEN 'early' WHEN 1 THEN 'late' ELSE 'night' END)",
        "product": f"'p' || ((h.i / 8 + e.n / {PER_LINE + 1} + c.k) % {PRODUCTS})",
        "order_id": "'o' || (h.i / 8 + c.k)",
        "as_of": f"{hour} + 3600000",
        "setup_ms": "c.k * 300000",
        "unplanned_stop_ms": f"{chance} * 600",
        "minor_stop_ms": f"{chance} * 60",
        "running_ms": f"{whole} - c.k * 300000 - {chance} * 660",
        "good": f"1500 - {chance}",
        "reject": f"{chance} / 50",
        "ideal_ns": f"(1500 - {chance} + {chance} / 50) * 1000000000",
        "ideal_good_ns": f"(1500 - {chance}) * 1000000000",
        "failures": f"{chance} / 400",
        "repair_ms": f"{chance} * 300",
    }
    return columns | ({"cell": "c.k"} if "cell" in schema.buckets.c else {})


def main(url: str, machines: int = 500, days: int = 730) -> None:
    """Migrate and fill the database, and print how long it took."""
    engine = open_database(url, Path())
    migrate(engine)
    began = time.perf_counter()
    rows = load(engine, a_big_plant(machines), days)
    print(f"{machines} machines, {days} days: {rows} rows in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]))
