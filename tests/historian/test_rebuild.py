"""Rebuild: history written anew from the same events is what the live run wrote, to the last digit."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from app.domain.events.codec import encode
from app.domain.events.contract import AndonChanged, CountCorrected, Event, OrderChanged, StopClassified
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS
from app.engine.replay import WARM_MS, Replay
from app.historian import schema
from app.historian.process import Historian
from app.reports.readlog import LogReader
from app.reports.rebuild import rebuild
from app.streams.connection import Client, client_of
from app.streams.embedded import EmbeddedServer
from app.streams.facts import FactLog
from app.streams.log import START, LineLog
from app.streams.quarantine import Quarantine
from tests.engine.rig import LINE, HandClock, an_engine, drain, put, some_events
from tests.makers import THREE_SHIFTS, a_plant, utc_ms

pytestmark = [pytest.mark.redis, pytest.mark.slow]
T0 = utc_ms("2026-03-23T05:00")
PLANT = a_plant(machines=("machine", "second"), line={"shifts": THREE_SHIFTS})
NAMES = ("buckets", "episodes", "orders", "calls", "corrections", "findings")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with EmbeddedServer(tmp_path / "valkey") as server:
        yield client_of(server.url)


def a_days_events() -> list[Event]:
    """Two machines for hours: late data, a gap, orders, calls, corrections of time and counts, what nobody knows."""
    events = some_events(9_000, start=T0) + some_events(9_000, source="gw2", machine="second", start=T0 + 500)
    del events[4_000:4_003]
    mixed = sorted(events, key=lambda event: event.t)
    mixed += [mixed.pop(at) for at in (800, 2_000, 2_001, 9_000)]
    people = {"machine": f"{LINE}/machine", "source": "person", "epoch": 1}
    at = T0 + 9_000_000
    stop = {"from_": T0 + 30_000, "to": T0 + 40_000, "reason": "jam", "by": "ada"}
    return [
        *mixed,
        OrderChanged(machine=LINE, t=T0, source="erp", epoch=1, seq=0, action="start", order="o1", product="cola"),
        OrderChanged(
            machine=LINE, t=T0 + HOUR_MS, source="erp", epoch=1, seq=1, action="start", order="o2", product="water"
        ),
        StopClassified(t=at, seq=0, **stop, **people),
        CountCorrected(t=at + 1, seq=1, made_at=T0 + MINUTE_MS, good=-2, reject=2, by="ada", **people),
        AndonChanged(machine=LINE, t=at, source="p2", epoch=1, seq=0, call="quality", action="call", by="ada"),
        AndonChanged(machine=LINE, t=at + 5, source="p2", epoch=1, seq=1, call="quality", action="clear", by="bo"),
    ]


def tables(db: Engine) -> dict[str, list[str]]:
    """All rows; when an hour that is over was told last is no figure."""
    with db.connect() as connection:
        found = {name: connection.execute(select(schema.metadata.tables[name])).mappings().all() for name in NAMES}
    return {name: sorted(repr(_said(dict(row))) for row in rows) for name, rows in found.items()}


def _said(row: dict[str, object]) -> dict[str, object]:
    return row | {"as_of": min(row["as_of"], row["hour"] + HOUR_MS)} if "as_of" in row else row


def live(client: Client, db: Engine, events: list[Event], clock: HandClock) -> None:
    """Put the events through an engine and a historian in uneven pieces."""
    engine, chance = an_engine(client, PLANT, clock), random.Random(3)
    historian = Historian(db, FactLog(client), [LINE], clock)
    while events:
        piece = chance.randrange(1, 4_000)
        put(client, events[:piece])
        LineLog(client).append(LINE, b'{"kind":"nonsense"}')
        del events[:piece]
        drain(engine)
        clock.now += 31_000
        engine.commit(clock.now)
        historian.drain()
    for _ in range(20):  # a few hours of each machine are told at once
        clock.now += 6_000
        engine.commit(clock.now)
    engine.finish()
    while historian.drain():
        pass


def ends(client: Client, clock: HandClock) -> int:
    """The moment the engine told last of."""
    return max(
        fact.as_of
        for entry in FactLog(client).read({LINE: START}, 1_000_000)[LINE]
        for fact in entry.facts
        if hasattr(fact, "as_of")
    )


def damage(db: Engine) -> None:
    with db.begin() as connection:
        connection.execute(update(schema.buckets).values(good=schema.buckets.c.good + 1))
        connection.execute(schema.episodes.delete().where(schema.episodes.c.start > T0 + HOUR_MS))
        connection.execute(schema.corrections.delete())
        connection.execute(schema.orders.delete())


def test_from_the_streams_and_from_a_log_it_is_what_the_live_run_wrote(db, client, tmp_path) -> None:
    clock = HandClock(T0 + 4 * HOUR_MS)
    live(client, db, a_days_events(), clock)
    written, now = tables(db), ends(client, clock)
    assert all(written.values()), {name: len(rows) for name, rows in written.items()}
    assert Quarantine(client).count(LINE) > 3
    damage(db)
    assert tables(db) != written
    replay = Replay(client, PLANT.line(LINE))
    done = rebuild(db, PLANT, replay.events(), now, replay.since())
    assert replay.since() is None
    assert done.events > 18_000
    assert tables(db) == written

    log = tmp_path / "line.jsonl"
    log.write_bytes(b"\n".join(encode(event) for event in a_days_events()))
    damage(db)
    reader = LogReader(log, PLANT)
    rebuild(db, PLANT, reader.events(), now)
    assert reader.refused.count == 0
    assert tables(db) == written


def test_hours_before_a_shortened_stream_stay_as_history_has_them(db, client) -> None:
    days = [event for day in range(3) for event in some_events(300, epoch=day, start=T0 + day * DAY_MS)]
    clock = HandClock(T0 + 3 * DAY_MS)
    live(client, db, days, clock)
    written, now = tables(db), ends(client, clock)
    log = LineLog(client)
    replay = Replay(client, PLANT.line(LINE))
    last = log.info(LINE).last
    client.xtrim(f"events:{{{LINE}}}", maxlen=400, approximate=False)
    assert replay.since() == int(log.info(LINE).first.partition(b"-")[0]) + WARM_MS
    rebuild(db, PLANT, replay.events(), now, T0 + 2 * DAY_MS)
    assert tables(db) == written
    assert log.info(LINE).last == last
