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
    found = []
    for line, path in _places(plant, equipment):
        board = line_board(boards, line.path)
        found.append(_part(line, path, board, now) if path == equipment else _counted_part(line, board, now))
    return tuple(found)


def same_window(plant: Plant, equipment: str, window: Interval) -> tuple[AskedPart, ...]:
    """Return a part for each line of a site or area, or for the one line or machine, all of the same window."""
    wanted = _places(plant, equipment)
    return tuple(AskedPart(path, window if path == equipment else line.counted(window)) for line, path in wanted)


def _places(plant: Plant, equipment: str) -> Iterator[tuple[WorkCenter, str]]:
    for line in in_totals(line for line in plant.lines() if f"{line.path}/".startswith(equipment + "/")):
        yield line, line.path
    for line in plant.lines():
        if equipment.startswith(line.path + "/"):
            yield line, equipment


def _counted_part(line: WorkCenter, board: LineBoard | None, now: int) -> AskedPart:
    """Return what of a line is in what lies above it."""
    whole = _part(line, line.path, board, now)
    if board is None or board.counted is None:
        return AskedPart(whole.path, line.counted(whole.window), whole.live)
    return AskedPart(whole.path, line.counted(whole.window), components_of(board.counted))


def _part(line: WorkCenter, path: str, board: LineBoard | None, now: int) -> AskedPart:
    if board is None:
        return AskedPart(path, Interval(shift_head(line.calendar, now).start, now))
    window = Interval(board.shift.start, board.at)
    if path == line.path:
        return AskedPart(path, window, components_of(board))
    tile = next((tile for tile in board.machines if tile.path == path and tile.components), None)
    return AskedPart(path, window, None if tile is None else components_of(tile))
