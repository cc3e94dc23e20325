"""The downtime page's address: every filter and everything open is in it, so that a link opens the same view."""

from urllib.parse import urlencode

from app.boards.downtime import DowntimeQuestion
from app.boards.period import Period


def downtime_address(asked: DowntimeQuestion, **changes: str | None) -> str:
    """Return the address of the page with some of it changed; None takes a part out."""
    said: dict[str, str | None] = {
        "of_place": asked.equipment,
        **(asked.period or Period(asked.window)).said(),
        "only": asked.shift,
        "crew": asked.crew,
        "reason": asked.reason,
        "product": asked.product,
        "level": asked.level,
        "measure": asked.measure,
        "bar": asked.bar,
        "stop": asked.stop,
        **changes,
    }
    return "/downtime?" + urlencode({key: value for key, value in said.items() if value is not None}, safe="/")
