"""What a person puts right shows on the live board, in history and in the report alike, to the last digit."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from app.auth.guard import Conflict, Forbidden, Invalid
from app.boards.codec import components_of
from app.commands.counts import CountEdit, Scrap
from app.commands.extent import StopSeen
from app.commands.runs import OrderEdit
from app.commands.shifts import ShiftsEdit
from app.commands.stops import StopEdit, StopMerge, StopSplit
from app.domain.accounting.buckets import Bucket, Episode
from app.domain.events.contract import OrderChanged, StateChanged
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.domain.roles import Identity, Role
from app.historian.past import Past
from app.views.kpis import machines_of
from tests.golden.rig import NOW, ONE, START, Rig, a_morning

pytestmark = pytest.mark.redis
FILLER = f"{ONE}/filler"
PAVEL = Identity("pavel", Role.SUPERVISOR, ("*",))
OLGA = Identity("olga", Role.OPERATOR, (ONE,))
STOP = START + 145 * MINUTE_MS
"""The filler stands from 145 to 150 minutes after the start, and from 175 to 180."""


@pytest.fixture
def morning(rig: Rig) -> Rig:
    rig.who = PAVEL
    rig.say(ONE, *a_morning(ONE))
    rig.account()
    return rig


def stops(rig: Rig, since: int = STOP) -> list[Episode]:
    found = Past(rig.database).episodes(FILLER, Interval(since, NOW))
    return [e for e in found if e.start >= since and e.bucket is not Bucket.RUNNING]


def all_agree(rig: Rig, folder: Path) -> None:
    """Compare the live board's shift so far, the same window in history, and in the report of the written log."""
    rig.account()
    board = rig.board(ONE)
    shift = Interval(board.shift.start, board.at)
    live = components_of(board)
    for equipment, held in ((ONE, live), *((tile.path, components_of(tile)) for tile in board.machines)):
        row = rig.explain("oee", equipment, shift).row
        assert tuple(row.buckets_ms.values()) == held.buckets_ms
        assert (row.good, row.reject, row.rework) == (held.good, held.reject, held.rework)
    whole = Interval(START, NOW)
    told = {str(row["equipment"]): row for row in rig.report(ONE, folder, whole)}
    for machine in machines_of(rig.plant, ONE):
        row, reported = rig.explain("oee", machine, whole).row, told[machine]
        assert reported["buckets_ms"] == row.buckets_ms
        assert (reported["good"], reported["reject"], reported["oee"]) == (row.good, row.reject, row.oee)


def test_a_split_leaves_the_first_part_and_says_what_the_second_was(morning: Rig, tmp_path: Path) -> None:
    put = morning.services.commands
    put.split(StopSplit(f"{FILLER}@{STOP}", STOP + 2 * MINUTE_MS, "jam", saw_end=STOP + 5 * MINUTE_MS))
    all_agree(morning, tmp_path)
    first, second, third = stops(morning)
    assert (first.start, first.end, first.reason) == (STOP, STOP + 2 * MINUTE_MS, None)
    assert (second.end, second.reason, second.attested_by) == (STOP + 5 * MINUTE_MS, "jam", "pavel")
    put.classify(StopEdit(first.id, "sensor", saw_end=first.end))
    all_agree(morning, tmp_path)
    assert [e.reason for e in stops(morning)] == ["sensor", "jam", None]
    put.classify(StopEdit(first.id, None, "sensor", saw_end=first.end))
    put.classify(StopEdit(second.id, None, "jam", saw_end=second.end))
    all_agree(morning, tmp_path)
    assert [(e.start, e.end, e.reason) for e in stops(morning)] == [
        (STOP, STOP + 5 * MINUTE_MS, None),
        (third.start, third.end, None),
    ]


