"""LineBoard from the line's ledger: one builder per line keeps what is closed, `line_board` makes one board at once."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.boards.build_cache import STEP_MS, LedgerCache
from app.boards.build_hours import coming_row, hour_row
from app.boards.build_kpis import kpis
from app.boards.build_losses import loss_list
from app.boards.build_machines import machine_tile, state_head
from app.boards.build_output import Pace, order_head, output, pace, unit_of
from app.boards.build_plan import Plan
from app.boards.build_shift import local_hours, planned_ms, shift_head
from app.boards.build_stops import MOST_STOPS, likely, needs_reason, past_reasons, stop_card
from app.boards.build_timeline import timeline
from app.boards.codec import SCHEMA, components_dict
from app.boards.commissioning import standing_of
from app.boards.line import Call, Counted, HourRow, LineBoard, MachineTile, OrderHead, Output, ShiftHead, StopCard
from app.domain.accounting import kpi
from app.domain.accounting.buckets import Cell, Components, Episode
from app.domain.accounting.facts import Fact, OrderFact
from app.domain.accounting.ledger_api import LineLedger
from app.domain.accounting.profiles import profile
from app.domain.accounting.rollup import total
from app.domain.interval import HOUR_MS, Interval

TREND_MS = 4 * HOUR_MS
PAST_MS = 12 * HOUR_MS


def line_board(ledger: LineLedger, now: int) -> LineBoard:
    """Return the board of a line at `now` (UTC ms), everything derived afresh."""
    return LineBoardBuilder(ledger).board(now)


@dataclass(frozen=True, slots=True)
class Moment:
    """What every part of one board shares: the shift, its window until now, and the line's cells per local hour."""

    now: int
    head: ShiftHead
    window: Interval
    hours: list[tuple[Interval, str]]
    cells: list[list[Cell]]
    episodes: dict[str, list[Episode]]

    @property
    def line_cells(self) -> list[Cell]:
        """The line's cells of the shift so far."""
        return [cell for cells in self.cells for cell in cells]


