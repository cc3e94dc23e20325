"""Events are found by when they happened, wherever on the stream they lie."""

from collections.abc import Iterator

import pytest

from app.domain.events import streams
from app.domain.events.codec import encode
from app.domain.events.contract import Counted
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.streams.connection import Client, client_of
from app.streams.embedded import EmbeddedServer
from app.streams.late import LateIndex
from app.streams.log import START, LineLog
from app.streams.raw import RawLog
from tests.makers import utc_ms

pytestmark = pytest.mark.redis
LINE = "site/area/line-1"
FILLER = f"{LINE}/filler"
NOW = utc_ms("2026-11-23T06:00")
BATCH = 700


@pytest.fixture
def client(valkey_server: EmbeddedServer) -> Iterator[Client]:
    made = client_of(valkey_server.url)
    made.flushall()
    yield made
    made.close()


def put(client: Client, arrived: int, number: int, t: int) -> None:
    event = Counted(machine=FILLER, t=t, source="plc", epoch=1, seq=number, good=1)
    client.xadd(streams.events(LINE), {streams.FIELD: encode(event)}, id=f"{arrived}-{number}")


def a_backfill_among_what_is_live(client: Client) -> None:
    """First this morning in one go, then days of long ago in bursts, while the line goes on once a second."""
    number = 0
    for t in range(NOW - 3 * HOUR_MS, NOW, MINUTE_MS):
        number += 1
        put(client, NOW, number, t)
    for second in range(1, 1_500):
        if second % 300 == 0:
            for minute in range(second * 2, second * 2 + 600):
                number += 1
                put(client, NOW + second * 1_000, number, NOW - 10 * DAY_MS + minute * MINUTE_MS)
        number += 1
        put(client, NOW + second * 1_000, number, NOW + second * 1_000)


def note(client: Client) -> None:
    log, place = LineLog(client), START
    while batch := log.read({LINE: place}, BATCH).get(LINE):
        LateIndex(client).note(LINE, batch)
        place = batch.last


@pytest.mark.parametrize(("start", "end", "step"), [
    (NOW - 2 * HOUR_MS, NOW - HOUR_MS, MINUTE_MS),
    (NOW - 10 * DAY_MS + 18 * HOUR_MS, NOW - 10 * DAY_MS + 22 * HOUR_MS, MINUTE_MS),
    (NOW + 600_000, NOW + 700_000, 1_000),
])  # fmt: skip
def test_a_window_holds_what_happened_in_it_and_says_that_is_all(
    client: Client, start: int, end: int, step: int
) -> None:
    a_backfill_among_what_is_live(client)
    note(client)
    found = RawLog(client).newest(LINE, Interval(start, end), {FILLER}, 500)
    assert [event.t for event in found.events] == list(range(start, end, step))[::-1]
    assert found.word is None
    assert len(RawLog(client).told(LINE, Interval(start, end), {FILLER}).counts) == len(found.events)


def test_a_batch_noted_twice_changes_nothing_and_what_is_live_is_not_noted(client: Client) -> None:
    for second in range(100):
        put(client, NOW + second * 1_000, second, NOW + second * 1_000)
    note(client)
    assert client.get(streams.late(LINE)) is None
    a_backfill = range(NOW - HOUR_MS, NOW - HOUR_MS + 50 * MINUTE_MS, MINUTE_MS)
    for number, t in enumerate(a_backfill, 200):
        put(client, NOW + HOUR_MS, number, t)
    note(client)
    noted = client.get(streams.late(LINE))
    note(client)
    assert client.get(streams.late(LINE)) == noted
    assert LateIndex(client).ranges(LINE, Interval(NOW - HOUR_MS, NOW)) == [
        (f"{NOW + HOUR_MS}-200", f"{NOW + HOUR_MS}-249")
    ]


def test_what_the_stream_no_longer_holds_is_forgotten(client: Client) -> None:
    put(client, NOW, 1, NOW - 2 * DAY_MS)
    note(client)
    put(client, NOW + DAY_MS, 2, NOW - DAY_MS)
    client.xtrim(streams.events(LINE), minid=NOW + 1, approximate=False)
    note(client)
    index = LateIndex(client)
    assert index.ranges(LINE, Interval(NOW - 2 * DAY_MS, NOW - 2 * DAY_MS + 1)) == []
    assert index.ranges(LINE, Interval(NOW - DAY_MS, NOW)) == [(f"{NOW + DAY_MS}-2", f"{NOW + DAY_MS}-2")]
