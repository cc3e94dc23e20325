"""Where a failed wire says what went wrong: one store in the frame, read by the toast on the screen."""

from typing import Literal, TypedDict

from dash import dcc

from layouts.ids import PageIds

ProblemKind = Literal["failed", "forbidden", "not_found", "conflict", "invalid", "unavailable"]


class Problem(TypedDict):
    """What the toast shows. kind: its title's text key is `problem.<kind>`; text: plain words or empty; wire: which."""

    kind: ProblemKind
    text: str
    wire: str


class ProblemIds(PageIds, page="problem"):
    """The one place problems are written to."""

    last: str


def problem_store() -> dcc.Store:
    """Return the store; it stands once in the frame."""
    return dcc.Store(id=ProblemIds.last)
