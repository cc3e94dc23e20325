"""History written anew from events: the same ledger reads them all again and tells what it told before."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.domain.accounting.facts import Fact, FindingFact, HourFact
from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import Event
from app.domain.plant.equipment import Plant
from app.historian.database import Database, writing
from app.historian.writer import write_facts
from app.reports.account import LogAccount, TemporaryPages


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was read and written. first, last: event times, UTC ms; None when there was no event."""

    events: int
    hours: int
    first: int | None
    last: int | None


def rebuild(
    db: Database, plant: Plant, events: Iterable[tuple[str, Event]], now: int | None, since: int | None = None
) -> Rebuilt:
    """Replace what history holds of the hours that the events speak about; one transaction.

    now: UTC ms up to when the hours are told, None: just after the last event. since: what began earlier stays
    as history has it, because the events there only say how things stood; None: nothing does. What the events do not
    speak about stays, and so do positions: facts that were not taken yet are taken after this as before it.
    """
    hours = 0
    with writing(db) as connection, TemporaryPages() as pages:

        def tell(facts: Sequence[Fact]) -> None:
            nonlocal hours
            told = [fact for fact in facts if since is None or _when(fact) >= since]
            hours += sum(isinstance(fact, HourFact) for fact in told)
            write_facts(connection, told)

        account = LogAccount(plant, pages, tell)
        account.take(events)
        until = (account.last or 0) + 1 if now is None else now
        account.review(until)
        for ledger in account.ledgers.values():
            _tell_all(ledger, until, tell)
        return Rebuilt(account.count, hours, account.first, account.last)


def _tell_all(ledger: Ledger, now: int, tell: Callable[[Sequence[Fact]], None]) -> None:
    """Settle until no further hour comes: a ledger tells only a few at once, and the last ones again and again."""
    known: set[tuple[str, int]] = set()
    while True:
        facts = ledger.settle(now, open_hours=True)
        tell(facts)
        hours = {(fact.equipment, fact.hour) for fact in facts if isinstance(fact, HourFact)}
        if hours <= known:
            return
        known |= hours


def _when(fact: Fact) -> int:
    """Return when what a fact is about began; what is told whole, and only upwards of its own start, is never early."""
    if isinstance(fact, HourFact):
        return fact.hour
    return fact.since if isinstance(fact, FindingFact) else 1 << 62
