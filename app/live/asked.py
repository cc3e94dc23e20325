"""What `now` means when a number is opened: each line's own shift so far, in its live board's very figures."""

from collections.abc import Iterator

from app.boards.build_shift import shift_head
from app.boards.codec import components_of
from app.boards.explain import AskedPart
from app.boards.line import LineBoard
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant, WorkCenter, in_totals
from app.live.snapshots import LastBoards, line_board


def shift_so_far(plant: Plant, boards: LastBoards, equipment: str, now: int) -> tuple[AskedPart, ...]:
    """Return a part for each line of a site or area, or for the one line or machine: its shift until its last board.

    A line without a board has the window of its own calendar and is left to history. Raises ServerAway.
    """
    return tuple(_part(line, path, line_board(boards, line.path), now) for line, path in _places(plant, equipment))


def same_window(plant: Plant, equipment: str, window: Interval) -> tuple[AskedPart, ...]:
    """Return a part for each line of a site or area, or for the one line or machine, all of the same window."""
    return tuple(AskedPart(path, window) for _, path in _places(plant, equipment))


def _places(plant: Plant, equipment: str) -> Iterator[tuple[WorkCenter, str]]:
    for line in in_totals(line for line in plant.lines() if f"{line.path}/".startswith(equipment + "/")):
        yield line, line.path
    for line in plant.lines():
        if equipment.startswith(line.path + "/"):
            yield line, equipment


def _part(line: WorkCenter, path: str, board: LineBoard | None, now: int) -> AskedPart:
    if board is None:
        return AskedPart(path, Interval(shift_head(line.calendar, now).start, now))
    window = Interval(board.shift.start, board.at)
    if path == line.path:
        return AskedPart(path, window, components_of(board))
    tile = next((tile for tile in board.machines if tile.path == path and tile.components), None)
    return AskedPart(path, window, None if tile is None else components_of(tile))
