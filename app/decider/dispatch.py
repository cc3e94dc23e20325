"""Sends what is written down: each parcel at least once, with the same id, tried again with pauses, or given up.

A parcel is claimed by one row change before it is sent and settled after: a kill in between sends it again when its
claim has run out. The receiver knows it by its id and can drop it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.boards.messages import Parcel
from app.connectors.base import Connector, NotDelivered, Receipt, short
from app.connectors.mail import Mail
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS
from app.historian.messages import Messages

log = logging.getLogger(__name__)
CLAIM_MS = 3 * MINUTE_MS
"""Longer than sending one takes: nobody takes over from one who lives, and what a kill left is soon tried again."""
MOST_EACH = 20
MOST_TRIES = 40
"""With the pauses below: about a day and a half."""
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 5_000, HOUR_MS
LONGEST_REST_MS = 2 * MINUTE_MS
"""How long a target that is away is left alone at most: others wait behind each try that it lets run out."""
KEEP_MS = 90 * DAY_MS


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A part of the decider. connectors: target -> the way to it; wanting: who gets a parcel.

    taken: hears of each receipt before it is written down, so that a kill repeats it. clock: UTC ms, so that a message
    that waited behind a slow receiver is signed with the time at which it goes; None: a round takes no time.
    """

    messages: Messages
    connectors: Mapping[str, Connector]
    wanting: Callable[[Parcel], Sequence[str]]
    taken: Callable[[Parcel, Receipt, int], None] = lambda *_: None
    clock: Callable[[], int] | None = None
    _resting: dict[str, int] = field(default_factory=dict)
    _away: dict[str, int] = field(default_factory=dict)

    def step(self, now: int) -> None:
        """Send a bounded number of parcels that are due; forget old ones. now: UTC ms. Raises DatabaseAway."""
        begun = now
        for _ in range(MOST_EACH):
            now = self._time(begun)
            resting = [target for target, until in self._resting.items() if until > now]
            parcel = self.messages.take(now, now + CLAIM_MS, resting)
            if parcel is None:
                break
            if parcel.target == "":
                self._address(parcel, now)
            else:
                self._send(parcel, now)
        self.messages.let_go(now - KEEP_MS)

    def _address(self, parcel: Parcel, now: int) -> None:
        """Make a copy for everybody who wants it; what was meant for a role and reaches nobody is dead, and says so."""
        names = self.wanting(parcel)
        if names:
            self.messages.address(parcel, names, now)
        elif parcel.to:
            self._dead(parcel, f"no target is set up for {parcel.channel} to {parcel.to}", now)
        else:
            self.messages.drop(parcel)

    def _send(self, parcel: Parcel, now: int) -> None:
        """Try once and write down what became of it; a target that is away is left alone for a while."""
        way = self.connectors.get(parcel.target)
        if way is None:
            self._dead(parcel, f"target {parcel.target!r} is not set up, or there is no mail server", now)
            return
        try:
            receipt = way.send(parcel, now)
        except NotDelivered as error:
            self._rest(parcel.target, way, error, now)
            self._failed(parcel, error, self._time(now))
        except Exception as error:
            log.exception("a message could not be made", extra={"key": parcel.key, "target": parcel.target})
            self._failed(parcel, NotDelivered(f"could not be made: {type(error).__name__}"), now)
        else:
            self._away.pop(parcel.target, None)
            self.taken(parcel, receipt, now)
            self.messages.settle(parcel, replace(parcel, state="sent", answer=receipt.answer, sent_at=self._time(now)))

    def _rest(self, target: str, way: Connector, error: NotDelivered, now: int) -> None:
        """Leave a target alone that is away, longer each time in a row, or asked for it.

        All addresses share one mail server. The rest counts from when the try ended.
        """
        if error.is_away or error.after_ms:
            same = [name for name, other in self.connectors.items() if isinstance(other, Mail)]
            self._away[target] = self._away.get(target, 0) + 1
            until = self._time(now) + max(min(pause_ms(self._away[target]), LONGEST_REST_MS), error.after_ms or 0)
            self._resting.update(dict.fromkeys(same if isinstance(way, Mail) else [target], until))

    def _time(self, begun: int) -> int:
        return begun if self.clock is None else self.clock()

    def _failed(self, parcel: Parcel, error: NotDelivered, now: int) -> None:
        is_again = parcel.is_again or error.is_unsure
        if error.is_final or parcel.attempts >= MOST_TRIES:
            self._dead(replace(parcel, is_again=is_again), str(error), now)
            return
        pause = max(pause_ms(parcel.attempts), error.after_ms or 0)
        answer = short(str(error))
        log.info("a message waits", extra={"target": parcel.target, "answer": answer, "pause_ms": pause})
        later = replace(parcel, state="failed", answer=answer, next_at=now + pause, is_again=is_again)
        self.messages.settle(parcel, later)

    def _dead(self, parcel: Parcel, answer: str, now: int) -> None:
        log.warning("a message is given up", extra={"target": parcel.target, "answer": short(answer)})
        self.messages.settle(parcel, replace(parcel, state="dead", answer=short(answer), next_at=now))


def pause_ms(attempts: int) -> int:
    """Return how long to wait after so many tries: twice as long each time, up to an hour.

    >>> pause_ms(1), pause_ms(2), pause_ms(30)
    (5000, 10000, 3600000)
    """
    return min(FIRST_PAUSE_MS << min(attempts - 1, 30), LONGEST_PAUSE_MS)
