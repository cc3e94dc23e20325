"""Handovers of shifts in SQL: kept as a draft, signed once, added to, read. Every call may raise DatabaseAway."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from app.domain.decisions.handover import Addendum, Handover, Item
from app.domain.interval import Interval, floor_hour
from app.historian import schema
from app.historian.database import asking_database, writing
from app.historian.people_schema import handover_addenda, handover_reads, handovers

MOST = 50


class Handovers:
    """A kill leaves each call done or not done; what was signed never changes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, line: str, shift: str) -> Handover | None:
        """Return what people made of this shift's draft, or None: nothing yet."""
        c = handovers.c
        return next(iter(self._select(c.line == line, c.shift == shift)), None)

    def signed(self, lines: Sequence[str], most: int = MOST) -> list[Handover]:
        """Return the signed handovers of lines, newest shift first."""
        c = handovers.c
        return self._select(c.line.in_(lines), c.signed_at.is_not(None), most=most)

    def keep(self, draft: Handover) -> bool:
        """Keep note and strikes of a draft; False when it is signed meanwhile."""
        with writing(self._engine) as connection:
            return _put(connection, draft, {"note": draft.note, "struck": _json(draft.struck)})

    def sign(self, signed: Handover) -> bool:
        """Keep what was signed, for ever; False when somebody signed before."""
        said: dict[str, object] = {
            "note": signed.note,
            "struck": _json(signed.struck),
            "items": _json(signed.items),
            "signed_by": signed.signed_by,
            "signed_at": signed.signed_at,
        }
        with writing(self._engine) as connection:
            return _put(connection, signed, said)

    def add(self, line: str, shift: str, added: Addendum) -> None:
        """Append an addendum."""
        row = {"line": line, "shift": shift, "at": added.at, "by": added.by, "text": added.text}
        with writing(self._engine) as connection:
            connection.execute(insert(handover_addenda).values(**row))

    def read(self, line: str, shift: str, who: str, now: int) -> None:
        """Keep that somebody has read it; the first time counts."""
        row = {"line": line, "shift": shift, "who": who}
        c = handover_reads.c
        with writing(self._engine) as connection:
            known = select(c.at).where(c.line == line, c.shift == shift, c.who == who)
            if connection.execute(known).first() is None:
                connection.execute(insert(handover_reads).values(**row, at=now))

    def good_of_order(self, line: str, order: str, window: Interval) -> int:
        """Return the good units of an order on the line in the hours of `window`."""
        c = schema.buckets.c
        query = select(c.good).where(
            c.equipment == line, c.order_id == order, c.hour >= floor_hour(window.start), c.hour < window.end
        )
        with asking_database(), self._engine.connect() as connection:
            return sum(int(row[0]) for row in connection.execute(query))

    def _select(self, *wanted: object, most: int = MOST) -> list[Handover]:
        query = select(handovers).where(*wanted).order_by(handovers.c.start.desc(), handovers.c.line).limit(most)  # type: ignore[arg-type]
        with asking_database(), self._engine.connect() as connection:
            return [_handover(connection, row) for row in connection.execute(query).mappings().all()]


def _put(connection: Connection, about: Handover, said: dict[str, object]) -> bool:
    c = handovers.c
    here = (c.line == about.line, c.shift == about.shift)
    if connection.execute(select(c.line).where(*here)).first() is None:
        row = {"line": about.line, "shift": about.shift, "start": about.start, "end": about.end}
        connection.execute(insert(handovers).values(**row, **said))
        return True
    changed = connection.execute(update(handovers).where(*here, c.signed_at.is_(None)).values(**said))
    return changed.rowcount == 1


def _handover(connection: Connection, row: RowMapping) -> Handover:
    a, r = handover_addenda.c, handover_reads.c
    here = (a.line == row["line"], a.shift == row["shift"])
    added = connection.execute(select(a.at, a.by, a.text).where(*here).order_by(a.at, a.by))
    there = (r.line == row["line"], r.shift == row["shift"])
    readers = connection.execute(select(r.who).where(*there).order_by(r.at, r.who))
    return Handover(
        line=row["line"],
        shift=row["shift"],
        start=row["start"],
        end=row["end"],
        note=row["note"],
        struck=msgspec.json.decode(row["struck"], type=tuple[str, ...]),
        items=msgspec.json.decode(row["items"], type=tuple[Item, ...]) if row["items"] else (),
        signed_by=row["signed_by"],
        signed_at=row["signed_at"],
        addenda=tuple(Addendum(*one) for one in added),
        read_by=tuple(one[0] for one in readers),
    )


def _json(found: object) -> str:
    return msgspec.json.encode(found).decode()
