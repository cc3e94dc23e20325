"""Quality of a machine: a control chart with the rules that fired, what explains rejects, adjustments and effect."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.decisions.adjusting import Adjustment, AdjustmentProtocol
from app.domain.decisions.attribution import Cause, Parameter
from app.domain.decisions.capability import Capability
from app.domain.decisions.chart_rules import Fired
from app.domain.decisions.charts import Chart
from app.domain.decisions.scrap_effect import Effect
from app.domain.interval import Interval

REJECTS, DEFECTS = "rejects", "defects"
IN_A_ROW = 5


@dataclass(frozen=True, slots=True)
class QualityQuestion:
    """What is looked at. place: line path; machine: path, None: the line's constraint; chart: `rejects` or a signal.

    chart `defects`: rejects as defects per unit. group: how many values in a row are a subgroup, for a signal that is
    not measured in subgroups.
    """

    place: str
    machine: str | None = None
    chart: str = REJECTS
    group: int = 1

    @property
    def is_counted(self) -> bool:
        """Whether the chart is of counted units, not of a measured value."""
        return self.chart in (REJECTS, DEFECTS)


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """An adjustment. steps: the protocol's words at its version's time; effect None: it was not set yet.

    is_writable: the set-point can be written from here. permission: what whoever does it must hold.
    """

    adjustment: Adjustment
    protocol: AdjustmentProtocol | None
    effect: Effect | None
    is_writable: bool


@dataclass(frozen=True, slots=True)
class MadeIn:
    """What of a product the machine made in a window. reject: units; ratios: fractions, None: nothing was made."""

    window: Interval
    reject: int
    scrap_ratio: float | None
    quality: float | None


@dataclass(frozen=True, slots=True)
class QualityBoard:
    """The page. at: when it was looked, UTC ms; machines, signals: of the line and the machine, id -> name.

    charts: the chosen one (with the range for a process value); empty: not enough to draw. fired: rules of the first
    chart; spread: of the range. product: whose rejects are shown. risen_at: since when rejects rose, UTC ms. limits: of
    the capability, from the parameter's protocol. causes: the strongest first, of a share of rejects only. sources:
    OPC UA servers through which a set-point can be written. made: what the machine made of the product in the time the
    chart of rejects looks at, last_made: in its last hour; None: another chart, or nothing to draw.
    """

    question: QualityQuestion
    zone: str
    at: int
    machines: Mapping[str, str]
    signals: Mapping[str, str]
    unit: str
    product: str | None
    charts: tuple[Chart, ...]
    fired: tuple[Fired, ...]
    risen_at: int | None
    capability: Capability | None
    limits: tuple[float, float] | None
    causes: tuple[Cause, ...]
    protocols: tuple[AdjustmentProtocol, ...]
    adjustments: tuple[AdjustmentRow, ...]
    parameters: tuple[Parameter, ...]
    sources: tuple[str, ...]
    spread: tuple[Fired, ...] = ()
    made: MadeIn | None = None
    last_made: MadeIn | None = None


@dataclass(frozen=True, slots=True)
class ProtocolDraft:
    """A protocol as somebody filled it in: numbers are text still. id None: a new one."""

    machine: str
    signal: str
    low: str
    high: str
    max_step: str
    steps: str
    back: str
    permission: str = "adjust_line"
    source: str = ""
    address: str = ""
    id: str | None = None
