"""What /downtime, /quality and /outcomes show opens to the very same figure, with the page's window and filters."""

from dataclasses import replace

import pytest

from app.boards.downtime import DowntimeBoard, DowntimeQuestion
from app.boards.explain import Explanation, Kept
from app.domain.accounting.facts import CallFact
from app.domain.accounting.figures import FAILURES
from app.domain.events.contract import StopClassified
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.domain.roles import Identity, Role
from app.historian.writer import write_facts
from app.services import Forbidden
from tests.golden.rig import NOW, ONE, START, TWO, Rig, a_morning

pytestmark = pytest.mark.redis
WINDOW = Interval(START, NOW)
AREA = "site/area"
STOPS = (("packer", 25), ("packer", 85), ("filler", 55))
"""Stops that are a jam: machine, and minutes from the start."""
QUESTIONS = (
    {},
    {"shift": "early"},
    {"reason": "jam"},
    {"shift": "late"},
    {"window": Interval(START + HOUR_MS, START + 2 * HOUR_MS)},
)


@pytest.fixture
def morning(rig: Rig) -> Rig:
    """Two lines; of line 1 two stops of its constraint, the packer, are a jam, and one of the filler."""
    for line in (ONE, TWO):
        rig.say(line, *a_morning(line))
    about = {"epoch": 1, "source": "person", "by": "olga", "reason": "jam", "t": NOW}
    said = enumerate((f"{ONE}/{machine}", START + at * MINUTE_MS) for machine, at in STOPS)
    rig.say(ONE, *(StopClassified(**about, machine=machine, from_=at, seq=n) for n, (machine, at) in said))
    rig.account()
    with rig.database.begin() as connection:
        calls = ((START + n * HOUR_MS, ms) for n, ms in enumerate((60_000, 150_000, None)))
        write_facts(
            connection, [CallFact(ONE, "maintenance", t, "olga", None if ms is None else t + ms) for t, ms in calls]
        )
    return rig


def the_page(rig: Rig, equipment: str, said: dict[str, object]) -> DowntimeBoard:
    return rig.services.downtime(DowntimeQuestion(equipment, said.get("window", WINDOW), **rest(said)))


def rest(said: dict[str, object]) -> dict[str, str]:
    return {key: value for key, value in said.items() if key != "window"}  # type: ignore[misc]


def opened(rig: Rig, board: DowntimeBoard, figure: str, path: str, **more: str) -> Explanation:
    asked = board.question
    kept = Kept(shift=asked.shift, in_shifts=True, product=asked.product, crew=asked.crew, reason=asked.reason)
    return rig.services.explain(figure, path, board.told, replace(kept, **more))


@pytest.mark.parametrize("equipment", [ONE, f"{ONE}/packer", AREA])
@pytest.mark.parametrize("said", QUESTIONS)
def test_every_loss_opens_to_itself_and_its_stops_add_up_to_it(
    morning: Rig, equipment: str, said: dict[str, object]
) -> None:
    board = the_page(morning, equipment, said)
    for name, ms in board.losses.items():
        found = opened(morning, board, f"loss.{name}", equipment, reason=None)
        assert found.value == ms
        if found.stops:
            assert sum(stop.ms for stop in found.stops) == ms
        assert sum(share.value for share in found.shares) in (ms, 0)
    planned = opened(morning, board, "pbt_ms", equipment, reason=None)
    assert planned.value == sum(board.losses.values())
    assert opened(morning, board, "trust", equipment, reason=None).value == board.trust


@pytest.mark.parametrize("equipment", [ONE, f"{ONE}/packer", AREA])
@pytest.mark.parametrize("said", QUESTIONS)
def test_mtbf_mttr_and_failures_open_to_the_page_s_last_digit(
    morning: Rig, equipment: str, said: dict[str, object]
) -> None:
    board = the_page(morning, equipment, said)
    rows = [(row, row.key, {}) for row in board.by_machine]
    rows += [(row, equipment, {"reason": row.key}) for row in board.by_reason]
    for row, path, more in rows:
        failures, mtbf, mttr = (opened(morning, board, key, path, **more) for key in FAILURES)
        assert failures.value == row.failures
        assert (mtbf.mean, mttr.mean) == (row.mtbf, row.mttr)
        assert (mtbf.value, mttr.value) == (row.mtbf and row.mtbf.value, row.mttr and row.mttr.value)
        for found in (failures, mtbf, mttr):
            assert found.stop_count == len(found.stops) >= row.failures
            assert {stop.reason for stop in found.stops} <= {"jam"}


