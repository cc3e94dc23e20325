"""Store and forward of one gateway: python -m tests.benchmarks.spool. Bar: a day at 1 000 events/s is kept and drained.

Half a million readings of 40 signals are kept on disk in batches of ten as a gateway does, then sent to an embedded
server. A day of 1 000 events a second is 86.4 million; what it takes is extrapolated from bytes and time per event.
"""

import tempfile
import time
from pathlib import Path

from app.domain.events.contract import Measured
from app.streams.connection import client_of
from app.streams.embedded import EmbeddedServer
from app.streams.health import Health
from app.streams.ingest import IngestLog
from gateways.run import Runner
from gateways.spool import Spool

EVENTS, BATCH, SIGNALS = 500_000, 10, 40
A_DAY = 86_400 * 1_000
LINE = "leipzig/bottling/line-1"
BOUND = 16_384 << 20
"""What `--spool-mb` allows when nothing is said."""


def keep(spool: Spool) -> float:
    """Return the seconds it takes to keep the events."""
    machine = f"{LINE}/filler"
    began = time.perf_counter()
    for first in range(0, EVENTS, BATCH):
        spool.append(
            [
                (LINE, Measured(machine=machine, t=1_795_392_000_000 + n, source="plc-1", epoch=0, seq=0,
                                signal=f"signal_{n % SIGNALS}", value=20.0 + n % 7))
                for n in range(first, first + BATCH)
            ]
        )  # fmt: skip
    spool.sync()
    return time.perf_counter() - began


def send(spool: Spool, folder: Path) -> float:
    """Return the seconds it takes to send them all."""
    with EmbeddedServer(folder) as server:
        client = client_of(server.url)
        runner = Runner(None, None, None, spool, IngestLog(client), Health(client), lambda: 0)  # type: ignore[arg-type]
        began = time.perf_counter()
        while runner.step():
            pass
        seconds = time.perf_counter() - began
        client.close()
    return seconds


def main() -> None:
    """Print both, and what a day makes of them."""
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder) / "spool", 1, most_bytes=BOUND)
        kept = keep(spool)
        size = spool.bytes()
        (Path(folder) / "server").mkdir()
        sent = send(spool, Path(folder) / "server")
        left = spool.waiting()
        spool.close()
    day, rate = size / EVENTS * A_DAY / 2**30, EVENTS / sent
    alone, beside = A_DAY / rate / 3600, A_DAY / (rate - 1_000) / 3600
    print(f"kept {EVENTS / kept:,.0f} events/s, {size / EVENTS:.0f} bytes each; sent {rate:,.0f} events/s; left {left}")
    print(f"a day at 1,000 events/s: {day:.1f} GiB of {BOUND / 2**30:.0f} GiB allowed   bar: it fits")
    print(f"and is sent in {alone:.1f} h, in {beside:.1f} h while 1,000 events/s go on")


if __name__ == "__main__":
    main()
