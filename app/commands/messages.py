"""Looks at what goes out to people and systems, and sends dead letters again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.auth.guard import Conflict, Invalid, NotFound, require
from app.boards.messages import STATES, MessageRow, MessagesBoard, Parcel, State
from app.commands.ground import Ground
from app.connectors.words import Words
from app.domain.roles import Identity, Permission, in_scope
from app.historian.claims import WAITING
from app.historian.messages import Messages
from app.historian.paging import Page

MOST_ROWS = 200
LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class MessageDesk:
    """Looks and acts for a person, within their scope."""

    ground: Ground

    def board(self, who: Identity, state: str | None, lang: str) -> MessagesBoard:
        """Return the newest messages about what they may see, in words of `lang`. Raises Forbidden, Invalid."""
        require(who, Permission.CARE_FOR_MESSAGES)
        wanted = _state(state)
        store, plant = Messages(self.ground.database), self.ground.plant()
        rows = self._rows(store.newest(MOST_ROWS, wanted, who.scopes), lang)
        found = store.counts(who.scopes)
        counts: dict[State, int] = {each: found.get(each, 0) for each in STATES}
        zone = next((line.zone for line in plant.lines() if in_scope(who, line.path)), "UTC")
        return MessagesBoard(wanted, zone, self.ground.now(), counts, tuple(rows))

    def again(self, who: Identity, key: str) -> None:
        """Have a dead message sent once more, with the id it had. Raises Forbidden, NotFound, Conflict."""
        require(who, Permission.CARE_FOR_MESSAGES)
        store, now = Messages(self.ground.database), self.ground.now()
        found = self._theirs(who, key)
        if found.state != "dead":
            raise Conflict("messages.not_dead")
        detail = f"{found.channel} {found.kind} {found.target} {found.key}"
        self.ground.trail.write(now, who.name, "message.again", found.equipment, detail)
        if not store.again(found.key, now):
            raise Conflict("messages.not_dead")

    def page(self, who: Identity, state: str | None, page: Page, lang: str) -> list[MessageRow]:
        """Return a page of the messages about what they may see, newest first. Raises Forbidden, Invalid."""
        require(who, Permission.CARE_FOR_MESSAGES)
        found = Messages(self.ground.database).page(_state(state), who.scopes, page)
        return self._rows(found, lang)

    def drop(self, who: Identity, key: str) -> None:
        """Give up a message that waits to be sent. Raises Forbidden, NotFound, Conflict: it is out, or given up."""
        require(who, Permission.CARE_FOR_MESSAGES)
        store, now = Messages(self.ground.database), self.ground.now()
        found = self._theirs(who, key)
        if found.state not in WAITING:
            raise Conflict("messages.not_waiting")
        detail = f"{found.channel} {found.kind} {found.target} {found.key}"
        self.ground.trail.write(now, who.name, "message.drop", found.equipment, detail)
        if not store.settle(found, replace(found, state="dead", answer=f"given up by {who.name}")):
            raise Conflict("messages.not_waiting")

    def _theirs(self, who: Identity, key: str) -> Parcel:
        found = None if "\x00" in key else Messages(self.ground.database).get(key[:LONGEST_KEY])
        if found is None or not in_scope(who, found.equipment):
            raise NotFound("messages.no_such")
        return found

    def _rows(self, found: Iterable[Parcel], lang: str) -> list[MessageRow]:
        plant, words = self.ground.plant(), Words(lang=lang)
        names = {line.path: line.name for line in plant.lines()}
        names |= {machine.path: machine.name for line in plant.lines() for machine in line.machines}
        return [MessageRow(one, about(one, words), names.get(one.equipment, one.equipment)) for one in found]


def about(parcel: Parcel, words: Words) -> str:
    """Return in a line what a message says: its title, or its kind where it has none."""
    said = words.of(parcel)
    number = said.get("number")
    title = str(said.get("title") or parcel.kind)
    return f"{number} \u00b7 {title}" if number else title


def _state(said: str | None) -> State | None:
    if not said:
        return None
    found = next((state for state in STATES if state == said), None)
    if found is None:
        raise Invalid(f"state {said[:20]!r}: must be one of {', '.join(STATES)}")
    return found
