"""A signal in words: what it says now, by which rules it is trusted, where it comes from and what derives from it."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from app.boards.catalogue import CatalogueRow, Lineage
from app.domain.interval import MINUTE_MS
from app.domain.plant.signals import Signal
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.live import marks


def now_words(row: CatalogueRow, at: int | None, numbers: Numbers) -> list[Component | str]:
    """Return the newest value with its unit, and how old it is."""
    state, value = row.state, row.state.value
    if state.heard is None or at is None:
        return [NONE]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    shown = f"{value:,.4g}".replace(",", "\u202f") if is_number else str(value)
    age = t("catalogue.ago", numbers.lang, age=numbers.duration(max(0, at - state.heard)))
    return [f"{shown} {row.signal.unit}".strip(), html.Small(age)]


def rule_words(signal: Signal, numbers: Numbers) -> str:
    """Return the rules of a signal in one line."""
    lang, words = numbers.lang, []
    if signal.low is not None and signal.high is not None:
        words.append(t("catalogue.rule.range", lang, low=f"{signal.low:g}", high=f"{signal.high:g}", unit=signal.unit))
    if signal.max_rate_per_s is not None:
        words.append(t("catalogue.rule.max_rate", lang, rate=f"{signal.max_rate_per_s * 60:g}", unit=signal.unit))
    if signal.every_ms is not None:
        whole = signal.every_ms % MINUTE_MS == 0
        every = numbers.minutes(signal.every_ms) if whole else numbers.duration(signal.every_ms)
        words.append(t("catalogue.rule.every", lang, every=every))
    if signal.allowed:
        words.append(t("catalogue.rule.allowed", lang, values=", ".join(signal.allowed)))
    if signal.counter is not None:
        words.append(t(f"catalogue.rule.counter.{signal.counter.kind}", lang))
    return " \u00b7 ".join(words) or NONE


def way(lineage: Lineage, lang: str) -> str:
    """Return source -> address -> event -> what derives from it."""
    source = t("catalogue.way.direct", lang)
    if lineage.source is not None:
        source = f"{lineage.source} ({lineage.gateway})"
    feeds = ", ".join(t(f"kpi.{key}", lang) for key in lineage.feeds) or t("catalogue.way.nothing", lang)
    return " \u2192 ".join(part for part in (source, lineage.address, lineage.event, feeds) if part)


def changes(row: CatalogueRow) -> dict[str, Any]:
    """Return the marks of a row: which signal it is."""
    return marks(signal=f"{row.machine}/{row.signal.id}")
