"""What counts as a failure: unplanned stops with a failure reason and closed repairs, never a minor stop."""

from dataclasses import replace

import pytest

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.decisions.failures import Failure, counted
from app.domain.decisions.work import WorkOrder
from app.domain.interval import HOUR_MS, MINUTE_MS
from tests.makers import a_plant_file, plant_from, utc_ms

T = utc_ms("2026-11-23T08:00")
MACHINE = "site/area/line-1/filler"
REASONS = plant_from(a_plant_file(machines=("filler",))).reasons


def stop(minute: int, minutes: int, bucket: Bucket = Bucket.UNPLANNED_STOP, reason: str | None = "jam") -> Episode:
    start = T + minute * MINUTE_MS
    return Episode(MACHINE, start, start + minutes * MINUTE_MS, bucket, reason=reason)


def order(minute: int, **changes: object) -> WorkOrder:
    at = T + minute * MINUTE_MS
    plain = WorkOrder(1, MACHINE, "x", "", 2, "corrective", "done", "ada", at, at, done_at=at + HOUR_MS, code="jam")
    return replace(plain, **changes)


def test_a_minor_stop_is_no_failure_whatever_its_reason() -> None:
    found = counted([stop(0, 1, Bucket.MINOR_STOP), stop(10, 5), stop(30, 1, Bucket.MINOR_STOP)], [], REASONS)
    assert found.failures == (Failure(T + 10 * MINUTE_MS, "jam", 5 * MINUTE_MS),)
    assert (found.minor, found.repairs) == (2, [5 * MINUTE_MS])


@pytest.mark.parametrize("reason", ["no-material", "break", None, "unheard-of"])
def test_a_long_stop_is_a_failure_only_with_the_reason_of_one(reason: str | None) -> None:
    found = counted([stop(0, 9, reason=reason)], [], REASONS)
    assert found.failures == ()
    assert found.unclassified == (reason not in ("no-material", "break"))


def test_a_failure_that_a_break_divides_is_one_and_the_break_is_no_repair() -> None:
    rest = stop(10, 30, Bucket.PLANNED_STOP, "break")
    found = counted([stop(0, 10), rest, stop(40, 5), stop(45, 5, Bucket.PLANNED_STOP), stop(60, 5)], [], REASONS)
    assert found.failures == (Failure(T, "jam", 15 * MINUTE_MS), Failure(T + HOUR_MS, "jam", 5 * MINUTE_MS))


def test_one_that_lasts_ended_a_life_and_has_no_repair_time_yet() -> None:
    found = counted([replace(stop(0, 10), end=None)], [], REASONS)
    assert found.failures == (Failure(T, "jam", None),)
    assert found.repairs == []


@pytest.mark.parametrize("bucket", [Bucket.MINOR_STOP, Bucket.UNPLANNED_STOP])
def test_a_closed_repair_makes_the_stop_it_names_a_failure_of_its_code(bucket: Bucket) -> None:
    repaired = stop(0, 2, bucket, None)
    found = counted([repaired], [order(5, stop=repaired.id)], REASONS)
    assert found.failures == (Failure(T, "jam", 2 * MINUTE_MS),)
    assert (found.minor, found.unclassified) == (0, 0)


def test_a_closed_repair_that_names_no_stop_is_the_failure_before_it_or_one_of_its_own() -> None:
    before, later = order(20), order(10 * 60)
    found = counted([stop(0, 10)], [before, later, order(21, code="no-material")], REASONS)
    assert found.failures == (Failure(T, "jam", 10 * MINUTE_MS), Failure(later.made_at, "jam", None))


@pytest.mark.parametrize("changes", [{"state": "in_work"}, {"kind": "preventive"}, {"code": None}])
def test_an_order_that_is_no_closed_repair_counts_nothing(changes: dict[str, object]) -> None:
    assert counted([], [order(0, **changes)], REASONS).failures == ()
