"""What is known of a line's shift: of the running one from its live board, of an ended one from history."""

from collections import Counter
from dataclasses import dataclass, replace

from app.boards.build_kpis import kpis
from app.boards.build_output import unit_of
from app.boards.build_plan import Plan
from app.boards.handover import HandoverFacts, NoReason, ShiftChoice
from app.boards.line import Call, LineBoard, OrderHead
from app.commands.ground import Ground
from app.commands.handover_tallies import alert_tally, work_tally
from app.domain.accounting.buckets import ZERO, Bucket, Cell, CellKey, Components
from app.domain.accounting.facts import OrderFact
from app.domain.accounting.profiles import profile
from app.domain.interval import DAY_MS, Interval, floor_hour
from app.domain.plant.equipment import Plant, WorkCenter
from app.domain.roles import covers
from app.domain.suggestion import Said
from app.historian.buckets import Group, Only, cut, grouped
from app.historian.database import asking_database
from app.historian.episodes import calls_of, corrections_of, stops_of
from app.historian.handovers import Handovers
from app.historian.paging import Page, page_of_orders
from app.historian.suggestions import Suggestions

LOSS_OF = {
    Bucket.UNPLANNED_STOP: "breakdown",
    Bucket.SETUP: "setup",
    Bucket.STARVED: "starved",
    Bucket.BLOCKED: "blocked",
    Bucket.MINOR_STOP: "minor_stops",
}
MOST_SUGGESTIONS = 5
_CALLS_BEFORE_MS = DAY_MS
_MOST_ORDERS = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """Gathers them. Every call may raise DatabaseAway."""

    ground: Ground

    def of(self, line: WorkCenter, shift: ShiftChoice, board: LineBoard | None) -> HandoverFacts:
        """Return the facts of a shift; board: the line's last one, None while nothing is known of now."""
        window, now = Interval(shift.start, shift.end), self.ground.now()
        is_live = board is not None and board.shift.key == shift.key and now < shift.end
        found = self._live(line, board) if is_live and board is not None else self._past(line, shift, now)
        so_far = Interval(shift.start, max(shift.start + 1, min(shift.end, now)))
        return replace(
            found,
            corrected=self._corrected(line, window),
            suggestions=self._suggestions(line, now),
            alerts=alert_tally(self.ground.database, line, so_far),
            work=work_tally(self.ground.database, line, so_far),
        )

    def _live(self, line: WorkCenter, board: LineBoard) -> HandoverFacts:
        parts = {name: value for name, value in board.components.items() if name != "buckets_ms"}
        spent: list[int] = list(board.components["buckets_ms"])  # type: ignore[call-overload]
        components = Components(tuple(spent), **parts)  # type: ignore[arg-type]
        named = self.ground.plant().reasons
        reasons = {loss.key: loss.reason for loss in board.losses if loss.reason}
        return HandoverFacts(
            at=board.at,
            components=components if components.calendar_ms else None,
            kpis=board.kpis,
            floor=self.ground.plant().coverage_floor,
            unit=board.output.unit,
            target=board.output.target,
            reasons={key: found.name if (found := named.get(said)) else said for key, said in reasons.items()},
            no_reason=NoReason(len(board.stops), board.unclassified_ms),
            calls=board.calls,
            order=board.order,
        )

    def _past(self, line: WorkCenter, shift: ShiftChoice, now: int) -> HandoverFacts:
        plant, db = self.ground.plant(), self.ground.database
        window = Interval(shift.start, min(shift.end, now))
        only = Only(shift=shift.name)
        with asking_database():
            groups = grouped(db, [line.path], cut(line.calendar, window), ("product", "hour"), only)
        total = sum((group.components for group in groups), ZERO)
        run = self._last_run(line, window)
        return HandoverFacts(
            at=window.end,
            components=total if groups else None,
            kpis=kpis(total, profile(plant.profile), plant.coverage_floor) if groups else None,
            floor=plant.coverage_floor,
            unit=unit_of(plant, run.product if run is not None else None),
            target=_target(line, plant, groups),
            calls=self._calls(line, window),
            order=None if run is None else self._order(plant, run),
            **_stops(self.ground, line, window, known=bool(groups)),  # type: ignore[arg-type]
        )

    def _last_run(self, line: WorkCenter, window: Interval) -> OrderFact | None:
        """Return the order that ran when the window ended."""
        runs = page_of_orders(self.ground.database, [line.path], window, Page(_MOST_ORDERS))
        return next((run for run in reversed(runs) if run.end is None or run.end >= window.end), None)

    def _order(self, plant: Plant, run: OrderFact) -> OrderHead:
        known = plant.products.get(run.product or "")
        window = Interval(run.start, run.end or self.ground.now())
        good = Handovers(self.ground.database).good_of_order(run.line, run.order, window)
        name = run.product if known is None else known.name
        return OrderHead(run.order, run.product, name, run.quantity, good, run.start, None, run.due)

    def _calls(self, line: WorkCenter, window: Interval) -> tuple[Call, ...]:
        """Return the calls that nobody had cleared when the window ended."""
        with asking_database():
            found = calls_of(self.ground.database, [line.path], Interval(window.start - _CALLS_BEFORE_MS, window.end))
        lasting = [call for call in found if call.cleared_at is None or call.cleared_at >= window.end]
        return tuple(Call(c.call, c.since, c.by, c.accepted_by, c.accepted_at) for c in lasting)

    def _corrected(self, line: WorkCenter, window: Interval) -> dict[str, int]:
        about = [line.path, *(machine.path for machine in line.machines)]
        with asking_database():
            return dict(Counter(said.kind for said in corrections_of(self.ground.database, about, window)))

    def _suggestions(self, line: WorkCenter, now: int) -> tuple[tuple[str, Said], ...]:
        waiting = [kept.suggestion for kept in Suggestions(self.ground.database).open(now)]
        here = [one for one in waiting if covers(line.path, one.equipment)]
        return tuple((one.key, one.title) for one in here[:MOST_SUGGESTIONS])


