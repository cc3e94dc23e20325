"""A maintenance system (CMMS) over HTTP: work orders go there, what becomes of them is fetched.

What it has to offer: `POST /work-orders` and `PUT /work-orders/{number}` with an Idempotency-Key, and
`GET /work-orders?changed_since=<UTC ms>`, which answers orders by time of change, as many as it likes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from app.boards.messages import ORDER_CREATED, Parcel
from app.connectors.base import NotDelivered, Receipt, short
from app.connectors.http import Line, Reply, taken
from app.connectors.words import Words
from app.domain.decisions.outside import Status
from app.domain.decisions.work import LONGEST_WORK_MIN

LONGEST_NOTE, LONGEST_ID = 500, 120
NOT_YET = (404, 409)
"""To a change: the order's making is still on its way, or the other side is busy with it."""


class OutsideOrder(msgspec.Struct, frozen=True):
    """An order as the maintenance system has it. id: its own; number: ours; changed_at: UTC ms.

    code, minutes: the failure it was closed with and the work it took, where it says so. Both ids may come as numbers.
    """

    id: str | int
    number: str | int
    status: str
    changed_at: int
    note: str = ""
    code: str = ""
    minutes: int | None = None


class _Page(msgspec.Struct):
    """What GET answers; what else it says is not ours to judge."""

    work_orders: list[msgspec.Raw]


class Changed(NamedTuple):
    """Orders that changed there, oldest first. odd: what was wrong with one that could not be read, None: nothing."""

    orders: list[OutsideOrder]
    odd: str | None = None


@dataclass(frozen=True, slots=True)
class CmmsHttp:
    """The way to the maintenance system. url: base; states: its word -> our status."""

    url: str
    token: str = field(repr=False)
    line: Line
    words: Words
    states: Mapping[str, Status]

    def check(self) -> None:
        """Return when it takes connections. Raises NotDelivered."""
        self.line.check(self.url)

    def send(self, parcel: Parcel, now: int) -> Receipt:
        """Make or change an order there; the key makes a repetition harmless. Raises NotDelivered."""
        said = self.words.of(parcel)
        content = msgspec.json.encode({"equipment": parcel.equipment, **said})
        headers = {"content-type": "application/json", "idempotency-key": parcel.key}
        if parcel.kind == ORDER_CREATED:
            reply = self._ask("POST", "/work-orders", headers, content)
            return Receipt(taken(reply, now).answer, _id_in(reply))
        reply = self._ask("PUT", f"/work-orders/{quote(str(said.get('number')), safe='')}", headers, content)
        if reply.status in NOT_YET:
            raise NotDelivered(f"{reply.status}: the order is not there yet")
        return taken(reply, now)

    def changed_since(self, at: int, now: int) -> Changed:
        """Return the orders changed there from `at` on; an odd one holds up no other. UTC ms. Raises NotDelivered."""
        reply = self._ask("GET", f"/work-orders?{urlencode({'changed_since': at})}", {})
        taken(reply, now)
        try:
            page = msgspec.json.decode(reply.text, type=_Page)
        except (msgspec.DecodeError, UnicodeEncodeError) as error:
            raise NotDelivered(f"GET /work-orders: {short(str(error))}") from error
        found, odd = list[OutsideOrder](), None
        for row in page.work_orders:
            try:
                found.append(_bounded(msgspec.json.decode(row, type=OutsideOrder)))
            except msgspec.DecodeError as error:
                odd = odd or f"GET /work-orders: {short(str(error))}"
        return Changed(sorted(found, key=lambda order: order.changed_at), odd)

    def status(self, word: str) -> Status | None:
        """Return what a word of theirs is for us; None: the table does not say."""
        return self.states.get(word)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], content: bytes = b"") -> Reply:
        own = {"authorization": f"Bearer {self.token}", "accept": "application/json"}
        return self.line.ask(method, f"{self.url.rstrip('/')}{path}", {**own, **headers}, content)


def _bounded(order: OutsideOrder) -> OutsideOrder:
    minutes = order.minutes if order.minutes is not None and 0 < order.minutes <= LONGEST_WORK_MIN else None
    ids = {"id": str(order.id)[:LONGEST_ID], "number": str(order.number)[:LONGEST_ID]}
    words = {"note": order.note[:LONGEST_NOTE], "code": order.code[:LONGEST_ID]}
    return msgspec.structs.replace(order, minutes=minutes, **ids, **words)


def _id_in(reply: Reply) -> str | None:
    """Return the id the system gave to a new order; None when it says none, which the next fetch will."""
    try:
        return str(msgspec.json.decode(reply.text, type=_Made).id)[:LONGEST_ID]
    except msgspec.DecodeError:
        return None


class _Made(msgspec.Struct):
    id: str | int
