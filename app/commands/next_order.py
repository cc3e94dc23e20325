"""What the accepted plan has next for a line, and when."""

from app.boards.schedule import NextOrder
from app.commands.ground import Ground
from app.domain.decisions.remedies import Solved
from app.domain.decisions.schedule import Demand, sequences_of
from app.domain.interval import MINUTE_MS
from app.domain.roles import covers
from app.historian.demand import DemandBook
from app.historian.plans import Plans
from app.live.snapshots import PatientBoards, line_board

FRESH_MS = 3 * MINUTE_MS
"""Predictions are made anew every twenty seconds; older ones are said by nobody, so nobody is told a time."""


def next_order_on(ground: Ground, line: str) -> NextOrder | None:
    """Return the next order of a line by the plan its site works by. Raises DatabaseAway."""
    plant = ground.plant()
    site = next((site.path for site in plant.sites if covers(site.path, line)), "")
    row = Plans(ground.database).accepted(site)
    if row is None or row.solved is None:
        return None
    board = line_board(PatientBoards(ground.boards), line)
    running = None if board is None or board.order is None else board.order.order
    wanted = _next(ground, row.solved, line, running)
    if wanted is None:
        return None
    product = plant.products.get(wanted.product)
    name = wanted.product if product is None else product.name
    wait = _wait_ms(row.solved, line, wanted.order, running, ground.now())
    return NextOrder(wanted.order, wanted.product, name, wanted.quantity, wanted.due, wait)


def _next(ground: Ground, solved: Solved, line: str, running: str | None) -> Demand | None:
    """The first of the sequence that is still wanted and not on the line already."""
    known = {known.wanted.order for known in DemandBook(ground.database).all()}
    wanted = {one.order: one for one in solved.orders if one.order in known and one.order != running}
    sequence = sequences_of(solved.plan).get(line, ())
    return next((wanted[order] for order in sequence if order in wanted), None)


def _wait_ms(solved: Solved, line: str, order: str, running: str | None, now: int) -> int | None:
    own = {a.order: a for a in solved.plan.assignments if a.line == line}
    if now - solved.at > FRESH_MS or (running is not None and running not in own):
        return None
    return max(0, own[order].setup_start - now)
