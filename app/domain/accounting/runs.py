"""From what a machine said to what it did: blips and short runs inside a change-over do not interrupt (DOMAIN 1)."""

from typing import NamedTuple, Protocol

from app.domain.accounting.packml import Kind, Said
from app.domain.interval import Interval
from app.domain.plant.equipment import WorkUnit

FIRST_LOOK = 4
_SAFE = 2
_ONE_STRETCH = (Kind.STOP, Kind.RUN, Kind.SETUP)
"""These go on whatever reasons follow, the first counts; other kinds go on only for the same reason."""


Statement = tuple[int, Said]
"""When the machine spoke (UTC ms), and what it said."""


class Statements(Protocol):
    """Access to a machine's statements by time."""

    def back(self, t: int, most: int, horizon: int) -> tuple[list[Statement], bool]:
        """Return up to `most` statements at or before t, oldest first, and whether there are no older ones.

        horizon: what is known ends here; only an inferred statement depends on it.
        """

    def forward(self, after: int, until: int, more: int, horizon: int) -> tuple[list[Statement], bool]:
        """Return those in (after, until), then up to `more` before `horizon`, and whether there are no later ones."""


class Run(NamedTuple):
    """A stretch in one kind; is_open: it still lasts at the horizon."""

    start: int
    end: int
    kind: Kind
    word: str
    reason: str | None
    is_open: bool


def runs_around(statements: Statements, window: Interval, horizon: int, unit: WorkUnit) -> list[Run]:
    """Return the whole runs that overlap `window`, by start, as judged with everything said before `horizon`.

    The first and last run are whole: their starts and ends lie outside the window where they do. May be empty
    (nothing was ever said) and may begin later than the window (first statement inside it).
    """
    look = FIRST_LOOK
    while True:
        before, is_first = statements.back(window.start, look, horizon)
        after, is_last = statements.forward(window.start, window.end, look, horizon)
        said = _told_apart([*before, *after])
        if not is_first:
            said = said[_first_anchor(said, unit.ignore_under_ms) :]
        runs = _fold_changeover(_fold_blips(said, horizon, unit.ignore_under_ms), unit.minimum_run_ms)
        inside = [i for i, run in enumerate(runs) if run.end > window.start and run.start < window.end]
        enough_before = is_first or (bool(inside) and inside[0] >= _SAFE)
        later = len(runs) - 1 - (inside[-1] if inside else -1)
        enough_after = is_last or (later >= _SAFE and (bool(inside) or is_first))
        if enough_before and enough_after:
            return [runs[i] for i in inside]
        look *= 4


def _told_apart(said: list[Statement]) -> list[Statement]:
    """Leave out what repeats the statement before it: a source that says its state every second says nothing new.

    Were repetitions kept, each would be over before `ignore_under` and none would ever count.
    """
    return [one for at, one in enumerate(said) if at == 0 or one[1] != said[at - 1][1]]


def _first_anchor(said: list[Statement], ignore_under_ms: int) -> int:
    """Index of the first statement that lasted: its effect does not depend on what was said before it."""
    for at in range(len(said) - 1):
        if said[at + 1][0] - said[at][0] >= ignore_under_ms:
            return at
    return max(0, len(said) - 1)


def _fold_blips(said: list[Statement], horizon: int, ignore_under_ms: int) -> list[Run]:
    """Return what was said as runs; written with plain variables, because a flapping signal has thousands of blips."""
    if not said:
        return []
    runs: list[Run] = []
    start, (kind, word, reason) = said[0]
    for at in range(1, len(said)):
        t, (next_kind, next_word, next_reason) = said[at]
        is_blip = at + 1 < len(said) and said[at + 1][0] - t < ignore_under_ms
        if is_blip:
            continue
        if next_kind is kind and (kind in _ONE_STRETCH or next_reason == reason):
            reason = reason if reason is not None else next_reason
            continue
        runs.append(Run(start, t, kind, word, reason, is_open=False))
        start, kind, word, reason = t, next_kind, next_word, next_reason
    runs.append(Run(start, horizon, kind, word, reason, is_open=True))
    return runs


def _fold_changeover(runs: list[Run], minimum_run_ms: int) -> list[Run]:
    if not minimum_run_ms:
        return runs
    folded: list[Run] = []
    for at, run in enumerate(runs):
        is_short = run.kind is Kind.RUN and not run.is_open and run.end - run.start < minimum_run_ms
        inside = folded and folded[-1].kind is Kind.SETUP and at + 1 < len(runs)
        if is_short and inside and runs[at + 1].kind is Kind.SETUP:
            folded[-1] = folded[-1]._replace(end=run.end)
        elif folded and folded[-1].kind is Kind.SETUP and run.kind is Kind.SETUP:
            folded[-1] = folded[-1]._replace(end=run.end, is_open=run.is_open)
        else:
            folded.append(run)
    return folded
