"""The simple rule that every plan has to beat: orders by due time, each where it ends first."""

from collections.abc import Sequence

from app.domain.decisions.schedule import Floor


def earliest_due_first(floor: Floor) -> dict[str, tuple[str, ...]]:
    """Return sequences by a simple rule: orders by due time, each behind the others on the line that ends it first."""
    found: dict[str, list[str]] = {line: [] for line in floor.lines}
    ordered = sorted(floor.demands.values(), key=lambda d: (d.due, -d.priority, d.order))
    for wanted in ordered:
        lines = floor.able(wanted.order)
        if lines:
            line = min(lines, key=lambda path: (_end(floor, path, [*found[path], wanted.order]), path))
            found[line].append(wanted.order)
    return {line: tuple(orders) for line, orders in found.items()}


def _end(floor: Floor, line: str, orders: Sequence[str]) -> int:
    run = floor.run(line, orders)
    return run.assignments[-1].end if not run.unplanned else 2**62
