"""Laws of the downtime page: its stops are the losses, its Pareto is the sum of its list."""

from collections import Counter
from collections.abc import Collection

import pytest
from sqlalchemy import update

from app.boards.downtime import LEVELS, DowntimeBoard, DowntimeQuestion
from app.boards.explain import RawEvents, Told
from app.domain.accounting.buckets import Bucket, Episode
from app.domain.accounting.facts import CallFact
from app.domain.accounting.profiles import VORNE
from app.domain.accounting.reliability import mtta_with_interval
from app.domain.interval import HOUR_MS, Interval
from app.historian import schema
from app.historian.process import Historian
from app.historian.writer import write_facts
from app.views.downtime import downtime_board
from app.views.explain_parts import Sources
from app.views.groupings import grouped_rows
from app.views.stops import bar_key, levels_of
from tests.historian.test_historian import END, LINE, MACHINE, PLANT, SHIFTS, START, Stream, told
from tests.makers import a_plant

WINDOW = Interval(START, END)
REASONS_OF = ("jam", "sensor", "drive", "other")
BUCKETS = {"setup": "setup", "starved": "starved", "blocked": "blocked", "unknown": "unknown"}


class NoStream:
    def newest(self, line: str, window: Interval, about: Collection[str], most: int) -> RawEvents:
        return RawEvents((), "events.trimmed")

    def told(self, line: str, window: Interval, about: Collection[str]) -> Told:
        return Told(word="events.trimmed")


@pytest.fixture
def ask(db):
    _, entries = told()
    Historian(db, Stream(entries), [LINE], lambda: END).drain()

    def ask(equipment: str = LINE, **said) -> DowntimeBoard:
        asked = DowntimeQuestion(equipment, said.pop("window", WINDOW), **said)
        board = downtime_board(Sources(db, PLANT, NoStream()), asked, VORNE)
        assert board is not None
        return board

    return ask


def test_the_stops_add_up_to_the_losses_of_the_line_to_the_millisecond(ask) -> None:
    board = ask()
    lost = Counter[str]()
    for row in board.stops:
        lost[row.bucket.key] += row.ms
    assert board.stop_count == len(board.stops) > 0
    assert {loss: lost[bucket] for loss, bucket in BUCKETS.items()} == {loss: board.losses[loss] for loss in BUCKETS}
    stopped = lost["unplanned_stop"] + lost["minor_stop"]
    assert stopped == board.losses["breakdown"] + board.losses["minor_stops"] > 0


def test_the_waterfall_adds_up_to_the_planned_busy_time_the_rows_tell(ask, db) -> None:
    (row,) = grouped_rows(db, PLANT, (LINE, WINDOW), (), VORNE)
    idle = row.buckets_ms["unscheduled"] + row.buckets_ms["planned_stop"]
    assert sum(ask().losses.values()) == sum(row.buckets_ms.values()) - idle


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_of_the_pareto_is_the_same_whole_and_a_bar_leads_to_its_own_stops(ask, level) -> None:
    board = ask(level=level)
    assert sum(bar.ms for bar in board.bars) == sum(row.ms for row in board.stops)
    assert sum(bar.count for bar in board.bars) == board.stop_count
    for bar in board.bars:
        chosen = ask(level=level, bar=bar.key)
        assert (chosen.stop_count, sum(row.ms for row in chosen.stops)) == (bar.count, bar.ms)
        assert chosen.losses == board.losses


def test_every_level_of_a_deep_reason_tree_has_its_pareto() -> None:
    infeed = {"id": "infeed", "children": [{"id": "jam", "failure": True}, {"id": "sensor"}]}
    reasons = [{"id": "technical", "children": [infeed, {"id": "drive"}]}, {"id": "other"}]
    deep = a_plant(line={"shifts": SHIFTS}, reasons=reasons)
    said = {reason: Episode(MACHINE, 0, 60_000, Bucket.UNPLANNED_STOP, reason=reason) for reason in REASONS_OF}
    assert levels_of(deep) == ("category", "second", "reason", "machine")
    assert levels_of(PLANT) == ("category", "reason", "machine")
    for level, keys in (("category", "technical technical technical other"), ("second", "infeed infeed drive other"),
                        ("third", "jam sensor drive other"), ("reason", "jam sensor drive other")):  # fmt: skip
        assert [bar_key(deep, episode, level)[0] for episode in said.values()] == keys.split()


