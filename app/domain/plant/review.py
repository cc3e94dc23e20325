"""What a valid plant file leaves open: no mistake, but numbers will be missing or weaker than they could be."""

from collections.abc import Iterator

from app.domain.plant.equipment import Plant, WorkCenter

MANY_CODES = 40


def warnings(plant: Plant) -> list[str]:
    """Return what someone should know before trusting the numbers; one sentence each, empty when all is said."""
    return [text for line in plant.lines() for text in _of_line(plant, line)] + list(_of_plant(plant))


def _of_line(plant: Plant, line: WorkCenter) -> Iterator[str]:
    if not line.calendar.patterns:
        yield f"{line.path}: no shifts, so all its time is unscheduled and it has no OEE; add `shifts`"
    silent = [machine.id for machine in line.machines if machine.stale_after_ms is None]
    if silent:
        names = ", ".join(silent)
        yield f"{line.path}: no `stale_after` on {names}, so silence never becomes unknown time; add `stale_after: 90s`"
    if line.is_commissioning:
        yield f"{line.path}: all its machines are in commissioning, so the line is outside totals"
    for machine in line.unsigned:
        key = "constraint" if machine.path == line.constraint else "counts_at"
        yield f"{line.path}: its {key} is in commissioning: nobody signed its figures off; name another `{key}`"
    yield from _of_rates(plant, line)


def _of_rates(plant: Plant, line: WorkCenter) -> Iterator[str]:
    """Yield what the constraint lacks of the products that the line's machines have a rate for."""
    rates = plant.rates.entries
    if (line.constraint, None) in rates:
        return
    mine = [product for product in plant.products if (line.constraint, product) in rates or (None, product) in rates]
    if not mine:
        yield f"{line.constraint}: no ideal cycle, so the line has no performance and no OEE; add `cycle`"
        return
    paths = {machine.path for machine in line.machines}
    stated = {product for path, product in rates if path in paths and product is not None}
    for product in sorted(stated.difference(mine)):
        yield f"{line.constraint}: no ideal cycle for {product}, though other machines of the line state one"


def _of_plant(plant: Plant) -> Iterator[str]:
    codes = len(plant.reasons.leaves())
    if not codes:
        yield "reasons: none, so stops cannot be classified; add a few"
    elif codes > MANY_CODES:
        yield f"reasons: {codes} codes; people choose well among 10 to 20 (DOMAIN section 7)"
