"""Puts the quality page of a line together from history and the memory of process values."""

from dataclasses import dataclass

from app.auth.guard import NotFound
from app.boards.quality import DEFECTS, IN_A_ROW, REJECTS, AdjustmentRow, MadeIn, QualityBoard, QualityQuestion
from app.commands.ground import Ground
from app.domain.accounting import kpi
from app.domain.decisions.adjusting import Adjustment, AdjustmentProtocol
from app.domain.decisions.attribution import Cause, Parameter
from app.domain.decisions.capability import Capability, capability
from app.domain.decisions.chart_rules import Fired, nelson, western_electric
from app.domain.decisions.charts import Chart
from app.domain.decisions.quality import (
    Watched,
    defects,
    effect_on,
    explained,
    hours_of,
    process_charts,
    subgroup_charts,
    watch,
)
from app.domain.decisions.scrap_effect import HOURS, Effect
from app.domain.decisions.subgroups import in_a_row, measured_together
from app.domain.interval import DAY_MS, HOUR_MS, Interval, floor_hour
from app.domain.plant.equipment import WorkCenter, WorkUnit
from app.historian.adjustments import Adjustments, Protocols
from app.historian.quality import QualityMemory, parameters_of

WATCHED_HOURS, EXPLAINED_HOURS, PROCESS_HOURS = 7 * 24, 72, 24
KEPT_DAYS, MOST_ROWS = 14, 20


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The chart of the question and what is told beside it."""

    charts: tuple[Chart, ...] = ()
    fired: tuple[Fired, ...] = ()
    spread: tuple[Fired, ...] = ()
    product: str | None = None
    risen_at: int | None = None
    capability: Capability | None = None
    limits: tuple[float, float] | None = None
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Looks:
    """Reads for one board; who may see it was asked before."""

    ground: Ground

    def board(self, line: WorkCenter, asked: QualityQuestion) -> QualityBoard:
        """Return the board. Raises NotFound for a machine or signal the line has not, DatabaseAway."""
        machine, now = self._machine(line, asked), self.ground.now()
        machines = [m.path for m in line.machines]
        protocols = Protocols(self.ground.database).on(machines)
        parameters = parameters_of(line)
        signals = {p.signal: machine.signals[p.signal].meaning for p in parameters if p.machine == machine.path}
        if asked.chart == REJECTS:
            chosen = self._rejects(line, machine, now)
        elif asked.chart == DEFECTS:
            chosen = self._defects(machine, now)
        elif asked.chart in signals:
            chosen = self._process(Parameter(machine.path, asked.chart), protocols, asked.group, now)
        else:
            raise NotFound("quality.no_chart")
        sources = [
            s.id for s in self.ground.plant().sources if s.gateway == "opcua" and set(s.machines) & set(machines)
        ]
        return QualityBoard(
            question=QualityQuestion(line.path, machine.path, asked.chart, asked.group),
            zone=line.zone,
            at=now,
            machines={m.path: m.name for m in line.machines},
            signals=signals,
            unit="%" if asked.is_counted else machine.signals[asked.chart].unit,
            product=chosen.product,
            charts=chosen.charts,
            fired=chosen.fired,
            spread=chosen.spread,
            risen_at=chosen.risen_at,
            capability=chosen.capability,
            limits=chosen.limits,
            causes=chosen.causes,
            protocols=tuple(protocols),
            adjustments=tuple(self._adjustments(machines, protocols, now)),
            parameters=tuple(parameters),
            sources=tuple(sources),
            made=self._made(machine, asked, chosen, hours=0),
            last_made=self._made(machine, asked, chosen, hours=1),
        )

    def _made(self, machine: WorkUnit, asked: QualityQuestion, chosen: _Chosen, *, hours: int) -> MadeIn | None:
        """Return what the newest hours of the chart add up to; 0: all of them."""
        if not asked.is_counted or not chosen.charts:
            return None
        points = chosen.charts[0].points[-hours:]
        window = Interval(points[0].t, points[-1].t + HOUR_MS)
        c = QualityMemory(self.ground.database).made(machine.path, chosen.product, window)
        return MadeIn(window, c.reject, kpi.scrap_ratio(c), kpi.quality(c))

    def _machine(self, line: WorkCenter, asked: QualityQuestion) -> WorkUnit:
        wanted = asked.machine or line.constraint
        found = next((m for m in line.machines if wanted in (m.path, m.id)), None)
        if found is None:
            raise NotFound("quality.no_machine")
        return found

    def _rejects(self, line: WorkCenter, machine: WorkUnit, now: int) -> _Chosen:
        memory = QualityMemory(self.ground.database)
        hours = memory.hours([machine.path], hours_of(now, WATCHED_HOURS)).get(machine.path, [])
        look: Watched = watch(hours)
        if look.chart is None:
            return _Chosen(product=look.product)
        running = memory.running(parameters_of(line), hours_of(now, EXPLAINED_HOURS))
        causes = explained(look, running)
        return _Chosen((look.chart,), look.fired, product=look.product, risen_at=look.risen_at, causes=causes)

    def _defects(self, machine: WorkUnit, now: int) -> _Chosen:
        hours = QualityMemory(self.ground.database).hours([machine.path], hours_of(now, WATCHED_HOURS))
        product, chart = defects(hours.get(machine.path, []))
        if chart is None:
            return _Chosen(product=product)
        return _Chosen((chart,), _hits(chart), product=product)

    def _process(self, parameter: Parameter, protocols: list[AdjustmentProtocol], group: int, now: int) -> _Chosen:
        together = QualityMemory(self.ground.database).together(parameter, hours_of(now, PROCESS_HOURS))
        minutes = [(one.t, one.mean) for one in together]
        own = next((p for p in protocols if (p.machine, p.signal) == parameter), None)
        limits = None if own is None else (own.low, own.high)
        found = capability([v for _, v in minutes], *(limits or (None, None)))
        groups = measured_together(together) or (in_a_row(minutes, IN_A_ROW) if group == IN_A_ROW else [])
        charts = subgroup_charts(groups) if groups else process_charts(minutes)
        if charts is None:
            return _Chosen(capability=found, limits=limits)
        return _Chosen(charts, _hits(charts[0]), _beyond(charts[1]), capability=found, limits=limits)

    def _adjustments(self, machines: list[str], protocols: list[AdjustmentProtocol], now: int) -> list[AdjustmentRow]:
        known = {p.id: p for p in protocols}
        rows = []
        for adjustment in Adjustments(self.ground.database).of(machines, now - KEPT_DAYS * DAY_MS, MOST_ROWS):
            protocol = known.get(adjustment.protocol)
            is_writable = self.ground.write is not None and protocol is not None and protocol.address is not None
            rows.append(AdjustmentRow(adjustment, protocol, self._effect(adjustment, now), is_writable))
        return rows

    def _effect(self, adjustment: Adjustment, now: int) -> Effect | None:
        done = adjustment.done
        if done is None:
            return None
        ended = next((s.at for s in adjustment.steps if s.what == "gone_back"), now)
        around = Interval(floor_hour(done.at) - HOURS * HOUR_MS, floor_hour(done.at) + (HOURS + 1) * HOUR_MS)
        hours = QualityMemory(self.ground.database).hours([adjustment.judged], around)
        return effect_on(hours.get(adjustment.judged, []), done.at, ended)


def _hits(chart: Chart) -> tuple[Fired, ...]:
    return (*western_electric(chart.points), *nelson(chart.points))


def _beyond(spread: Chart) -> tuple[Fired, ...]:
    """Ranges lie to one side of their centre more often than to the other: only their limits mean something."""
    return tuple(one for one in western_electric(spread.points) if one.rule == "we1")
