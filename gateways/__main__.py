"""`python -m gateways FILE [SOURCE ...]`: machines speak, the streams have their events; --browse and --test show."""

import argparse
import asyncio
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.domain.plant.equipment import Plant, Source
from app.domain.plant.node import PlantFileErrors
from app.following import following
from app.logs import set_up_logs
from app.plantyaml import load_plant
from app.settings import BadSetting, Settings, read
from app.streams.connection import BadUrl, ServerAway, client_of, url_of
from app.streams.health import Health
from app.streams.ingest import IngestLog
from gateways.base import Away, BadSource
from gateways.mapping import Mapper
from gateways.registry import completed, gateway_of, holds
from gateways.run import Runner, run
from gateways.show import browse, listen
from gateways.spool import Spool

LONGEST_TEST_S = 3_600.0
WRONG = (BadSource, PlantFileErrors, BadSetting, BadUrl)


def _seconds(text: str) -> float:
    """Return how long to listen; argparse says what is wrong."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TEST_S:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most {LONGEST_TEST_S:g} seconds, is {text}")
    return seconds


OPTIONS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("file",), {"metavar": "FILE", "help": "the plant file; its `sources` say who is listened to"}),
    (("sources",), {"metavar": "SOURCE", "nargs": "*", "help": "only these sources (default: all)"}),
    (("--browse",), {"action": "store_true", "help": "show what the source offers, and end"}),
    (
        ("--test",),
        {"metavar": "SECONDS", "type": _seconds, "help": "listen so long, show what the mapping makes of it"},
    ),
    (("--spool",), {"metavar": "FOLDER", "help": "where events are kept until they are sent (default: data folder)"}),
    (
        ("--spool-sync",),
        {"choices": ("second", "always"), "default": "second", "help": "when the disk itself must have it (second)"},
    ),
    (("--spool-mb",), {"type": int, "default": 16_384, "help": "most to keep per source, then the oldest go (16384)"}),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the verb; 0 well, 1 the source is away, 2 something is wrong with what was said."""
    asked = _parser().parse_args(argv)
    try:
        settings = read()
        set_up_logs(settings.log_level)
        plant = load_plant(Path(asked.file))
        sources = _sources(plant, asked.sources)
        if asked.browse:
            return browse(sources)
        if asked.test is not None:
            return listen(plant, sources, asked.test, clock)
        with following(Path(asked.file)):
            return _run(plant, sources, settings, asked)
    except WRONG as error:
        print(error, file=sys.stderr)
        return 2
    except (Away, ServerAway) as error:
        print(error, file=sys.stderr)
        return 1


def clock() -> int:
    """Return the time, UTC ms."""
    return time.time_ns() // 1_000_000


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateways", description=__doc__)
    for names, said in OPTIONS:
        parser.add_argument(*names, **said)
    return parser


def _sources(plant: Plant, names: Sequence[str]) -> list[Source]:
    known = {source.id: source for source in plant.sources}
    for name in names:
        if name not in known:
            raise BadSource(f"no source `{name}` in the plant file; there are {', '.join(known) or 'none'}")
    if not known:
        raise BadSource("the plant file has no `sources`: say who is to be listened to")
    return [completed(plant, source) for source in [known[name] for name in names] or known.values()]


def _run(plant: Plant, sources: Sequence[Source], settings: Settings, asked: argparse.Namespace) -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    folder = Path(asked.spool) if asked.spool else settings.data / "spool"
    client = client_of(url_of(settings.redis_url, settings.data))
    runners = [
        Runner(
            source,
            gateway_of(source),
            Mapper(plant, source, holds=holds(source)),
            Spool(folder / source.id, clock(), most_bytes=asked.spool_mb << 20, sync=asked.spool_sync == "always"),
            IngestLog(client),
            Health(client),
            clock,
        )
        for source in sources
    ]
    asyncio.run(run(runners, stop))
    return 0


if __name__ == "__main__":
    sys.exit(main())
