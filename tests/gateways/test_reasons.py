"""Which reason goes with a state: the last one that was said, of the same telling, until it is taken back."""

from app.domain.events.contract import StateChanged
from gateways.base import Sample
from gateways.mapping import Mapper
from tests.gateways.sparkplug.plant import FILLER, a_plant

STATE, REASON = (f"Hall/Line-1/Filler:Status/{name}" for name in ("StateCurrent", "StopReason"))


def states(*samples: Sample) -> list:
    plant = a_plant("mqtt://127.0.0.1")
    told = Mapper(plant, plant.sources[0]).events(samples, 9)
    return [(e.t, e.state, e.reason) for _, e in told if isinstance(e, StateChanged) and e.machine == FILLER]


def test_a_reason_that_became_null_is_not_the_next_stops() -> None:
    assert states(
        Sample(REASON, "jam", 1), Sample(STATE, "2", 1), Sample(STATE, "4", 2), Sample(REASON, None, 3, "bad"),
        Sample(STATE, "2", 3),
    ) == [(1, "2", "jam"), (2, "4", "jam"), (3, "2", None)]  # fmt: skip


def test_a_reason_that_was_stored_goes_with_what_was_stored_and_not_with_what_follows() -> None:
    assert states(
        Sample(REASON, "sensor", 9, snapshot=True), Sample(STATE, "2", 9, snapshot=True),
        Sample(REASON, "jam", 5, stored=True), Sample(STATE, "2", 5, stored=True),
        Sample(STATE, "17", 10),
    ) == [(9, "2", "sensor"), (5, "2", "jam"), (10, "17", "sensor")]  # fmt: skip


def test_what_an_earlier_absence_stored_does_not_explain_the_next_one() -> None:
    assert states(
        Sample(REASON, "jam", 1, stored=True), Sample(STATE, "2", 1, stored=True),
        Sample(REASON, None, 9, "bad", snapshot=True), Sample(STATE, "4", 9, snapshot=True),
        Sample(STATE, "2", 5, stored=True),
    ) == [(1, "2", "jam"), (9, "4", None), (5, "2", None)]  # fmt: skip
