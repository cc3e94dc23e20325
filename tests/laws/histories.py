"""Random plants and histories: what machines, sources and people may do to us, in whole seconds."""

from dataclasses import dataclass
from datetime import date, time

from hypothesis import strategies as st

from app.domain.events.contract import (
    CountCorrected,
    Counted,
    Event,
    Heartbeat,
    OrderChanged,
    ShiftsChanged,
    StateChanged,
    StopClassified,
)
from app.domain.interval import DAY_MS
from app.domain.plant.equipment import Area, Plant, Site, WorkCenter, WorkUnit
from app.domain.plant.products import Product, RateBook
from app.domain.plant.reasons import Reason, ReasonTree
from app.domain.plant.shifts import Break, ShiftCalendar, ShiftPattern

S, MINUTE = 1000, 60_000
START = 20_000 * DAY_MS + 22 * 3_600_000 + 30 * MINUTE
LENGTH_S = 3 * 3600
GRACE_S = 60
WORDS = ["run", "run", "run", "Execute", "stop", "Held", "setup", "starved", "blocked", "planned", "gibberish"]
REASONS = [None, None, "jam", "clean", "tea", "swap", "nonsense"]
TREE = ReasonTree(
    {
        "jam": Reason("jam", "Jam", ("jam",), failure=True),
        "clean": Reason("clean", "Clean", ("clean",)),
        "tea": Reason("tea", "Tea", ("tea",), planned=True),
        "swap": Reason("swap", "Swap", ("swap",), setup=True),
    }
)
CALENDAR = ShiftCalendar(
    "UTC",
    (
        ShiftPattern("a", time(22, 40), time(23, 50), frozenset(range(7)), (Break(time(23, 10), 7),)),
        ShiftPattern("b", time(23, 50), time(1, 10), frozenset(range(7)), (Break(time(0, 5), 10),)),
    ),
)
MACHINES = ("s/a/l/m1", "s/a/l/m2")


def a_random_plant(draw) -> Plant:
    units = tuple(
        WorkUnit(
            path.rsplit("/", 1)[1],
            path,
            "s/a/l",
            path,
            minor_stop_ms=draw(st.sampled_from([30, 120, 600])) * S,
            ignore_under_ms=draw(st.sampled_from([0, 2, 20])) * S,
            minimum_run_ms=draw(st.sampled_from([0, 0, 90])) * S,
            grace_ms=GRACE_S * S,
            stale_after_ms=draw(st.sampled_from([None, 200 * S, 900 * S])),
        )
        for path in MACHINES
    )
    line = WorkCenter("l", "s/a/l", "L", "UTC", MACHINES[0], MACHINES[1], units, CALENDAR)
    rates = RateBook(
        {(MACHINES[0], "p"): ((0, 333_333_333), (START + 50 * MINUTE, 500_000_000)), (None, "q"): ((0, 10**9),)}
    )
    site = Site("s", "s", "S", "UTC", (Area("a", "s/a", "A", (line,)),))
    products = {"p": Product("p", "P"), "q": Product("q", "Q")}
    return Plant("E", (site,), products, rates, TREE)


@dataclass
class History:
    """events: as received (late within the grace, doubled, some lost); sent: in the order of their time."""

    plant: Plant
    events: list[Event]
    now: int

    def __str__(self) -> str:
        return "\n".join(map(str, [*self.plant.sites[0].areas[0].lines[0].machines, *self.events]))


_second = st.integers(0, LENGTH_S - 1)


def _moment(draw) -> int:
    """Mostly anywhere, often close to a border, where mistakes live."""
    border = st.sampled_from([600, 2400, 2820, 4800, 5400, 5700, 6300, 9600]).flatmap(
        lambda b: st.integers(max(0, b - 130), b + 130)
    )
    return draw(st.one_of(_second, border))


