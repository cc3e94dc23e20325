"""The plant's reason tree in SQL, so that BI tools can name a stop's reason and the branch it is on."""

from sqlalchemy import Engine, delete, insert, select

from app.domain.plant.reasons import Reason, ReasonTree
from app.historian import schema


def keep_reasons(engine: Engine, tree: ReasonTree) -> None:
    """Write the tree over what is held, in one transaction; a reason that left the plant file stays: stops name it."""
    table = schema.reasons
    rows = [_row(reason) for reason in tree.by_id.values()]
    with engine.begin() as connection:
        held = {row["id"]: dict(row) for row in connection.execute(select(table)).mappings()}
        changed = [row for row in rows if held.get(str(row["id"])) != row]
        if changed:
            connection.execute(delete(table).where(table.c.id.in_([row["id"] for row in changed])))
            connection.execute(insert(table), changed)


def _row(reason: Reason) -> dict[str, object]:
    return {
        "id": reason.id,
        "name": reason.name,
        "path": "/".join(reason.path),
        "category": reason.path[0],
        "planned": reason.planned,
        "setup": reason.setup,
        "failure": reason.failure,
    }
