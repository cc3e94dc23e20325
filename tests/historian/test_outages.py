"""A historian that was away, and a database that went away: facts wait on the stream, and nothing is missing."""

import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.interval import HOUR_MS
from app.historian.away import DatabaseAway
from app.historian.database import migrate, open_database
from app.historian.process import Historian, Voice, committed, run_historian
from app.streams.connection import Client, client_of
from app.streams.embedded import EmbeddedServer
from app.streams.facts import FactLog
from app.streams.log import LineLog
from tests.chaos.test_engine_chaos import until
from tests.engine.rig import LINE, HandClock, an_engine, drain, put, some_events
from tests.historian.postgres import NoPostgres, Postgres, a_postgres
from tests.historian.test_rebuild import tables
from tests.makers import a_plant

pytestmark = [pytest.mark.redis, pytest.mark.slow]
PLANT = a_plant()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with EmbeddedServer(tmp_path / "valkey") as server:
        yield client_of(server.url)


def reference(client: Client, tmp_path: Path) -> dict[str, list[str]]:
    """What a historian writes that reads the whole stream and is never disturbed."""
    db = open_database(None, tmp_path / "reference")
    migrate(db)
    historian = Historian(db, FactLog(client), [LINE], lambda: 0)
    while historian.drain():
        pass
    found = tables(db)
    db.dispose()
    return found


def test_a_historian_that_was_down_for_an_hour_misses_nothing(db, client, tmp_path) -> None:
    clock = HandClock()
    engine, log = an_engine(client, PLANT, clock), LineLog(client)
    events = some_events(7_200)
    taken: list[int] = []

    def tell(line: str, position: bytes, older_than: int) -> int:
        taken.append(log.facts_taken(line, position, older_than))
        return taken[-1]

    def work(seconds: int) -> None:
        put(client, events[:seconds])
        del events[:seconds]
        for _ in range(0, seconds, 60):
            clock.now += 60_000
            drain(engine)
            engine.commit(clock.now)

    work(1_800)
    Historian(db, FactLog(client), [LINE], clock, taken=tell).drain()
    before = committed(db)[LINE]
    work(3_600)
    assert committed(db)[LINE] == before
    assert log.facts_info(LINE).last > before[0]
    again = Historian(db, FactLog(client), [LINE], clock, taken=tell)
    while again.drain():
        pass
    work(1_800)
    engine.finish()
    while again.drain():
        pass
    assert clock.now > HOUR_MS
    assert tables(db) == reference(client, tmp_path)
    assert tables(db)["buckets"]


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    try:
        with a_postgres() as server:
            yield server
    except NoPostgres as error:
        pytest.skip(str(error))


def test_a_database_that_stops_and_starts_while_facts_come_loses_nothing(own_postgres, client, tmp_path) -> None:
    db = open_database(own_postgres.a_database(), tmp_path)
    migrate(db)
    clock, chance, said = HandClock(), random.Random(5), []
    engine, events = an_engine(client, PLANT, clock), some_events(6_000)
    stop = threading.Event()
    voice = Voice(lambda figures, problem: said.append((dict(figures), problem)), clock)
    historian = Historian(db, FactLog(client), [LINE], clock)
    thread = threading.Thread(target=run_historian, args=(historian, stop, voice))
    thread.start()
    for _ in range(3):
        work(engine, client, clock, events, chance.randrange(500, 1_500))
        own_postgres.stop()
        work(engine, client, clock, events, 300)
        until(lambda: said and said[-1][1] is not None)
        with pytest.raises(DatabaseAway):
            committed(db)
        own_postgres.start()
        until(said_well(said))
    work(engine, client, clock, events, len(events))
    engine.finish()
    last = LineLog(client).facts_info(LINE).last
    until(lambda: committed(db).get(LINE, (b"", 0))[0] == last)
    stop.set()
    thread.join()
    assert tables(db) == reference(client, tmp_path)
    assert said[-1][0]["outages"] >= 3
    db.dispose()


def said_well(said: list) -> Callable[[], bool]:
    """Whether the last word was that all is well."""
    return lambda: said[-1][1] is None


def work(engine, client: Client, clock: HandClock, events: list, count: int) -> None:
    """Let machines speak and the engine tell, in pieces."""
    for start in range(0, count, 100):
        put(client, events[start : start + 100])
        clock.now += 100_000
        drain(engine)
        engine.commit(clock.now)
    del events[:count]
