"""The rest of a running order: demand like any other once it is taken off its line and given to another."""

from dataclasses import replace

from app.domain.decisions.schedule import Demand, Floor, Running, Sequences


def orders_of(floor: Floor) -> tuple[Demand, ...]:
    """Return all that is to be made on a floor: what is to be planned, and the rests of what is running."""
    return (*floor.demands.values(), *(rest for _, rest in rests(floor).values()))


def rests(floor: Floor) -> dict[str, tuple[str, Demand]]:
    """Return running orders whose rest and due time are known: order -> (line, rest)."""
    running = ((path, line.running) for path, line in floor.lines.items() if line.running is not None)
    return {now.order: (path, now.rest) for path, now in running if now.rest is not None}


def handed_over(floor: Floor, order: str) -> Floor:
    """Return the floor in which a running order leaves its line now, its rest being wanted. Raises KeyError."""
    path, rest = rests(floor)[order]
    line = floor.lines[path]
    left = replace(line, running=Running(order, rest.product, None))
    return Floor({**floor.lines, path: left}, {**floor.demands, order: rest}, floor.now)


def floor_for(floor: Floor, sequences: Sequences) -> Floor:
    """Return the floor as sequences take it: running orders that they put onto another line are handed over."""
    for order, (path, _) in rests(floor).items():
        if any(order in orders and line != path for line, orders in sequences.items()):
            floor = handed_over(floor, order)
    return floor
