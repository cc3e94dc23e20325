"""What every page starts from: its head with the first picture."""

from app.boards.area import AreaBoard
from app.boards.codec import encode
from app.boards.line import LineBoard
from app.services import Services
from layouts.components.pagebox import PageHead


def head(
    services: Services, title: str, board: LineBoard | AreaBoard | None = None, topic: str | None = None
) -> PageHead:
    """Return the head of a live page; board: the last one, None before there is any."""
    now = services.now()
    text = encode(board).decode() if board is not None else None
    reasons = {reason.id: reason.name for reason in services.plant.reasons.by_id.values()}
    zone = board.zone if board is not None else services.plant.sites[0].zone
    return PageHead(f"{topic or title}-{now}", title, now, topic=topic, board=text, zone=zone, reasons=reasons)
