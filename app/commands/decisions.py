"""Takes what people decide about suggestions, has it carried out once, and shows what decisions brought."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast, get_args, runtime_checkable

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound, Refused, Unavailable, require
from app.boards.decisions import Decided, DecisionsBoard, Offer
from app.boards.outcomes import OutcomesBoard
from app.commands.andon import call_andon
from app.commands.desk import note_of
from app.commands.ground import Ground
from app.commands.outcomes import Names, check_where, outcomes_board
from app.domain.decisions.late import asked_of
from app.domain.decisions.ranking import Ranked, rank, records
from app.domain.events.contract import AndonCall
from app.domain.interval import DAY_MS
from app.domain.roles import GRANTS, PEOPLE, Identity, Permission, Role, in_scope, may
from app.domain.suggestion import VERDICTS, Decision, Flow, Suggestion, Verdict
from app.historian.suggestions import Kept, Suggestions
from app.streams.connection import ServerAway

DECIDED_DAYS = 14
LEARNED_DAYS = 180
"""How far back verdicts speak about a rule."""
JUDGEMENTS = ("known", "wrong")
CALLS: Mapping[Flow, AndonCall] = {"maintenance": "maintenance", "quality": "quality"}
LONGEST_REFERENCE = 200
LONGEST_KEY = 400
Act = Callable[[Identity, Suggestion], str]


@runtime_checkable
class Actor(Protocol):
    """A flow's desk that can do what its suggestions say."""

    def act(self, who: Identity, suggestion: Suggestion) -> str:
        """Do it and return a reference; again for the same suggestion key: the same reference, nothing done twice."""


def actors_of(desks: Mapping[Flow, object]) -> dict[Flow, Act]:
    """Return flow -> how its suggestions are carried out, of the desks that can."""
    return {flow: desk.act for flow, desk in desks.items() if isinstance(desk, Actor)}


@dataclass(frozen=True, slots=True)
class Done:
    """A decision, and why it was not carried out yet, where it was not."""

    decision: Decision
    problem: Refused | None = None


@dataclass(frozen=True, slots=True)
class DecisionDesk:
    """Looks and acts for a person, within their scope. actors: how each flow carries out what was accepted."""

    ground: Ground
    actors: Mapping[Flow, Act] = field(default_factory=dict)

    def open(self, who: Identity, place: str) -> list[Ranked]:
        """Return what they may decide at a site, area or line, best first. Raises Forbidden, NotFound."""
        return [offer.ranked for offer in self.board(who, place).offers]

    def board(self, who: Identity, place: str) -> DecisionsBoard:
        """Return what may be done and what was decided at a site, area or line. Raises Forbidden, NotFound."""
        require(who, Permission.SEE_HISTORY)
        plant, now, store = self.ground.plant(), self.ground.now(), self._store()
        check_where(plant, place)
        seen = Names(plant, who, place)
        waiting = [kept.suggestion for kept in store.open(now) if seen.sees(kept.suggestion.equipment)]
        mine = [s for s in waiting if _may(who, s)]
        decided = store.decided(now - LEARNED_DAYS * DAY_MS)
        known = records((k.suggestion, k.decision, k.outcome) for k in decided if k.decision is not None)
        left = {s.equipment: seen.shift_left(s.equipment, now) for s in mine}
        offers = tuple(_offer(who, ranked, seen) for ranked in rank(mine, known, left))
        since = now - DECIDED_DAYS * DAY_MS
        lately = [k for k in decided if k.decision is not None and k.decision.at >= since]
        shown = tuple(_decided(who, k, seen) for k in lately if seen.sees(k.suggestion.equipment))
        return DecisionsBoard(place, seen.zone, now, offers, shown, len(waiting) - len(mine), seen.all)

    def best(self, who: Identity, line: str) -> Offer | None:
        """Return the first suggestion of a line, where they may decide one. Raises Forbidden, NotFound."""
        return next(iter(self.board(who, line).offers), None)

    def outcomes(self, who: Identity, place: str, days: int) -> OutcomesBoard:
        """Return what decisions of the last days brought at a site, area or line. Raises Forbidden, NotFound."""
        require(who, Permission.SEE_HISTORY)
        check_where(self.ground.plant(), place)
        return outcomes_board(self.ground, who, place, days)

    def decide(self, who: Identity, key: str, verdict: str, note: str | None = None) -> Done:
        """Keep what they decided; what is accepted is carried out once, or waits to be carried out again.

        Raises NotFound, Forbidden, Invalid, Conflict (somebody decided before, it went away, its time is over; or it
        cannot be done as things are now, and the decision is taken back). A kill before it is carried out leaves it
        accepted without a reference: `carry_out` does the rest.
        """
        if verdict not in VERDICTS:
            raise Invalid("decisions.refused.verdict", verdict=verdict[:40], known=", ".join(VERDICTS))
        kept, words = self._find(who, key), note_of(note)
        suggestion, now = kept.suggestion, self.ground.now()
        _require(who, suggestion, verdict)
        _check_open(kept, now)
        if verdict == "accepted":
            self._check_actor(suggestion)
        decision = Decision(key, verdict, who.name, now, words)
        self.ground.trail.write(
            now, who.name, f"decisions.{verdict}", suggestion.equipment, f"{key} {words or ''}".strip()
        )
        if not self._store().decide(decision):
            _check_open(self._find(who, key), now)
        return self._done(who, suggestion, decision) if verdict == "accepted" else Done(decision)

    def carry_out(self, who: Identity, key: str) -> str:
        """Carry out what was accepted and is not done yet; return its reference, also where it is done already.

        Raises NotFound, Forbidden, Invalid, Conflict (somebody is at it), and what the flow raises.
        """
        kept = self._find(who, key)
        suggestion, decision = kept.suggestion, kept.decision
        _require(who, suggestion, "accepted")
        if decision is None or decision.verdict != "accepted":
            raise Conflict("decisions.refused.not_accepted")
        if decision.reference is not None:
            return decision.reference
        self._check_actor(suggestion)
        return self._act(who, suggestion)

    def _done(self, who: Identity, suggestion: Suggestion, decision: Decision) -> Done:
        try:
            reference = self._act(who, suggestion)
        except Unavailable as away:
            return Done(decision, away)
        except ServerAway:
            return Done(decision, Conflict("refused.away"))
        return Done(Decision(decision.key, "accepted", decision.by, decision.at, decision.note, reference))

    def _act(self, who: Identity, suggestion: Suggestion) -> str:
        store, now = self._store(), self.ground.now()
        if not store.claim(suggestion.key, now):
            raise Conflict("decisions.refused.at_it")
        try:
            self.ground.trail.write(now, who.name, "decisions.carried_out", suggestion.equipment, suggestion.key)
            actor = self._actor(suggestion)
            reference = self._call(who, suggestion) if actor is None else actor(who, suggestion)
        except (Conflict, Forbidden, Invalid, NotFound):
            store.take_back(suggestion.key)
            self.ground.trail.write(now, who.name, "decisions.taken_back", suggestion.equipment, suggestion.key)
            raise
        except BaseException:
            store.release(suggestion.key)
            raise
        store.refer(suggestion.key, reference[:LONGEST_REFERENCE])
        return reference[:LONGEST_REFERENCE]

    def _call(self, who: Identity, suggestion: Suggestion) -> str:
        """Call somebody to the line: a stream takes one key once."""
        line, _ = self.ground.plant().resolve(suggestion.equipment)
        wished = suggestion.payload.get("call")
        call = wished if wished in get_args(AndonCall) else CALLS.get(suggestion.flow, "leader")
        receipt = call_andon(self.ground.say, who, line.path, cast(AndonCall, call), key=suggestion.key)
        return f"andon {call} {receipt.id}"

    def _actor(self, suggestion: Suggestion) -> Act | None:
        """Return how its flow carries it out; None: it is a call, or its flow cannot."""
        return None if suggestion.action == "call" else self.actors.get(suggestion.flow)

    def _check_actor(self, suggestion: Suggestion) -> None:
        if self._actor(suggestion) is None and suggestion.action != "call":
            raise Invalid("decisions.refused.no_actor")

    def _find(self, who: Identity, key: str) -> Kept:
        is_key = len(key) <= LONGEST_KEY and "\x00" not in key
        kept = self._store().get(key) if is_key else None
        if kept is None or not in_scope(who, kept.suggestion.equipment):
            raise NotFound("decisions.refused.no_such")
        return kept

    def _store(self) -> Suggestions:
        return Suggestions(self.ground.database)


