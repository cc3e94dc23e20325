"""The latest board of every line, read once for a page's first picture; the push channel takes over from there."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from app.boards.line import LineBoard


class LastBoards(Protocol):
    """Where the engine leaves each line's last board (app.streams.boards)."""

    def last(self, line: str) -> bytes | None:
        """Return the board's bytes, or None when the line has never been counted."""


def line_board(boards: LastBoards, line: str) -> LineBoard | None:
    """Return the line's last board, or None when the engine has not written one yet."""
    found = boards.last(line)
    return None if found is None else _decoder.decode(found)


def read_all(found: Mapping[str, bytes]) -> list[LineBoard]:
    """Return the boards in `found` (line -> bytes), in that order."""
    return [_decoder.decode(raw) for raw in found.values()]


_decoder: msgspec.json.Decoder[LineBoard] = msgspec.json.Decoder(LineBoard)
