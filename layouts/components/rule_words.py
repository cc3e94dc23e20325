"""A rule in words: what it watches, where, and when it is silent."""

from collections.abc import Callable

from app.domain.alerts.rule import (
    CallWaits,
    KpiBeyond,
    Rule,
    ScrapBeyond,
    SignalBeyond,
    StateHolds,
    StopsRepeat,
    SuggestionOpen,
    TrendReaches,
    Watch,
)
from app.domain.alerts.rulekeys import TIMES
from app.text.numbers import Numbers
from app.text.translate import t


def watch_words(watch: Watch, numbers: Numbers) -> str:
    """Return what is watched in one line."""
    lang = numbers.lang
    if isinstance(watch, StateHolds):
        states = ", ".join(t(f"bucket.{bucket.key}", lang) for bucket in watch.buckets)
        return t("rules.watch.state", lang, states=states, for_=numbers.minutes(watch.for_ms))
    if isinstance(watch, StopsRepeat):
        return t("rules.watch.stops", lang, count=watch.count, within=numbers.minutes(watch.within_ms))
    if isinstance(watch, SignalBeyond | TrendReaches):
        return _value_words(watch, numbers)
    return _line_words(watch, numbers)


def where_words(rule: Rule, name: str, lang: str) -> str:
    """Return where a rule applies. name: of its place."""
    if rule.template is None:
        return name
    return t("rules.where.template", lang, where=name, template=rule.template)


def timing_words(rule: Rule, numbers: Numbers) -> str:
    """Return when an alert of the rule is raised and cleared, and when not."""
    lang, alert = numbers.lang, rule.alert
    words = [t("rules.delays", lang, on=numbers.minutes(alert.on_delay_ms), off=numbers.minutes(alert.off_delay_ms))]
    if alert.suppressed_in:
        times = ", ".join(t(f"rules.suppressed.{time}", lang) for time in alert.suppressed_in)
        words.append(t("rules.suppressed", lang, times=times))
    return "; ".join(words)


def _value_words(watch: SignalBeyond | TrendReaches, numbers: Numbers) -> str:
    lang, limit = numbers.lang, _limit(watch.above, watch.below, lambda value: f"{value:g}", numbers.lang)
    if isinstance(watch, SignalBeyond):
        span, band = numbers.minutes(watch.for_ms), f"{watch.deadband:g}"
        return t("rules.watch.signal", lang, signal=watch.signal, limit=limit, for_=span, deadband=band)
    within, over = numbers.minutes(watch.within_ms), numbers.minutes(watch.over_ms)
    return t("rules.watch.trend", lang, signal=watch.signal, limit=limit, within=within, over=over)


def _line_words(watch: KpiBeyond | ScrapBeyond | CallWaits | SuggestionOpen, numbers: Numbers) -> str:
    lang = numbers.lang
    if isinstance(watch, KpiBeyond):
        shown = numbers.minutes if watch.figure in TIMES else numbers.percent
        limit = _limit(watch.above, watch.below, shown, lang)
        figure = t(f"rules.figure.{watch.figure}", lang)
        return t("rules.watch.kpi", lang, figure=figure, limit=limit, coverage=numbers.percent(watch.coverage))
    if isinstance(watch, ScrapBeyond):
        limit, over = _limit(watch.above, None, numbers.percent, lang), numbers.minutes(watch.over_ms)
        return t("rules.watch.scrap", lang, limit=limit, over=over, units=numbers.whole(watch.units))
    if isinstance(watch, CallWaits):
        return t("rules.watch.andon", lang, for_=numbers.minutes(watch.for_ms))
    flow, confidence = t(f"rules.flow.{watch.flow}", lang), numbers.percent(watch.confidence)
    return t("rules.watch.suggestion", lang, flow=flow, confidence=confidence)


def _limit(above: float | None, below: float | None, shown: Callable[[float], str], lang: str) -> str:
    if above is not None:
        return t("rules.limit.above", lang, limit=shown(above))
    return t("rules.limit.below", lang, limit=shown(below or 0.0))
