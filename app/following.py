"""A process follows its plant file: when it changes and is right, the process ends politely and begins again with it.

To begin anew is what a kill does, and what every process survives without losing anything: one way to take a change,
and no half-changed state. A file that is wrong is said in the log, once, and changes nothing.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from app.domain.plant.equipment import Plant
from app.domain.plant.node import PlantFileErrors
from app.plantyaml import load_plant

LOOK_S = 2.0
log = structlog.get_logger("lineside.plant")


class Follower:
    """Looks at a plant file every `look_s` seconds. changed: it is another one now, and right."""

    def __init__(self, path: Path, look_s: float = LOOK_S) -> None:
        self._path, self._look_s = path, look_s
        self._seen = _stamp(path)
        self._version = _load(path)[0]
        self._end = threading.Event()
        self.changed = False

    def look(self) -> bool:
        """Return whether there is another plant, and right; says in the log what is wrong with one that is not."""
        stamp = _stamp(self._path)
        if stamp == self._seen:
            return False
        self._seen = stamp
        version, wrong = _load(self._path)
        if wrong is not None:
            log.error("the plant file changed and is wrong: the one before stays in use", problem=wrong)
        return version is not None and version != self._version

    def run(self) -> None:
        """Look until told to stop, or until the plant has changed: then ask this process to end."""
        while not self._end.wait(self._look_s):
            if signal.getsignal(signal.SIGTERM) in (signal.SIG_DFL, None):
                continue  # it does not listen yet: it would die
            if self.look():
                self.changed = True
                log.info("the plant file changed: beginning again with it")
                os.kill(os.getpid(), signal.SIGTERM)
                return

    def stop(self) -> None:
        """Look no more."""
        self._end.set()


@contextmanager
def following(path: Path) -> Iterator[None]:
    """Follow the plant file while the block runs; afterwards, if it changed, become this process anew."""
    follower = Follower(path)
    thread = threading.Thread(target=follower.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        follower.stop()
        thread.join()
    if follower.changed:
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 (ourselves, with our own arguments)


def _stamp(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what tells that a file was written, without reading it."""
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)
    except OSError:
        return ()


def _load(path: Path) -> tuple[str | None, str | None]:
    """Return the version of the plant file, or what is wrong with it."""
    try:
        plant: Plant = load_plant(path)
    except (PlantFileErrors, OSError) as error:
        return None, str(error)
    return plant.version, None
