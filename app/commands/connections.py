"""How the sources are, and what to do with events that were refused: mend what is wrong, then replay them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import msgspec

from app.auth.guard import Conflict, Invalid, NotFound, require
from app.auth.steward import Trail
from app.boards.connections import ConnectionsBoard, How, RefusedEvent, RefusedGroup, SourceRow, Tab, Waiting
from app.domain.events.codec import MalformedEvent, decode, encode
from app.domain.plant.equipment import AmbiguousEquipment, Plant, Source, UnknownEquipment
from app.domain.roles import EVERYWHERE, Identity, Permission, in_scope, may
from app.streams.health import ProcessHealth
from app.streams.quarantine import Refused

ROLE = "gateway"
SILENT_MS = 15_000
MOST_LOOKED_AT = 2_000
MOST_REPLAYED = 10_000
LONGEST_EVENT = 65_536
NOWHERE = "door"
"""Where events are put aside that name no line (app.rest.door)."""


class Healths(Protocol):
    """app.streams.health.Health."""

    def read(self, role: str, now: int) -> list[ProcessHealth]:
        """Return what the processes of a role said last."""


class Aside(Protocol):
    """app.streams.quarantine.Quarantine."""

    def count(self, line: str) -> int:
        """Return how many events of the line wait."""

    def list(self, line: str, most: int = 100) -> list[Refused]:
        """Return the newest refused events."""

    def replay(self, line: str, refused: Refused, mended: bytes | None = None, to: str | None = None) -> str | None:
        """Move an event to the end of a line's stream; None when it is no longer there."""


@dataclass(frozen=True, slots=True)
class ConnectionDesk:
    """Looks and acts for a person, within their scope. plant: as it is now; now: UTC ms."""

    plant: Callable[[], Plant]
    health: Healths
    aside: Aside
    trail: Trail
    now: Callable[[], int]

    def board(self, who: Identity, tab: Tab) -> ConnectionsBoard:
        """Return sources and refused events of what they may see. Raises Forbidden, ServerAway."""
        require(who, Permission.SEE_HISTORY)
        plant, now = self.plant(), self.now()
        said = {health.owner: health for health in self.health.read(ROLE, now)}
        sources = [source_row(plant, s, said.get(s.id), now) for s in plant.sources if _sees(who, s)]
        names = {line.path: line.name for line in plant.lines() if in_scope(who, line.path)}
        names |= {site.path: site.name for site in plant.sites if in_scope(who, site.path)}
        if EVERYWHERE in who.scopes:
            names[NOWHERE] = ""
        groups: list[RefusedGroup] = []
        if tab == "refused" and may(who, Permission.CARE_FOR_DATA):
            for line, name in names.items():
                groups += refused_groups(line, name, self.aside.list(line, MOST_LOOKED_AT))
        zone = next((line.zone for line in plant.lines() if in_scope(who, line.path)), "UTC")
        waiting = sum(self.aside.count(line) for line in names)
        newest_first = sorted(groups, key=lambda group: -group.newest)
        return ConnectionsBoard(tab, zone, now, tuple(sources), waiting, tuple(newest_first))

    def waiting(self, who: Identity, line: str, most: int) -> Waiting:
        """Return the newest refused events of a line. Raises Forbidden, NotFound, ServerAway."""
        self._require(who, line, Permission.CARE_FOR_DATA)
        plant = self.plant()
        if line not in (NOWHERE, *(one.path for one in plant.lines()), *(site.path for site in plant.sites)):
            raise NotFound("connections.no_line")
        found = self.aside.list(line, min(most, MOST_REPLAYED))
        return Waiting(self.aside.count(line), tuple(_refused(one) for one in found))

    def replay(self, who: Identity, line: str, key: str) -> int:
        """Put every refused event of this reason back on its line's stream, oldest first; return how many.

        What is still wrong is refused again. Raises Forbidden, NotFound, ServerAway.
        """
        self._require(who, line, Permission.CARE_FOR_DATA)
        if line == NOWHERE:
            raise Invalid("connections.needs_line")
        waiting = [r for r in reversed(self.aside.list(line, MOST_REPLAYED)) if reason_key(r.reason) == key]
        if not waiting:
            raise NotFound("connections.no_longer")
        self.trail.write(self.now(), who.name, "quarantine.replay", line, f"{len(waiting)} event(s): {key}")
        return sum(self.aside.replay(line, refused) is not None for refused in waiting)

    def mend(self, who: Identity, line: str, entry: str, text: str) -> None:
        """Put one refused event back as somebody wrote it anew. Raises Forbidden, Invalid, Conflict, ServerAway."""
        self._require(who, line, Permission.SEND_EVENTS)
        to, raw = self._written(who, line, text)
        found = next((r for r in self.aside.list(line, MOST_REPLAYED) if r.id == entry), None)
        if found is None:
            raise Conflict("connections.no_longer")
        was = found.raw[:LONGEST_EVENT].decode(errors="replace")
        self.trail.write(self.now(), who.name, "quarantine.mend", to, f"was {was} is {raw.decode()}")
        if self.aside.replay(line, found, raw, to) is None:
            raise Conflict("connections.no_longer")

    def _written(self, who: Identity, line: str, text: str) -> tuple[str, bytes]:
        """Return the line and bytes of an event as somebody wrote it; a site's is an order, judged when it is read."""
        if any(site.path == line for site in self.plant().sites):
            return line, text[:LONGEST_EVENT].encode(errors="replace")
        try:
            event = decode(text[:LONGEST_EVENT])
            found, machine = self.plant().resolve(event.machine)
        except (MalformedEvent, UnknownEquipment, AmbiguousEquipment, RecursionError) as error:
            raise Invalid("connections.still_wrong", why=str(error)) from error
        if line not in (NOWHERE, found.path):
            raise Invalid("connections.other_line", line=found.path)
        require(who, Permission.SEND_EVENTS, found.path)
        path = found.path if machine is None else machine.path
        return found.path, encode(msgspec.structs.replace(event, machine=path))

    def _require(self, who: Identity, line: str, permission: Permission) -> None:
        if line == NOWHERE and EVERYWHERE in who.scopes:
            require(who, permission)
        else:
            require(who, permission, line)


