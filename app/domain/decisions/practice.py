"""Practice: a recorded or simulated quarter of an hour of a line, what a person did in it, and what to learn from it.

Nothing here touches an account: a scene is a copy, its answers stay with the person who gave them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.events.contract import AndonCall
from app.domain.interval import MINUTE_MS, Interval
from app.domain.plant.equipment import WorkCenter
from app.domain.plant.reasons import Reason, ReasonTree
from app.domain.suggestion import Said

Kind = Literal["recorded", "simulated"]
Rating = Literal["right", "wrong", "open", "unknown"]
SPEEDS = (1, 10, 30)
SHORTEST_MS, LONGEST_MS = 10 * MINUTE_MS, 20 * MINUTE_MS
LEAD_MS = 2 * MINUTE_MS
"""How long a scene runs before its stop begins: long enough to see what normal looks like."""
QUICK_MS, SLOW_MS = 60_000, 5 * MINUTE_MS
"""A reason given within a minute is from what was seen; after five it is from memory. Source: ours."""
MOST_SIMULATED = 12
WORTH_MS = 5 * MINUTE_MS
_STOPS = (Bucket.UNPLANNED_STOP, Bucket.STARVED, Bucket.BLOCKED)


@dataclass(frozen=True, slots=True)
class SceneStop:
    """A stop of a scene. start, end: ms from the scene's start. reason: what was recorded, None: nobody ever said.

    seen: what can be seen or is said at the machine, None: only that it stands.
    """

    machine: str
    machine_name: str
    start: int
    end: int
    bucket: str
    reason: str | None
    reason_name: str | None
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What is practised. key: names it among a line's; at: when it was, UTC ms, None: never. length: ms.

    call: the help that was (recorded) or would be (simulated) called; None: none was needed.
    """

    key: str
    kind: Kind
    line: str
    line_name: str
    length: int
    stops: tuple[SceneStop, ...]
    call: AndonCall | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What a person did. at: ms of the scene's time. stop: its index, None for a call; what: reason id or call."""

    at: int
    stop: int | None
    what: str


@dataclass(frozen=True, slots=True)
class StopFeedback:
    """How one stop went. classify_ms, act_ms: from its start to the reason, to the first act, scene ms; None: never."""

    stop: SceneStop
    said: str | None
    rating: Rating
    classify_ms: int | None
    act_ms: int | None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person is told, and nobody else. call: rated against the scene's; advice: two sentences."""

    stops: tuple[StopFeedback, ...]
    call: Rating
    called: str | None
    advice: tuple[Said, Said]


def feedback(scene: Scene, given: Sequence[Given]) -> Feedback:
    """Return the feedback on what was done. given: in time order; the last reason given to a stop counts.

    Times are of the scene, so that real time and sped-up practice can be compared.
    """
    stops = tuple(_of_stop(scene, index, given) for index in range(len(scene.stops)))
    calls = [one.what for one in given if one.stop is None]
    rating = _rate_call(scene.call, calls)
    called = scene.call if scene.call in calls else calls[0] if calls else None
    return Feedback(stops, rating, called, (_on_reason(stops), _on_acting(stops, rating)))


def running(scene: Scene, at: int) -> list[tuple[int, SceneStop]]:
    """Return the stops that have begun at `at` (ms of the scene), with their index."""
    return [(index, stop) for index, stop in enumerate(scene.stops) if stop.start <= at]


def _of_stop(scene: Scene, index: int, given: Sequence[Given]) -> StopFeedback:
    stop = scene.stops[index]
    reasons = [one for one in given if one.stop == index]
    acts = [one.at for one in given if one.at >= stop.start and one.stop in (None, index)]
    last = reasons[-1] if reasons else None
    first = _first_alike(reasons)
    classify_ms = None if first is None else max(0, first.at - stop.start)
    act_ms = None if not acts else min(acts) - stop.start
    return StopFeedback(stop, None if last is None else last.what, _rate(stop, last), classify_ms, act_ms)


def _first_alike(reasons: Sequence[Given]) -> Given | None:
    """Return when the last answer was given first: saying it once more takes nothing away."""
    first = None
    for one in reversed(reasons):
        if first is not None and one.what != first.what:
            break
        first = one
    return first


def _rate(stop: SceneStop, last: Given | None) -> Rating:
    if last is None:
        return "open"
    if stop.reason is None:
        return "unknown"
    return "right" if last.what == stop.reason else "wrong"


