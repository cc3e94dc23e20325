"""From when on a machine and its line count, and what is said of a line whose figures nobody has signed off."""

import pytest

from app.boards.commissioning import standing_of
from app.domain.interval import HOUR_MS, Interval
from app.domain.plant.commissioning import ALWAYS, NEVER, counts_from, until
from app.domain.plant.equipment import WorkCenter, in_totals
from app.domain.plant.review import warnings
from tests.makers import a_plant_file, plant_from, utc_ms

SIGNED = utc_ms("2026-11-28T12:05")
ONE, TWO = utc_ms("2026-11-28T13:00"), utc_ms("2026-11-28T14:00")
WINDOW = Interval(ONE - HOUR_MS, TWO)


def a_line(*said: object, **line: object) -> WorkCenter:
    """A line of as many machines as things are said of: the first is its constraint, the last counts."""
    return next(plant_of(*said, **line).lines())


def plant_of(*said: object, **line: object):
    names = [f"m{at}" for at in range(len(said))]
    file = a_plant_file(machines=names, line={"constraint": "m0", **line})
    for machine, word in zip(file["sites"][0]["areas"][0]["lines"][0]["machines"], said, strict=True):
        machine |= {} if word is None else {"commissioning": word}
    return plant_from(file)


def test_what_the_plant_file_says_is_read_back_from_the_next_full_hour_on() -> None:
    assert until(SIGNED) == "until 2026-11-28T13:00:00Z"
    assert counts_from(until(SIGNED)) == counts_from("until 2026-11-28T13:59:59+01:00") == ONE
    assert until(ONE) == "until 2026-11-28T13:00:00Z", "an hour that only begins is not in part"
    assert (counts_from("true"), counts_from("false")) == (NEVER, ALWAYS)


@pytest.mark.parametrize(
    "text", ["yes", "until", "until tomorrow", "until 2026-11-28T13:00:00", "until 0001-01-01T00:00Z"]
)
def test_what_may_mean_two_things_is_refused_with_what_is_right(text) -> None:
    with pytest.raises(ValueError, match=r"true, false, or `until` with a time such as"):
        counts_from(text)


@pytest.mark.parametrize(
    ("said", "counts", "standing"),
    [
        ((None, False), ALWAYS, None),
        ((True, True), NEVER, "new"),
        ((until(SIGNED), True, until(SIGNED)), ONE, "since"),
        ((until(SIGNED), until(TWO)), ONE, "since"),
        ((True, None), ALWAYS, "unsigned"),
        ((None, True), ALWAYS, "unsigned"),
        ((None, True, None), ALWAYS, None),
        ((True, until(SIGNED)), ONE, "unsigned"),
    ],
)
def test_a_line_counts_since_its_first_machine_does_and_says_on_whom_it_rests(said, counts, standing) -> None:
    line = a_line(*said)
    assert (line.counts_from, standing_of(line, WINDOW.start)) == (counts, standing)
    assert line.is_commissioning == (counts == NEVER)


def test_a_line_enters_what_lies_above_it_from_then_on_and_not_before() -> None:
    line = a_line(until(SIGNED), until(SIGNED))
    assert line.counted(WINDOW) == Interval(ONE, TWO)
    assert line.counted(Interval(TWO, TWO + HOUR_MS)) == Interval(TWO, TWO + HOUR_MS)
    assert line.counted(Interval(0, ONE)).length == 0
    assert standing_of(line, ONE) is None
    assert in_totals([line, a_line(True)]) == [line]


def test_the_check_names_the_machine_that_nobody_signed_off() -> None:
    for said, key in (((True, None), "constraint"), ((None, True), "counts_at")):
        [found] = [text for text in warnings(plant_of(*said)) if "commissioning" in text]
        assert f"its {key} is in commissioning: nobody signed its figures off; name another `{key}`" in found