def _target(line: WorkCenter, plant: Plant, groups: list[Group]) -> int | None:
    cells = [
        Cell(CellKey(line.path, int(group.key[1]), None, group.key[0], None), group.components) for group in groups
    ]
    found = Plan(line, plant).target(cells)
    return None if found is None else round(found)


def _stops(ground: Ground, line: WorkCenter, window: Interval, *, known: bool) -> dict[str, object]:
    """Return the reasons that took most of each loss, and what has none; by the line's time (its constraint's)."""
    begun = [unit.path for unit in line.machines if unit.counts_from <= max(window.start, line.counts_from)]
    units = begun if line.topology == "parallel" else [line.constraint]
    with asking_database():
        stops = stops_of(ground.database, units, window, [int(bucket) for bucket in LOSS_OF])
    spent: dict[str, Counter[str]] = {}
    nameless = []
    for stop in stops:
        ms = Interval(stop.start, window.end if stop.end is None else stop.end).clip(window).length
        reason = ground.plant().reasons.get(stop.reason)
        if stop.reason is not None:
            name = stop.reason if reason is None else reason.name
            spent.setdefault(LOSS_OF[stop.bucket], Counter())[name] += ms
        elif stop.bucket is Bucket.UNPLANNED_STOP:
            nameless.append(ms)
    reasons = {key: names.most_common(1)[0][0] for key, names in spent.items()}
    return {"reasons": reasons, "no_reason": NoReason(len(nameless), sum(nameless)) if known else None}


def shifts_of(line: WorkCenter, board: LineBoard | None, now: int, days: int) -> tuple[ShiftChoice, ...]:
    """Return the shifts that began in the last `days`, newest first; the live one also where no calendar knows it."""
    planned = line.calendar.instances(Interval(floor_hour(now) - days * DAY_MS, now + 1))
    found = {s.key: ShiftChoice(s.key, s.name, s.start, s.end) for s in planned}
    if board is not None and board.shift.key and board.shift.key not in found and board.shift.start <= now:
        head = board.shift
        found[board.shift.key] = ShiftChoice(board.shift.key, head.name or board.shift.key, head.start, head.end)
    return tuple(sorted(found.values(), key=lambda shift: -shift.start))
