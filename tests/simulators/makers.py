"""A small plant for the simulators' tests, made of the plant's own types."""

from collections.abc import Mapping
from datetime import time

from app.domain.interval import DAY_MS, HOUR_MS
from app.domain.plant.equipment import Area, Plant, Site, Source, StateMapping, Topology, WorkCenter, WorkUnit
from app.domain.plant.products import Product, RateBook
from app.domain.plant.reasons import Reason, ReasonTree
from app.domain.plant.shifts import Break, ShiftCalendar, ShiftPattern
from app.domain.plant.signals import Counter, Signal

MONDAY = 1_795_392_000_000  # 2026-11-23 00:00 UTC
WEEK = frozenset(range(5))
CALENDAR = ShiftCalendar(
    "UTC",
    (
        ShiftPattern("early", time(6), time(14), WEEK, (Break(time(10), 15),)),
        ShiftPattern("late", time(14), time(22), WEEK, (Break(time(18), 15),)),
        ShiftPattern("night", time(22), time(6), WEEK),
    ),
)
TREE = ReasonTree(
    {
        r.id: r
        for r in (
            Reason("jam-infeed", "Jam", ("technical", "jam-infeed")),
            Reason("label-jam", "Label jam", ("technical", "label-jam")),
            Reason("drive", "Drive", ("technical", "drive"), failure=True),
            Reason("sensor", "Sensor", ("technical", "sensor"), failure=True),
            Reason("no-material", "No material", ("organisational", "no-material")),
            Reason("no-operator", "No operator", ("organisational", "no-operator")),
            Reason("break", "Break", ("organisational", "break"), planned=True),
            Reason("changeover", "Change-over", ("changeover",), setup=True),
        )
    }
)
CYCLES = {"washer": 430, "filler": 500, "labeller": 440, "packer": 410}
PRODUCTS = ("cola", "water")
SIGNALS = {
    "vibration": Signal("vibration", unit="mm/s", low=0.0, high=10.0),
    "temp": Signal("temp", unit="degC", low=10.0, high=90.0),
}
GOOD_TOTAL = Signal("good_total", unit="pcs", counter=Counter("cumulative", "good", modulus=10_000))


def a_machine(name: str, line: str, *, counter: bool = False, raw: bool = False) -> WorkUnit:
    """A machine of the test plant; counter: it counts good units by a running total; raw: it speaks in codes."""
    signals = {**SIGNALS, **({"good_total": GOOD_TOTAL} if counter else {})}
    codes = {"4": StateMapping("run"), "2": StateMapping("stop"), "17": StateMapping("stop", "jam-infeed")}
    return WorkUnit(
        name, f"{line}/{name}", line, name.title(), stale_after_ms=90_000, signals=signals, states=codes if raw else {}
    )


def a_line(name: str, *, topology: Topology = "serial", counter: bool = False) -> WorkCenter:
    """A line of four machines in the UTC calendar of three shifts."""
    path = f"site/area/{name}"
    machines = tuple(a_machine(m, path, counter=counter and m == "packer", raw=m == "filler") for m in CYCLES)
    target = {(None, None): 15 * 60_000}
    return WorkCenter(
        name, path, name, "UTC", f"{path}/filler", f"{path}/packer", machines, CALENDAR, topology, None, target
    )


def a_plant(*lines: WorkCenter, simulation: Mapping[str, object] | None = None) -> Plant:
    """A plant of one area; two serial lines when none are given; `gw-1` speaks for the first line's machines."""
    lines = lines or (a_line("line-1"), a_line("line-2"))
    entries: dict[tuple[str | None, str | None], tuple[tuple[int, int], ...]] = {
        (m.path, product): ((0, CYCLES[m.id] * 1_000_000),) for w in lines for m in w.machines for product in PRODUCTS
    }
    site = Site("site", "site", "Site", "UTC", (Area("area", "site/area", "Area", lines),))
    source = Source("gw-1", "opcua", tuple(m.path for m in lines[0].machines))
    products = {p: Product(p, p.title()) for p in PRODUCTS}
    return Plant("Test", (site,), products, RateBook(entries), TREE, (source,), simulation=simulation or {})


__all__ = ["DAY_MS", "HOUR_MS", "MONDAY", "a_line", "a_machine", "a_plant"]
