"""How many alerts and work orders a shift of a line had: what a handover says of them."""

from app.boards.handover import AlertTally, WorkTally
from app.domain.interval import Interval
from app.domain.plant.equipment import WorkCenter
from app.domain.roles import covers
from app.historian.alerts import Alerts
from app.historian.database import Database
from app.historian.work_orders import WorkOrders


def alert_tally(database: Database, line: WorkCenter, window: Interval) -> AlertTally:
    """Return the alerts about a line or its machines in `window`. Raises DatabaseAway."""
    store = Alerts(database)
    lasting = [*store.open(), *store.ended(window.start, most=None)]
    here = [kept for kept in lasting if covers(line.path, kept.raising.condition.equipment)]
    begun = [kept for kept in here if kept.raised_at < window.end]
    waiting = [kept for kept in begun if kept.acknowledged_at is None or kept.acknowledged_at >= window.end]
    return AlertTally(sum(kept.raised_at >= window.start for kept in begun), len(waiting))


def work_tally(database: Database, line: WorkCenter, window: Interval) -> WorkTally:
    """Return the work orders for machines of a line in `window`. Raises DatabaseAway."""
    orders = WorkOrders(database).of([machine.path for machine in line.machines], window.start)
    begun = [order for order in orders if order.made_at < window.end]
    over = [order.done_at or order.changed_at for order in begun if order.state in ("done", "cancelled")]
    done = [order for order in begun if order.state == "done" and order.done_at is not None]
    return WorkTally(
        made=sum(order.made_at >= window.start for order in begun),
        done=sum(window.start <= (order.done_at or 0) < window.end for order in done),
        open=len(begun) - sum(at < window.end for at in over),
    )
