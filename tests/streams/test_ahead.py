"""A backlog read ahead: the same events as an ordinary read gives, whatever happens to the request under way."""

import pytest

from app.streams.ahead import BacklogReader
from app.streams.log import START, LineLog

pytestmark = pytest.mark.redis
ONE, TWO, QUIET = "site/area/line-1", "site/area/line-2", "site/area/line-3"


class Reading:
    """Reads on from where it is, as the engine does."""

    def __init__(self, valkey, *lines: str) -> None:
        self.reader = BacklogReader(valkey, LineLog(valkey))
        self.positions = dict.fromkeys(lines, START)
        self.found: dict[str, list[bytes]] = {line: [] for line in lines}

    def once(self, count: int = 100) -> bool:
        batches = dict(self.reader.read(self.positions, count))
        for line, batch in batches.items():
            self.found[line] += batch.raws
            self.positions[line] = batch.last
        return bool(batches)


def filled(valkey) -> dict[str, list[bytes]]:
    raws = {ONE: [b"1:%d" % n for n in range(1_234)], TWO: [b"2:%d" % n for n in range(321)], QUIET: []}
    for line, said in raws.items():
        LineLog(valkey).append_many(line, said)
    return raws


def test_every_line_is_read_whole_and_in_order(valkey):
    raws = filled(valkey)
    reading = Reading(valkey, ONE, TWO, QUIET)
    while reading.once():
        pass
    assert reading.found == raws


def test_what_was_asked_for_another_place_is_not_taken(valkey):
    raws = filled(valkey)
    reading = Reading(valkey, ONE)
    reading.once()
    reading.positions[ONE] = START  # the line was loaded again from its checkpoint
    reading.found[ONE].clear()
    while reading.once(count=70):
        pass
    assert reading.found[ONE] == raws[ONE]


def test_what_came_after_the_request_is_read_with_the_next(valkey):
    LineLog(valkey).append_many(ONE, [b"a"] * 5)
    reading = Reading(valkey, ONE)
    assert reading.once()
    LineLog(valkey).append(ONE, b"b")
    assert not reading.once()  # what was under way is from before
    assert reading.once()
    assert reading.found[ONE] == [b"a"] * 5 + [b"b"]


def test_a_connection_that_is_cut_is_replaced(valkey):
    raws = filled(valkey)
    reading = Reading(valkey, ONE, TWO)
    while reading.once():
        valkey.client_kill_filter(_type="normal", skipme=True)
    assert {line: raws[line] for line in (ONE, TWO)} == reading.found


def test_a_cluster_client_is_read_as_always(valkey):
    class Cluster:
        """What a cluster's client has for us, and no pool of one server."""

        set_response_callback = valkey.set_response_callback
        pipeline = valkey.pipeline

    raws = filled(valkey)
    reading = Reading(Cluster(), ONE, TWO)
    while reading.once():
        pass
    assert {line: raws[line] for line in (ONE, TWO)} == reading.found


def test_a_request_let_go_leaves_no_answer_behind(valkey):
    filled(valkey)
    reading = Reading(valkey, ONE)
    reading.once()
    reading.reader.drop()
    assert valkey.ping() is True
    assert dict(reading.reader.read({}, 100)) == {}
