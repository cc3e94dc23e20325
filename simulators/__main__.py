"""`python -m simulators FILE`: a plant that does not exist, on the same streams as a real one."""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from app.domain.interval import DAY_MS, MINUTE_MS, Interval
from app.domain.plant.equipment import AmbiguousEquipment, Plant, UnknownEquipment
from app.domain.plant.node import PlantFileErrors
from app.domain.units import BadUnit, duration_ms
from app.plantyaml import load_plant
from app.settings import BadSetting, read
from app.streams.connection import BadUrl, ServerAway, connect
from app.streams.health import Health
from app.streams.log import LineLog
from simulators.faults import LEVELS, BadDirt
from simulators.output import Lines, Outlet, OutletAway, Raw, Sender
from simulators.run import COARSE, LIVE, WARM, Marks, Road, Run, past, present
from simulators.servers import PROTOCOLS, server
from simulators.summary import summary
from simulators.traits import BadSimulation
from simulators.truth import Book, Memory, Nowhere, TruthFile
from simulators.world import World, simulate

FEED_RATE = 20_000
FEED_LAG_MS = 2_000
ALIVE_MS = 10_000
NICE = 10
KEPT_MS = 14 * DAY_MS
LOOK_AHEAD_MS = 10 * MINUTE_MS
FASTEST = 100_000


class BadOption(ValueError):
    """An option is wrong; the text says which, what it holds and what would be right."""


WRONG = (
    BadOption,
    PlantFileErrors,
    BadSimulation,
    BadDirt,
    BadUnit,
    BadSetting,
    BadUrl,
    UnknownEquipment,
    AmbiguousEquipment,
)


