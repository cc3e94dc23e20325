"""One stop closely: what the line's machines, process values, counts, alerts and people did around it."""

from dash import html
from dash.development.base_component import Component

from app.boards.downtime import Act, CloseUp, Counts, Made
from app.domain.alerts.kept import Kept
from app.domain.governance.findings import STOP, Disputed
from app.domain.interval import Interval
from app.text.numbers import NONE, Numbers
from app.text.said import words
from app.text.translate import t
from layouts.components.dispute import dispute_form
from layouts.components.evidence import evidence_plot
from layouts.components.live import aria, marks
from layouts.components.stop_list import Link, bucket, tracks_card

SPANS = ("before", "during", "after")


def close_up_cards(found: CloseUp, link: Link, numbers: Numbers) -> list[Component]:
    """Return one stop: what it was, the line's machines around it, and what was measured, counted, said and done."""
    row, lang = found.stop, numbers.lang
    facts = [
        (t("downtime.col.start", lang), numbers.moment(row.start)),
        (t("downtime.col.duration", lang), numbers.duration(row.ms)),
        (t("downtime.col.machine", lang), row.machine_name),
        (t("downtime.col.reason", lang), row.reason_name or t("downtime.unclassified", lang)),
        (t("downtime.caused", lang), row.caused_by or NONE),
        (t("downtime.col.said_by", lang), row.by or NONE),
    ]
    pairs = html.Dl([item for name, value in facts for item in (html.Dt(name), html.Dd(value))], className="facts")
    close = html.A("\u00d7", href=link(None), className="close", **marks(go=""), **aria(label=t("action.close", lang)))
    head = html.H2([html.Span([bucket(row.bucket.key, lang)]), close], className="card__title")
    parts = [_people(found, numbers), _alerts(found, numbers), _counts(found, numbers), _values(found, numbers)]
    around = html.Div([*parts, _said(found, numbers)], className="close-up__parts")
    span = Interval(row.start, row.start + max(row.ms, 1))
    dispute = dispute_form(row.machine, Disputed(STOP, span), lang)
    return [
        html.Section([head, pairs, around, dispute], className="card close-up"),
        tracks_card(t("downtime.around", lang), (found.tracks, found.window), link, numbers, lang),
    ]


def _part(key: str, content: list[Component], nothing: str, lang: str) -> html.Section:
    shown = content or [html.P(t(nothing, lang), className="quiet")]
    return html.Section([html.H3(t(key, lang)), *shown])


def _people(found: CloseUp, numbers: Numbers) -> html.Section:
    items = [html.Li([numbers.time(act.at), " ", _act(act, found, numbers)]) for act in found.acts]
    acts: list[Component] = [html.Ul(items, className="log")] if items else []
    return _part("downtime.people", acts, "downtime.nobody", numbers.lang)


def _act(act: Act, found: CloseUp, numbers: Numbers) -> str:
    about = act.about
    if act.what == "acknowledge":
        about = next((words(a.raising.rule.title, numbers) for a in found.alerts if str(a.id) == act.about), about)
    elif act.what != "edit":
        about = t(f"call.{act.about}", numbers.lang)
    said = t(f"downtime.act.{act.what}", numbers.lang, by=act.by, about=about)
    return " \u2013 ".join(filter(None, (said, act.note)))


def _alerts(found: CloseUp, numbers: Numbers) -> html.Section:
    items = [_alert(alert, numbers) for alert in found.alerts]
    alerts: list[Component] = [html.Ul(items, className="log")] if items else []
    return _part("page.alerts", alerts, "downtime.no_alerts", numbers.lang)


def _alert(alert: Kept, numbers: Numbers) -> html.Li:
    title = html.A(words(alert.raising.rule.title, numbers), href=f"/alerts?alert={alert.id}", **marks(go=""))
    why = html.Small(words(alert.raising.condition.why, numbers))
    return html.Li([numbers.moment(alert.raised_at), " ", title, " ", why])


def _counts(found: CloseUp, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    heads = ["", *(t(f"downtime.counts.{span}", lang) for span in SPANS)]
    head = html.Tr([html.Th(h, className="num" if i else "") for i, h in enumerate(heads)])
    body = html.Tbody([_count_row(row, numbers) for row in found.counts])
    table = html.Table([html.Thead(head), body], className="table")
    counts: list[Component] = [html.Div(table, className="scroll")] if found.counts else []
    return _part("downtime.counts", counts, "downtime.no_counts", lang)


def _count_row(row: Counts, numbers: Numbers) -> html.Tr:
    return html.Tr([html.Td(row.machine_name), *(_made(part, numbers) for part in (row.before, row.during, row.after))])


def _made(made: Made | None, numbers: Numbers) -> html.Td:
    if made is None:
        return html.Td(NONE, className="num")
    lost = {"reject": made.reject, "rework": made.rework}
    small = [t(f"downtime.counts.{key}", numbers.lang, n=_amount(n, numbers)) for key, n in lost.items() if n]
    return html.Td([_amount(made.good, numbers), html.Small(", ".join(small)) if small else None], className="num")


def _amount(value: float, numbers: Numbers) -> str:
    return numbers.whole(value) if value.is_integer() else numbers.decimal(value, 2)


def _values(found: CloseUp, numbers: Numbers) -> html.Section:
    plots = [plot for value in found.values if (plot := evidence_plot(value, numbers)) is not None]
    drawn: list[Component] = [html.Div(plots, className="close-up__plots")] if plots else []
    return _part("downtime.values", [*drawn, *_word(found.told_word, numbers.lang)], "downtime.no_values", numbers.lang)


def _said(found: CloseUp, numbers: Numbers) -> html.Section:
    events = [html.Li([numbers.time(e.t), " ", e.text]) for e in reversed(found.raw.events)]
    log: list[Component] = [html.Ul(events, className="log log--raw")] if events else []
    said = [*log, *_word(found.raw.word, numbers.lang)]
    return _part("downtime.machines_said", said, "explain.events.none", numbers.lang)


def _word(word: str | None, lang: str) -> list[Component]:
    """Return why events are not all."""
    return [] if word is None else [html.P(t(f"explain.{word}", lang), className="quiet")]
