"""The losses of a window as a board shows them, and the one that costs most with its reason."""

from collections.abc import Iterable

from app.boards.line import Loss
from app.domain.accounting.buckets import NS_PER_MS, Bucket, Components, Episode
from app.domain.accounting.losses import losses, units
from app.domain.interval import Interval

BUCKET_OF = {
    "breakdown": Bucket.UNPLANNED_STOP.key,
    "minor_stops": Bucket.MINOR_STOP.key,
}
REASONED = {
    "breakdown": Bucket.UNPLANNED_STOP,
    "setup": Bucket.SETUP,
    "starved": Bucket.STARVED,
    "blocked": Bucket.BLOCKED,
}
NOT_A_LOSS = "good"


def loss_list(c: Components, episodes: list[Episode], window: Interval) -> tuple[Loss, ...]:
    """Return every loss and the good time, ms summing to PBT exactly; reason: what its bucket was mostly due to."""
    return tuple(
        Loss(key, ms, units(ms * NS_PER_MS, c), main_reason(episodes, window, REASONED.get(key)))
        for key, ms in losses(c).in_ms()._asdict().items()
    )


def largest(found: Iterable[Loss]) -> Loss | None:
    """Return the loss that costs most time; None when nothing was lost."""
    real = [loss for loss in found if loss.key != NOT_A_LOSS and loss.ms > 0]
    return max(real, key=lambda loss: loss.ms, default=None)


def main_reason(episodes: list[Episode], window: Interval, bucket: Bucket | None) -> str | None:
    """Return the reason with most time in `bucket` inside the window; None when most of it has none."""
    spent: dict[str | None, int] = {}
    for episode in episodes:
        if episode.bucket is bucket:
            end = window.end if episode.end is None else episode.end
            part = Interval(episode.start, end).clip(window).length
            spent[episode.reason] = spent.get(episode.reason, 0) + part
    return max(spent, key=lambda reason: spent[reason], default=None)
