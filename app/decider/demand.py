"""Takes in what other systems want by stream: each entry an order or forecast, wrong ones put aside with the reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from app.auth.steward import Trail
from app.domain.decisions.demand import Reader, Wanted, Wrong
from app.domain.events import streams
from app.domain.interval import DAY_MS
from app.domain.plant.equipment import Plant, Site
from app.domain.roles import covers
from app.domain.suggestion import Said
from app.historian.database import Database
from app.historian.demand import DemandBook, Taken
from app.streams.demand import DemandLog, Entry
from app.streams.log import START, entry_key
from app.text.said import said_words

BATCH, MOST_ROUNDS, LONGEST = 1_000, 5, 16_384
KEEP_DAYS = 7
BY = "stream"


@dataclass(frozen=True, slots=True)
class DemandTaker:
    """A part of the decider. plant: as it is worked now.

    Orders and the position are kept in one transaction; what is refused is put aside before it, under its own id. A
    kill in between repeats a batch: orders say the same as before then, and what was put aside is not put twice.
    """

    plant: Callable[[], Plant]
    log: DemandLog
    database: Database
    trail: Trail

    def step(self, now: int) -> None:
        """Take in what is new, a bounded amount at a time. Raises ServerAway, DatabaseAway."""
        plant = self.plant()
        for site in plant.sites:
            for _ in range(MOST_ROUNDS):
                if self._take(plant, site, now) < BATCH:
                    break

    def _take(self, plant: Plant, site: Site, now: int) -> int:
        book, stream = DemandBook(self.database), streams.demand(site.path)
        position = (book.position(stream) or START.decode()).encode()
        entries = self.log.read(site.path, position, BATCH)
        if not entries:
            return 0
        good, refused = _read(_reader(plant, site), entries)
        elsewhere = {o for o, place in book.places([w.order for w, _ in good]).items() if not covers(site.path, place)}
        refused += [(entry, f"order: {_ELSEWHERE}") for one, entry in good if one.order in elsewhere]
        for entry, reason in sorted(refused, key=lambda found: entry_key(found[0].id)):
            self.log.refuse(site.path, entry, reason)
        newest = {one.order: one for one, _ in good if one.order not in elsewhere}
        counted = book.put(list(newest.values()), now, BY, Taken(stream, entries[-1].id.decode()))
        if counted.new or counted.changed or refused:
            said = f"{counted.new} new, {counted.changed} changed, {len(refused)} refused"
            self.trail.write(now, BY, "schedule.demand", site.path, said)
        self.log.trim(site.path, entries[-1].id, now - KEEP_DAYS * DAY_MS)
        return len(entries)


_ELSEWHERE = "is made at another site already"


def _reader(plant: Plant, site: Site) -> Reader:
    places = {site.path, *(area.path for area in site.areas), *(m.path for area in site.areas for m in area.lines)}
    return Reader(frozenset(plant.products), frozenset(places), site.path, site.zone, BY)


def _read(reader: Reader, entries: Sequence[Entry]) -> tuple[list[tuple[Wanted, Entry]], list[tuple[Entry, str]]]:
    """Return the good ones, oldest first, and the others with the reason. Each is a version of its own."""
    good: list[tuple[Wanted, Entry]] = []
    refused: list[tuple[Entry, str]] = []
    for entry in entries:
        row = _row(entry.raw)
        if isinstance(row, str):
            refused.append((entry, row))
            continue
        taken = reader.rows([row])
        good += [(one, entry) for one in taken.wanted]
        refused += [(entry, _words(wrong)) for wrong in taken.wrong]
    return good, refused


def _row(raw: bytes) -> dict[str, object] | str:
    if len(raw) > LONGEST:
        return f"{len(raw)} bytes: at most {LONGEST}"
    try:
        return msgspec.json.decode(raw, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return f"must be a JSON object of one order: {error}"


def _words(wrong: Wrong) -> str:
    said: Said = wrong.what
    return f"{wrong.column}: {said_words(said, 'en')}"
