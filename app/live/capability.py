"""What the lines of a site can make now, and what is wanted of them: the plant, history and live boards together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.accounting.buckets import NS_PER_MS
from app.domain.decisions.demand import State, Wanted, to_make
from app.domain.decisions.schedule import Floor, LineCapability, Pace, Running
from app.domain.decisions.worktime import open_windows
from app.domain.interval import DAY_MS, HOUR_MS, Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.domain.roles import covers
from app.historian.database import Database
from app.historian.demand import DemandBook
from app.historian.pace import paces
from app.live.snapshots import LastBoards, line_board

HORIZON_MS = 42 * DAY_MS


@dataclass(frozen=True, slots=True)
class Looking:
    """Where one looks. boards: the lines' last boards."""

    database: Database
    boards: LastBoards

    def floor(self, plant: Plant, site: str, now: int) -> Floor:
        """Return the site's lines and the orders still to be made there. Raises DatabaseAway, ServerAway."""
        book = DemandBook(self.database)
        wanted = [known.wanted for known in book.all() if covers(site, known.wanted.place)]
        known = {one.order: one for one in wanted}
        lines = {line.path: self.capability(plant, line, now, known) for line in lines_of(plant, site)}
        begun = {line.running.order for line in lines.values() if line.running is not None}
        made = book.made(list(lines), [one.order for one in wanted])
        left = (to_make(one, made.get(one.order, 0)) for one in wanted if one.order not in begun)
        return Floor(lines, {one.order: one for one in left if one is not None}, now)

    def capability(self, plant: Plant, line: WorkCenter, now: int, wanted: Mapping[str, Wanted]) -> LineCapability:
        """Return what a line can make: as fast as it did lately, else ideal rate x OEE target. Raises as `floor`."""
        known = paces(self.database, line.path, now)
        pace = {product: known.get(product) or target_pace(plant, line, product, now) for product in makes(plant, line)}
        return LineCapability(
            line.path,
            {product: found for product, found in pace.items() if found is not None},
            open_windows(line.calendar, Interval(now, now + HORIZON_MS)),
            line.setup_target_ms,
            self.running(line, wanted),
        )

    def running(self, line: WorkCenter, wanted: Mapping[str, Wanted]) -> Running | None:
        """Return the order on the line by its last board; when it is due says who wanted it, else the line.

        Raises ServerAway.
        """
        board = line_board(self.boards, line.path)
        if board is None or board.order is None:
            return None
        now = board.order
        left = None if now.quantity is None else max(0, now.quantity - now.good)
        said = wanted.get(now.order)
        due = now.due if said is None else said.due
        if not left or now.product is None or due is None:
            return Running(now.order, now.product, left)
        made = said or Wanted(now.order, now.product, now.good + left, due, "")
        return Running(now.order, now.product, left, to_make(replace(made, quantity=now.good + left), now.good))


def lines_of(plant: Plant, site: str) -> list[WorkCenter]:
    """Return a site's lines in file order."""
    return [line for line in plant.lines() if covers(site, line.path)]


def makes(plant: Plant, line: WorkCenter) -> list[str]:
    """Return the products a line makes: those its constraint has a rate of its own for; all, where it has none."""
    own = [product for machine, product in plant.rates.entries if machine == line.constraint and product is not None]
    return own or list(plant.products)


def target_pace(plant: Plant, line: WorkCenter, product: str, now: int) -> Pace | None:
    """Return ideal rate x OEE target (1 where the line has none), without a spread; None where there is no rate."""
    rate = plant.rates.rate(line.constraint, product, now)
    if rate is None:
        return None
    return Pace(HOUR_MS * NS_PER_MS / rate.cycle_ns * (line.oee_target or 1.0))


def begun_and_made(floor: Floor, wanted: Sequence[Wanted], made: dict[str, int]) -> dict[str, State]:
    """Return the orders whose state changes: begun on a line -> released, made in full and off it -> done."""
    running = {line.running.order for line in floor.lines.values() if line.running is not None}
    found: dict[str, State] = {}
    for one in wanted:
        if one.order in running:
            if one.state == "open":
                found[one.order] = "released"
        elif made.get(one.order, 0) >= one.quantity:
            found[one.order] = "done"
    return found
