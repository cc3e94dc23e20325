"""What facts rules need, and how far back."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.alerts.kinds_signal import LOOK_BACK_MS
from app.domain.alerts.place import Place
from app.domain.alerts.rule import (
    CallWaits,
    KpiBeyond,
    ScrapBeyond,
    SignalBeyond,
    StopsRepeat,
    SuggestionOpen,
    TrendReaches,
    Watch,
)
from app.domain.alerts.rules import Watched
from app.domain.interval import HOUR_MS


@dataclass(frozen=True, slots=True)
class Need:
    """Whose episodes, which signals (machine, id), which lines' figures and calls, whose counts, whether suggestions.

    back_ms: how far before the moment in question.
    """

    machines: tuple[str, ...] = ()
    signals: tuple[tuple[str, str], ...] = ()
    figures: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    offers: bool = False
    back_ms: int = 0


def need_of(watched: Iterable[Watched]) -> Need:
    """Return what these rules need."""
    machines: dict[str, None] = {}
    signals: dict[tuple[str, str], None] = {}
    paths: dict[type, dict[str, None]] = {kind: {} for kind in (KpiBeyond, ScrapBeyond, CallWaits)}
    is_offers, back = False, 0
    for one in watched:
        watch = one.rule.watch
        back = max(back, back_ms(watch))
        is_offers = is_offers or isinstance(watch, SuggestionOpen)
        for place in one.places:
            machines[place.machine] = None
            if isinstance(watch, SignalBeyond | TrendReaches):
                signals[place.machine, watch.signal] = None
            elif type(watch) in paths:
                paths[type(watch)][_asked(watch, place)] = None
    lines, made, calls = (tuple(found) for found in paths.values())
    return Need(tuple(machines), tuple(signals), lines, made, calls, is_offers, back)


def back_ms(watch: Watch) -> int:
    """Return how far before a moment a rule looks, ms."""
    if isinstance(watch, SignalBeyond):
        return watch.for_ms + LOOK_BACK_MS
    if isinstance(watch, TrendReaches | ScrapBeyond):
        return watch.over_ms + HOUR_MS
    return watch.within_ms if isinstance(watch, StopsRepeat) else HOUR_MS


def _asked(watch: Watch, place: Place) -> str:
    return place.path if isinstance(watch, ScrapBeyond) else place.line
