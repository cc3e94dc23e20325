"""Kill -9 of real historians at random moments while an engine tells facts: SQL ends as what was told, exactly.

LINESIDE_KILLS asks for more kills than the everyday number (`make chaos`: 100).
"""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.domain.interval import HOUR_MS, Interval
from app.historian.buckets import components_by, cut
from app.historian.database import migrate, open_database
from app.historian.process import KEEP_FACTS_MS, Historian, committed
from app.streams.connection import Client, client_of
from app.streams.embedded import EmbeddedServer
from app.streams.facts import FactLog
from app.streams.log import LineLog, entry_key
from tests.chaos.test_engine_chaos import EVENTS_PER_KILL, expected, finish, recent_events, start_engine, until
from tests.engine.rig import LINE, an_engine, drain, put, some_events, told, totals
from tests.makers import a_plant

pytestmark = [pytest.mark.redis, pytest.mark.slow]
KILLS = int(os.environ.get("LINESIDE_KILLS", "4"))
ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path) as server:
        yield server


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    database = open_database(f"sqlite:///{tmp_path}/history.db", tmp_path)
    migrate(database)
    yield database
    database.dispose()


def start_historian(url: str, database: Engine) -> subprocess.Popen[bytes]:
    address = database.url.render_as_string(hide_password=False)
    return subprocess.Popen([sys.executable, "-m", "tests.chaos.historian_child", url, address], cwd=ROOT)


def taken(database: Engine) -> tuple[int, int]:
    return entry_key(committed(database).get(LINE, (b"0-0", 0))[0])


def in_sql(database: Engine, client: Client) -> dict[str, tuple[int, int]]:
    """Good and rejects of each equipment, as history has them."""
    hours = [hour for _, hour in told(client)]
    window = Interval(min(hours), max(hours) + HOUR_MS)
    calendar = a_plant().line(LINE).calendar
    found = {}
    for equipment, _ in told(client):
        parts = [part.components for part in components_by(database, equipment, cut(calendar, window), "total")]
        found[equipment] = (sum(c.good for c in parts), sum(c.reject for c in parts))
    return found


def test_historians_killed_at_random_moments_change_no_total(server: EmbeddedServer, database: Engine) -> None:
    client, chance = client_of(server.url), random.Random(11)
    engine = start_engine(server.url)
    events = recent_events(KILLS * EVENTS_PER_KILL)
    for kill in range(KILLS):
        historian, before = start_historian(server.url, database), taken(database)
        part = events[kill * EVENTS_PER_KILL :][:EVENTS_PER_KILL]
        at = chance.randrange(EVENTS_PER_KILL)
        put(client, part[:at])
        until(lambda before=before: taken(database) > before)
        put(client, part[at:])
        historian.kill()
        historian.wait()
    finish(engine, client)
    last = LineLog(client).facts_info(LINE).last
    historian = start_historian(server.url, database)
    until(lambda: taken(database) == entry_key(last))
    historian.terminate()
    assert historian.wait(30) == 0
    assert in_sql(database, client) == totals(told(client)) == expected(client)


def test_facts_leave_the_stream_only_once_they_are_in_history_and_old(server: EmbeddedServer, database: Engine) -> None:
    client, now = client_of(server.url), 0
    engine = an_engine(client, a_plant(), lambda: 1_774_731_600_000 + HOUR_MS)  # type: ignore[arg-type]
    put(client, some_events(600))
    drain(engine)
    engine.finish()
    entries = LineLog(client).facts_info(LINE)
    later = int(entries.last.partition(b"-")[0]) + 2 * KEEP_FACTS_MS
    dropped: list[tuple[bytes, int]] = []

    def trim(line: str, position: bytes, older_than: int) -> int:
        dropped.append((position, older_than))
        return LineLog(client).facts_taken(line, position, older_than)

    historian = Historian(database, FactLog(client), [LINE], lambda: later + now, taken=trim)
    assert historian.drain() == entries.length
    assert dropped == [(entries.last, later - KEEP_FACTS_MS)]
    assert taken(database) == entry_key(entries.last)
    assert LineLog(client).in_history(LINE) == entries.last
