"""A machine is in its line's figures from when on it counts; what it made before stays outside, told late or not."""

import pytest

from app.domain.accounting.ledger import Ledger
from app.domain.accounting.rollup import total
from app.domain.events.contract import Counted, StateChanged
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from tests.golden.story import NoPages
from tests.makers import a_plant_file, plant_from, utc_ms

START = utc_ms("2026-11-23T08:00")
END = START + 2 * HOUR_MS
FIRST, SECOND = Interval(START, START + HOUR_MS), Interval(START + HOUR_MS, END)
UNTIL_NINE = "until 2026-11-23T08:20:00Z"
LINE = "site/area/line-1"


def told(topology: str, says: dict[str, object], *, late: bool = False) -> Ledger:
    """Two hours of three machines; each makes 10 good and 1 reject every ten minutes. late: one is told at the end."""
    file = a_plant_file(machines=("filler", "labeller", "packer"), line={"topology": topology, "constraint": "filler"})
    for machine in file["sites"][0]["areas"][0]["lines"][0]["machines"]:
        machine |= {"commissioning": says[machine["id"]]} if machine["id"] in says else {}
    plant = plant_from(file)
    ledger = Ledger(plant.line(LINE), plant, NoPages())
    events = []
    for machine in ("filler", "labeller", "packer"):
        about = {"machine": f"{LINE}/{machine}", "source": machine, "epoch": 1}
        events.append(StateChanged(**about, t=START, seq=1, state="run"))
        for n in range(12):
            t = START + (10 * n + 5) * MINUTE_MS
            events.append(Counted(**about, t=t, seq=n + 2, good=10, reject=1))
    events.sort(key=lambda e: (late and e.source == "labeller" and e.seq == 2, e.t))
    ledger.apply(events)
    ledger.settle(END)
    return ledger


def made(ledger: Ledger, window: Interval) -> tuple[int, int]:
    found = total(ledger.cells(LINE, window, END))
    return found.good, found.reject


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("topology", "says", "first", "second"),
    [
        ("serial", {}, (60, 18), (60, 18)),
        ("serial", {"labeller": True}, (60, 12), (60, 12)),
        ("serial", {"labeller": UNTIL_NINE}, (60, 12), (60, 18)),
        ("serial", {"packer": UNTIL_NINE}, (60, 18), (60, 18)),
        ("parallel", {"labeller": UNTIL_NINE}, (120, 12), (180, 18)),
        ("parallel", dict.fromkeys(("filler", "labeller", "packer"), True), (180, 18), (180, 18)),
        ("serial", {**dict.fromkeys(("filler", "packer"), UNTIL_NINE), "labeller": True}, (60, 18), (60, 12)),
    ],
)
def test_hours_before_a_machine_counts_are_without_it_where_others_count(topology, says, first, second, late) -> None:
    ledger = told(topology, says, late=late)
    assert (made(ledger, FIRST), made(ledger, SECOND)) == (first, second)
    whole = made(ledger, Interval(START, END))
    assert whole == (first[0] + second[0], first[1] + second[1])


def test_its_own_figures_are_those_it_was_measured_with() -> None:
    ledger = told("serial", {"labeller": True})
    assert total(ledger.cells(f"{LINE}/labeller", Interval(START, END), END)).good == 120