def test_the_window_before_is_as_long_and_told_beside_it(ask) -> None:
    half = (START + END) // 2 // HOUR_MS * HOUR_MS
    late, early = ask(window=Interval(half, END)), ask(window=Interval(2 * half - END, half))
    before = {bar.key: bar.ms for bar in early.bars}
    assert late.question.window.length == early.question.window.length
    assert all(bar.before_ms == before.get(bar.key, 0) for bar in late.bars)


def test_a_period_before_that_history_does_not_know_is_no_comparison(ask) -> None:
    half = (START + END) // 2 // HOUR_MS * HOUR_MS
    assert ask(window=Interval(half, half + HOUR_MS)).is_compared
    assert not ask(window=Interval(START + HOUR_MS, END)).is_compared  # the shift began before the machine was heard
    assert not ask().is_compared


def test_the_shifts_share_the_stops_among_them(ask) -> None:
    names = ask().offered.shifts
    assert sum(ask(shift=name).stop_count for name in names) == ask().stop_count


def test_a_stop_is_seen_with_two_minutes_either_side_and_says_when_events_are_gone(ask) -> None:
    row = ask().stops[0]
    found = ask(stop=row.id).close_up
    assert found is not None
    assert found.stop.id == row.id
    assert found.window.start == row.start - 120_000
    assert [track.machine for track in found.tracks] == [m.path for line in PLANT.lines() for m in line.machines]
    assert found.raw == RawEvents((), "events.trimmed")


@pytest.mark.parametrize("stop", ["", "nowhere", f"{LINE}/nowhere@12", f"{LINE}@x"])
def test_a_stop_nobody_knows_is_no_close_up(ask, stop: str) -> None:
    assert ask(stop=stop).close_up is None


def test_what_nobody_explained_is_told_by_crew_and_by_shift_where_there_is_none(db) -> None:
    _, entries = told()
    Historian(db, Stream(entries), [LINE], lambda: END).drain()
    early, late, night = (dict(pattern) for pattern in SHIFTS)
    crews = a_plant(line={"shifts": [early | {"crew": "Blue"}, late, night | {"crew": "Blue"}]})
    board = downtime_board(Sources(db, crews, NoStream()), DowntimeQuestion(LINE, WINDOW), VORNE)
    unplanned = [row for row in board.stops if row.bucket.key == "unplanned_stop"]
    of_crew = sum(row.ms for row in unplanned if row.shift in ("early", "night"))
    of_late = sum(row.ms for row in unplanned if row.shift == "late")
    assert 0 < of_crew < sum(row.ms for row in unplanned)
    assert {(s.key, s.is_crew): (s.unexplained_ms, s.stopped_ms) for s in board.shares} == {
        ("Blue", True): (of_crew, of_crew),
        ("late", False): (of_late, of_late),
    }


def test_calls_are_told_by_kind_with_the_time_until_they_are_answered(ask, db) -> None:
    with db.begin() as connection:
        waits = ((0, 60_000), (1, 120_000), (2, None))
        facts = [
            CallFact(LINE, "maintenance", since, "olga", None if ms is None else since + ms)
            for since, ms in ((START + n * HOUR_MS, ms) for n, ms in waits)
        ]
        write_facts(connection, [*facts, CallFact(LINE, "quality", START, "olga")])
    maintenance, quality = ask().calls
    assert (maintenance.call, maintenance.calls, maintenance.answered) == ("maintenance", 3, 2)
    assert maintenance.mtta == mtta_with_interval(180_000, 2)
    assert maintenance.mtta.low < maintenance.mtta.value == 90_000 < maintenance.mtta.high
    assert (quality.call, quality.calls, quality.answered, quality.mtta) == ("quality", 1, 0, None)


def test_without_failures_there_is_no_mean_time_between_them(ask) -> None:
    for row in ask().by_machine:
        assert (row.mtbf is None) == (row.mttr is None) == (row.failures == 0)


def test_other_above_a_twentieth_is_told_with_the_codes_that_notes_ask_for(ask, db) -> None:
    assert ask().other.of_ms == 0
    unplanned = schema.episodes.c.bucket == int(Bucket.UNPLANNED_STOP)
    with db.begin() as connection:
        connection.execute(update(schema.episodes).where(unplanned).values(reason="other", note="belt slipped"))
    board = ask()
    rows = [row for row in board.stops if row.bucket is Bucket.UNPLANNED_STOP]
    (code,) = board.other.proposed
    assert board.other.is_too_much
    assert (code.words, code.count, code.ms) == ("belt slipped", len(rows), sum(row.ms for row in rows))
    assert code.machines == (rows[0].machine_name,)
    assert ask(reason="other").other is None
