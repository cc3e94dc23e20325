"""The questions of a URL's query -> typed values; every refusal says the parameter, what it held, what is right."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from app.auth.guard import Invalid
from app.domain.accounting.buckets import BUCKETS
from app.domain.events.plausible import looks_like_seconds
from app.domain.interval import DAY_MS, Interval
from app.historian.paging import EpisodeFilter, Page
from app.rest.limits import LARGEST_PAGE, LONGEST_FILTER, LONGEST_WINDOW_MS, USUAL_PAGE

GROUPS = ("hour", "shift", "product", "machine", "line")
WHOLE = "total"
BUCKET_KEYS = tuple(bucket.key for bucket in BUCKETS)
_INT64 = 2**63
_LATEST = 253_402_300_799_000
_PLUS_AS_SPACE = re.compile(r"(?<=:\d\d) (\d\d:?\d\d)$")
"""A `+` that nobody escaped is a space in a query: `...T06:00:00 01:00` can only mean the zone."""


@dataclass(frozen=True, slots=True)
class KpiQuestion:
    """Which rows are asked for. equipment: a path; profile: None means the plant's.

    by: how rows are cut, any of GROUPS together; () means one row.
    """

    equipment: str
    window: Interval
    by: tuple[str, ...]
    profile: str | None


def kpi_question(args: Mapping[str, str], now: int) -> KpiQuestion:
    """Return the question of GET /kpis. Without from and to: the last 24 hours. Raises Invalid."""
    return KpiQuestion(equipment(args), window(args, now), _groups(args), args.get("profile") or None)


def equipment(args: Mapping[str, str]) -> str:
    """Return the path asked about. Raises Invalid when there is none."""
    found = args.get("equipment", "").strip().strip("/")
    if not found or len(found) > 400 or "\x00" in found:
        raise Invalid("equipment: name a site, area, line or machine, such as `site/area/line`")
    return found


def window(args: Mapping[str, str], now: int) -> Interval:
    """Return [from, to) in UTC ms; to is now and from a day before it when missing. Raises Invalid."""
    end = _instant(args, "to", now)
    start = _instant(args, "from", max(0, end - DAY_MS))
    if end <= start:
        raise Invalid(f"from, to: from ({start}) must be before to ({end})")
    if end - start > LONGEST_WINDOW_MS:
        raise Invalid("from, to: at most three years at once")
    return Interval(start, end)


def _instant(args: Mapping[str, str], name: str, otherwise: int) -> int:
    text = args.get(name)
    if text is None:
        return otherwise
    found = _milliseconds(text)
    if found is None or not 0 <= found <= _LATEST:
        raise Invalid(f"{name}={text[:64]!r}: must be UTC milliseconds or ISO 8601 such as 2026-11-23T06:00:00Z")
    if looks_like_seconds(found):
        raise Invalid(f"{name}={text} looks like seconds since 1970; right are milliseconds: {found * 1_000}")
    return found


def _milliseconds(text: str) -> int | None:
    if text.isascii() and text.isdecimal() and len(text) <= 15:
        return int(text)
    try:
        at = datetime.fromisoformat(_PLUS_AS_SPACE.sub(r"+\1", text))
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        return round(aware.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _groups(args: Mapping[str, str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(part.strip() for part in args.get("by", WHOLE).split(",")))
    if wanted in ((WHOLE,), ("",)):
        return ()
    wrong = next((part for part in wanted if part not in GROUPS), None)
    if wrong is not None:
        raise Invalid(f"by={wrong[:64]!r}: must be {WHOLE}, or some of {', '.join(GROUPS)} with commas between")
    return wanted


def episode_filter(args: Mapping[str, str]) -> EpisodeFilter:
    """Return which episodes are kept. Raises Invalid for a bucket there is none of."""
    bucket = _text(args, "bucket")
    if bucket is not None and bucket not in BUCKET_KEYS:
        raise Invalid(f"bucket={bucket[:64]!r}: must be one of {', '.join(BUCKET_KEYS)}")
    return EpisodeFilter(_text(args, "reason"), bucket, _text(args, "shift"), _text(args, "product"))


def _text(args: Mapping[str, str], name: str) -> str | None:
    found = args.get(name) or None
    if found is not None and (len(found) > LONGEST_FILTER or "\x00" in found):
        raise Invalid(f"{name}: at most {LONGEST_FILTER} characters, no NUL")
    return found


def page(args: Mapping[str, str], key: tuple[type, ...]) -> Page:
    """Return which page is asked for. key: the types of the order's columns. Raises Invalid for a foreign cursor."""
    most = args.get("limit", str(USUAL_PAGE))
    if not (most.isascii() and most.isdecimal() and len(most) <= 6 and 1 <= int(most) <= LARGEST_PAGE):
        raise Invalid(f"limit={most[:64]!r}: must be a whole number from 1 to {LARGEST_PAGE}")
    cursor = args.get("cursor")
    return Page(int(most), () if cursor is None else _after(cursor, key))


def cursor_of(key: tuple[int | str, ...]) -> str:
    """Return the cursor that goes on behind this row; opaque to whoever gets it.

    >>> _after(cursor_of((5, "a/b")), (int, str))
    (5, 'a/b')
    """
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def _after(cursor: str, key: tuple[type, ...]) -> tuple[int | str, ...]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found: tuple[int | str, ...] = msgspec.json.decode(raw, type=tuple[key])  # type: ignore[valid-type]
    except (ValueError, msgspec.DecodeError):
        found = ()
    if not found or not all(_is_storable(part) for part in found):
        raise Invalid("cursor: must be `next` of an earlier answer to the same question")
    return found


def _is_storable(part: int | str) -> bool:
    return "\x00" not in part if isinstance(part, str) else abs(part) < _INT64
