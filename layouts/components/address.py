"""The downtime page's address: every filter and everything open is in it, so that a link opens the same view."""

from urllib.parse import urlencode

from app.boards.downtime import DowntimeQuestion
from app.domain.interval import DAY_MS


def downtime_address(asked: DowntimeQuestion, **changes: str | None) -> str:
    """Return the address of the page with some of it changed; None takes a part out.

    A range of whole days up to now is said in days, so that the link means the same tomorrow.
    """
    said: dict[str, str | None] = {
        "of_place": asked.equipment,
        "days": str(round(asked.window.length / DAY_MS)),
        "only": asked.shift,
        "product": asked.product,
        "level": asked.level,
        "measure": asked.measure,
        "bar": asked.bar,
        "stop": asked.stop,
        **changes,
    }
    return "/downtime?" + urlencode({key: value for key, value in said.items() if value is not None})
