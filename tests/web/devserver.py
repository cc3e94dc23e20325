"""A server with sample boards for working on screens: python -m tests.web.devserver [port]. Prints the password."""

import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

from app.domain.roles import PEOPLE
from app.streams.embedded import EmbeddedServer
from app.web.run import run_web
from tests.sample_boards import NOW
from tests.web.parts import OTHER_LINE
from tests.web.world import CONFIG, PASSWORD, World


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as valkey:
        config = replace(CONFIG, port=int(sys.argv[1]) if len(sys.argv) > 1 else 0, tick_ms=1000)
        world = World(valkey.url, config)
        for role in PEOPLE:
            world.person(role)
        stop = threading.Event()
        threading.Thread(target=_live, args=(world, stop), daemon=True).start()
        run_web(world.web, config, lambda port: print(f"http://127.0.0.1:{port} {PASSWORD!r}", flush=True))
        stop.set()


def _live(world: World, stop: threading.Event) -> None:
    """Publish a board every second, its clock running on from the sample's."""
    while not stop.wait(1):
        world.clock.ms += 1000
        world.publish(at=world.clock.ms, fresh=world.clock.ms - 400)
        world.publish(OTHER_LINE, name="Line 9", at=world.clock.ms, fresh=NOW)


if __name__ == "__main__":
    main()
