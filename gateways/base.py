"""What a protocol has to say: one function that listens and one that shows what is there. The rest is shared.

A protocol is one folder with `gateway.py` (talks) and, where the protocol has meaning of its own, `mapping.py` (pure).
It knows addresses and values of its own world; which machine and signal an address is, the event's identity, keeping it
while Redis is away and trying again belong to `gateways/` and are the same for all.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import msgspec

from app.domain.events.contract import ValueStatus

Scalar = float | int | bool | str | None


class Sample(msgspec.Struct, frozen=True, gc=False):
    """One value of one address, as the source said it.

    t: UTC ms of the source's own clock; None when it gives none (the moment of arrival is taken). status: what the
    source thinks of the value. stored: the source kept it while nobody listened and tells it late on purpose.
    snapshot: what the address holds now, told because we came (a first reading, a birth, a retained message): it may
    have been told before, so it is never an increment of a `delta` counter. gone: who said this address is dead and
    nobody knows it any more (value None, bad): no sign of life for its machine until something is told of it again.
    lost: no value of an address (`address` is empty): what the source observed since the sample before and until `t`
    is lost for good, which is a gap in what the source's machines say (DOMAIN section 6); what is told next holds.
    """

    address: str
    value: Scalar
    t: int | None = None
    status: ValueStatus = "good"
    stored: bool = False
    snapshot: bool = False
    gone: bool = False
    lost: bool = False


class Offer(msgspec.Struct, frozen=True):
    """One address that a source has, for `browse`: its type in the source's words, its unit and value now if known."""

    address: str
    type: str = ""
    unit: str = ""
    value: Scalar = None
    meaning: str = ""


class Hear(Protocol):
    """Takes samples in the source's order. An empty list says: the source is alive and has nothing new."""

    def __call__(self, samples: Sequence[Sample], place: str | None = None, /) -> None:
        """Keep samples; they are on disk when this returns.

        place: where the source is to be asked to go on behind these samples, one line of text. It is kept with them
        in one piece, so that a kill leaves both or neither, and is handed to `Resuming.go_on` of the next process.
        """


class Away(ConnectionError):
    """The source cannot be reached or went away; the text says why in words and what would help. Tried again."""


class BadSource(ValueError):
    """The plant file describes this source wrongly; the text says which key and what would be right. Never retried."""


class NotHere(BadSource):
    """What the plant file names is not on this machine (a file, a variable): it need be only where the gateway runs."""


class Gateway(Protocol):
    """A connection to one source of the plant file."""

    async def listen(self, hear: Hear) -> None:
        """Connect and tell every change until the connection ends. Raises Away, or CancelledError when told to stop.

        First tells what every mapped address says now. While nothing changes but the source is known to live, hears an
        empty list at least every 5 s: silence is unknown time (DOMAIN section 1).
        """

    async def browse(self, limit: int) -> list[Offer]:
        """Connect, return at most `limit` addresses that the source has, disconnect. Raises Away."""


@runtime_checkable
class Resuming(Protocol):
    """A gateway whose source still has what nobody heard while the gateway was away."""

    def go_on(self, place: str) -> None:
        """Go on at the place told last before a restart; called before the first `listen`."""
