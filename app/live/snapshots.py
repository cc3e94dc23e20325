"""The latest board of every line, read once for a page's first picture; the push channel takes over from there."""

from typing import Protocol

from app.boards.codec import BadBoard, decode_line
from app.boards.line import LineBoard


class LastBoards(Protocol):
    """Where the engine leaves each line's last board (app.streams.boards)."""

    def last(self, line: str) -> bytes | None:
        """Return the board's bytes, or None when the line has never been counted."""


class PatientBoards:
    """Last boards for a page that opens whether or not Redis is there: once it was found away, nothing is known.

    For one request: it does not try again.
    """

    def __init__(self, boards: LastBoards) -> None:
        self._boards = boards
        self._is_away = False

    def last(self, line: str) -> bytes | None:
        """Return the board's bytes, or None when the line has never been counted or the store is away."""
        if self._is_away:
            return None
        try:
            return self._boards.last(line)
        except ConnectionError:
            self._is_away = True
            return None


def line_board(boards: LastBoards, line: str) -> LineBoard | None:
    """Return the line's last board; None when the engine has not written one yet, or one of another version."""
    found = boards.last(line)
    if found is None:
        return None
    try:
        return decode_line(found)
    except BadBoard:
        return None
