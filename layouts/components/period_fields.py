"""The fields with which a page's period is chosen: so many days up to now, or from one day to another."""

from collections.abc import Sequence

from dash import html

from app.boards.period import Period
from app.domain.interval import DAY_MS
from app.text.translate import t
from layouts.components.live import day, field, picker


def period_fields(period: Period, offered: Sequence[int], lang: str) -> list[html.Label]:
    """Return the fields; while two dates hold, no number of days is chosen. offered: days."""
    options = {str(n): t("shifts.last_day" if n == 1 else "shifts.last_days", lang, n=n) for n in offered}
    days = None if period.since is not None else str(round(period.window.length / DAY_MS))
    return [
        field(t("shifts.days", lang), picker("days", options, days, first=t("shifts.by_date", lang))),
        field(t("shifts.since", lang), day("since", period.since)),
        field(t("shifts.until", lang), day("until", period.until)),
    ]