def test_the_numbers_put_into_mtbf_and_mttr_give_them(morning: Rig) -> None:
    board = the_page(morning, ONE, {})
    assert [(row.key, row.failures) for row in board.by_reason] == [("jam", 2)]
    mtbf, mttr = (opened(morning, board, key, ONE, reason="jam") for key in ("mtbf_ms", "mttr_ms"))
    run, failures = (term.value for term in mtbf.terms)
    repair, also = (term.value for term in mttr.terms)
    assert (failures, repair) == (also, 10 * MINUTE_MS) == (2, sum(stop.ms for stop in mttr.stops))
    assert (mtbf.value, mttr.value) == (run / failures, repair / failures)
    assert [stop.start for stop in mtbf.stops] == [START + 25 * MINUTE_MS, START + 85 * MINUTE_MS]


def test_without_a_page_s_filters_mtbf_is_the_kpi_row_s_and_lists_the_same_failures(morning: Rig) -> None:
    found = morning.services.explain("mtbf_ms", ONE, WINDOW)
    assert found.value == found.row.mtbf_ms
    assert len(found.stops) == 2
    assert found.episodes == ()


def test_what_nobody_explained_opens_shift_by_shift(morning: Rig) -> None:
    board = the_page(morning, ONE, {})
    (share,) = board.shares
    found = opened(morning, board, "unexplained", ONE, shift=share.key)
    assert found.value == share.unexplained_ms / share.stopped_ms < 1
    assert sum(stop.ms for stop in found.stops) == share.unexplained_ms
    assert {stop.reason for stop in found.stops} == {None}


@pytest.mark.parametrize("equipment", [ONE, AREA])
def test_mtta_opens_with_the_calls_it_is_the_mean_of(morning: Rig, equipment: str) -> None:
    (call,) = (board := the_page(morning, equipment, {})).calls
    found = opened(morning, board, "mtta_ms", equipment, reason=call.call)
    assert (found.mean, found.value) == (call.mtta, 105_000)
    assert [(term.key, term.value) for term in found.terms] == [("waited_ms", 210_000), ("answered", 2), ("calls", 3)]
    assert len(found.calls) == call.calls
    assert opened(morning, board, "mtta_ms", equipment, reason="quality").calls == ()


def test_outcomes_open_to_the_week_they_tell(morning: Rig) -> None:
    for place in (ONE, AREA):
        morning.now = NOW + HOUR_MS
        balance = morning.services.loop.decisions.outcomes(morning.who, place, 30).balance
        told, whole = balance.reasoned
        found = morning.services.explain("reasoned", place, balance.week)
        assert (found.value, [term.value for term in found.terms]) == (told / whole, [told, whole])
        assert sum(stop.ms for stop in found.stops) == whole - told
        assert morning.services.explain("trust", place, balance.week).value == balance.trust


def test_an_area_says_what_each_line_lost(morning: Rig) -> None:
    found = morning.services.explain("oee", AREA, WINDOW)
    lost = {share.path: share.lost_ms for share in found.shares}
    for path, ms in lost.items():
        losses = the_page(morning, path, {}).losses
        assert abs(ms - (sum(losses.values()) - losses["good"])) <= 1
    assert lost[ONE] != lost[TWO]


def test_a_page_s_figure_is_opened_by_those_who_may_see_history_there(morning: Rig) -> None:
    board = the_page(morning, ONE, {})
    morning.who = Identity("otto", Role.OPERATOR, (TWO,))
    for figure in ("mtbf_ms", "mtta_ms", "unexplained", "loss.setup"):
        with pytest.raises(Forbidden):
            opened(morning, board, figure, ONE)
