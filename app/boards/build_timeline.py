"""The constraint's timeline of the shift as few enough bands to paint and push every second."""

from collections.abc import Sequence

from app.boards.line import Band
from app.domain.accounting.buckets import Bucket, Episode
from app.domain.interval import Interval

MOST_BANDS = 200
_QUIET = (Bucket.RUNNING, Bucket.MINOR_STOP)


def timeline(episodes: Sequence[Episode], window: Interval, most: int = MOST_BANDS) -> tuple[Band, ...]:
    """Return adjacent bands that cover the window exactly, at most `most` of them.

    When there are more episodes, run time goes first: minor stops join the running around them, shortest first; then
    the shortest bands of any kind join the one before. A join never moves the outer edges; `id` is the first episode's.
    """
    bands = [band for band in (_band(e, window) for e in episodes) if band.end > band.start]
    if len(bands) > most:
        bands = _merged(bands, most, [e.key for e in _QUIET])
    if len(bands) > most:
        bands = _merged(bands, most, [b.key for b in Bucket])
    return tuple(bands)


def _band(episode: Episode, window: Interval) -> Band:
    end = window.end if episode.end is None else min(episode.end, window.end)
    return Band(max(episode.start, window.start), end, episode.bucket.key, episode.reason, episode.id)


def _merged(bands: list[Band], most: int, buckets: list[str]) -> list[Band]:
    """Join the shortest bands whose bucket, and whose left neighbour's, is one of `buckets`; longest bucket wins."""
    joinable = sorted(
        (i for i in range(1, len(bands)) if bands[i].bucket in buckets and bands[i - 1].bucket in buckets),
        key=lambda i: min(_ms(bands[i]), _ms(bands[i - 1])),
    )
    chosen = set(joinable[: len(bands) - most])
    found: list[Band] = []
    weight = 0
    for i, band in enumerate(bands):
        if i not in chosen:
            found.append(band)
            weight = _ms(band)
            continue
        left = found[-1]
        main = band if _ms(band) > weight else left
        weight = max(weight, _ms(band))
        found[-1] = Band(left.start, band.end, main.bucket, main.reason, left.id)
    return found


def _ms(band: Band) -> int:
    return band.end - band.start
