"""The bell of every page: alerts nobody has acknowledged, what else waits, and a list that leads to each."""

from collections.abc import Sequence
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from app.boards.needs import AlertNeed, Need
from app.text.numbers import NONE, Numbers
from app.text.said import words as said_in
from app.text.translate import t
from layouts.components.live import aria, marks, shape

MOST = 40
Face = html.Span | None


def bell(lang: str, *, count_ids: tuple[str, str], list_id: str, asked_id: str) -> html.Details:
    """Return the bell; its list is asked for when it opens.

    count_ids: of alerts, and of calls and stops; asked_id: the store whose change asks.
    """
    words = t("bell.label", lang)
    mark = html.Span(className="bell__mark", **aria(hidden="true"))
    alerts, rest = count_ids
    counts = [html.Span(id=alerts, className="bell__count"), html.Span(id=rest, className="bell__rest")]
    face = [html.Span(words, className="sr"), mark, *counts]
    return html.Details(
        [html.Summary(face, title=words), html.Div(id=list_id, className="menu__sheet")],
        className="menu menu--right bell",
        **marks(bell=asked_id),
    )


def needs_list(alerts: Sequence[AlertNeed] | None, needs: Sequence[Need], lang: str) -> html.Div:
    """Return what waits, each with a link to where it is answered; words when nothing does, or nobody can say."""
    if alerts is not None and not alerts and not needs:
        return html.Div(html.P(t("bell.nothing", lang), className="calm bell__nothing"))
    away = [html.P(t("bell.away", lang), className="calm bell__nothing")] if alerts is None else []
    told = _part("bell.alerts", [_alert(alert, lang) for alert in alerts or ()], lang)
    others = _part("bell.title", [_call(n, lang) if n.call else _stop(n, lang) for n in needs], lang)
    return html.Div([*away, *told, *others])


def counts(alerts: Sequence[AlertNeed] | None, needs: Sequence[Need], lang: str) -> tuple[Face, Face]:
    """Return what the bell shows of alerts, and of calls and stops; nothing where nothing waits."""
    rest = _face(str(len(needs)), "bell.rest_n", lang) if needs else None
    if alerts is None:
        return _face("?", "bell.away", lang), rest
    urgent = alerts[0].priority if alerts else None
    return _face(str(len(alerts)), "bell.alerts_n", lang, urgent) if alerts else None, rest


def _face(count: str, key: str, lang: str, priority: str | None = None) -> html.Span:
    """Return a count that says what it counts to those who hear it."""
    said = html.Span(t(key, lang, n=count), className="sr")
    return html.Span([html.Span(count, **aria(hidden="true")), said], **marks(priority=priority))


def _part(title: str, rows: list[html.A], lang: str) -> list[Component]:
    """Return rows under their title, the first of them when there are many."""
    more = [html.P(t("bell.more", lang, n=len(rows) - MOST), className="menu__group")] if len(rows) > MOST else []
    return [html.P(t(title, lang), className="menu__group"), *rows[:MOST], *more] if rows else []


def _alert(alert: AlertNeed, lang: str) -> html.A:
    numbers = Numbers(lang, alert.zone)
    places = " \u00b7 ".join(part for part in (alert.name, alert.line_name) if part) or NONE
    where = f"{places} \u00b7 {numbers.moment(alert.since)} \u00b7 {t(f'alert.priority.{alert.priority}', lang)}"
    mark = html.Span(className="alarm__shape", **aria(hidden="true"))
    badge = html.Span(mark, className="alarm", **marks(alarm="unacknowledged", priority=alert.priority))
    return _row(badge, said_in(alert.title, numbers), where, f"/alerts?alert={alert.alert}")


def _call(need: Need, lang: str) -> html.A:
    at = Numbers(lang, need.zone).clock(need.since)
    said = t("bell.accepted", lang, by=need.accepted_by) if need.accepted_by else t("bell.called", lang, by=need.by)
    if need.people is not None:
        people = ", ".join(need.people)
        said = f"{said} \u00b7 {t('bell.for', lang, people=people) if people else t('alert.nobody_qualified', lang)}"
    return _row(shape("help"), t(f"call.{need.call}", lang), f"{need.line_name} · {at} · {said}", f"/line/{need.line}")


def _stop(need: Need, lang: str) -> html.A:
    numbers = Numbers(lang, need.zone)
    what = t("bell.stop", lang, machine=need.machine_name)
    where = f"{need.line_name} · {numbers.clock(need.since)} · {numbers.minutes(need.ms)}"
    return _row(
        shape(need.bucket or "unknown"), what, where, f"/line/{need.line}?stop={quote(need.stop or '', safe='/@')}"
    )


def _row(mark: html.Span, what: str, where: str, href: str) -> html.A:
    words = html.Span([html.B(what, className="cut"), html.Span(where, className="quiet cut")], className="bell__words")
    return html.A([mark, words], href=href, className="menu__item bell__item", **marks(go=""))
