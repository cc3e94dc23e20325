"""The panel behind every number: formula with its own figures, buckets, episodes, rates, edits, events, profiles."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from app.boards.explain import Edit, Explanation, RawEvent, Term
from app.domain.accounting.buckets import Episode
from app.domain.governance.findings import Disputed
from app.domain.interval import Interval
from app.text.numbers import NONE, Numbers
from app.text.translate import has, t
from layouts.components.dispute import dispute_form
from layouts.components.explain_counted import (
    calls_section,
    dearest_line,
    figure_words,
    folded,
    mean_words,
    section,
    shares_section,
    stops_section,
)
from layouts.components.live import aria, icon_button, marks
from layouts.components.opens import figure_name
from layouts.components.trust_parts import trust_section

_FOLDED = 120


def explain_panel(board: Explanation, names: Mapping[str, str], lang: str) -> html.Aside:
    """Return the open panel; names: reason id -> name."""
    numbers = Numbers(lang, board.zone)
    parts = [
        _head(board, numbers, lang),
        _formula(board, numbers, lang),
        _buckets(board, numbers, lang),
        shares_section(board, numbers),
        _profiles(board, numbers, lang),
        stops_section(board, numbers),
        calls_section(board, numbers),
        _episodes(board, names, numbers, lang),
        _rates(board, numbers, lang),
        _edits(board, names, numbers, lang),
        _events(board, numbers, lang),
        trust_section(board.trust, numbers, lang),
        _sources(board, numbers, lang),
        dearest_line(board, numbers),
        dispute_form(board.equipment, Disputed(board.kpi, Interval(board.row.from_, board.row.to)), lang),
    ]
    return html.Aside(
        [p for p in parts if p is not None],
        className="panel",
        role="dialog",
        **aria(label=t("explain.title", lang)),
    )


def problem_panel(text: str, lang: str) -> html.Aside:
    """Return the open panel when the number cannot be explained now: why, in words."""
    head = html.Div(
        [html.H2(t("explain.title", lang), className="sheet__title"), _close(lang)],
        className="sheet__head",
    )
    return html.Aside([head, html.P(text, className="note")], className="panel", role="dialog")


def _close(lang: str) -> html.Button:
    return icon_button(t("action.close", lang), cls="close panel__close", close="")


def _head(board: Explanation, numbers: Numbers, lang: str) -> html.Div:
    row = board.row
    window = numbers.window(row.from_, row.to)
    return html.Div(
        [
            html.Div(
                [
                    html.H2(figure_name(board.kpi, lang), className="sheet__title"),
                    html.P(f"{board.name} · {window}", className="quiet"),
                    html.P(figure_words(board.kpi, board.value, numbers), className="panel__value"),
                ]
            ),
            _close(lang),
        ],
        className="sheet__head",
    )


def _formula(board: Explanation, numbers: Numbers, lang: str) -> html.Div:
    words = t(board.formula, lang) if has(board.formula) else board.formula
    terms = [part for term in board.terms for part in _term(term, numbers, lang)]
    figures = html.Dl(terms, className="facts formula__figures")
    parts = [html.P(words, className="formula__words"), figures, mean_words(board, numbers)]
    return html.Div([part for part in parts if part is not None], className="formula")


def _term(term: Term, numbers: Numbers, lang: str) -> list[Component]:
    shown = {"ms": numbers.duration, "count": numbers.whole}.get(term.kind, numbers.percent)(term.value)
    name = next((t(k, lang) for k in (f"term.{term.key}", f"bucket.{term.key}", f"kpi.{term.key}") if has(k)), term.key)
    swatch = [html.Span(className="swatch", **marks(bucket=term.bucket))] if term.bucket else []
    return [html.Dt([*swatch, name]), html.Dd(shown, className="num")]


def _buckets(board: Explanation, numbers: Numbers, lang: str) -> html.Section | None:
    found: list[Component] = []
    for key, ms in board.row.buckets_ms.items():
        found += [
            html.Dt([html.Span(className="swatch", **marks(bucket=key)), t(f"bucket.{key}", lang)]),
            html.Dd(numbers.duration(ms), className="num"),
        ]
    total = numbers.duration(sum(board.row.buckets_ms.values()))
    sum_row = [html.Dt(html.B(t("explain.sum", lang))), html.Dd(html.B(total), className="num")]
    return section(t("explain.buckets", lang), [html.Dl([*found, *sum_row], className="facts")])


def _profiles(board: Explanation, numbers: Numbers, lang: str) -> html.Section | None:
    differs = len({value for _, value in board.by_profile}) > 1
    items = [
        part
        for key, value in (board.by_profile if differs else ())
        for part in (
            html.Dt(key + (" ✓" if key == board.profile else "")),
            html.Dd(figure_words(board.kpi, value, numbers), className="num"),
        )
    ]
    return section(t("explain.profiles", lang), [html.Dl(items, className="facts")] if items else [])


def _episodes(board: Explanation, names: Mapping[str, str], numbers: Numbers, lang: str) -> html.Section | None:
    items = [_episode(e, names, numbers, board, lang) for e in board.episodes[:_FOLDED]]
    hidden = board.more_episodes + max(0, len(board.episodes) - _FOLDED)
    rest = [html.P(t("explain.more_episodes", lang, n=hidden), className="quiet")] if hidden else []
    return section(t("explain.episodes", lang), folded(items, lang), *rest)


def _episode(e: Episode, names: Mapping[str, str], numbers: Numbers, board: Explanation, lang: str) -> html.Li:
    end = e.end if e.end is not None else board.row.to
    what = names.get(e.reason or "", e.reason or t("explain.no_reason", lang))
    who = f" · {e.attested_by}" if e.attested_by else ""
    place = e.machine.removeprefix(board.equipment).strip("/")
    where = [html.Span(place, className="quiet")] if place else []
    return html.Li(
        [
            html.Span(
                [
                    html.Span(className="swatch", **marks(bucket=e.bucket.key)),
                    f" {numbers.clock(e.start)} {t(f'bucket.{e.bucket.key}', lang)} · {what}{who} ",
                    *where,
                ]
            ),
            html.Span(numbers.duration(end - e.start), className="num"),
        ]
    )


def _rates(board: Explanation, numbers: Numbers, lang: str) -> html.Section | None:
    items = [
        html.Li(
            [
                html.Span(f"{r.machine.rsplit('/', 1)[-1]} · {r.product or NONE} ({r.basis})"),
                html.Span(
                    t("explain.rate", lang, cycle=numbers.decimal(r.cycle_ms), units=numbers.whole(r.units)),
                    className="num",
                ),
            ]
        )
        for r in board.rates
    ]
    return section(t("explain.rates", lang), [html.Ul(items, className="list-plain")] if items else [])


def _edits(board: Explanation, names: Mapping[str, str], numbers: Numbers, lang: str) -> html.Section | None:
    items = [_edit(e, names, numbers, lang) for e in board.edits]
    body: list[Component] = (
        [html.Ul(items, className="list-plain")] if items else [html.P(t("explain.no_edits", lang), className="quiet")]
    )
    return section(t("explain.edits", lang), body)


def _edit(e: Edit, names: Mapping[str, str], numbers: Numbers, lang: str) -> html.Li:
    """Who, when, what about when; under it what was there before, and why."""
    place = e.equipment.rsplit("/", 1)[-1]
    about = f" ({place} {numbers.clock(e.begins)})" if e.begins is not None else ""
    original = names.get(e.original or "", e.original or t("explain.no_reason", lang))
    words = t("explain.original", lang, original=original)
    before = [html.Span(words, className="quiet")] if e.kind == "classify" else []
    why = [html.Span(t("explain.why", lang, note=e.note), className="quiet")] if e.note else []
    head = html.Span(f"{numbers.date(e.at)} {numbers.clock(e.at)} {e.by}: {names.get(e.what, e.what)}{about}")
    return html.Li([head, *before, *why], className="list-plain__stack")


def _events(board: Explanation, numbers: Numbers, lang: str) -> html.Section | None:
    items = [_event(e, numbers) for e in board.raw.events]
    word = board.raw.word
    rest = [html.P(t(f"explain.{word}", lang), className="quiet")] if word else []
    return section(t("explain.events", lang), [*folded(items, lang), *rest])


def _event(e: RawEvent, numbers: Numbers) -> html.Li:
    return html.Li(html.Span(f"{numbers.time(e.t)} {e.text}", className="mono", title=f"{e.source} \u00b7 {e.id}"))


def _sources(board: Explanation, numbers: Numbers, lang: str) -> html.P:
    as_of = numbers.clock(board.as_of) if board.as_of is not None else NONE
    words = [t("explain.sources", lang, profile=board.profile, plant=board.plant_version, as_of=as_of)]
    if board.is_live:
        told = NONE if board.history_to is None else numbers.time(board.history_to)
        words.append(t("explain.history_to", lang, at=told))
    return html.P(" \u00b7 ".join(words), className="quiet")
