"""The parts that carry things out of the plant's screens, and work orders back in."""

from collections.abc import Callable
from dataclasses import replace

from app.connectors.registry import Ways
from app.connectors.words import Words
from app.decider.beside import Beside
from app.decider.cmms import OrderExchange, referring
from app.decider.dispatch import Dispatch
from app.decider.process import Part
from app.domain.decisions.outside import OrderBook
from app.historian.database import Database
from app.historian.messages import Marks, Messages

SEND_MS, EXCHANGE_MS = 2_000, 15_000


def delivery_parts(
    database: Database, ways: Ways, book: OrderBook | None = None, clock: Callable[[], int] | None = None
) -> list[Part]:
    """Return what sends messages, and with a book of work orders what exchanges them with a maintenance system."""
    messages = Messages(database)
    dispatch = Dispatch(messages, ways.connectors(), ways.targets.wanting, clock=clock)
    if book is None:
        return [Part("messages", SEND_MS, Beside(dispatch.step))]
    dispatch = replace(dispatch, taken=referring(book, Words().of))
    exchange = OrderExchange(book, messages, Marks(database), ways.cmms())
    return [
        Part("messages", SEND_MS, Beside(dispatch.step)),
        Part("work orders outside", EXCHANGE_MS, Beside(exchange.step)),
    ]
