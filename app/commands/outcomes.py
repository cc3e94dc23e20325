"""What decisions brought, gathered for a person: rows with what was before and after, and the balance of the loop."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.boards.outcomes import Balance, Brought, OutcomesBoard
from app.commands.ground import Ground
from app.commands.places import check_place
from app.domain.accounting.buckets import ZERO
from app.domain.accounting.kpi import trust
from app.domain.decisions.balance import Share, share, together
from app.domain.decisions.effect import Effect, outcome
from app.domain.interval import DAY_MS, Interval, floor_hour
from app.domain.plant.equipment import Plant, WorkCenter, in_totals
from app.domain.roles import Identity, covers, in_scope
from app.historian.buckets import cut, grouped
from app.historian.database import Database, asking_database
from app.historian.effects import AROUND_MS, Measured, effects, line_of, once
from app.historian.suggestions import Kept, Suggestions
from app.historian.usage import reasoned, sign_ins_by_role

WEEK_MS = 7 * DAY_MS
WEEKS = 4
MOST_DAYS = 180
MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Names:
    """What a person sees of a place: its lines, and what equipment is called."""

    plant: Plant
    who: Identity
    place: str

    @property
    def lines(self) -> list[WorkCenter]:
        """The lines under the place that are theirs to see."""
        found = (line for line in self.plant.lines() if covers(self.place, line.path) or covers(line.path, self.place))
        return [line for line in found if in_scope(self.who, line.path)]

    @property
    def all(self) -> Mapping[str, str]:
        """Path -> name of every line and machine under the place."""
        lines = {line.path: line.name for line in self.lines}
        return lines | {m.path: f"{line.name} \u203a {m.name}" for line in self.lines for m in line.machines}

    @property
    def zone(self) -> str:
        """The time zone of the place."""
        return next((line.zone for line in self.lines), self.plant.sites[0].zone)

    def sees(self, equipment: str) -> bool:
        """Whether it lies under the place and in their scope."""
        return covers(self.place, equipment) and in_scope(self.who, equipment)

    def name(self, equipment: str) -> str:
        """Return what people call it; its path when it is no longer in the plant file."""
        return self.all.get(equipment, equipment)

    def shift_left(self, equipment: str, now: int) -> float:
        """Return the share of the running shift still to come; 1 between shifts: the next one is meant."""
        line = line_of(self.plant, equipment)
        shift = None if line is None else line.calendar.at(now)
        return 1.0 if shift is None else (shift.end - now) / (shift.end - shift.start)


def check_where(plant: Plant, path: str) -> None:
    """Return for the path of a site, area, line or machine. Raises NotFound."""
    if not any(machine.path == path for line in plant.lines() for machine in line.machines):
        check_place(plant, path)


def outcomes_board(ground: Ground, who: Identity, place: str, days: int) -> OutcomesBoard:
    """Return the board of the last days (1 to 180). Raises DatabaseAway."""
    plant, now, store = ground.plant(), ground.now(), Suggestions(ground.database)
    seen, since = Names(plant, who, place), now - max(1, min(days, MOST_DAYS)) * DAY_MS
    known = store.decided(since - AROUND_MS)  # neighbours of the first ones bound what those brought
    measured = effects(ground.database, plant, [k for k in known if _is_accepted(k)], now)
    decided = [k for k in known if k.decision and k.decision.at >= since and seen.sees(k.suggestion.equipment)]
    put = [kept for kept in store.put_since(since) if seen.sees(kept.suggestion.equipment)]
    accepted = [kept for kept in decided if _is_accepted(kept)]
    rows = tuple(row for kept in accepted[:MOST_ROWS] for row in _brought(seen, kept, measured))
    mine = {kept.suggestion.key for kept in accepted}
    found = [one.effect for one in once({key: one for key, one in measured.items() if key in mine})]
    told = (len(put), len(decided), len(accepted))
    return OutcomesBoard(place, days, seen.zone, now, rows, _balance(ground.database, seen, told, found, decided, now))


def precision(decided: Sequence[Kept]) -> dict[str, Share]:
    """Return rule -> share of the verdicts that say it was right: accepted or known, against wrong; by rule."""
    said: dict[str, list[bool]] = {}
    for kept in decided:
        if kept.decision is not None and kept.decision.verdict != "rejected":
            said.setdefault(kept.suggestion.rule, []).append(kept.decision.verdict != "wrong")
    return {rule: share(sum(right), len(right)) for rule, right in sorted(said.items())}


def _is_accepted(kept: Kept) -> bool:
    return kept.decision is not None and kept.decision.verdict == "accepted"


def _brought(seen: Names, kept: Kept, measured: Mapping[str, Measured]) -> Iterator[Brought]:
    if kept.decision is not None:
        found = measured.get(kept.suggestion.key)
        effect = None if found is None else found.effect
        yield Brought(kept.suggestion, seen.name(kept.suggestion.equipment), kept.decision, effect)


def _balance(
    db: Database, seen: Names, told: tuple[int, int, int], found: Sequence[Effect], decided: Sequence[Kept], now: int
) -> Balance:
    measured = [outcome("", one, now) for one in found]
    sure = [o for o in measured if o.low is not None]
    hits = share(sum(o.low is not None and o.low > 0 for o in sure), len(sure))
    week = Interval(floor_hour(now - WEEK_MS), floor_hour(now))
    leaves = [reason.id for reason in seen.plant.reasons.leaves()]
    counted = [(line, line.counted(week) if line.path != seen.place else week) for line in in_totals(seen.lines)]
    told_why = [reasoned(db, [m.path for m in line.machines], leaves, part) for line, part in counted]
    used = {role: tuple(counts) for role, counts in sign_ins_by_role(db, now, WEEKS).items()}
    return Balance(
        *told,
        hits=hits,
        gained=together(sure),
        precision=precision(decided),
        reasoned=(sum(told.with_reason_ms for told in told_why), sum(told.all_ms for told in told_why)),
        trust=_trust(db, counted),
        week=week,
        sign_ins=used,
    )


def _trust(db: Database, counted: Sequence[tuple[WorkCenter, Interval]]) -> float | None:
    with asking_database():
        cells = [grouped(db, [line.path], cut(line.calendar, part), ()) for line, part in counted if part.length]
        found = [group.components for groups in cells for group in groups]
    return trust(sum(found, ZERO))
