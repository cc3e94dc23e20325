"""Doing what helps an order at risk: the plan with the order moved, or with a shift opened for it."""

from dataclasses import replace

from app.auth.guard import Conflict
from app.commands.ground import Ground
from app.commands.shifts import ShiftsEdit, say_shifts
from app.domain.decisions.remedies import ExtraShift, Remedy, Solved, extra_shifts, moved, risks, with_shift
from app.domain.decisions.rests import floor_for, handed_over, orders_of, rests
from app.domain.decisions.schedule import Floor, sequences_of
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import WorkCenter
from app.domain.roles import Identity
from app.historian.plans import Plans
from app.live.capability import Looking, lines_of

HAND = "schedule.method.hand"


def helped(ground: Ground, who: Identity, site: str, was: Solved, remedy: Remedy) -> Solved:
    """Return a plan changed by a remedy; an extra shift is said for its line, with the order as the reason.

    Raises Conflict when the remedy fits no longer, Forbidden where they may not open shifts, DatabaseAway, Unavailable.
    """
    plant = ground.plant()
    sequences = sequences_of(was.plan)
    floor = floor_for(Looking(ground.database, ground.boards).floor(plant, site, ground.now()), sequences)
    if remedy.kind == "rest_elsewhere" and remedy.order in rests(floor):
        floor = handed_over(floor, remedy.order)
    lines = {line.path: line for line in lines_of(plant, site)}
    _require_fits(floor, remedy)
    kept = floor.kept(sequences)
    extra = {path: extra_shifts(path, line.calendar, floor.now) for path, line in lines.items()}
    if remedy.kind == "extra_shift":
        shift = _offered(extra[remedy.line], remedy)
        open_shift(ground, who, lines[remedy.line], shift, remedy.order)
        floor = with_shift(floor, shift)
    else:
        kept = moved(kept, remedy.order, remedy.line, remedy.position)
    plan, costs = floor.plan(kept), Plans(ground.database).costs(site)
    found = risks(floor, plan, extra, costs)
    now = replace(was, plan=plan, at=floor.now, orders=orders_of(floor), risks=found, made_cost=plan.cost)
    return replace(now, method=HAND, greedy=None, bound=None, seconds=0.0)


def _require_fits(floor: Floor, remedy: Remedy) -> None:
    """A running order can get a shift on its line only; any other must be wanted, and its line able to make it."""
    running = rests(floor).get(remedy.order)
    if remedy.kind == "extra_shift" and running is not None:
        fits = running[0] == remedy.line
    else:
        fits = remedy.order in floor.demands and remedy.line in floor.able(remedy.order)
    if not fits:
        raise Conflict("schedule.refused.moved", order=remedy.order)


def open_shift(ground: Ground, who: Identity, line: WorkCenter, shift: ExtraShift, order: str) -> None:
    """Say that a shift opens on a line beside those that do already. Raises as say_shifts."""
    around = Interval(shift.parts[0].start - DAY_MS, shift.parts[0].start + DAY_MS)
    opened = [one.name for one in line.calendar.instances(around) if one.date == shift.day]
    say_shifts(ground.say, who, ShiftsEdit(line.path, shift.day, [*opened, shift.shift], order))


def _offered(extra: list[ExtraShift], remedy: Remedy) -> ExtraShift:
    for shift in extra:
        if (shift.day.isoformat(), shift.shift) == (remedy.day, remedy.shift):
            return shift
    raise Conflict("schedule.refused.moved", order=remedy.order)
