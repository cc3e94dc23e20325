"""When the engine commits: at once when it is live, each tick after that, seldom while it catches up."""

from app.engine.pace import Pace


def test_a_line_without_backlog_is_committed_at_once_and_then_each_tick() -> None:
    pace = Pace(1_000)
    assert pace.is_due(5_000, is_behind=False)
    pace.done(5_000, 5_100)
    assert not pace.is_due(5_999, is_behind=False)
    assert pace.is_due(6_000, is_behind=False)


def test_the_first_batch_of_a_backlog_is_not_told_of_its_own() -> None:
    pace = Pace(1_000)
    assert not pace.is_due(5_000, is_behind=True)
    assert not pace.is_due(5_999, is_behind=True)
    assert pace.is_due(6_000, is_behind=True)


def test_while_behind_committing_takes_a_fifth_of_the_time_at_most() -> None:
    pace = Pace(1_000)
    pace.done(10_000, 12_000)
    assert not pace.is_due(19_999, is_behind=True)
    assert pace.is_due(20_000, is_behind=True)


def test_a_clock_set_back_makes_it_due() -> None:
    pace = Pace(1_000)
    pace.done(10_000, 10_010)
    assert pace.is_due(3_000, is_behind=False)
