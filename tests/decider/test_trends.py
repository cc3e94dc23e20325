"""Process values are remembered by the minute, each once, whatever is killed."""

import json

import pytest

from app.decider.trends import TrendKeeper, good_values
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.historian.trends import Point, Trends
from app.streams.late import LateIndex
from app.streams.log import LineLog
from tests.web.parts import memory_database

LINE, FILLER = "s/a/l", "s/a/l/filler"
T = 1_795_410_000_000 // HOUR_MS * HOUR_MS
ALL = Interval(T - HOUR_MS, T + 9 * HOUR_MS)


def value(t: int, what: object, seq: int, **more: object) -> bytes:
    said = {"kind": "value", "machine": FILLER, "t": t, "source": "p", "epoch": 1, "seq": seq, "signal": "temp"}
    return json.dumps({**said, "value": what, **more}).encode()


@pytest.fixture
def trends() -> Trends:
    return Trends(memory_database())


def test_values_of_one_minute_are_one_point_with_its_extremes(trends) -> None:
    told = [(FILLER, "temp", T + 1_000, 10.0), (FILLER, "temp", T + 59_999, 20.0), (FILLER, "temp", T + MINUTE_MS, 5.0)]
    trends.take(LINE, told[:1], "1-0")
    trends.take(LINE, told[1:], "2-0")
    assert trends.points(FILLER, "temp", ALL) == [Point(T, 2, 15.0, 10.0, 20.0), Point(T + MINUTE_MS, 1, 5.0, 5.0, 5.0)]
    assert trends.points(FILLER, "temp", Interval(T + 1, T + 2 * MINUTE_MS))[0].t == T + MINUTE_MS
    assert trends.points(FILLER, "other", ALL) == []
    assert trends.positions() == {LINE: "2-0"}


def test_only_good_numbers_are_values() -> None:
    raws = [
        value(T, 7, 1), value(T, True, 2), value(T, "x", 3), value(T, 8.5, 4, status="bad"), value(T, None, 5),
        b'{"value"', value(T, 9, 6).replace(b'"kind": "value"', b'"kind": "heartbeat"'),
    ]  # fmt: skip
    assert list(good_values(raws)) == [(FILLER, "temp", T, 7.0)]


@pytest.mark.redis
def test_a_stream_is_taken_in_once_however_often_it_is_looked_at(trends, valkey) -> None:
    log = LineLog(valkey)
    log.append_many(LINE, [value(T + n * MINUTE_MS, n, n) for n in range(5)])
    keeper = TrendKeeper(log, trends, LateIndex(valkey), [LINE])
    for _ in range(3):
        keeper.step(T + HOUR_MS)
    log.append(LINE, value(T, 100.0, 9))
    keeper.step(T + HOUR_MS)
    points = trends.points(FILLER, "temp", ALL)
    assert [(p.n, p.mean) for p in points] == [(2, 50.0), (1, 1.0), (1, 2.0), (1, 3.0), (1, 4.0)]


def test_what_is_old_is_forgotten_by_whole_hours(trends) -> None:
    trends.take(LINE, [(FILLER, "temp", T, 1.0), (FILLER, "temp", T + HOUR_MS, 2.0)], "1-0")
    assert trends.forget(T + HOUR_MS) == 0
    assert trends.forget(T + HOUR_MS + 1) == 1
    assert [p.mean for p in trends.points(FILLER, "temp", ALL)] == [2.0]