class LineBoardBuilder:
    """Makes the boards of one line, second after second. `note` it the facts of every `settle`; not thread-safe."""

    def __init__(self, ledger: LineLedger) -> None:
        self.ledger = ledger
        self.line = ledger.line
        self.plant = ledger.plant
        self.profile = profile(ledger.plant.profile)
        self.cache = LedgerCache(ledger)
        self.plan = Plan(ledger.line, ledger.plant)
        self._past: dict[str, Counter[str]] = {}
        self._past_of = 0

    def note(self, facts: Iterable[Fact]) -> None:
        """Take the facts the ledger's last `settle` returned: hours they restate are derived again."""
        self.cache.note(facts)

    def board(self, now: int) -> LineBoard:
        """Return the board at `now` (UTC ms, never earlier than before)."""
        self._work_as_said()
        moment = self._moment(now)
        steps = self._steps(now)
        expected = pace([c for t, c in steps if t >= moment.window.start and t + STEP_MS <= now])
        order = self._order(moment, expected)
        made, (stops, nameless) = total(moment.line_cells), self._stops(moment)
        losses = loss_list(made, moment.episodes[self.line.constraint], moment.window)
        return LineBoard(
            schema=SCHEMA,
            version=self.plant.version,
            line=self.line.path,
            name=self.line.name,
            zone=self.line.zone,
            at=now,
            fresh=self._fresh(),
            shift=moment.head,
            order=order,
            state=state_head(self._last(moment, self.line.constraint), self.line, self.plant, now),
            kpis=kpis(made, self.profile, self.plant.coverage_floor),
            output=self._output(moment, expected, order),
            components=components_dict(made),
            hours=self._hours(moment, order),
            timeline=timeline(moment.episodes[self.line.constraint], moment.window),
            stops=stops,
            machines=self._machines(moment),
            losses=losses,
            calls=self._calls(),
            trend=tuple(kpi.oee(c, self.profile) for _, c in steps),
            unclassified_ms=_inside(nameless, moment.window),
            lost_ms=sum(loss.ms for loss in losses if loss.key != "good"),
            findings=len(self.ledger.findings(Interval(moment.window.start, now + 1))),
            trust=kpi.trust(made),
            oee_target=self.line.oee_target,
            constraint=self.line.constraint,
            convention=self.line.topology,
            standing=standing_of(self.line, moment.window.start),
            counted=self._counted(moment, nameless),
        )

    def _counted(self, moment: Moment, nameless: list[Interval]) -> Counted | None:
        """Return what is in the area's figures where the line counts since an hour of this shift (DOMAIN section 8)."""
        part = self.line.counted(moment.window)
        if part == moment.window:
            return None
        made = total(cell for cell in moment.line_cells if cell.key.hour >= self.line.counts_from)
        losses = loss_list(made, moment.episodes[self.line.constraint], part)
        lost = sum(loss.ms for loss in losses if loss.key != "good")
        return Counted(self.line.counts_from, components_dict(made), lost, _inside(nameless, part))

    def _fresh(self) -> int | None:
        heard = (self.ledger.heard(machine.path) for machine in self.line.machines)
        return max((t for t in heard if t is not None), default=None)

    def _work_as_said(self) -> None:
        """Take over the ledger's calendar when somebody said a shift exception."""
        if self.line is not self.ledger.line:
            self.line = self.ledger.line
            self.plan = Plan(self.line, self.plant)

    def _moment(self, now: int) -> Moment:
        head = shift_head(self.line.calendar, now)
        window = Interval(head.start, now)
        hours = local_hours(Interval(head.start, head.end), self.line.zone)
        begun = [hour for hour, _ in hours if hour.start < now]
        cells = [self.cache.cells(hour, now) for hour in begun]
        episodes = {m.path: self.cache.episodes(m.path, window, now) for m in self.line.machines}
        if self._past_of != head.start:
            self._past_of = head.start
            self._past.clear()
            self.cache.prune(head.start - PAST_MS)
        return Moment(now, head, window, hours, cells, episodes)

    def _steps(self, now: int) -> list[tuple[int, Components]]:
        last = now - now % STEP_MS
        starts = range(last - TREND_MS + STEP_MS, last + 1, STEP_MS)
        return [(t, self.cache.step(t, now)) for t in starts]

    def _last(self, moment: Moment, machine: str) -> Episode | None:
        found = moment.episodes[machine]
        return found[-1] if found else None

    def _order(self, moment: Moment, expected: Pace | None) -> OrderHead | None:
        running = [run for run in self.ledger.orders(Interval(moment.now, moment.now + 1)) if run.end is None]
        if not running:
            return None
        run = running[-1]
        good = self._good_of(run, moment)
        return order_head(run, good, self.plant, self.line.calendar, expected, moment.now)

    def _good_of(self, run: OrderFact, moment: Moment) -> int:
        cells = moment.line_cells
        if run.start < moment.window.start:
            cells = self.cache.cells(Interval(run.start, moment.window.start), moment.now) + cells
        return total(c for c in cells if c.key.order == run.order).good

    def _output(self, moment: Moment, expected: Pace | None, order: OrderHead | None) -> Output:
        product = order.product if order else None
        shift = Interval(moment.head.start, moment.head.end)
        return output(moment.line_cells, self.plan, shift, moment.now, expected, STEP_MS, unit_of(self.plant, product))

    def _hours(self, moment: Moment, order: OrderHead | None) -> tuple[HourRow, ...]:
        product = order.product if order else None
        episodes = moment.episodes[self.line.constraint]
        begun = len(moment.cells)
        rows = [
            hour_row(hour, label, cells, episodes, self.plan, moment.now)
            for (hour, label), cells in zip(moment.hours, moment.cells, strict=False)
        ]
        for hour, label in moment.hours[begun:]:
            rows.append(coming_row(hour, label, planned_ms(self.line.calendar, hour), product, self.plan))
        return tuple(rows)

    def _stops(self, moment: Moment) -> tuple[tuple[StopCard, ...], list[Interval]]:
        """Return the newest cards, and when nobody explained what stood, over all machines."""
        reasons = self.plant.reasons
        found = [
            (episode, machine)
            for machine in self.line.machines
            for episode in moment.episodes[machine.path]
            if needs_reason(episode, reasons)
        ]
        found.sort(key=lambda pair: (-pair[0].start, pair[1].path))
        cards = tuple(
            stop_card(e, m, moment.window, likely(e, self._past_of_machine(m.path, moment), reasons))
            for e, m in found[:MOST_STOPS]
        )
        return cards, [Interval(e.start, moment.now if e.end is None else e.end) for e, _ in found]

    def _past_of_machine(self, machine: str, moment: Moment) -> Counter[str]:
        if machine not in self._past:
            before = Interval(moment.window.start - PAST_MS, moment.window.start)
            self._past[machine] = past_reasons(self.ledger.episodes(machine, before, moment.now))
        return self._past[machine] + past_reasons(moment.episodes[machine])

    def _machines(self, moment: Moment) -> tuple[MachineTile, ...]:
        tiles, since = [], moment.window.start
        for machine in self.line.machines:
            heard = self.ledger.heard(machine.path)
            silent = None if heard is None else max(0, moment.now - heard)
            made = self.cache.machine_total(machine.path, moment.window, moment.head.key, moment.now)
            state = state_head(self._last(moment, machine.path), self.line, self.plant, moment.now)
            floor = self.plant.coverage_floor
            tiles.append(machine_tile(machine, self.line, state, made, silent, self.profile, floor, since))
        return tuple(tiles)

    def _calls(self) -> tuple[Call, ...]:
        return tuple(Call(c.call, c.since, c.by, c.accepted_by, c.accepted_at) for c in self.ledger.calls())


def _inside(stretches: Iterable[Interval], window: Interval) -> int:
    return sum(max(0, stretch.clip(window).length) for stretch in stretches)
