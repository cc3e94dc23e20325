"""Findings as issues with an owner: what was seen, until when it should be closed, who took it on, what it was."""

from dash import html
from dash.development.base_component import Component

from app.boards.catalogue import CatalogueBoard
from app.domain.governance.findings import CAUSES, STOP, Disputed, Issue
from app.text.details import detail, rule_name
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.live import choices, field, marks, slot
from layouts.components.opens import figure_name

MOST_CLOSED = 20


def issue_list(board: CatalogueBoard, numbers: Numbers, *, may_care: bool) -> list[Component]:
    """Return how the plant deals with findings, what is open, and what was closed lately."""
    lang, now = numbers.lang, board.at or 0
    left = sorted((i for i in board.issues if i.closed is None), key=lambda i: (i.due, i.equipment, i.key))
    done = [i for i in board.issues if i.closed is not None][:MOST_CLOSED]
    parts: list[Component] = [_statistics(board, numbers)]
    if not left:
        parts.append(html.Section(html.P(t("findings.none", lang), className="quiet"), className="card table-card"))
    else:
        rows = [_open(issue, board, numbers, now, may_care=may_care) for issue in left]
        parts.append(_table(t("findings.open", lang), ("what", "about", "seen", "owner", "due", "do"), rows, lang))
    if done:
        rows = [_closed(issue, board, numbers) for issue in done]
        parts.append(_table(t("findings.closed", lang), ("what", "about", "seen", "cause", "closed_by"), rows, lang))
    return parts


def _statistics(board: CatalogueBoard, numbers: Numbers) -> html.Section:
    told, lang = board.statistics, numbers.lang
    facts = (
        ("open", numbers.whole(told.open)),
        ("overdue", numbers.whole(told.overdue)),
        ("closed_30", numbers.whole(told.closed)),
        ("to_accept", numbers.minutes(told.to_accept_ms)),
        ("to_close", numbers.minutes(told.to_close_ms)),
        ("no_fault", numbers.whole(told.no_fault)),
    )
    tiles = [
        html.Div([html.Span(t(f"findings.stat.{key}", lang)), html.B(value)], className="stat") for key, value in facts
    ]
    return html.Section(tiles, className="card stats")


def _table(title: str, keys: tuple[str, ...], rows: list[html.Tr], lang: str) -> html.Section:
    heads = html.Tr([html.Th(t(f"findings.{key}", lang)) for key in keys])
    table = html.Table([html.Thead(heads), html.Tbody(rows)], className="table table--issues")
    return html.Section(
        [html.H2(title, className="card__title"), html.Div(table, className="scroll")], className="card table-card"
    )


def _what(issue: Issue, lang: str) -> html.Td:
    return html.Td([html.B(rule_name(issue.rule, lang)), html.Small(detail(issue.detail, lang))], className="wraps")


def _about(issue: Issue, board: CatalogueBoard, numbers: Numbers) -> html.Td:
    name = board.names.get(issue.equipment, issue.equipment)
    line = board.names.get(issue.equipment.rpartition("/")[0], "")
    return html.Td([name, html.Small(" \u00b7 ".join(part for part in (_subject(issue, numbers), line) if part))])


def _subject(issue: Issue, numbers: Numbers) -> str | None:
    """The signal behind a rule; or the figure or stop that somebody disputes, and when it was."""
    disputed = Disputed.of(issue)
    if disputed is None:
        return issue.signal
    name = figure_name("dispute.stop" if disputed.about == STOP else disputed.about, numbers.lang)
    return f"{name}, {numbers.moment(disputed.window.start)} \u2013 {numbers.moment(disputed.window.end)}"


def _seen(issue: Issue, numbers: Numbers, now: int) -> html.Td:
    last = t("findings.lasting", numbers.lang) if issue.is_lasting(now) else numbers.moment(issue.until)
    return html.Td([numbers.moment(issue.since), html.Small(f"{last} \u00b7 {numbers.whole(issue.times)}\u00d7")])


def _open(issue: Issue, board: CatalogueBoard, numbers: Numbers, now: int, *, may_care: bool) -> html.Tr:
    lang = numbers.lang
    due = html.Td(
        [numbers.moment(issue.due), html.Small(t("findings.overdue", lang)) if issue.is_overdue(now) else None],
        **marks(overdue="yes" if issue.is_overdue(now) else None),
    )
    cells = [
        _what(issue, lang),
        _about(issue, board, numbers),
        _seen(issue, numbers, now),
        html.Td(issue.owner or NONE),
        due,
    ]
    return html.Tr([*cells, html.Td(_actions(issue, lang, may_care=may_care))], **marks(issue=_id(issue)))


def _id(issue: Issue) -> str:
    return f"{issue.equipment}|{issue.key}"


def _actions(issue: Issue, lang: str, *, may_care: bool) -> list[Component]:
    of = {"value_equipment": issue.equipment, "value_rule": issue.key}
    taken = [] if issue.accepted is None else [html.Small(t("findings.taken_by", lang, by=issue.accepted.by))]
    if not may_care:
        return [*taken]
    accept = html.Button(t("findings.accept", lang), type="button", className="button", **marks(ask="accept", **of))
    causes = {cause: t(f"findings.cause.{cause}", lang) for cause in CAUSES}
    form = html.Form(
        [
            field(t("findings.cause", lang), choices("cause", causes)),
            field(t("downtime.note", lang), slot("note", maxlength="500", autocomplete="off")),
            html.Button(t("findings.close", lang), type="submit", className="button button--main", **marks(**of)),
        ],
        className="issue__form",
        **marks(send="close"),
    )
    more = html.Details([html.Summary(t("findings.close", lang), className="button"), form], className="issue__close")
    return [*taken, html.Div([*([] if issue.accepted else [accept]), more], className="issue__do")]


def _closed(issue: Issue, board: CatalogueBoard, numbers: Numbers) -> html.Tr:
    lang, closed = numbers.lang, issue.closed
    assert closed is not None
    cause = html.Td([t(f"findings.cause.{closed.cause}", lang), html.Small(closed.note or "")], className="wraps")
    by = html.Td([closed.by, html.Small(numbers.moment(closed.at))])
    return html.Tr([_what(issue, lang), _about(issue, board, numbers), _seen(issue, numbers, closed.at), cause, by])
