"""Reading what a rule of a rules file watches: the parameters of its kind."""

from collections.abc import Callable, Mapping

from app.domain.accounting.buckets import BUCKETS, Bucket
from app.domain.alerts.rule import (
    CallWaits,
    KpiBeyond,
    ScrapBeyond,
    SignalBeyond,
    StateHolds,
    StopsRepeat,
    SuggestionOpen,
    TrendReaches,
    Watch,
)
from app.domain.alerts.rulekeys import FIGURES, TIMES
from app.domain.alerts.rulewhere import Where
from app.domain.alerts.rulewords import one_of, several_of, share, whole
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS
from app.domain.plant.form import Form, number, suggestion
from app.domain.suggestion import FLOWS
from app.domain.units import duration_ms

LONGEST_MS = DAY_MS
_STATES = tuple(bucket.key for bucket in BUCKETS)


def watch_of(form: Form, kind: str | None, where: Where) -> Watch:
    """Return what is watched; notes what is missing or wrong. kind None: it is wrong, and noted already."""
    return _READERS[kind](form, where) if kind is not None else CallWaits(0)


def _state(form: Form, where: Where) -> StateHolds:
    states = several_of(form, "states", _STATES)
    if "states" not in form:
        form.wrong("states", "`states` is missing", f"a list of: {', '.join(_STATES)}")
    buckets = tuple(Bucket[state.upper()] for state in states)
    return StateHolds(buckets, _span(form, "for"), _reasons(form, where))


def _stops(form: Form, where: Where) -> StopsRepeat:
    form.needed("count", "how many stops, such as 5")
    return StopsRepeat(form.parsed("count", whole, 1), _span(form, "within"), _reasons(form, where))


def _signal(form: Form, where: Where) -> SignalBeyond:
    above, below = _limits(form, number)
    deadband = form.parsed("deadband", number, 0.0)
    if deadband < 0:
        form.wrong("deadband", "below zero", "0 or more, in the signal's unit")
    return SignalBeyond(_signal_id(form, where), above, below, _span(form, "for"), deadband, _running(form))


def _trend(form: Form, where: Where) -> TrendReaches:
    above, below = _limits(form, number)
    over = _span(form, "over", least=10 * MINUTE_MS)
    return TrendReaches(_signal_id(form, where), above, below, _span(form, "within"), over, _running(form))


def _kpi(form: Form, where: Where) -> KpiBeyond:
    figure = one_of(form, "figure", FIGURES) or FIGURES[0]
    above, below = _limits(form, _time if figure in TIMES else share)
    coverage = form.parsed("coverage", share, where.plant.coverage_floor)
    return KpiBeyond(figure, above, below, coverage, _span(form, "after") if "after" in form else 0)


def _scrap(form: Form, _: Where) -> ScrapBeyond:
    form.needed("above", "a share of rejects such as 0.03")
    over = _span(form, "over", least=HOUR_MS)
    if over % HOUR_MS:
        form.wrong(
            "over", f"`{form.text('over')}` is not in full hours", "full hours such as 1h or 2h: counts are kept so"
        )
    return ScrapBeyond(form.parsed("above", share, 0.0), over, form.parsed("units", whole, 1))


def _andon(form: Form, _: Where) -> CallWaits:
    return CallWaits(_span(form, "for"))


def _suggestion(form: Form, _: Where) -> SuggestionOpen:
    form.needed("confidence", "a share such as 0.7")
    return SuggestionOpen(one_of(form, "flow", FLOWS) or FLOWS[0], form.parsed("confidence", share, 0.0))


_READERS: Mapping[str, Callable[[Form, Where], Watch]] = {
    "state": _state,
    "stops": _stops,
    "signal": _signal,
    "trend": _trend,
    "kpi": _kpi,
    "scrap": _scrap,
    "andon": _andon,
    "suggestion": _suggestion,
}


def _limits(form: Form, parse: Callable[[str], float]) -> tuple[float | None, float | None]:
    given = [key for key in ("above", "below") if key in form]
    if len(given) != 1:
        wrong = "both `above` and `below`" if given else "neither `above` nor `below`"
        form.wrong("above", wrong, "one of them: two limits are two rules")
    above, below = (form.parsed(key, parse, None) for key in ("above", "below"))
    return above, below


def _span(form: Form, key: str, least: int = 0) -> int:
    form.needed(key, "a duration such as 10min")
    found = form.parsed(key, duration_ms, least)
    if not least <= found <= LONGEST_MS:
        form.wrong(
            key, f"`{form.text(key)}` is out of bounds", f"from {least // MINUTE_MS}min to {LONGEST_MS // HOUR_MS}h"
        )
    return found


def _running(form: Form) -> bool:
    return form.boolean("running") if "running" in form else True


def _time(text: str) -> float:
    return float(duration_ms(text))


def _reasons(form: Form, where: Where) -> tuple[str, ...]:
    return several_of(form, "reasons", tuple(reason.id for reason in where.plant.reasons.leaves()))


def _signal_id(form: Form, where: Where) -> str:
    own_id = form.needed("signal", "the id of a signal such as vibration")
    machines = list(where.machines())
    known = sorted({key for machine in machines for key, s in machine.signals.items() if s.counter is None})
    if own_id and own_id not in known:
        form.wrong("signal", f"no machine meant here has a process value `{own_id}`", suggestion(own_id, known))
    return own_id
