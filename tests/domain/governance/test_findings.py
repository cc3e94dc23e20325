"""Findings of hours become issues of owners: open, taken on, closed with a cause, new after that."""

from app.domain.accounting.facts import FindingFact
from app.domain.governance.findings import DUE_MS, DUE_SOON_MS, Care, issues, statistics
from app.domain.interval import HOUR_MS

T = 1_795_410_000_000
MACHINE = "site/area/line-1/filler"


def found(hour: int, rule: str = "range:torque", count: int = 2) -> FindingFact:
    start = T + hour * HOUR_MS
    return FindingFact(MACHINE, rule, start, start + HOUR_MS // 2, f"seen in hour {hour}", "maintenance", count)


def care(hour: float, what: str, cause: str | None = None, rule: str = "range:torque") -> Care:
    return Care(MACHINE, rule, T + round(hour * HOUR_MS), "eva", what, cause)  # type: ignore[arg-type]


def test_hours_of_one_rule_are_one_issue_until_somebody_closes_it() -> None:
    told = [found(0), found(1), found(5)]
    (issue,) = issues(told, [])
    assert (issue.rule, issue.signal, issue.key, issue.owner) == ("range", "torque", "range:torque", "maintenance")
    assert (issue.since, issue.until, issue.times) == (T, told[2].until, 6)
    assert (issue.state, issue.detail) == ("open", "seen in hour 5")
    assert issue.is_lasting(T + 6 * HOUR_MS)
    assert not issue.is_lasting(T + 24 * HOUR_MS)
    newer, older = issues(told, [care(1.5, "accept"), care(2, "close", "sensor")])
    assert (older.state, older.times, older.closed and older.closed.cause) == ("closed", 4, "sensor")
    assert older.accepted is not None
    assert (newer.state, newer.since, newer.accepted) == ("open", told[2].since, None)


def test_what_touches_figures_is_due_sooner() -> None:
    every = {issue.rule: issue for issue in issues([found(0), found(0, "counted_standing")], [])}
    assert {rule: issue.due - T for rule, issue in every.items()} == {"range": DUE_MS, "counted_standing": DUE_SOON_MS}
    late = T + DUE_SOON_MS + 1
    assert {rule for rule, issue in every.items() if issue.is_overdue(late)} == {"counted_standing"}


def test_what_was_taken_back_is_no_issue() -> None:
    assert issues([found(0, count=0)], []) == []


def test_statistics_say_how_long_owners_take() -> None:
    told = [found(0), found(5), found(0, "freshness:flow")]
    done = [care(1, "accept"), care(2, "close", "no_fault"), care(9, "accept", rule="freshness:flow")]
    seen = statistics(issues(told, done), T + 100 * HOUR_MS)
    assert (seen.open, seen.overdue, seen.closed, seen.no_fault) == (2, 2, 1, 1)
    assert (seen.to_accept_ms, seen.to_close_ms) == (5 * HOUR_MS, 2 * HOUR_MS)
