"""Suggestions, what people decided about them, and what it brought, in SQL. Every call may raise DatabaseAway."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import NamedTuple

import msgspec
from sqlalchemy import Engine, RowMapping, insert, or_, select, update

from app.domain.suggestion import Decision, Flow, Outcome, Said, Suggestion, Verdict
from app.historian.database import asking_database, writing
from app.historian.loop_schema import outcomes, suggestions

CLAIM_MS = 60_000


class Kept(NamedTuple):
    """A suggestion as it stands. decision None: open, unless withdrawn_at (UTC ms) says that it went away by itself."""

    suggestion: Suggestion
    put_at: int
    withdrawn_at: int | None
    decision: Decision | None
    outcome: Outcome | None = None


class Suggestions:
    """Puts down, withdraws, decides; a kill leaves each call done or not done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, found: Iterable[Suggestion], now: int) -> None:
        """Put them down; one with a known key replaces its words while nobody has decided, and is open again."""
        for suggestion in found:
            row = _row(suggestion)
            key, table = suggestions.c.key == suggestion.key, suggestions
            with writing(self._engine) as connection:
                known = connection.execute(select(table.c.decided_at).where(key)).one_or_none()
                if known is None:
                    connection.execute(insert(table).values(**row, put_at=now))
                elif known[0] is None:
                    connection.execute(update(table).where(key).values(**row, withdrawn_at=None))

    def withdraw(self, flow: Flow, keep: Collection[str], now: int, rules: Collection[str] = ()) -> None:
        """Take back every open suggestion of a flow (of some of its rules, where named) that is not among `keep`."""
        c = suggestions.c
        for kept in self._select(c.flow == flow, c.decided_at.is_(None), c.withdrawn_at.is_(None)):
            found = kept.suggestion
            if found.key not in keep and (not rules or found.rule in rules):
                with writing(self._engine) as connection:
                    still = (c.key == found.key, c.decided_at.is_(None))
                    connection.execute(update(suggestions).where(*still).values(withdrawn_at=now))

    def get(self, key: str) -> Kept | None:
        """Return one, or None."""
        return next(iter(self._select(suggestions.c.key == key)), None)

    def open(self, now: int, flow: Flow | None = None) -> list[Kept]:
        """Return what waits for a decision and still means something, newest first."""
        c = suggestions.c
        found = [c.decided_at.is_(None), c.withdrawn_at.is_(None), or_(c.until.is_(None), c.until > now)]
        return self._select(*found, *([] if flow is None else [c.flow == flow]))

    def decided(self, since: int, verdicts: Sequence[Verdict] = ()) -> list[Kept]:
        """Return what was decided from `since` on (UTC ms), newest first, with what it brought."""
        c = suggestions.c
        return self._select(c.decided_at >= since, *([c.verdict.in_(verdicts)] if verdicts else []))

    def put_since(self, since: int, flow: Flow | None = None) -> list[Kept]:
        """Return everything put down from `since` on (UTC ms), whatever became of it, newest first."""
        c = suggestions.c
        return self._select(c.put_at >= since, *([] if flow is None else [c.flow == flow]))

    def decide(self, decision: Decision) -> bool:
        """Keep a decision; False when somebody has decided before, it went away, or its time is over."""
        c, said = suggestions.c, asdict(decision)
        said["decided_at"] = said.pop("at")
        means = or_(c.until.is_(None), c.until > decision.at)
        free = (c.key == said.pop("key"), c.decided_at.is_(None), c.withdrawn_at.is_(None), means)
        with writing(self._engine) as connection:
            return connection.execute(update(suggestions).where(*free).values(**said)).rowcount == 1

    def refer(self, key: str, reference: str) -> None:
        """Keep what came of an accepted suggestion: the number of its work order, say."""
        with writing(self._engine) as connection:
            connection.execute(update(suggestions).where(suggestions.c.key == key).values(reference=reference))

    def claim(self, key: str, now: int) -> bool:
        """Take an accepted suggestion on to carry it out; False: it is done, or somebody is at it.

        A claim left behind by a kill is free again after a minute.
        """
        c = suggestions.c
        idle = or_(c.acting_at.is_(None), c.acting_at <= now - CLAIM_MS)
        free = (c.key == key, c.verdict == "accepted", c.reference.is_(None), idle)
        with writing(self._engine) as connection:
            return connection.execute(update(suggestions).where(*free).values(acting_at=now)).rowcount == 1

    def release(self, key: str) -> None:
        """Give a claim back: it was not carried out."""
        with writing(self._engine) as connection:
            connection.execute(update(suggestions).where(suggestions.c.key == key).values(acting_at=None))

    def take_back(self, key: str) -> None:
        """Let an accepted suggestion that cannot be carried out be decided anew; one that is done stays decided."""
        c = suggestions.c
        undone = (c.key == key, c.verdict == "accepted", c.reference.is_(None))
        nothing = dict.fromkeys(("decided_at", "verdict", "by", "note", "acting_at"))
        with writing(self._engine) as connection:
            connection.execute(update(suggestions).where(*undone).values(**nothing))

    def measured(self, outcome: Outcome) -> None:
        """Keep what a decision brought, in place of an earlier measurement."""
        row = {**asdict(outcome), "word": msgspec.json.encode(outcome.word).decode()}
        with writing(self._engine) as connection:
            if not connection.execute(update(outcomes).where(outcomes.c.key == outcome.key).values(**row)).rowcount:
                connection.execute(insert(outcomes).values(**row))

    def _select(self, *wanted: object) -> list[Kept]:
        query = select(suggestions).where(*wanted).order_by(suggestions.c.put_at.desc(), suggestions.c.key)  # type: ignore[arg-type]
        with asking_database(), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
            keys = [row["key"] for row in rows if row["verdict"] == "accepted"]
            told = select(outcomes).where(outcomes.c.key.in_(keys))
            brought = {row["key"]: _outcome(row) for row in connection.execute(told).mappings()} if keys else {}
        return [_kept(row, brought.get(row["key"])) for row in rows]


def _row(s: Suggestion) -> dict[str, object]:
    body = msgspec.json.encode(s).decode()
    return {
        "key": s.key,
        "flow": s.flow,
        "rule": s.rule,
        "equipment": s.equipment,
        "at": s.at,
        "until": s.until,
        "body": body,
    }


def _kept(row: RowMapping, outcome: Outcome | None) -> Kept:
    suggestion = msgspec.json.decode(row["body"], type=Suggestion)
    decision = None
    if row["decided_at"] is not None:
        decision = Decision(row["key"], row["verdict"], row["by"], row["decided_at"], row["note"], row["reference"])
    return Kept(suggestion, row["put_at"], row["withdrawn_at"], decision, outcome)


def _outcome(row: RowMapping) -> Outcome:
    return Outcome(**{**row, "word": msgspec.json.decode(row["word"], type=Said)})
