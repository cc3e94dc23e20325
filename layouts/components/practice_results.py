"""How practice went: the last run closely, a person's earlier ones in a table. Shown to that person only."""

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from app.boards.practice import PracticeRun
from app.domain.decisions.practice import Feedback, StopFeedback
from app.text.numbers import Numbers
from app.text.said import words
from app.text.translate import t
from layouts.components.live import marks


def results(runs: Sequence[PracticeRun], names: Mapping[str, str], numbers: Numbers) -> list[Component]:
    """Return the feedback on the newest run and the table of all. names: reason id -> name."""
    lang = numbers.lang
    ended = [run for run in runs if run.feedback is not None]
    title = html.H2(
        [html.Span(t("practice.earlier", lang)), html.Span(t("practice.private", lang), className="quiet")],
        className="card__title",
    )
    if not ended:
        return [html.Section([title, html.P(t("practice.earlier.none", lang))], className="card")]
    rows = [row for run in ended for row in _rows(run, names, numbers)]
    keys = ("when", "stop", "yours", "recorded", "rating", "classify", "act")
    head = html.Thead(html.Tr([html.Th(t(f"practice.{key}", lang)) for key in keys]))
    table = html.Table([head, html.Tbody(rows)], className="table table--practice")
    earlier = html.Section([title, html.Div(table, className="scroll")], className="card")
    return [_closely(ended[0], numbers), earlier]


def _closely(run: PracticeRun, numbers: Numbers) -> html.Section:
    lang, told = numbers.lang, run.feedback
    assert told is not None
    advice = [html.Li(words(said, numbers)) for said in told.advice]
    call = html.P(_call(run, told, lang), className="quiet")
    title = html.H2(t("practice.feedback", lang), className="card__title")
    return html.Section([title, call, html.Ul(advice, className="practice__advice")], className="card")


def _call(run: PracticeRun, told: Feedback, lang: str) -> str:
    wanted = run.scene.call
    return t(f"practice.call.{told.call}", lang, call="" if wanted is None else t(f"call.{wanted}", lang))


def _rows(run: PracticeRun, names: Mapping[str, str], numbers: Numbers) -> list[Component]:
    return [] if run.feedback is None else [_row(run, one, names, numbers) for one in run.feedback.stops]


def _row(run: PracticeRun, one: StopFeedback, names: Mapping[str, str], numbers: Numbers) -> html.Tr:
    lang = numbers.lang
    never = t("practice.never", lang)
    said = never if one.said is None else names.get(one.said, one.said)
    rating = html.Span(t(f"practice.rating.{one.rating}", lang), className="tag", **marks(rating=one.rating))
    return html.Tr(
        [
            html.Td(numbers.moment(run.started_at)),
            html.Td(one.stop.machine_name),
            html.Td(said, className="wraps"),
            html.Td(one.stop.reason_name or t("practice.rating.unknown", lang), className="wraps"),
            html.Td(rating),
            html.Td(never if one.classify_ms is None else numbers.minutes(one.classify_ms), className="num"),
            html.Td(never if one.act_ms is None else numbers.minutes(one.act_ms), className="num"),
        ]
    )
