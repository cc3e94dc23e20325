"""The KPI row: the public shape in which a window's figures leave Lineside (report, REST, exports)."""

import msgspec


class ShiftRef(msgspec.Struct, frozen=True):
    """A shift instance: its name and production date (ISO)."""

    name: str
    date: str


class KpiRow(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """One row of the KPI table. Ratios are fractions or None (not computable); times ms; counts in resolution units.

    equipment: `site/area/line[/machine]`, or an area's or site's path. buckets_ms: all nine by name.
    ideal_ms, ideal_good_ms: rounded once from nanoseconds. oee_interval: [low, high]; both are
    the value while no time is unknown, None where there is neither value nor unknown time.
    trust: share of planned time that is known and breaks no rule. profile: the ratios' convention, with its version.
    """

    equipment: str
    from_: int
    to: int
    shift: ShiftRef | None
    product: str | None
    buckets_ms: dict[str, int]
    good: int
    reject: int
    rework: int
    ideal_ms: int
    ideal_good_ms: int
    availability: float | None
    performance: float | None
    quality: float | None
    oee: float | None
    oee_interval: tuple[float, float] | None
    coverage: float | None
    teep: float | None
    utilisation: float | None
    throughput_per_h: float | None
    mtbf_ms: float | None
    mttr_ms: float | None
    trust: float | None = None
    profile: str = "vorne@1"
