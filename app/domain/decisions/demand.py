"""Demand as it comes from outside, CSV or JSON: read row by row; a wrong row says which, where, and what is right."""

import csv
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from app.domain.decisions.schedule import Demand
from app.domain.decisions.worktime import WorkTime
from app.domain.interval import HOUR_MS
from app.domain.suggestion import Said

Kind = Literal["order", "forecast"]
State = Literal["open", "released", "done", "cancelled"]
STATES: tuple[State, ...] = ("open", "released", "done", "cancelled")
COLUMNS = ("order", "product", "quantity", "due", "earliest", "priority", "kind", "state", "place")
NEEDED = COLUMNS[:4]
MOST_ROWS, MOST_UNITS, MOST_PRIORITY, FORECAST_PRIORITY = 5_000, 1_000_000_000, 9, 1
EXAMPLE_AHEAD_MS = 12 * HOUR_MS
LATEST_MS = 253_402_300_799_000
_ORDER = re.compile(r"[\w][\w .\-/#]{0,63}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order or a forecast as somebody said it. due, earliest: UTC ms; place: site, area or line path.

    state: open until a line begins it (released) and has made it (done). source: who or what said it.
    """

    order: str
    product: str
    quantity: int
    due: int
    place: str
    priority: int = 1
    earliest: int | None = None
    kind: Kind = "order"
    state: State = "open"
    source: str = ""


class Wrong(NamedTuple):
    """A row that was not taken. row: from 1, without the header; what: what would be right."""

    row: int
    column: str
    what: Said


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read: good rows and wrong ones."""

    wanted: tuple[Wanted, ...]
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows. products: of the plant; places: paths that may be named; place: where none is; zone: of local times.

    source: whom the rows come from.
    """

    products: Collection[str]
    places: Collection[str]
    place: str
    zone: str
    source: str

    def csv(self, text: str) -> Taken:
        """Return the rows of a CSV with a header; `;` and tabs separate as well as `,`."""
        lines = text.lstrip("\ufeff").splitlines()
        if not lines:
            return Taken((), (Wrong(0, "", Said("schedule.wrong.empty")),))
        separator = max(",;\t", key=lines[0].count)
        try:
            table = list(csv.reader(lines, delimiter=separator, strict=True))
        except csv.Error as error:
            return Taken((), (Wrong(0, "", Said("schedule.wrong.csv", {"why": str(error)})),))
        names = [name.strip().lower() for name in table[0]]
        missing = [name for name in NEEDED if name not in names]
        if missing:
            needed = Said("schedule.wrong.header", {"missing": ", ".join(missing), "known": ", ".join(COLUMNS)})
            return Taken((), (Wrong(0, missing[0], needed),))
        cells = (dict(zip(names, row, strict=False)) for row in table[1:] if any(cell.strip() for cell in row))
        return self.rows(cells)

    def rows(self, rows: Iterable[Mapping[str, object]]) -> Taken:
        """Return the rows read; of two with one order the second is wrong."""
        good: dict[str, Wanted] = {}
        wrong: list[Wrong] = []
        for number, row in enumerate(rows, 1):
            if number > MOST_ROWS:
                wrong.append(Wrong(number, "", Said("schedule.wrong.many", {"most": MOST_ROWS})))
                break
            try:
                found = self._row(row, good)
                good[found.order] = found
            except _BadCell as bad:
                wrong.append(Wrong(number, bad.column, bad.what))
        return Taken(tuple(good.values()), tuple(wrong))

    def _row(self, row: Mapping[str, object], others: Collection[str]) -> Wanted:
        due = self._time(row, "due")
        if due is None:
            raise _BadCell("due", Said("schedule.wrong.time", {"said": ""}))
        earliest = self._time(row, "earliest")
        if earliest is not None and earliest >= due:
            raise _BadCell("earliest", Said("schedule.wrong.earliest"))
        kind = _one_of(row, "kind", ("order", "forecast"))
        state = _one_of(row, "state", ("open", "cancelled"))
        return Wanted(
            self._order(row, others),
            self._known(row, "product", self.products, None),
            _whole(row, "quantity", MOST_UNITS, None),
            due,
            self._known(row, "place", self.places, self.place),
            _whole(row, "priority", MOST_PRIORITY, 1),
            earliest,
            "forecast" if kind == "forecast" else "order",
            "cancelled" if state == "cancelled" else "open",
            self.source,
        )

    def _order(self, row: Mapping[str, object], others: Collection[str]) -> str:
        order = _cell(row, "order")
        if order in others:
            raise _BadCell("order", Said("schedule.wrong.twice", {"order": order}))
        if not _ORDER.fullmatch(order):
            raise _BadCell("order", Said("schedule.wrong.order"))
        return order

    def _known(self, row: Mapping[str, object], column: str, known: Collection[str], otherwise: str | None) -> str:
        said = _cell(row, column)
        if not said and otherwise is not None:
            return otherwise
        if said not in known:
            some = ", ".join(sorted(known)[:12])
            raise _BadCell(column, Said(f"schedule.wrong.{column}", {"said": said[:64], "known": some}))
        return said

    def _time(self, row: Mapping[str, object], column: str) -> int | None:
        said = _cell(row, column)
        if not said:
            return None
        found = _milliseconds(said, self.zone)
        if found is None or not 0 < found <= LATEST_MS:
            raise _BadCell(column, Said("schedule.wrong.time", {"said": said[:64]}))
        return found


def moved_by(taken: Taken, now: int, time: WorkTime) -> Taken:
    """Return what was read with all times moved to now: the first is due after twelve hours of working time.

    For examples that are to look alive whenever they are loaded. Hours between times become full hours of `time`, open
    from now on, so that a week that was feasible is so over a weekend too; what lies behind it keeps the clock's.
    """
    if not taken.wanted:
        return taken
    first = min(one.due for one in taken.wanted)

    def moved(t: int) -> int:
        work = max(0, t - first + EXAMPLE_AHEAD_MS)
        found = time.begins(work)
        return -(-(now + work if found is None else found) // HOUR_MS) * HOUR_MS

    wanted = [
        replace(one, due=moved(one.due), earliest=None if one.earliest is None else moved(one.earliest))
        for one in taken.wanted
    ]
    return Taken(tuple(wanted), taken.wrong)


class _BadCell(Exception):
    def __init__(self, column: str, what: Said) -> None:
        self.column, self.what = column, what
        super().__init__(column)


def to_make(wanted: Wanted, made: int) -> Demand | None:
    """Return what is left of an order; None: nothing. A forecast weighs least, whatever its priority says."""
    left = wanted.quantity - made
    if left <= 0 or wanted.state in ("done", "cancelled"):
        return None
    priority = FORECAST_PRIORITY if wanted.kind == "forecast" else wanted.priority
    return Demand(wanted.order, wanted.product, left, wanted.due, priority, wanted.earliest, wanted.place)


def _cell(row: Mapping[str, object], column: str) -> str:
    found = row.get(column)
    return "" if found is None or isinstance(found, dict | list) else str(found).strip()


def _whole(row: Mapping[str, object], column: str, most: int, otherwise: int | None) -> int:
    said = _cell(row, column)
    if not said and otherwise is not None:
        return otherwise
    if not (said.isascii() and said.isdecimal() and len(said) <= 10 and 1 <= int(said) <= most):
        raise _BadCell(column, Said("schedule.wrong.whole", {"said": said[:64], "most": most}))
    return int(said)


def _one_of(row: Mapping[str, object], column: str, known: tuple[str, ...]) -> str:
    said = _cell(row, column).lower() or known[0]
    if said not in known:
        raise _BadCell(column, Said("schedule.wrong.one_of", {"said": said[:64], "known": ", ".join(known)}))
    return said


def _milliseconds(said: str, zone: str) -> int | None:
    if said.isascii() and said.isdecimal() and 10 <= len(said) <= 15:
        return int(said)
    try:
        at = datetime.fromisoformat(said)
        aware = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
        return round(aware.astimezone(UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
