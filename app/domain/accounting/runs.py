"""From what a machine said to what it did: blips and short runs inside a change-over do not interrupt (DOMAIN 1)."""

from typing import NamedTuple, Protocol

from app.domain.accounting.packml import Kind, Said
from app.domain.interval import Interval
from app.domain.plant.equipment import WorkUnit

FIRST_LOOK = 4
_SAFE = 2
_ONE_STRETCH = (Kind.STOP, Kind.RUN, Kind.SETUP)


class Statement(NamedTuple):
    """The machine said `said` at `t`."""

    t: int
    said: Said


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
        said = [*before, *after]
        if not is_first:
            said = said[_first_anchor(said, unit.ignore_under_ms) :]
        runs = _fold_changeover(_fold_blips(said, horizon, unit.ignore_under_ms), unit.minimum_run_ms)
        inside = [i for i, run in enumerate(runs) if run.end > window.start and run.start < window.end]
        enough_before = is_first or (bool(inside) and inside[0] >= _SAFE)
        enough_after = is_last or (bool(inside) and inside[-1] < len(runs) - _SAFE)
        if enough_before and enough_after:
            return [runs[i] for i in inside]
        look *= 4


def _first_anchor(said: list[Statement], ignore_under_ms: int) -> int:
    """Index of the first statement that lasted: its effect does not depend on what was said before it."""
    for at in range(len(said) - 1):
        if said[at + 1].t - said[at].t >= ignore_under_ms:
            return at
    return max(0, len(said) - 1)


def _fold_blips(said: list[Statement], horizon: int, ignore_under_ms: int) -> list[Run]:
    runs: list[Run] = []
    last = len(said) - 1
    for at, (t, (kind, word, reason)) in enumerate(said):
        is_open = at == last
        end = horizon if is_open else said[at + 1].t
        if runs:
            before = runs[-1]
            is_blip = not is_open and end - t < ignore_under_ms
            if is_blip or _same(before, kind, reason):
                kept = before.reason if is_blip or before.reason is not None else reason
                runs[-1] = before._replace(end=end, reason=kept, is_open=is_open)
                continue
        runs.append(Run(t, end, kind, word, reason, is_open))
    return runs


def _same(before: Run, kind: Kind, reason: str | None) -> bool:
    """A stop or change-over goes on whatever reasons follow (the first counts); others only for the same reason."""
    return before.kind is kind and (kind in _ONE_STRETCH or before.reason == reason)


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
