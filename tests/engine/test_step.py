"""A batch through the contract: what is about another time than it is said at is judged by that time, too."""

import pytest

from app.domain.events.codec import encode
from app.domain.events.contract import CountCorrected, Counted, Event, StopClassified
from app.engine.step import judge
from tests.engine.rig import LINE, T0, some_events

DAY_MS = 86_400_000
KNOWN = frozenset({LINE, f"{LINE}/machine"})
LATER = T0 + 10 * DAY_MS
SAID = {"machine": f"{LINE}/machine", "t": T0 + 60_000, "source": "panel", "epoch": 1, "seq": 1}


def test_plain_events_are_all_taken() -> None:
    events = some_events(60)
    judged = judge([encode(event) for event in events], KNOWN, T0 + DAY_MS)
    assert list(judged.events) == events
    assert not judged.refused


@pytest.mark.parametrize(
    "odd",
    [
        Counted(good=1, made_at=LATER, **SAID),
        CountCorrected(made_at=LATER, good=1, reject=0, rework=0, reason="recount", by="ada", **SAID),
        StopClassified(from_=LATER, to=None, reason="jam", by="ada", **SAID),
    ],
    ids=["a late count", "a correction", "a reason"],
)
def test_one_about_a_time_that_is_yet_to_come_is_refused_and_holds_up_no_other(odd: Event) -> None:
    events = some_events(60)
    judged = judge([*(encode(event) for event in events), encode(odd)], KNOWN, T0 + DAY_MS)
    assert list(judged.events) == events
    ((place, reason),) = judged.refused
    assert place == len(events)
    assert reason
