"""DecisionsBoard: what might be done next, what was decided lately, and what it brought."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.decisions.ranking import Ranked
from app.domain.roles import Role
from app.domain.suggestion import Decision, Outcome, Suggestion


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion that whoever looks may decide. where: the equipment's name; deciders: roles that may.

    may_judge: whether they may say that it is known or wrong.
    """

    ranked: Ranked
    where: str
    deciders: tuple[Role, ...]
    may_judge: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """A suggestion somebody decided. is_undone: accepted, and not carried out; may_act: whoever looks may do that."""

    suggestion: Suggestion
    where: str
    decision: Decision
    outcome: Outcome | None
    is_undone: bool
    may_act: bool


@dataclass(frozen=True, slots=True)
class DecisionsBoard:
    """The page. place: path of site, area or line; at: UTC ms; elsewhere: open suggestions others have to decide."""

    place: str
    zone: str
    at: int
    offers: tuple[Offer, ...]
    decided: tuple[Decided, ...]
    elsewhere: int
    names: Mapping[str, str]
