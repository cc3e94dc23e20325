"""Area and site boards from their lines' boards, made once per tick and worker."""

from collections.abc import Iterable, Mapping

from app.boards.area import AreaBoard
from app.boards.build_area import area_board
from app.boards.codec import BadBoard, decode_line, encode
from app.boards.line import LineBoard
from app.domain.plant.equipment import Plant
from app.live.snapshots import LastBoards, line_board


class Assembler:
    """Adds lines' boards up; decodes each board once, however many groups it belongs to. For one thread."""

    def __init__(self, plant: Plant) -> None:
        self._groups = groups(plant)
        self._floor, self._new = plant.coverage_floor, new_lines(plant)
        self._decoded: dict[str, tuple[bytes, LineBoard | None]] = {}

    def __call__(self, topic: str, found: Mapping[str, bytes], now: int) -> bytes | None:
        """Return the board of the area or site `topic` as JSON; None for another topic."""
        group = self._groups.get(topic)
        if group is None:
            return None
        boards = [board for line, raw in found.items() if (board := self._board(line, raw)) is not None]
        return encode(area_board(topic, *group, boards, now, self._floor, self._new))

    def _board(self, line: str, raw: bytes) -> LineBoard | None:
        known = self._decoded.get(line)
        if known is None or known[0] is not raw:
            known = self._decoded[line] = (raw, _decoded(raw))
        return known[1]


def groups(plant: Plant) -> dict[str, tuple[str, str]]:
    """Return name and zone of every area and site by path."""
    found = {site.path: (site.name, site.zone) for site in plant.sites}
    return found | {area.path: (area.name, site.zone) for site in plant.sites for area in site.areas}


def new_lines(plant: Plant) -> frozenset[str]:
    """Return the paths of the lines in commissioning."""
    return frozenset(line.path for line in plant.lines() if line.is_commissioning)


def area_now(plant: Plant, boards: LastBoards, path: str, lines: Iterable[str], now: int) -> AreaBoard:
    """Return the board of the area or site `path` from the last boards of `lines`. Raises KeyError, ServerAway."""
    name, zone = groups(plant)[path]
    found = [board for line in lines if (board := line_board(boards, line)) is not None]
    return area_board(path, name, zone, found, now, plant.coverage_floor, new_lines(plant))


def _decoded(raw: bytes) -> LineBoard | None:
    try:
        return decode_line(raw)
    except BadBoard:
        return None
