"""Feedback on practice, and the scenes that are practised."""

import pytest

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.decisions.practice import (
    LONGEST_MS,
    SHORTEST_MS,
    Given,
    Scene,
    SceneStop,
    feedback,
    recorded,
    simulated,
)
from app.domain.interval import MINUTE_MS
from tests.sample_boards import LINE
from tests.web.parts import a_plant


def a_scene(reason: str | None = "jam", call: str | None = "maintenance") -> Scene:
    stop = SceneStop("m", "Filler", 120_000, 420_000, "unplanned_stop", reason, reason)
    return Scene("k", "recorded", "l", "Line", SHORTEST_MS, (stop,), call)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "rating", "classify_ms", "act_ms", "call", "advice"),
    [
        ([Given(150_000, 0, "jam"), Given(160_000, None, "maintenance")], "right", 30_000, 30_000, "right",
         ("quick", "act_quick")),
        ([Given(150_000, None, "maintenance"), Given(500_000, 0, "jam")], "right", 380_000, 30_000, "right",
         ("slow", "act_quick")),
        ([Given(150_000, 0, "guard"), Given(200_000, 0, "jam")], "right", 80_000, 30_000, "open",
         ("steady", "no_call")),
        ([Given(150_000, 0, "jam"), Given(160_000, None, "maintenance"), Given(480_000, 0, "jam")], "right", 30_000,
         30_000, "right", ("quick", "act_quick")),
        ([Given(150_000, 0, "guard")], "wrong", 30_000, 30_000, "open", ("wrong", "no_call")),
        ([Given(300_000, None, "quality")], "open", None, 180_000, "wrong", ("open", "wrong_call")),
        ([], "open", None, None, "open", ("open", "no_call")),
    ],
)  # fmt: skip
def test_feedback(given, rating, classify_ms, act_ms, call, advice) -> None:
    found = feedback(a_scene(), given)
    (stop,) = found.stops
    assert (stop.rating, stop.classify_ms, stop.act_ms, found.call) == (rating, classify_ms, act_ms, call)
    assert tuple(said.key for said in found.advice) == tuple(f"practice.advice.{key}" for key in advice)


def test_a_reason_nobody_recorded_is_never_judged_and_help_nobody_needed_is_no_mistake() -> None:
    found = feedback(a_scene(None, None), [Given(130_000, 0, "jam"), Given(140_000, None, "leader")])
    assert (found.stops[0].rating, found.call) == ("unknown", "unknown")
    assert feedback(a_scene(call=None), [Given(130_000, 0, "jam")]).call == "right"


@pytest.mark.parametrize(("minutes", "length"), [(5, 10), (12, 15), (90, 20)])
def test_a_recorded_scene_is_ten_to_twenty_minutes_and_holds_the_stop(minutes: int, length: int) -> None:
    plant, start = a_plant(), 1_795_430_400_000
    stop = Episode(f"{LINE}/filler", start, start + minutes * MINUTE_MS, Bucket.UNPLANNED_STOP, reason="jam-infeed")
    scene = recorded(plant.line(LINE), plant.reasons, stop, [stop], None)
    assert scene.length == length * MINUTE_MS
    (one,) = scene.stops
    assert (one.start, one.reason_name, one.end <= scene.length) == (2 * MINUTE_MS, "jam infeed", True)


def test_the_library_is_always_the_same_and_no_two_incidents_have_one_reason() -> None:
    plant = a_plant()
    scenes = simulated(plant.line(LINE), plant.reasons)
    assert scenes == simulated(plant.line(LINE), plant.reasons)
    assert [scene.stops[0].reason for scene in scenes] == ["jam-infeed", "no-bottles"]
    assert all(SHORTEST_MS <= scene.length <= LONGEST_MS and scene.stops[0].end < scene.length for scene in scenes)
