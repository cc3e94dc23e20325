"""The questions of a URL's query -> typed values; every refusal says the parameter, what it held, what is right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.auth.guard import Invalid
from app.domain.interval import DAY_MS, Interval
from app.rest.limits import LONGEST_WINDOW_MS

GROUPS = ("total", "hour", "shift", "product", "machine", "line")
_LATEST = 253_402_300_799_000


@dataclass(frozen=True, slots=True)
class KpiQuestion:
    """Which rows are asked for. equipment: a path; by: how rows are cut; profile: None means the plant's."""

    equipment: str
    window: Interval
    by: str
    profile: str | None


def kpi_question(args: Mapping[str, str], now: int) -> KpiQuestion:
    """Return the question of GET /kpis. Without from and to: the last 24 hours. Raises Invalid."""
    return KpiQuestion(equipment(args), window(args, now), _choice(args, "by", GROUPS), args.get("profile") or None)


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
    return found


def _milliseconds(text: str) -> int | None:
    if text.isascii() and text.isdecimal() and len(text) <= 15:
        return int(text)
    try:
        at = datetime.fromisoformat(text)
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        return round(aware.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _choice(args: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    found = args.get(name) or known[0]
    if found not in known:
        raise Invalid(f"{name}={found[:64]!r}: must be one of {', '.join(known)}")
    return found
