"""A real historian process to be killed: `python -m tests.chaos.historian_child URL DATABASE_URL`."""

import signal
import sys
import threading
import time
from pathlib import Path

from app.historian.database import open_database
from app.historian.process import Historian, Voice, run_historian
from app.streams.connection import ServerAway, client_of
from app.streams.facts import FactLog
from app.streams.health import Teller
from app.streams.log import LineLog
from tests.engine.rig import LINE


def now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    client, database = client_of(sys.argv[1]), open_database(sys.argv[2], Path())
    historian = Historian(database, FactLog(client), [LINE], now_ms, taken=LineLog(client).facts_taken)
    with Teller(client, "historian", now_ms) as teller:
        run_historian(historian, stop, Voice(teller.say, now_ms), away=(ServerAway,))
