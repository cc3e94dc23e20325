"""One batch of a line through the contract: what is an event, what is refused and why. Pure.

The fast path asks whole batches at once (largest time, all machines, kinds); only a batch with something odd in it is
judged event by event. A bad event never stops or delays the good ones.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from operator import attrgetter

from app.domain.events.codec import MalformedEvent, decode, decode_joined
from app.domain.events.contract import CountCorrected, Event, StopClassified
from app.domain.events.plausible import EARLIEST, FUTURE_MS, implausible

PEOPLE = frozenset({StopClassified, CountCorrected})
_machine = attrgetter("machine")
_t = attrgetter("t")
_MADE_AT = b'"made_at"'


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch after judgement. places: index in the batch of each event; refused: index and reason of the others."""

    events: Sequence[Event]
    places: Sequence[int]
    refused: Sequence[tuple[int, str]]


def judge(raws: list[bytes], known: Set[str], now: int, since: int = 0) -> Judged:
    """Return the events of `raws` in order, and the refused ones with their reason.

    known: paths that may be spoken about on this line (its machines and itself). now: UTC ms; more than a day ahead
    of it is implausible. since: UTC ms; what is about earlier times can no longer be accounted for.
    """
    body = b",".join(raws)
    try:
        events = decode_joined(body, len(raws))
    except MalformedEvent:
        return _one_by_one(raws, known, now, since)
    is_plain = (
        max(map(_t, events)) <= now + FUTURE_MS
        and min(map(_t, events)) >= max(since, EARLIEST)
        and known >= set(map(_machine, events))
        and PEOPLE.isdisjoint(map(type, events))
        and _MADE_AT not in body
    )
    return Judged(events, range(len(raws)), ()) if is_plain else _one_by_one(raws, known, now, since)


def _one_by_one(raws: list[bytes], known: Set[str], now: int, since: int) -> Judged:
    events: list[Event] = []
    places: list[int] = []
    refused: list[tuple[int, str]] = []
    for place, raw in enumerate(raws):
        try:
            event = decode(raw)
        except MalformedEvent as error:
            refused.append((place, f"malformed: {error}"))
            continue
        reason = implausible(event, known, now, since)
        if reason is None:
            events.append(event)
            places.append(place)
        else:
            refused.append((place, reason))
    return Judged(events, places, refused)
