"""Facts and position in one SQL transaction: whatever is killed or told again, every fact counts once."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, Engine, Table, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.accounting.buckets import Cell, Episode
from app.domain.accounting.facts import CallFact, CorrectionFact, Fact, FindingFact, HourFact, OrdersFact, ShiftsFact
from app.historian import schema
from app.historian.exceptions import shifts_row

START = b"0-0"
Row = dict[str, object]
_KEYED: Mapping[type, tuple[Table, tuple[str, ...]]] = {
    CallFact: (schema.calls, ("line", "call", "since")),
    CorrectionFact: (schema.corrections, ("id",)),
    FindingFact: (schema.findings, ("equipment", "rule", "since")),
}


class PositionMoved(RuntimeError):
    """Another historian wrote this line meanwhile; nothing was written. Read the position again."""


def positions(engine: Engine) -> dict[str, bytes]:
    """Return how far each line's facts are in SQL; lines never written are missing."""
    table = schema.positions
    with engine.connect() as connection:
        return {line: entry.encode() for line, entry in connection.execute(select(table.c.line, table.c.entry))}


def write(engine: Engine, line: str, after: bytes, facts: Sequence[Fact], upto: bytes, now: int) -> None:
    """Write the facts told in (after, upto]; the later one about a thing replaces the earlier. One transaction.

    Raises PositionMoved when the line's position is not `after` any more.
    """
    with engine.begin() as connection:
        _move(connection, line, after, upto, now)
        write_facts(connection, facts)


def write_facts(connection: Connection, facts: Sequence[Fact]) -> None:
    """Write facts in the order they were told, in the caller's transaction; no position moves."""
    _write_hours(connection, [fact for fact in facts if isinstance(fact, HourFact)])
    _write_orders(connection, [fact for fact in facts if isinstance(fact, OrdersFact)])
    said = [shifts_row(fact) for fact in facts if isinstance(fact, ShiftsFact)]
    _replace(connection, schema.shift_exceptions, ("line", "date"), said)
    for kind, (table, keys) in _KEYED.items():
        _replace(connection, table, keys, (msgspec.structs.asdict(f) for f in facts if type(f) is kind))


def _move(connection: Connection, line: str, after: bytes, upto: bytes, now: int) -> None:
    table, entry = schema.positions, upto.decode()
    moved = connection.execute(
        update(table).where(table.c.line == line, table.c.entry == after.decode()).values(entry=entry, committed_at=now)
    )
    if moved.rowcount:
        return
    if after != START:
        raise PositionMoved(line)
    try:
        connection.execute(insert(table).values(line=line, entry=entry, committed_at=now))
    except IntegrityError as error:
        raise PositionMoved(line) from error


def _write_hours(connection: Connection, told: Iterable[HourFact]) -> None:
    hours = {(fact.equipment, fact.hour): fact for fact in told}
    if not hours:
        return
    keys = [{"of": equipment, "at": hour} for equipment, hour in hours]
    cells, episodes = schema.buckets, schema.episodes
    connection.execute(delete(cells).where(cells.c.equipment == bindparam("of"), cells.c.hour == bindparam("at")), keys)
    connection.execute(
        delete(episodes).where(episodes.c.machine == bindparam("of"), episodes.c.hour == bindparam("at")), keys
    )
    _insert(connection, cells, [_cell_row(cell, fact) for fact in hours.values() for cell in fact.cells])
    _insert(connection, episodes, [_episode_row(e, fact.hour) for fact in hours.values() for e in fact.episodes])


def _write_orders(connection: Connection, told: Iterable[OrdersFact]) -> None:
    table = schema.orders
    for fact in told:
        connection.execute(delete(table).where(table.c.line == fact.line, table.c.start >= fact.since))
        _replace(connection, table, ("line", "start", "order"), map(msgspec.structs.asdict, fact.runs))


def _replace(connection: Connection, table: Table, keys: tuple[str, ...], told: Iterable[Row]) -> None:
    rows = {tuple(row[key] for key in keys): row for row in told}
    if rows:
        same = [table.c[key] == bindparam(f"key_{key}") for key in keys]
        connection.execute(
            delete(table).where(*same), [{f"key_{key}": row[key] for key in keys} for row in rows.values()]
        )
        _insert(connection, table, list(rows.values()))


def _insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _cell_row(cell: Cell, fact: HourFact) -> Row:
    c = cell.components
    row: Row = dict(zip(schema.BUCKET_COLUMNS, c.buckets_ms, strict=True))
    row |= {name: getattr(c, name) for name in schema.AMOUNT_COLUMNS}
    key = cell.key
    row |= {"equipment": fact.equipment, "hour": fact.hour, "as_of": fact.as_of}
    return row | {"shift_key": key.shift, "product": key.product, "order_id": key.order}


def _episode_row(e: Episode, hour: int) -> Row:
    return {
        "machine": e.machine,
        "start": e.start,
        "end": e.end,
        "hour": hour,
        "bucket": int(e.bucket),
        "said": e.said,
        "reason": e.reason,
        "attested_by": e.attested_by,
        "note": e.note,
        "caused_by": e.caused_by,
        "order_id": e.order,
        "product": e.product,
        "shift_key": e.shift,
        "version": e.version,
        "edits": msgspec.json.encode(e.edits).decode(),
    }