def _one(draw, machine: str, t: int, seq: int):
    base = {"machine": machine, "t": t, "source": "plc", "epoch": 1, "seq": seq}
    kind = draw(st.sampled_from(["state", "state", "state", "count", "count", "beat", "order", "late"]))
    if kind == "state":
        return StateChanged(**base, state=draw(st.sampled_from(WORDS)), reason=draw(st.sampled_from(REASONS)))
    if kind == "count":
        return Counted(
            **base, good=draw(st.integers(0, 50)), reject=draw(st.integers(0, 5)), rework=draw(st.integers(0, 2))
        )
    if kind == "order":
        action = draw(st.sampled_from(["start", "start", "end"]))
        order = draw(st.sampled_from(["o1", "o2", "o3"]))
        return OrderChanged(**base, action=action, order=order, product=draw(st.sampled_from(["p", "q", None])))
    if kind == "late":
        return Counted(**base, reject=draw(st.integers(1, 3)), made_at=START + draw(_second) * S)
    return Heartbeat(**base | {"machine": draw(st.sampled_from([machine, "s/a/l"]))})


def _people(draw, seq: int, t: int):
    base = {"machine": draw(st.sampled_from(MACHINES)), "t": t, "source": "person", "epoch": 1, "seq": seq}
    start = START + _moment(draw) * S
    if draw(st.booleans()):
        to = draw(st.one_of(st.none(), st.integers(0, 1500).map(lambda n: start + n * S)))
        return StopClassified(
            **base,
            from_=start,
            to=to,
            reason=draw(st.sampled_from(REASONS)),
            planned=draw(st.sampled_from([None, None, True, False])),
            state=draw(st.sampled_from([None, None, None, "run", "stop"])),
            by="ada",
        )
    return CountCorrected(
        **base, made_at=start, good=draw(st.integers(-3, 3)), reject=draw(st.integers(0, 2)), by="ada"
    )


def _afterwards(draw, orders: list[OrderChanged]):
    """What somebody in the office says of orders and shifts: corrections of corrections, and what never was, too."""
    said = {"machine": "s/a/l", "source": "office", "epoch": 1, "by": "bob"}
    ends = st.integers(0, LENGTH_S // 300).map(lambda n: START + n * 300 * S)
    for seq in range(1, draw(st.integers(0, 3)) + 1):
        if orders and draw(st.booleans()):
            meant = draw(st.sampled_from(orders))
            corrected = {"action": meant.action, "order": meant.order, "was": meant.t, "said_at": START + seq * S}
            product = draw(st.sampled_from([None, "p", "q"]))
            orders = [*orders, OrderChanged(**said, seq=seq, t=draw(ends), product=product, **corrected)]
            yield orders[-1]
        else:
            day = draw(st.sampled_from([date(2024, 10, 4), date(2024, 10, 5)]))
            shifts = draw(st.sampled_from([(), ("a",), ("b",), ("a", "b"), None]))
            yield ShiftsChanged(**said, seq=seq, t=START + draw(_second) * S, date=day, shifts=shifts)


@st.composite
def histories(draw, *, people: bool = True) -> History:
    plant = a_random_plant(draw)
    times = sorted(_moment(draw) for _ in range(draw(st.integers(0, 40))))
    events = [_one(draw, draw(st.sampled_from(MACHINES)), START + t * S, seq) for seq, t in enumerate(times, 1)]
    lost = draw(st.sets(st.sampled_from(range(len(events))), max_size=3)) if events else set()
    kept = [e for i, e in enumerate(events) if i not in lost]
    if people:
        said = sorted(_moment(draw) for _ in range(draw(st.integers(0, 4))))
        kept += [_people(draw, seq, START + t * S) for seq, t in enumerate(said, 1)]
        kept += _afterwards(draw, [e for e in events if isinstance(e, OrderChanged)])
    delayed = [(e.t + draw(st.integers(0, GRACE_S)) * S, i) for i, e in enumerate(kept)]
    received = [kept[i] for _, i in sorted(delayed)]
    doubled = draw(st.lists(st.sampled_from(received), max_size=4)) if received else []
    return History(plant, received + doubled, START + LENGTH_S * S)
