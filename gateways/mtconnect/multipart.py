"""A stream of documents in one HTTP answer (multipart/x-mixed-replace, RFC 2046), as it comes. Pure."""

import re

MOST_BYTES = 16 << 20
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_BOUNDARY = re.compile(r'boundary="?([^";,\s]+)"?', re.IGNORECASE)


class BadStream(ValueError):
    """What came is no stream of documents; the text says why."""


def boundary_of(content_type: str) -> str | None:
    """Return the boundary a Content-Type names, None when it is not multipart."""
    found = _BOUNDARY.search(content_type) if content_type.lower().startswith("multipart/") else None
    return None if found is None else found[1].removeprefix("--")


class Parts:
    """Cuts what is fed into documents, wherever the pieces end."""

    def __init__(self, boundary: str) -> None:
        self._mark = b"--" + boundary.encode()
        self._held = b""

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the documents that are whole now. Raises BadStream when one grows without end."""
        self._held += piece
        found: list[bytes] = []
        while (part := self._next()) is not None:
            found.append(part)
        if len(self._held) > MOST_BYTES:
            raise BadStream(f"a part is larger than {MOST_BYTES >> 20} MB")
        return found

    def _next(self) -> bytes | None:
        start = self._held.find(self._mark)
        if start < 0:
            return None
        head_end, gap = _blank_line(self._held, start)
        if head_end < 0:
            return None
        body = head_end + gap
        length = _LENGTH.search(self._held, start, head_end)
        if length is not None:
            end = body + int(length[1])
            if int(length[1]) > MOST_BYTES:
                raise BadStream(f"a part is larger than {MOST_BYTES >> 20} MB")
            if len(self._held) < end:
                return None
        else:
            end = self._held.find(self._mark, body)
            if end < 0:
                return None
        part, self._held = self._held[body:end], self._held[end:]
        return part.strip()


def _blank_line(held: bytes, start: int) -> tuple[int, int]:
    """Return where the blank line behind a part's headers begins, and how long it is; -1: it has not come yet."""
    windows, unix = held.find(b"\r\n\r\n", start), held.find(b"\n\n", start)
    if windows >= 0 and (unix < 0 or windows < unix):
        return windows, 4
    return unix, 2
