"""From when on a machine counts (DOMAIN section 8), as the plant file's `commissioning` says it.

    commissioning: true                          measured and shown, in no total
    commissioning: until 2026-11-28T13:00:00Z    signed off: in totals from that full hour on, never before it
    commissioning: false                         has always counted (what is left out, too)

History is kept by the hour, so a signature counts from the next full hour on: what was measured before it stays
outside, and no hour counts in part.
"""

from datetime import UTC, datetime

from app.domain.interval import HOUR_MS

ALWAYS, NEVER = -(2**53), 2**53
UNTIL, YEAR_FROM = "until ", 1970
RIGHT = "true, false, or `until` with a time such as `until 2026-11-28T13:00:00Z`"


def counts_from(text: str) -> int:
    """Return from when on (UTC ms, a full hour) the machine counts; ALWAYS or NEVER. Raises ValueError in words.

    >>> counts_from("true") == NEVER, counts_from("until 1970-01-01T01:30:00+01:00")
    (True, 3600000)
    """
    if text in ("true", "false"):
        return NEVER if text == "true" else ALWAYS
    at = _moment(text.removeprefix(UNTIL)) if text.startswith(UNTIL) else None
    if at is None or at.tzinfo is None or at.year < YEAR_FROM:
        raise ValueError(f"`{text}` does not say whether it is in commissioning; {RIGHT}")
    return _next_hour(round(at.timestamp() * 1000))


def until(now: int) -> str:
    """Return what the plant file says of a machine that is signed off at `now` (UTC ms).

    >>> until(1)
    'until 1970-01-01T01:00:00Z'
    """
    return UNTIL + datetime.fromtimestamp(_next_hour(now) / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _next_hour(t: int) -> int:
    return -(-t // HOUR_MS) * HOUR_MS
