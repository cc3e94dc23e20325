"""The bell of every page: how many things wait for a person, and a list that leads to each."""

from collections.abc import Sequence
from urllib.parse import quote

from dash import html

from app.boards.needs import Need
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import aria, marks, shape

MOST = 40


def bell(lang: str, *, count_id: str, list_id: str, asked_id: str) -> html.Details:
    """Return the bell; its list is asked for when it opens. asked_id: the store whose change asks."""
    words = t("bell.label", lang)
    mark = html.Span(className="bell__mark", **aria(hidden="true"))
    face = [html.Span(words, className="sr"), mark, html.Span(id=count_id, className="bell__count")]
    return html.Details(
        [html.Summary(face, title=words), html.Div(id=list_id, className="menu__sheet")],
        className="menu menu--right bell",
        **marks(bell=asked_id),
    )


def needs_list(needs: Sequence[Need], lang: str) -> html.Div:
    """Return what waits, each with a link to where it is answered; words when nothing does."""
    if not needs:
        return html.Div(html.P(t("bell.nothing", lang), className="calm bell__nothing"))
    rows = [_call(n, lang) if n.call else _stop(n, lang) for n in needs[:MOST]]
    more = [html.P(t("bell.more", lang, n=len(needs) - MOST), className="menu__group")] if len(needs) > MOST else []
    return html.Div([html.P(t("bell.title", lang), className="menu__group"), *rows, *more])


def _call(need: Need, lang: str) -> html.A:
    at = Numbers(lang, need.zone).clock(need.since)
    said = t("bell.accepted", lang, by=need.accepted_by) if need.accepted_by else t("bell.called", lang, by=need.by)
    return _row("help", t(f"call.{need.call}", lang), f"{need.line_name} · {at} · {said}", f"/line/{need.line}")


def _stop(need: Need, lang: str) -> html.A:
    numbers = Numbers(lang, need.zone)
    what = t("bell.stop", lang, machine=need.machine_name)
    where = f"{need.line_name} · {numbers.clock(need.since)} · {numbers.minutes(need.ms)}"
    return _row(need.bucket or "unknown", what, where, f"/line/{need.line}?stop={quote(need.stop or '', safe='/@')}")


def _row(bucket: str, what: str, where: str, href: str) -> html.A:
    words = html.Span([html.B(what, className="cut"), html.Span(where, className="quiet cut")], className="bell__words")
    return html.A([shape(bucket), words], href=href, className="menu__item bell__item", **marks(go=""))
