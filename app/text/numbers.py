"""Numbers and times as text for what the server draws; assets/js/00-format.js writes the same way in the browser."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.interval import DAY_MS, HOUR_MS
from app.text.translate import t

LONGEST_NUMBER = 15
NONE, MINUS, THIN = "\u2013", "\u2212", "\u202f"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How one reader reads: language, and the plant's IANA zone. None is an en dash, never 0.

    >>> Numbers("de", "UTC").whole(12481), Numbers("en", "UTC").percent(0.748)
    ('12.481', '74.8 %')
    """

    lang: str
    zone: str

    def decimal(self, value: float, digits: int = 1) -> str:
        """Return a number with fixed digits in the reader's form."""
        text = f"{value:,.{digits}f}".replace("-", MINUS)
        return text.translate(str.maketrans(",.", ".,")) if t("number.comma", self.lang) == "yes" else text

    def whole(self, value: float | None) -> str:
        """Return a count."""
        return NONE if value is None else self.decimal(value, 0)

    def percent(self, value: float | None) -> str:
        """Return a fraction as percent with one decimal."""
        return NONE if value is None else f"{self.decimal(value * 100)} %"

    def points(self, value: float) -> str:
        """Return a difference of fractions in points, with its sign."""
        shown = round(value * 100, 1)
        return f"{_sign(shown)}{self.decimal(abs(shown))}"

    def signed(self, value: float) -> str:
        """Return a difference of counts with its sign."""
        shown = round(value)
        return f"{_sign(shown)}{self.decimal(abs(shown), 0)}"

    def minutes(self, ms: float | None) -> str:
        """Return a duration (ms) to the minute: `1 h 05 min`; under a minute in seconds."""
        if ms is None:
            return NONE
        sign, size = (MINUS if ms < 0 else ""), abs(ms)
        if size < 60_000:
            return f"{sign}{round(size / 1000)}{THIN}{t('unit.s', self.lang)}"
        h, m = divmod(round(size / 60_000), 60)
        tail = f"{m:02}{THIN}{t('unit.min', self.lang)}" if h else f"{m}{THIN}{t('unit.min', self.lang)}"
        return f"{sign}{h}{THIN}{t('unit.h', self.lang)} {tail}" if h else sign + tail

    def span(self, ms: float | None) -> str:
        """Return a duration (ms) as people say it: from two days on in days and hours, else to the minute."""
        if ms is None or abs(ms) < 2 * DAY_MS:
            return self.minutes(ms)
        days, hours = divmod(round(abs(ms) / HOUR_MS), 24)
        sign = MINUS if ms < 0 else ""
        return f"{sign}{days}{THIN}{t('unit.d', self.lang)} {hours}{THIN}{t('unit.h', self.lang)}"

    def duration(self, ms: float | None) -> str:
        """Return a duration (ms) to the second: `1 h 05 min 09 s`."""
        if ms is None:
            return NONE
        s = round(abs(ms) / 1000)
        parts = [(s // 3600, "unit.h"), (s // 60 % 60, "unit.min"), (s % 60, "unit.s")]
        while len(parts) > 1 and parts[0][0] == 0:
            parts.pop(0)
        return (MINUS if ms < 0 else "") + " ".join(
            f"{n:02}{THIN}{t(u, self.lang)}" if i else f"{n}{THIN}{t(u, self.lang)}" for i, (n, u) in enumerate(parts)
        )

    def stamp(self, at: int) -> str:
        """Return plant time as a form's date and time hold it: `2026-11-23T06:00`."""
        return f"{self._local(at):%Y-%m-%dT%H:%M}"

    def clock(self, at: int) -> str:
        """Return plant time of day: `06:00`."""
        return f"{self._local(at):%H:%M}"

    def time(self, at: int) -> str:
        """Return plant time of day to the second: `06:00:09`."""
        return f"{self._local(at):%H:%M:%S}"

    def date(self, at: int) -> str:
        """Return the plant's date in the reader's order."""
        return self._local(at).strftime(t("number.date", self.lang))

    def full_date(self, at: int) -> str:
        """Return the plant's date with its year."""
        day = self.date(at)
        return f"{day}{'' if day.endswith('.') else ' '}{self._local(at).year}"

    def moment(self, at: int) -> str:
        """Return the plant's date and time of day."""
        return f"{self.date(at)} {self.clock(at)}"

    def window(self, start: int, end: int) -> str:
        """Return a window in the plant's time; a window of one day says its date once."""
        return (
            f"{self.moment(start)} \u2013 {self.clock(end) if self.date(start) == self.date(end) else self.moment(end)}"
        )

    def iso_date(self, at: int) -> str:
        """Return the plant's date as an address says it: `2026-11-23`."""
        return self._local(at).date().isoformat()

    def _local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, ZoneInfo(self.zone))


def _sign(value: float) -> str:
    return "+" if value > 0 else MINUS if value < 0 else "\u00b1"


def asked_number(text: str | None) -> int:
    """Return the whole number somebody typed; -1, which nothing takes, when it is none.

    >>> asked_number("12"), asked_number("x"), asked_number(None)
    (12, -1, -1)
    """
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER else -1
