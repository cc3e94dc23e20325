"""Units counted while a machine says it stands: time is kept where it was said, and trusted less."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accounting import kpi
from app.domain.accounting.buckets import Bucket, Components
from app.domain.accounting.ledger import Ledger
from app.domain.accounting.rollup import total
from app.domain.events.contract import Counted, Event, StateChanged, StopClassified
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from tests.domain.accounting.strategies import components
from tests.golden.story import NoPages
from tests.makers import a_plant, utc_ms

START = utc_ms("2026-11-23T08:00")
LINE = "site/area/line-1"
PLANT = a_plant(machines=("filler", "packer"), traits={"stale_after": "2h"}, cycle="6s", line={"constraint": "filler"})
Told = tuple[int, str | int]


def told(*said: Told, machine: str = "packer", after: tuple[Event, ...] = ()) -> Ledger:
    """Return a ledger that was told states (words) and counts (numbers) at seconds after the start."""
    ledger = Ledger(PLANT.line(LINE), PLANT, NoPages())
    events: list[Event] = []
    for seq, (second, what) in enumerate(said):
        about = {"machine": f"{LINE}/{machine}", "t": START + second * 1000, "source": "plc", "epoch": 1, "seq": seq}
        events.append(StateChanged(state=what, **about) if isinstance(what, str) else Counted(good=what, **about))
    ledger.apply([*events, *after])
    return ledger


def hour(ledger: Ledger, equipment: str = f"{LINE}/packer", minutes: int = 60) -> Components:
    window = Interval(START, START + minutes * MINUTE_MS)
    return total(ledger.cells(equipment, window, START + HOUR_MS))


@pytest.mark.parametrize(
    ("said", "doubtful_s"),
    [
        pytest.param(((0, "run"), (60, 9), (120, 9)), 0, id="counts while it runs"),
        pytest.param(((0, "run"), (60, 9), (70, "stop"), (75, 1), (79, 1)), 0, id="what was still on the belt"),
        pytest.param(((0, "run"), (60, 9), (70, "stop"), (600, 9)), 0, id="a count that reaches back to the run"),
        pytest.param(((0, "run"), (60, 9), (70, "stop"), (100, 0), (120, 9)), 20, id="counted while it stood"),
        pytest.param(((0, "run"), (60, 9), (70, "stop"), (100, 0), (900, 9)), 60, id="no longer than the grace"),
        pytest.param(((0, "run"), (60, 9), (70, "starved"), (100, 0), (120, 9), (140, 9)), 40, id="while it starved"),
        pytest.param(((0, "run"), (60, 9), (70, "setup"), (100, 0), (120, 9)), 0, id="pieces of a change-over"),
    ],
)
def test_units_of_a_machine_that_says_it_stands_are_doubtful(said: tuple[Told, ...], doubtful_s: int) -> None:
    found = hour(told(*said))
    assert found.doubtful_ms == doubtful_s * 1000
    assert sum(found.buckets_ms) == HOUR_MS
    assert found.good == sum(what for _, what in said if isinstance(what, int))


def test_doubt_lowers_the_trust_of_the_machine_and_of_the_line_that_counts_there() -> None:
    ledger = told((0, "run"), (60, 9), (70, "stop"), (100, 0), (160, 9))
    machine, line = hour(ledger), hour(ledger, LINE)
    assert machine.doubtful_ms == line.doubtful_ms == MINUTE_MS
    assert kpi.trust(machine) == pytest.approx(1 - 1 / 60)
    assert kpi.trust(line) == 0, "nothing was heard of the constraint"
    elsewhere = told((0, "run"), (60, 9), (70, "stop"), (100, 0), (160, 9), machine="filler")
    assert hour(elsewhere, LINE).doubtful_ms == MINUTE_MS, "the constraint's time is the line's"


def test_a_closed_hour_s_contradictions_are_a_finding_of_the_machine() -> None:
    ledger = told((0, "run"), (60, 9), (70, "stop"), (100, 0), (160, 9), (170, 9))
    ledger.settle(START + 2 * HOUR_MS, open_hours=True)
    found = [f for f in ledger.findings(Interval(START, START + HOUR_MS)) if f.rule == "counted_standing"]
    assert [(f.equipment, f.detail) for f in found] == [
        (f"{LINE}/packer", "2 counts came while the machine said it stood (1.2 min)")
    ]


def test_what_a_person_attests_is_no_longer_doubtful() -> None:
    said = ((0, "run"), (60, 9), (70, "stop"), (100, 0), (160, 9))
    about = {"machine": f"{LINE}/packer", "t": START + HOUR_MS // 2, "source": "web", "epoch": 1, "seq": 0}
    ran = StopClassified(from_=START + 70_000, to=START + 170_000, state="run", by="ada", **about)
    assert hour(told(*said)).doubtful_ms == MINUTE_MS
    assert hour(told(*said, after=(ran,))).doubtful_ms == 0


@given(st.lists(st.tuples(st.integers(0, 3_000), st.sampled_from(["run", "stop", "starved", 0, 1, 5])), max_size=40))
def test_doubtful_time_adds_over_windows_and_is_never_more_than_what_is_known(said: list[Told]) -> None:
    ledger = told(*sorted(said, key=lambda one: one[0]))
    now = START + HOUR_MS
    packer = f"{LINE}/packer"
    parts = [
        total(ledger.cells(packer, Interval(START + k * 7 * MINUTE_MS, min(now, START + (k + 1) * 7 * MINUTE_MS)), now))
        for k in range(9)
    ]
    whole = hour(ledger)
    assert sum(part.doubtful_ms for part in parts) == whole.doubtful_ms
    assert whole.doubtful_ms <= whole.pbt_ms - whole.buckets_ms[Bucket.UNKNOWN]


@given(components(), components())
def test_trust_of_a_sum_lies_between_its_parts(a: Components, b: Components) -> None:
    known = [
        replace(c, doubtful_ms=min(c.doubtful_ms, c.pbt_ms - c.buckets_ms[Bucket.UNKNOWN])) for c in (a, b) if c.pbt_ms
    ]
    parts = [trust for c in known if (trust := kpi.trust(c)) is not None]
    whole = kpi.trust(sum(known, Components()))
    assert whole is None if not parts else min(parts) - 1e-12 <= whole <= max(parts) + 1e-12  # type: ignore[operator]