def source_row(plant: Plant, source: Source, said: ProcessHealth | None, now: int) -> SourceRow:
    """Return how a source is, by what its gateway said last."""
    names = {m.path: m.name for line in plant.lines() for m in line.machines}
    how: How = "absent"
    if said is not None and now - said.at <= SILENT_MS:
        how = "fine" if said.problem is None else "away"
    owner = source.options.get("owner")
    return SourceRow(
        source.id,
        source.gateway,
        _shown(source.options.get("url", source.options.get("path", ""))),
        None if owner is None else str(owner),
        tuple(names.get(path, path) for path in source.machines),
        how,
        None if said is None else said.at,
        {} if said is None else said.figures,
        said.problem if said is not None and how == "away" else None,
    )


def refused_groups(line: str, name: str, refused: list[Refused]) -> Iterator[RefusedGroup]:
    """Yield refused events, newest first, gathered by why."""
    groups: dict[str, list[Refused]] = {}
    for one in refused:
        groups.setdefault(reason_key(one.reason), []).append(one)
    for key, own in groups.items():
        first = _refused(own[0])
        yield RefusedGroup(line, name, key, first.reason, len(own), first.at, first.id, first.raw)


def _refused(one: Refused) -> RefusedEvent:
    raw = one.raw[:LONGEST_EVENT].decode(errors="replace")
    return RefusedEvent(one.id, int(one.id.partition("-")[0]), one.reason, reason_key(one.reason), raw)


def reason_key(reason: str) -> str:
    """Return a reason without its numbers: `t 5: must be` and `t 6: must be` are one."""
    return re.sub(r"\d+", "#", reason)


def _sees(who: Identity, source: Source) -> bool:
    return any(in_scope(who, machine) for machine in source.machines) or EVERYWHERE in who.scopes


def _shown(url: object) -> str:
    """Return an address without who signs in."""
    parts = urlsplit(str(url))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