def _rate_call(wanted: AndonCall | None, calls: Sequence[str]) -> Rating:
    if wanted is None:
        return "right" if not calls else "unknown"
    if not calls:
        return "open"
    return "right" if wanted in calls else "wrong"


def _on_reason(stops: Sequence[StopFeedback]) -> Said:
    wrong = next((one for one in stops if one.rating == "wrong"), None)
    if wrong is not None:
        return Said(
            "practice.advice.wrong", {"recorded": wrong.stop.reason_name or "", "machine": wrong.stop.machine_name}
        )
    if any(one.rating == "open" for one in stops):
        return Said("practice.advice.open")
    if any(one.rating == "unknown" for one in stops):
        return Said("practice.advice.unrecorded")
    slowest = max((one.classify_ms or 0 for one in stops), default=0)
    which = "quick" if slowest <= QUICK_MS else "slow" if slowest > SLOW_MS else "steady"
    return Said(f"practice.advice.{which}", {"slowest_ms": slowest})


def _on_acting(stops: Sequence[StopFeedback], call: Rating) -> Said:
    if call == "open":
        return Said("practice.advice.no_call")
    if call == "wrong":
        return Said("practice.advice.wrong_call")
    late = max((one.act_ms or 0 for one in stops), default=0)
    if any(one.act_ms is None for one in stops):
        return Said("practice.advice.no_act")
    return Said("practice.advice.act_late" if late > QUICK_MS else "practice.advice.act_quick", {"act_ms": late})


def recorded(
    line: WorkCenter, reasons: ReasonTree, about: Episode, around: Iterable[Episode],
    called: AndonCall | None,
) -> Scene:  # fmt: skip
    """Return the scene of a real stop: from two minutes before it, ten to twenty minutes long.

    around: episodes of the line's machines near it; called: the help that was called meanwhile.
    """
    start = about.start - LEAD_MS
    end = about.end if about.end is not None else about.start + LONGEST_MS
    window = Interval(start, start + min(LONGEST_MS, max(SHORTEST_MS, end - start + MINUTE_MS)))
    stops = [one for one in around if one.machine == about.machine and _is_practised(one, about, window)]
    return Scene(
        key=f"recorded:{about.machine}@{about.start}",
        kind="recorded",
        line=line.path,
        line_name=line.name,
        length=window.length,
        stops=tuple(_stop(line, reasons, one, window) for one in sorted(stops, key=lambda one: one.start)),
        call=called,
        at=window.start,
    )


def _is_practised(one: Episode, about: Episode, window: Interval) -> bool:
    begins_inside = window.start <= one.start < window.end
    return one.start == about.start or (begins_inside and one.bucket in _STOPS)


def _stop(line: WorkCenter, reasons: ReasonTree, e: Episode, window: Interval) -> SceneStop:
    inside = Interval(e.start, window.end if e.end is None else e.end).clip(window)
    reason = reasons.get(e.reason)
    return SceneStop(
        machine=e.machine,
        machine_name=line.machine(e.machine).name,
        start=inside.start - window.start,
        end=inside.end - window.start,
        bucket=e.bucket.key,
        reason=e.reason,
        reason_name=e.reason if reason is None else reason.name,
        seen=e.said,
    )


def simulated(line: WorkCenter, reasons: ReasonTree) -> list[Scene]:
    """Return the line's library of made-up incidents: always the same, from its own machines and reason tree.

    One per unplanned reason, in the tree's order, on the line's machines in turn; a failure calls for maintenance.
    Lengths of stops follow from the place in the list, so that no two in a row are alike.
    """
    leaves = [reason for reason in reasons.leaves() if not reason.planned and not reason.setup]
    return [_incident(line, index, reason) for index, reason in enumerate(leaves[:MOST_SIMULATED])]


def _incident(line: WorkCenter, index: int, reason: Reason) -> Scene:
    machine = line.machines[index % len(line.machines)]
    lasts = WORTH_MS + index * 7 % 5 * MINUTE_MS
    start = LEAD_MS + index % 3 * 20_000
    stop = SceneStop(
        machine=machine.path,
        machine_name=machine.name,
        start=start,
        end=start + lasts,
        bucket=Bucket.UNPLANNED_STOP.key,
        reason=reason.id,
        reason_name=reason.name,
        seen=reason.name,
    )
    return Scene(
        key=f"simulated:{reason.id}",
        kind="simulated",
        line=line.path,
        line_name=line.name,
        length=max(SHORTEST_MS, start + lasts + 2 * MINUTE_MS),
        stops=(stop,),
        call="maintenance" if reason.failure else None,
    )