def test_merged_stops_are_one_and_come_apart_again(morning: Rig, tmp_path: Path) -> None:
    put = morning.services.commands
    about = {"machine": FILLER, "source": "plc-filler", "epoch": 1}
    again = STOP + 2 * MINUTE_MS
    morning.say(
        ONE,
        StateChanged(**about, t=again, seq=10_001, state="run"),
        StateChanged(**about, t=again + 30_000, seq=10_002, state="stop"),
    )
    morning.account()
    one, two = stops(morning)[:2]
    assert (one.end, two.start) == (again, again + 30_000)
    seen = [StopSeen(one.id, None, one.end), StopSeen(two.id, None, two.end)]
    put.merge(StopMerge(seen, "jam"))
    all_agree(morning, tmp_path)
    merged = stops(morning)[0]
    assert (merged.start, merged.end, merged.reason) == (one.start, two.end, "jam")
    put.classify(StopEdit(merged.id, "sensor", "jam", saw_end=merged.end))
    all_agree(morning, tmp_path)
    assert (stops(morning)[0].end, stops(morning)[0].reason) == (two.end, "sensor")
    put.classify(StopEdit(merged.id, None, "sensor", saw_end=merged.end))
    all_agree(morning, tmp_path)
    assert [(e.start, e.end, e.reason) for e in stops(morning)[:2]] == [
        (one.start, one.end, None),
        (two.start, two.end, None),
    ]
    put.classify(StopEdit(two.id, "jam", None, saw_end=two.end))


def test_planned_or_not_is_said_beside_the_reason(morning: Rig, tmp_path: Path) -> None:
    put = morning.services.commands
    put.classify(StopEdit(f"{FILLER}@{STOP}", "jam", planned=True))
    all_agree(morning, tmp_path)
    assert (stops(morning)[0].bucket, stops(morning)[0].reason) == (Bucket.PLANNED_STOP, "jam")
    put.classify(StopEdit(f"{FILLER}@{STOP}", "jam", "jam", planned=False))
    all_agree(morning, tmp_path)
    assert stops(morning)[0].bucket is Bucket.UNPLANNED_STOP


def test_unknown_time_becomes_what_a_person_attests_and_unknown_again(morning: Rig, tmp_path: Path) -> None:
    morning.now += 10 * MINUTE_MS
    morning.account()
    silent = Past(morning.database).episodes(FILLER, Interval(NOW, morning.now))[-1]
    assert silent.bucket is Bucket.UNKNOWN
    put = morning.services.commands
    put.classify(StopEdit(silent.id, None, state="run"))
    morning.account()
    ran = Past(morning.database).episodes(FILLER, Interval(silent.start, silent.start + 1))[-1]
    assert (ran.bucket, ran.attested_by) == (Bucket.RUNNING, "pavel")
    put.classify(StopEdit(ran.id, None, saw_end=ran.end))
    morning.account()
    again = Past(morning.database).episodes(FILLER, Interval(silent.start, silent.start + 1))[-1]
    assert (again.bucket, again.attested_by) == (Bucket.UNKNOWN, None)


def test_counts_are_put_right_where_the_units_were_made(morning: Rig, tmp_path: Path) -> None:
    packer = f"{ONE}/packer"
    hour = Interval(START + HOUR_MS, START + 2 * HOUR_MS)
    before = morning.explain("quality", packer, hour).row
    put = morning.services
    put.commands.scrap(Scrap(ONE, 7, made_at=hour.start + 1, note="found on the pallet"))
    put.commands.counts(CountEdit(packer, hour.end - 1, "counted by hand", good=40, rework=2))
    all_agree(morning, tmp_path)
    after = morning.explain("quality", packer, hour).row
    assert (after.good, after.reject, after.rework) == (before.good + 33, before.reject + 7, before.rework + 2)


def test_an_order_began_earlier_and_ended_earlier(morning: Rig, tmp_path: Path) -> None:
    about = {"machine": ONE, "source": "erp", "epoch": 1}
    first, second = START + 10 * MINUTE_MS, START + 130 * MINUTE_MS
    morning.say(
        ONE,
        OrderChanged(**about, t=first, seq=1, action="start", order="4711", product="cola"),
        OrderChanged(**about, t=second, seq=2, action="start", order="4712", product="water"),
    )
    morning.account()
    put = morning.services.commands
    put.correct_order(OrderEdit(ONE, "4712", "start", second, second - 15 * MINUTE_MS, "the scanner was late"))
    put.correct_order(OrderEdit(ONE, "4711", "start", first, first + MINUTE_MS, "too early", product="water"))
    all_agree(morning, tmp_path)
    runs = Past(morning.database).orders(ONE, Interval(START, NOW))
    assert [(run.order, run.product, run.start, run.end) for run in runs] == [
        ("4711", "water", first + MINUTE_MS, second - 15 * MINUTE_MS),
        ("4712", "water", second - 15 * MINUTE_MS, None),
    ]
    with pytest.raises(Invalid, match="neighbours"):
        put.correct_order(OrderEdit(ONE, "4712", "start", second - 15 * MINUTE_MS, START, "wrong"))


