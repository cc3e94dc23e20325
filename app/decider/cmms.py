"""Work orders told to whoever listens and to the maintenance system, and what the latter says of them taken in."""

from collections.abc import Callable
from dataclasses import dataclass

from app.boards.messages import ORDER_CHANGED, ORDER_CREATED, Channel, Outgoing, Parcel
from app.connectors.base import NotDelivered, Receipt
from app.connectors.cmms import CmmsHttp
from app.domain.decisions.outside import Heard, OrderBook, OrderState
from app.domain.interval import DAY_MS, MINUTE_MS
from app.historian.messages import Marks, Messages

LOOK_BACK_MS = 7 * DAY_MS
"""The first time, and no further: what changed before is not news."""
OVERLAP_MS = MINUTE_MS
"""A change may be written down a little after the time it carries."""
OUT, IN = "orders.out", "orders.in"
NUMBER = "number"


class UnknownState(NotDelivered):
    """The maintenance system uses a word that `[cmms.states]` does not have."""


@dataclass(frozen=True, slots=True)
class OrderExchange:
    """A part of the decider. cmms None: orders are only told to webhooks.

    Marks move after the work: a kill repeats some of it, and keys make the repetition harmless.
    """

    book: OrderBook
    messages: Messages
    marks: Marks
    cmms: CmmsHttp | None = None

    def step(self, now: int) -> None:
        """Tell what changed here, hear what changed there. Raises DatabaseAway, NotDelivered, UnknownState."""
        self._tell(now)
        if self.cmms is not None:
            self._hear(self.cmms, now)

    def _tell(self, now: int) -> None:
        since = self._since(OUT, now)
        changed = self.book.changed_since(since - OVERLAP_MS)
        channels: tuple[Channel, ...] = ("webhook",) if self.cmms is None else ("webhook", "cmms")
        self.messages.put([one for order in changed for one in order_news(order, channels)])
        reached = max((order.at for order in changed), default=since)
        if reached > since:
            self.marks.put(OUT, reached)

    def _hear(self, cmms: CmmsHttp, now: int) -> None:
        since = self._since(IN, now)
        reached, odd, changed = since, None, cmms.changed_since(since, now)
        for order in changed.orders:
            status = cmms.status(order.status)
            at = min(order.changed_at, now)  # a clock ahead of ours must not make us deaf until then
            said = (order.note, order.code, order.minutes)
            is_odd = status is None
            try:
                moved = self.book.outside(Heard(str(order.number), str(order.id), at, status, *said))
                self.messages.put(moved_news(moved) if moved is not None else ())
            except LookupError:  # not one of ours, whatever is said of it
                is_odd = False
            if is_odd:
                odd = odd or order
            if odd is None:
                reached = max(reached, at)
        if reached > since:
            self.marks.put(IN, reached)
        if odd is not None:
            raise UnknownState(f"order {str(odd.number)[:40]}: status {odd.status[:40]!r} is not in [cmms.states]")
        if changed.odd is not None:
            raise NotDelivered(changed.odd)

    def _since(self, name: str, now: int) -> int:
        return max(self.marks.get(name) or 0, now - LOOK_BACK_MS)


def order_news(order: OrderState, channels: tuple[Channel, ...]) -> list[Outgoing]:
    """Return what is to be told of an order: that it was made, and its change when there was one since.

    What the maintenance system told us is not told back to it.
    """
    data = {
        NUMBER: order.number,
        "title": order.title,
        "why": order.why,
        "priority": order.priority,
        "status": order.status,
        "created": order.created,
        "changed": order.at,
        "due": order.due_at,
        "by": order.by,
        "external_id": order.external_id,
    }
    found = []
    for channel in channels:
        if channel == "cmms" and order.is_from_outside:
            continue
        found.append(_news(order, channel, ORDER_CREATED, order.created, data))
        if order.at > order.created:
            found.append(_news(order, channel, ORDER_CHANGED, order.at, data))
    return found


def moved_news(order: OrderState) -> list[Outgoing]:
    """Return what webhooks are told of an order that moved outside; a kill before it is kept loses it."""
    return [one for one in order_news(order, ("webhook",)) if one.kind == ORDER_CHANGED]


def _news(order: OrderState, channel: Channel, kind: str, at: int, data: dict[str, object]) -> Outgoing:
    return Outgoing(f"{kind}|{order.number}|{at}", channel, kind, order.equipment, at, data)


def referring(book: OrderBook, words: Callable[[Parcel], dict[str, object]]) -> Callable[[Parcel, Receipt, int], None]:
    """Return what takes the maintenance system's own number from the receipt of a new order into ours."""

    def refer(parcel: Parcel, receipt: Receipt, now: int) -> None:
        if parcel.channel == "cmms" and parcel.kind == ORDER_CREATED and receipt.reference:
            book.outside(Heard(str(words(parcel)[NUMBER]), receipt.reference, now))

    return refer
