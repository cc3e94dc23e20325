"""Stops that still need a reason, and which five reasons are most likely."""

from collections import Counter
from collections.abc import Iterable

from app.boards.line import ReasonChoice, StopCard
from app.domain.accounting.buckets import Bucket, Episode
from app.domain.interval import Interval
from app.domain.plant.equipment import WorkUnit
from app.domain.plant.reasons import Reason, ReasonTree

MOST_STOPS = 20
MOST_LIKELY = 5


def needs_reason(episode: Episode, reasons: ReasonTree) -> bool:
    """Whether a person should say why: an unplanned stop nobody classified and for which no leaf was reported."""
    if episode.bucket is not Bucket.UNPLANNED_STOP or episode.attested_by is not None:
        return False
    known = reasons.get(episode.reason)
    return known is None or not known.is_leaf


def past_reasons(episodes: Iterable[Episode]) -> Counter[str]:
    """Return how often each reason stood at this machine's unplanned stops."""
    return Counter(e.reason for e in episodes if e.bucket is Bucket.UNPLANNED_STOP and e.reason is not None)


def likely(episode: Episode, past: Counter[str], reasons: ReasonTree) -> tuple[ReasonChoice, ...]:
    """Return five reasons for a stop: in the category the machine reported, then by its past, then by tree.

    Planned and set-up reasons come last: a person may pick them, the machine stopped without being told.
    Source: SCREENS rule 5.
    """
    order = {reason.id: at for at, reason in enumerate(reasons.leaves())}

    def rank(reason: Reason) -> tuple[bool, int, bool, int]:
        is_elsewhere = episode.reason is None or episode.reason not in reason.path
        return is_elsewhere, -past[reason.id], reason.planned or reason.setup, order[reason.id]

    best = sorted(reasons.leaves(), key=rank)[:MOST_LIKELY]
    return tuple(ReasonChoice(reason.id, reason.name) for reason in best)


def stop_card(episode: Episode, machine: WorkUnit, window: Interval, likely: tuple[ReasonChoice, ...]) -> StopCard:
    """Return the card of a stop; ms: its whole length until the window's end, also where it began before the shift."""
    end = window.end if episode.end is None else episode.end
    return StopCard(
        episode.id,
        machine.path,
        machine.name,
        episode.start,
        episode.end,
        end - episode.start,
        episode.bucket.key,
        likely,
    )
