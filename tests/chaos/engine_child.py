"""A real engine process to be killed: `python -m tests.chaos.engine_child URL`. The plant is `a_plant()`."""

import signal
import sys
import threading
import time

from app.engine.process import Engine, EngineConfig
from app.streams.connection import client_of
from tests.makers import a_plant


def now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    owner = f"chaos-{now_ms()}"
    config = EngineConfig(owner, tick_ms=50, batch=200, ttl_ms=500)
    Engine(client_of(sys.argv[1]), a_plant(), now_ms, config).run(stop)