def test_a_missed_shift_exception_restates_its_hours_everywhere(morning: Rig, tmp_path: Path) -> None:
    put, day = morning.services.commands, dt.date(2026, 11, 23)
    shift = Interval(START, START + 3 * HOUR_MS)
    assert morning.explain("oee", FILLER, shift).row.buckets_ms["unscheduled"] == 0
    put.shifts(ShiftsEdit(ONE, day, ["late", "night"], "no early shift: works meeting"))
    morning.account()
    assert morning.explain("oee", FILLER, shift).row.buckets_ms["unscheduled"] == shift.length
    assert morning.board(ONE).shift.name is None
    told = {row["equipment"]: row for row in morning.report(ONE, tmp_path, shift)}
    assert told[FILLER]["buckets_ms"]["unscheduled"] == shift.length
    put.shifts(ShiftsEdit(ONE, day, None, "the meeting was cancelled"))
    all_agree(morning, tmp_path)
    assert morning.explain("oee", FILLER, shift).row.buckets_ms["unscheduled"] == 0


def test_the_second_editor_sees_that_a_stop_was_split_or_merged(morning: Rig) -> None:
    put, stop, end = morning.services.commands, f"{FILLER}@{STOP}", STOP + 5 * MINUTE_MS
    put.split(StopSplit(stop, STOP + MINUTE_MS, "jam", saw_end=end))
    tries: list[Callable[[], object]] = [
        lambda: put.classify(StopEdit(stop, "sensor", saw_end=end)),
        lambda: put.split(StopSplit(stop, STOP + 2 * MINUTE_MS, "sensor", saw_end=end)),
    ]
    for attempt in tries:
        with pytest.raises(Conflict, match="ends at"):
            attempt()
    morning.account()
    for attempt in tries:
        with pytest.raises(Conflict, match="ends at"):
            attempt()


def test_what_cannot_be_reshaped_is_refused_in_words(morning: Rig) -> None:
    put, stop = morning.services.commands, f"{FILLER}@{STOP}"
    other = stops(morning)[1]
    wrong: list[tuple[Callable[[], object], str]] = [
        (lambda: put.split(StopSplit(stop, STOP, "jam")), "inside the stop"),
        (lambda: put.split(StopSplit(stop, STOP + HOUR_MS, "jam")), "inside the stop"),
        (lambda: put.split(StopSplit(f"{FILLER}@{STOP + 1}", STOP + 2, "jam")), "does not know it"),
        (lambda: put.merge(StopMerge([StopSeen(stop)], "jam")), "at least two"),
        (lambda: put.merge(StopMerge([StopSeen(stop), StopSeen(other.id)], "jam")), "ran more than"),
        (lambda: put.classify(StopEdit(stop, None, state="run")), "only unknown"),
        (lambda: put.classify(StopEdit(f"{FILLER}@{STOP + 5 * MINUTE_MS}", "jam")), "the machine ran"),
        (lambda: put.counts(CountEdit(FILLER, STOP, "why")), "units"),
        (lambda: put.counts(CountEdit(FILLER, STOP, " ", good=1)), "note"),
        (lambda: put.shifts(ShiftsEdit(ONE, dt.date(2026, 11, 23), ["noon"], "why")), "no shift of this line"),
    ]
    for attempt, word in wrong:
        with pytest.raises(Invalid, match=word):
            attempt()


def test_closed_shifts_and_counts_are_for_those_who_may(morning: Rig) -> None:
    morning.who = OLGA
    put = morning.services.commands
    with pytest.raises(Forbidden):
        put.counts(CountEdit(FILLER, STOP, "why", good=1))
    with pytest.raises(Forbidden):
        put.shifts(ShiftsEdit(ONE, dt.date(2026, 11, 23), [], "why"))
    morning.now += 9 * HOUR_MS
    with pytest.raises(Forbidden):
        put.split(StopSplit(f"{FILLER}@{STOP}", STOP + MINUTE_MS, "jam", note="why"))
    with pytest.raises(Forbidden):
        morning.services.commands.scrap(Scrap(ONE, 1, made_at=STOP, note="why"))
