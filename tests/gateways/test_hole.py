"""A gateway cut off from Redis: the board shows unknown meanwhile, then what was kept fills the hole exactly."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.boards.build_line import line_board
from app.boards.codec import decode_line
from app.boards.line import LineBoard
from app.domain.accounting.buckets import Bucket
from app.domain.accounting.counters import Counters
from app.domain.accounting.ledger import Ledger
from app.domain.events import codec, streams
from app.domain.events.contract import Measured
from app.plantyaml import load_plant
from app.streams.connection import client_of
from app.streams.embedded import EmbeddedServer
from tests.chaos.proxy import Wire
from tests.gateways.listening import wait_for
from tests.gateways.modbus.server import Server
from tests.gateways.opcua.totals import NoPages
from tests.gateways.sparkplug import plant as line
from tests.gateways.test_process import Process

pytestmark = [pytest.mark.redis, pytest.mark.slow]
STATE, TOTAL = 0, 10
RUN, STOP = 4, 2


def a_text(port: int) -> str:
    """One machine with a state and a counter; two seconds of silence are unknown, a second late is a correction."""
    head, _, _ = line.text("").replace("stale_after: 90s", "stale_after: 2s\n    grace: 1s").partition("sources:\n")
    source = (
        f"  - {{id: plc, gateway: modbus, url: 'modbus://127.0.0.1:{port}', machines: [filler], poll: 50ms, retell: 1s,"
    )
    words = "state: holding/40001, signals: {good_total: holding/40011}"
    return f"{head}sources:\n{source} mapping: {{filler: {{{words}}}}}}}\n"


@contextmanager
def an_engine(file: Path, url: str) -> Iterator[None]:
    environ = {**os.environ, "REDIS_URL": url, "LINESIDE_PLANT": str(file), "LINESIDE_DATA": str(file.parent / "data")}
    process = subprocess.Popen([sys.executable, "-m", "app", "engine"], env=environ)
    try:
        yield
    finally:
        process.kill()
        process.wait()


class Shown:
    """The filler on its line's last board."""

    def __init__(self, client) -> None:
        self._client = client

    def board(self) -> LineBoard | None:
        raw = self._client.get(streams.live(line.LINE))
        return None if raw is None else decode_line(raw)

    def filler(self):
        board = self.board()
        return None if board is None else next(tile for tile in board.machines if tile.path == line.FILLER)

    def state(self) -> str | None:
        tile = self.filler()
        return None if tile is None else tile.state.bucket

    def unknown_ms(self) -> int:
        return self.filler().components["buckets_ms"][Bucket.UNKNOWN]


def sent_in_order(plant, events, at: int) -> LineBoard:
    """The board of the same events when nobody was ever cut off."""
    center = plant.line(line.LINE)
    ledger = Ledger(center, plant, NoPages())
    counters = Counters(center, ledger.book)
    for event in sorted(events, key=lambda e: e.seq):
        if event.t <= at:
            ledger.apply([counters.count(event)[0] if isinstance(event, Measured) else event])
    ledger.settle(at)
    return line_board(ledger, at)


def test_a_hole_is_unknown_until_what_was_kept_fills_it(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    with EmbeddedServer(tmp_path / "valkey") as valkey, Server({STATE: [RUN], TOTAL: [100]}, [False]) as plc:
        file.write_text(a_text(plc.port))
        wire, client = Wire(valkey.url, tmp_path / "wire.sock"), client_of(valkey.url)
        wire.mend()
        shown = Shown(client)
        with an_engine(file, valkey.url):
            gateway = Process(file, wire.url)
            wait_for(lambda: shown.state() == "running", "the machine never ran on the board")
            plc.set(TOTAL, [107])
            wait_for(lambda: shown.filler().good == 7, "what was made never came")
            before = shown.unknown_ms()
            wire.cut()
            plc.set(STATE, [STOP])
            wait_for(lambda: shown.state() == "unknown", "the hole is not shown")
            wait_for(lambda: shown.unknown_ms() > before + 1_000, "the hole does not grow")
            plc.set(STATE, [RUN])
            plc.set(TOTAL, [130])
            kept = tmp_path / "spool" / "plc"
            wait_for(
                lambda: b'"value":130' in b"".join(p.read_bytes() for p in kept.glob("*.spool")), "nothing is kept"
            )
            assert shown.filler().good == 7
            wire.mend()
            wait_for(lambda: shown.state() == "running" and shown.filler().good == 30, "what was kept never came")
            wait_for(lambda: shown.unknown_ms() == before, "the hole is not filled")
            assert gateway.end() == 0
            board = shown.board()
        events = [codec.decode(fields[b"e"]) for _, fields in client.xrange(streams.events(line.LINE))]
    direct = next(t for t in sent_in_order(load_plant(file), events, board.at).machines if t.path == line.FILLER)
    tile = next(t for t in board.machines if t.path == line.FILLER)
    assert tile.components == direct.components
    stopped = tile.components["buckets_ms"][Bucket.MINOR_STOP] + tile.components["buckets_ms"][Bucket.UNPLANNED_STOP]
    assert stopped > 1_000, "the stop in the hole is there too"