def _permission(text: str) -> Permission:
    """Return what deciding takes. Raises Invalid when there is no such permission: then nobody may."""
    try:
        return Permission(text)
    except ValueError as error:
        raise Invalid("decisions.refused.permission", permission=text[:40]) from error


def _may(who: Identity, suggestion: Suggestion) -> bool:
    known = frozenset(Permission)
    return all(text in known and may(who, Permission(text), place) for text, place in asked_of(suggestion))


def _require(who: Identity, suggestion: Suggestion, verdict: Verdict) -> None:
    """Raise Forbidden unless they may decide so, and carry out all of what they accept."""
    if verdict in JUDGEMENTS:
        require(who, Permission.JUDGE, suggestion.equipment)
        return
    for text, place in asked_of(suggestion):
        require(who, _permission(text), place)


def _check_open(kept: Kept, now: int) -> None:
    said, until = kept.decision, kept.suggestion.until
    if said is not None:
        raise Conflict(f"decisions.refused.{said.verdict}", by=said.by)
    if kept.withdrawn_at is not None:
        raise Conflict("decisions.refused.withdrawn")
    if until is not None and until <= now:
        raise Conflict("decisions.refused.expired")


def _offer(who: Identity, ranked: Ranked, seen: Names) -> Offer:
    suggestion = ranked.suggestion
    needed = {Permission(text) for text, _ in asked_of(suggestion)}
    deciders: tuple[Role, ...] = tuple(role for role in PEOPLE if needed <= GRANTS[role])
    may_judge = may(who, Permission.JUDGE, suggestion.equipment)
    return Offer(ranked, seen.name(suggestion.equipment), deciders, may_judge)


def _decided(who: Identity, kept: Kept, seen: Names) -> Decided:
    decision, suggestion = kept.decision, kept.suggestion
    if decision is None:
        raise ValueError(f"{suggestion.key}: not decided")
    is_undone = decision.verdict == "accepted" and decision.reference is None
    may_act = is_undone and _may(who, suggestion)
    return Decided(suggestion, seen.name(suggestion.equipment), decision, kept.outcome, is_undone, may_act)
