"""Which facts a line's ledger tells history now: the hours that changed, as they stand at this moment."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.accounting.account import MachineAccount
from app.domain.accounting.book import LineBook
from app.domain.accounting.buckets import Cell, Episode
from app.domain.accounting.cause import caused_by
from app.domain.accounting.doubt import contradicted
from app.domain.accounting.episodes import episodes_from
from app.domain.accounting.facts import Fact, HourFact
from app.domain.accounting.readings import stretches
from app.domain.accounting.remarks import RECOUNTED, on_breaks, on_cells, on_counts
from app.domain.accounting.timeline import timeline
from app.domain.interval import HOUR_MS, Interval, floor_hour
from app.domain.plant.equipment import WorkCenter


class Telling(Protocol):
    """What telling needs of a ledger."""

    line: WorkCenter
    machines: dict[str, MachineAccount]
    now: int
    version: int
    ruled_since: int
    book: LineBook

    def read_ahead(self, machine: str, hours: Sequence[int]) -> None:
        """Read these hours of a machine at once: they will be asked for."""

    def cells(self, equipment: str, window: Interval, now: int) -> list[Cell]:
        """See ledger_api."""

    def episodes(self, machine: str, window: Interval, now: int) -> list[Episode]:
        """See ledger_api."""


def tell(ledger: Telling, *, open_hours: bool) -> list[Fact]:
    """Return the facts of the hours that changed, each machine's and then the line's; at most a few hours a machine.

    What is not told this time is told the next: a machine whose last fortnight arrives at once must not hold up the
    others. open_hours: whether hours that still run are told too.
    """
    facts: list[Fact] = []
    line_hours: set[int] = set()
    for path, account in ledger.machines.items():
        hours = account.changes.take(ledger.now, open_hours=open_hours)
        facts += _machine(ledger, path, account, hours)
        line_hours.update(hours)
    return facts + [_fact(ledger, ledger.line.path, hour, []) for hour in sorted(line_hours)]


def _machine(ledger: Telling, path: str, account: MachineAccount, hours: list[int]) -> list[Fact]:
    """Tell the hours; and where an episode that reaches into them began, unless it was told just so."""
    told, changes = set(hours), account.changes
    for hour in hours:
        if hour - HOUR_MS not in told:
            first = ledger.episodes(path, Interval(hour, hour + 1), ledger.now)[0]
            if first not in (changes.open_told, changes.entering_told):
                told.add(floor_hour(first.start))
                changes.entering_told = first
    ledger.read_ahead(path, sorted(told))
    seen = _episodes(ledger, account, sorted(told))
    for hour in hours:
        if hour + HOUR_MS <= ledger.now:
            _remark(ledger, path, account, hour)
    open_now = [found[-1] for found in seen.values() if found and found[-1].end is None]
    if open_now:
        changes.open_told = open_now[-1]
    return [_fact(ledger, path, hour, found) for hour, found in seen.items()]


def review(ledger: Telling, window: Interval) -> None:
    """Keep what the closed hours of a window say is odd as findings of the ledger, whether they were told or not."""
    last = min(window.end, ledger.now)
    for path, account in ledger.machines.items():
        for hour in range(floor_hour(window.start), last - HOUR_MS + 1, HOUR_MS):
            _remark(ledger, path, account, hour)


def _remark(ledger: Telling, path: str, account: MachineAccount, hour: int) -> None:
    """Keep what a closed hour says is odd as findings, and take back what a restatement made untrue."""
    window = Interval(hour, hour + HOUR_MS)
    cells = ledger.cells(path, window, ledger.now)
    found = list(on_cells(cells))
    if any(cell.components.doubtful_ms for cell in cells):
        segments = timeline(account.history, account.context, window, ledger.now)
        found += on_counts(contradicted(account.history.made(window), segments, account.unit.grace_ms))
    shift = account.context.calendar.at(hour) or account.context.calendar.at(window.end - 1)
    for pause in shift.breaks if shift else ():
        inside = pause.clip(window)
        if inside.length:
            found += on_breaks(timeline(account.history, account.context, inside, ledger.now))
    if window.end <= ledger.ruled_since:
        found.append(RECOUNTED)
    ledger.book.remark(path, window, found)


def _episodes(ledger: Telling, account: MachineAccount, hours: list[int]) -> dict[int, list[Episode]]:
    """Return the episodes that begin in each of the hours; adjacent hours are read at once."""
    found: dict[int, list[Episode]] = {hour: [] for hour in hours}
    for stretch in stretches(hours):
        for episode in episodes_from(account.history, account.context, stretch, ledger.now):
            found[floor_hour(episode.start)].append(caused_by(episode, ledger.line, ledger.machines))
    return found


def _fact(ledger: Telling, equipment: str, hour: int, episodes: list[Episode]) -> HourFact:
    ledger.version += 1
    cells = ledger.cells(equipment, Interval(hour, hour + HOUR_MS), ledger.now)
    return HourFact(equipment, hour, ledger.version, ledger.now, cells, episodes)
