"""How much one request may carry."""

from app.auth.guard import Refused

MOST_BYTES = 8 * 1024 * 1024
MOST_EVENTS = 10_000
EVENTS_PER_MINUTE = 600_000
LONGEST_TEXT = 512
LONGEST_EVENT = 16 * 1024
LARGEST = 1_000_000_000
LONGEST_FILTER = 120
USUAL_PAGE = 1_000
LARGEST_PAGE = 10_000
LONGEST_WINDOW_MS = 3 * 366 * 86_400_000


class TooLarge(Refused):
    """More than one request may carry."""
