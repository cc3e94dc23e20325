"""Reports by e-mail: a person asks for them for themselves, within what they may see, and takes it back."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.auth.guard import Invalid, NotFound, require
from app.auth.steward import Trail
from app.boards.mail import ATTACHED, RHYTHMS, Letter, MyMail, Subscription
from app.commands.places import check_place
from app.domain.plant.equipment import Plant
from app.domain.roles import Identity, Permission

LONGEST = 254
MOST_EACH = 40
NEWEST = 200
_ATOM, _LABEL = r"[A-Za-z0-9_!#$%&'*+/=?^`{|}~-]+", r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@({_LABEL}\.)*{_LABEL}")


class Desk(Protocol):
    """Where subscriptions are kept (app.historian.mail)."""

    def put(self, wanted: Subscription) -> None:
        """Keep it, in place of the one of the same person, place and rhythm."""

    def remove(self, who: str, equipment: str, rhythm: str) -> bool:
        """Forget it; return whether it was there."""

    def all(self, who: str | None = None) -> list[Subscription]:
        """Return all of them, or those of one person."""


class Sent(Protocol):
    """Where letters are kept (app.historian.mail)."""

    def newest(self, most: int, who: str | None = None) -> list[Letter]:
        """Return the newest letters of one person."""


@dataclass(frozen=True, slots=True)
class MailDesk:
    """Takes subscriptions. is_on: a mail server is set up; domains: whose addresses may be used, () is all."""

    desk: Desk
    letters: Sent
    trail: Trail
    is_on: bool
    domains: Sequence[str]
    now: Callable[[], int]

    def subscribe(self, who: Identity, wanted: Subscription, plant: Plant, by: str) -> None:
        """Keep a subscription of `who` and record who made it. Raises Forbidden, NotFound, Invalid."""
        require(who, Permission.SEE_HISTORY, wanted.equipment)
        self._check(wanted, plant)
        others = [s for s in self.desk.all(who.name) if (s.equipment, s.rhythm) != (wanted.equipment, wanted.rhythm)]
        if len(others) >= MOST_EACH:
            raise Invalid("mail.too_many", most=MOST_EACH)
        self._write(by, "mail.subscribed", wanted.equipment, f"{wanted.rhythm} {wanted.form} to {wanted.address}")
        self.desk.put(wanted)

    def unsubscribe(self, who: str, equipment: str, rhythm: str, by: str) -> None:
        """Forget a subscription of `who` and record who did. Raises NotFound."""
        if not any((s.equipment, s.rhythm) == (equipment, rhythm) for s in self.desk.all(who)):
            raise NotFound("mail.no_such")
        self._write(by, "mail.unsubscribed", equipment, f"{rhythm} of {who}")
        self.desk.remove(who, equipment, rhythm)

    def mine(self, who: Identity) -> MyMail:
        """Return their subscriptions, each with its newest letter."""
        mine, last = self.desk.all(who.name), self.letters.newest(NEWEST, who.name)
        address = max(mine, key=lambda s: s.since).address if mine else ""
        return MyMail(self.is_on, address, tuple((wanted, _newest(wanted, last)) for wanted in mine))

    def _check(self, wanted: Subscription, plant: Plant) -> None:
        if wanted.rhythm not in RHYTHMS:
            raise Invalid(f"rhythm {wanted.rhythm[:20]!r}: must be one of {', '.join(RHYTHMS)}")
        if wanted.form not in ATTACHED:
            raise Invalid(f"form {wanted.form[:20]!r}: must be one of {', '.join(ATTACHED)}")
        check_place(plant, wanted.equipment)
        check_address(wanted.address, self.domains)

    def _write(self, who: str, what: str, where: str, detail: str) -> None:
        self.trail.write(self.now(), who, what, where, detail)


def check_address(address: str, domains: Sequence[str]) -> None:
    """Return for an address we write to. domains: those allowed, () is all. Raises Invalid."""
    if len(address) > LONGEST or not _ADDRESS.fullmatch(address):
        raise Invalid("mail.bad_address", address=address[:80])
    if domains and address.rpartition("@")[2].lower() not in domains:
        raise Invalid("mail.other_domain", domains=", ".join(domains))


def _newest(wanted: Subscription, letters: Sequence[Letter]) -> Letter | None:
    is_day = wanted.rhythm == "day"
    return next((x for x in letters if x.equipment == wanted.equipment and (x.shift is None) is is_day), None)