class RedisOutlet:
    """The streams of the lines in Redis. The only place in this room that touches app.streams."""

    def __init__(self, log: LineLog, health: Health) -> None:
        self._log, self._health = log, health

    def send(self, raws: Sequence[Raw]) -> None:
        """Append to each line's stream in order. Raises OutletAway."""
        by_line: dict[str, list[bytes]] = {}
        for line, raw in raws:
            by_line.setdefault(line, []).append(raw)
        try:
            for line, own in by_line.items():
                self._log.append_many(line, own)
        except ServerAway as error:
            raise OutletAway(str(error)) from error

    def behind(self) -> int:
        """Return by how many ms the slowest engine lags behind what arrived, as it said last; 0 without an engine.

        Not the committed position: it is half a minute old when all is well.
        """
        try:
            said = self._health.read("engine", now := _wall())
        except ServerAway as error:
            raise OutletAway(str(error)) from error
        return max((int(h.figures.get("lag_ms", 0)) for h in said if now - h.at <= ALIVE_MS), default=0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulators; 0 when done or stopped, 2 when something that was given is wrong."""
    options = _parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with ExitStack() as stack:
            return _run(options, stop, stack)
    except WRONG as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except BrokenPipeError:
        return 0


@dataclass(frozen=True, slots=True)
class Kit:
    """What both kinds of run need. at: the moment taken as now, UTC ms."""

    plant: Plant
    lines: list[str]
    at: int
    book: Book
    outlet: Outlet
    road: Road
    marks: Marks
    stop: threading.Event


def _run(options: argparse.Namespace, stop: threading.Event, stack: ExitStack) -> int:
    plant = load_plant(options.file)
    lines = [plant.resolve(name)[0].path for name in options.lines] or [w.path for w in plant.lines()]
    at = _moment(options.at) if options.at else _wall()
    if options.summary:
        return _print_summary(plant, options, lines, at)
    book = _book(options.truth, stack)
    road = Road(plant, options.seed, book, options.dirty)
    outlet = _speaking(plant, options, _outlet(options.to, stack), stack)
    kit = Kit(plant, lines, at, book, outlet, road, Marks(options.resume), stop)
    if options.history:
        _feed_history(kit, options)
    else:
        _go_live(kit, options)
    return 0


def _feed_history(kit: Kit, options: argparse.Namespace) -> None:
    """Feed [at - history, at - warm) politely; a broken-off feed goes on where it was, a finished one ends."""
    mark = kit.marks.load()
    window = Interval(kit.at - duration_ms(options.history), kit.at - duration_ms(options.warm) - 1)
    window = Interval(mark.start, mark.end) if mark else window
    seed, done = (mark.seed, mark.until) if mark else (options.seed, 0)
    if done >= window.end:
        return
    os.nice(NICE)
    world = World(
        kit.plant, seed, window.start, lines=kit.lines, suffix="-history", pace=replace(COARSE), book=kit.book,
        counters=options.counters,
    )  # fmt: skip
    sender = Sender(kit.outlet, kit.stop.wait, most_behind=FEED_LAG_MS, rate=options.rate)
    began = time.monotonic()
    whole = past(Run(world, kit.road, sender, kit.marks, seed, kit.stop.is_set), window, done)
    spent = time.monotonic() - began
    sys.stderr.write(f"history {'complete' if whole else 'stopped'}: {sender.sent} events in {spent:.1f} s\n")


def _go_live(kit: Kit, options: argparse.Namespace) -> None:
    """Catch up from `at - warm` (or from where the last run ended), then go on at the asked speed."""
    mark = kit.marks.load()
    resumed = mark is not None and kit.at - KEPT_MS < mark.until <= kit.at
    start = mark.until if mark is not None and resumed else kit.at - duration_ms(options.warm)
    until = _until(options, kit.at)
    if options.speed == "max" and until is None:
        raise BadOption("--speed max needs an end: give --until or --duration")
    pace = replace(WARM if kit.at > start else LIVE)
    world = World(kit.plant, options.seed, start, lines=kit.lines, pace=pace, book=kit.book, counters=options.counters)
    run = Run(world, kit.road, Sender(kit.outlet, kit.stop.wait), kit.marks, options.seed, kit.stop.is_set)
    present(run, Interval(start, kit.at), _clock(options.speed, kit.at), until, kit.stop.wait)
    sys.stderr.write(f"stopped: {run.sender.sent} events\n")


def _until(options: argparse.Namespace, at: int) -> int | None:
    if options.until:
        return _moment(options.until)
    return at + duration_ms(options.duration) if options.duration else None


def _clock(speed: str, at: int) -> Callable[[], int]:
    """Return simulated time by wall time: `at` is now, `speed` times as fast; max: ten minutes a look."""
    if speed == "max":
        looks = iter(range(at + LOOK_AHEAD_MS, 1 << 62, LOOK_AHEAD_MS))
        return lambda: next(looks)
    try:
        factor = float(speed)
    except ValueError:
        factor = 0.0
    if not 0 < factor <= FASTEST:
        raise BadOption(f"--speed {speed}: must be `max` or a number above 0 and up to {FASTEST}")
    began = time.monotonic()
    return lambda: at + int((time.monotonic() - began) * 1000 * factor)


def _print_summary(plant: Plant, options: argparse.Namespace, lines: list[str], at: int) -> int:
    window = Interval(at - duration_ms(options.history or "3d"), at)
    book = Memory()
    for _ in simulate(plant, options.seed, window, lines=lines, pace=replace(COARSE), book=book):
        pass
    for row in summary(plant, window, book.records):
        sys.stdout.write(row + "\n")
    return 0


def _book(path: Path | None, stack: ExitStack) -> Book:
    if path is None:
        return Nowhere()
    book = TruthFile(path)
    stack.callback(book.close)
    return book


def _outlet(to: str, stack: ExitStack) -> Outlet:
    if to == "redis":
        settings = read()
        client = connect(settings.redis_url, settings.data)
        return RedisOutlet(LineLog(client), Health(client))
    return Lines(sys.stdout.buffer if to == "-" else stack.enter_context(Path(to).open("wb")))


def _speaking(plant: Plant, options: argparse.Namespace, rest: Outlet, stack: ExitStack) -> Outlet:
    """Return the outlet that says through real protocols what their sources speak for, and hands on the rest."""
    if options.speaks and options.history:
        raise BadOption("--as speaks live: a protocol has no past; leave out --history")
    outlet = rest
    for protocol in dict.fromkeys(options.speaks):
        options.counters = True
        outlet = stack.enter_context(server(protocol)(plant, outlet))
    return outlet


def _wall() -> int:
    return time.time_ns() // 1_000_000


def _moment(text: str) -> int:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadOption(f"{text}: must be a time such as 2026-11-23T06:00:00+00:00 (no zone: UTC)") from error
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulators", description="Simulate a plant into its event streams."
    )
    add = parser.add_argument
    add("file", type=Path, help="plant file or folder")
    add("--seed", type=int, default=7, help="same seed, plant and start: the same events (default 7)")
    add("--speed", default="1", help="times real time, or max (default 1)")
    add("--history", metavar="14d", help="feed this much past, up to --warm before now, then end")
    add("--warm", default="0s", metavar="10h", help="live: catch up from this long ago; history: stop there")
    add("--at", metavar="ISO", help="the moment taken as now (default: the clock)")
    add("--until", metavar="ISO", help="end there, simulated time")
    add("--duration", metavar="8h", help="end that long after --at")
    add("--to", default="redis", help="redis (as REDIS_URL and LINESIDE_DATA say), a file, or - (default redis)")
    add("--dirty", choices=tuple(LEVELS), help="dirt of every source (default: what the plant file says, else clean)")
    add("--counters", action="store_true", help="say running totals where the plant file declares counters")
    protocols = "machines of sources with this gateway speak its protocol where the source maps it; may be repeated"
    add("--as", dest="speaks", action="append", default=[], choices=PROTOCOLS, help=protocols)
    add("--truth", type=Path, metavar="FILE", help="write what really happened, JSONL")
    add("--lines", nargs="+", default=[], metavar="LINE", help="only these lines")
    add("--rate", type=int, default=FEED_RATE, help=f"history: events a second at most (default {FEED_RATE})")
    add("--resume", type=Path, metavar="FILE", help="keep the place there: a restart goes on and repeats nothing")
    add("--summary", action="store_true", help="print what --history (default 3d) looks like; send nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
