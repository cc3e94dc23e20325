"""Durations, rates and money as people write them, into exact numbers."""

import re
from fractions import Fraction

NS_PER = {
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "min": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}
NS_PER_MS = NS_PER["ms"]
NUMBER = r"(\d{1,15}(?:\.\d{1,9})?)"
DURATION = re.compile(NUMBER + r"\s*(ms|s|min|h|d)")
RATE = re.compile(NUMBER + r"\s*/\s*(ms|s|min|h|d)")
MONEY = re.compile(NUMBER + r"\s*([A-Z]{3})")


class BadUnit(ValueError):
    """The text is no such quantity; the message says what would be right."""


def duration_ns(text: str) -> int:
    """Return a duration in ns. Fractions of a ns are refused: no machine is that fast.

    >>> duration_ns("1.5min")
    90000000000
    """
    amount, unit = _parts(DURATION, text, "a duration such as 500ms, 2s, 1.5min, 1h or 14d")
    ns = Fraction(amount) * NS_PER[unit]
    if ns.denominator != 1:
        raise BadUnit(f"`{text}` is finer than a nanosecond; write a duration such as 0.5ms")
    return int(ns)


def duration_ms(text: str) -> int:
    """Return a duration in whole ms.

    >>> duration_ms("2s")
    2000
    """
    ns = duration_ns(text)
    if ns % NS_PER_MS:
        raise BadUnit(f"`{text}` is finer than a millisecond; write a whole number of ms such as 500ms")
    return ns // NS_PER_MS


def rate_per_s(text: str) -> Fraction:
    """Return a rate per second, exactly.

    >>> rate_per_s("4/min")
    Fraction(1, 15)
    """
    amount, unit = _parts(RATE, text, "a rate such as 7200/h or 4/min")
    return Fraction(amount) * NS_PER["s"] / NS_PER[unit]


def cycle_ns(text: str) -> Fraction:
    """Return the ns one unit takes, exactly, from a cycle time (`500ms`) or a rate (`7200/h`); above zero.

    >>> cycle_ns("7200/h") == cycle_ns("500ms") == 500_000_000
    True
    """
    if RATE.fullmatch(text.strip()):
        per_s = rate_per_s(text)
        if not per_s:
            raise BadUnit(f"`{text}` makes nothing; a rate is above zero, such as 7200/h")
        return NS_PER["s"] / per_s
    if not DURATION.fullmatch(text.strip()):
        raise BadUnit(f"`{text}` is not a cycle time such as 500ms or a rate such as 7200/h")
    ns = Fraction(duration_ns(text))
    if not ns:
        raise BadUnit(f"`{text}` is no time at all; a cycle time is above zero, such as 500ms")
    return ns


def money(text: str) -> tuple[float, str]:
    """Return amount and ISO 4217 currency code.

    >>> money("0.35 EUR")
    (0.35, 'EUR')
    """
    amount, currency = _parts(MONEY, text, "money such as 0.35 EUR")
    return float(amount), currency


def _parts(pattern: re.Pattern[str], text: str, right: str) -> tuple[str, str]:
    found = pattern.fullmatch(text.strip())
    if found is None:
        raise BadUnit(f"`{text}` is not {right}")
    return found[1], found[2]
