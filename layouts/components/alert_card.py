"""One alert: how it stands, what it says and why, the one next step, proof, who is told next, what may be done."""

from dash import html
from dash.development.base_component import Component

from app.boards.alerts import AlertRow, AlertsBoard
from app.domain.alerts.escalation import read_told
from app.domain.alerts.kept import JUDGEMENTS, AlertEvent
from app.domain.alerts.lifecycle import AlarmState
from app.text.numbers import Numbers
from app.text.said import words
from app.text.translate import has, t
from layouts.components.evidence import evidence_plot
from layouts.components.live import aria, field, marks, slot

SHELVES = ("30", "120", "shift")


def state_badge(state: AlarmState, priority: str, lang: str) -> html.Span:
    """Return the state as colour, shape and word; the colour is that of the priority while it waits for somebody."""
    shape = html.Span(className="alarm__shape", **aria(hidden="true"))
    said = marks(alarm=state.value, priority=priority)
    return html.Span([shape, t(f"alert.state.{state.value}", lang)], className="alarm", **said)


def alert_card(row: AlertRow, board: AlertsBoard, numbers: Numbers) -> html.Article:
    """Return the card of an alert."""
    lang, kept = numbers.lang, row.kept
    parts = [
        html.Div([_head(row, board, numbers), _story(row, numbers)], className="alert__text"),
        evidence_plot(kept.raising.condition.evidence, numbers),
        html.Div([_clock(row, board, numbers), *_actions(row, board, lang)], className="alert__do"),
        _history(row, numbers),
    ]
    said = marks(alert=kept.id, alarm=row.state.value, priority=kept.priority)
    return html.Article([p for p in parts if p is not None], key=f"alert-{kept.id}", className="card alert", **said)


def _head(row: AlertRow, board: AlertsBoard, numbers: Numbers) -> html.Div:
    lang, kept = numbers.lang, row.kept
    where = " \u00b7 ".join(part for part in (row.name, row.line_name) if part)
    age = t("catalogue.ago", lang, age=numbers.minutes(max(0, board.now - kept.raised_at)))
    return html.Div(
        [
            state_badge(row.state, kept.priority, lang),
            html.Span(t(f"alert.priority.{kept.priority}", lang), className="tag", **marks(priority=kept.priority)),
            html.Span(where, className="alert__where"),
            html.Span(f"{numbers.moment(kept.raised_at)} \u00b7 {age}", className="quiet"),
        ],
        className="alert__head",
    )


def _story(row: AlertRow, numbers: Numbers) -> html.Div:
    rule, lang = row.kept.raising.rule, numbers.lang
    parts: list[Component] = [
        html.H2(words(rule.title, numbers), className="alert__title"),
        html.P(words(row.kept.raising.condition.why, numbers)),
        html.P([html.B(t("alert.next", lang)), " ", words(rule.response, numbers)], className="alert__next"),
        html.P(t("alert.otherwise", lang, what=words(rule.consequence, numbers)), className="quiet"),
    ]
    if rule.playbook:
        parts.append(html.P(t("alert.playbook", lang, name=rule.playbook), className="quiet"))
    return html.Div(parts)


def _clock(row: AlertRow, board: AlertsBoard, numbers: Numbers) -> html.P:
    """Say who answers it, who knows, and who is told when nobody does."""
    lang, kept = numbers.lang, row.kept
    said = [t("alert.owner", lang, who=t(f"role.{kept.owner}", lang))]
    if kept.acknowledged_at is not None and kept.acknowledged_by is not None:
        at = numbers.clock(kept.acknowledged_at)
        said.append(t("alert.known_by", lang, who=kept.acknowledged_by, at=at))
    asked = [read_told(event.why)[2] for event in row.history if event.what == "told" and event.why]
    people = next((one for one in asked if one is not None), None)
    if people is not None and row.state is AlarmState.UNACKNOWLEDGED:
        said.append(t("alert.qualified", lang, people=people) if people else t("alert.passed_on", lang))
    if row.next_told is not None:
        in_ms = max(0, row.next_told.at - board.now)
        who, how = row.next_told.step.who, t(f"alert.channel.{row.next_told.step.channel}", lang)
        said.append(t("alert.told_next", lang, who=t(f"role.{who}", lang), how=how, age=numbers.minutes(in_ms)))
    elif row.told and row.state is AlarmState.UNACKNOWLEDGED:
        said.append(t("alert.all_told", lang))
    return html.P([html.Span(one) for one in said], className="alert__clock quiet")


def _actions(row: AlertRow, board: AlertsBoard, lang: str) -> list[Component]:
    of = {"value_alert": row.kept.id, "value_saw": row.standing.version}
    found: list[Component] = []
    if board.may_answer and row.state in (AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED):
        press = marks(ask="acknowledge", **of)
        word = t("alert.acknowledge", lang)
        found.append(html.Button(word, type="button", className="button button--main", **press))
    if board.may_shelve and row.state not in (AlarmState.NORMAL, AlarmState.SHELVED):
        found.append(_shelf(row, of, lang))
    if board.may_judge:
        found.append(_judge(row, board, lang))
    return found


def _shelf(row: AlertRow, of: dict[str, int], lang: str) -> html.Details:
    times = [
        html.Button(
            t(f"alert.shelve.{choice}", lang), type="submit", className="button", **marks(value_shelf=choice, **of)
        )
        for choice in SHELVES
    ]
    rule = row.kept.raising.rule.id
    out = html.Button(
        t("alert.take_out", lang),
        type="submit",
        className="button button--quiet",
        **marks(send="take_out", value_rule=rule, value_equipment=row.standing.equipment, **of),
    )
    reason = slot("reason", maxlength="300", required="required", autocomplete="off")
    form = html.Form(
        [field(t("alert.reason", lang), reason), html.Div(times, className="alert__shelves"), out],
        className="alert__form",
        **marks(send="shelve"),
    )
    return html.Details([html.Summary(t("alert.shelve", lang), className="button"), form], className="alert__more")


def _judge(row: AlertRow, board: AlertsBoard, lang: str) -> html.Div:
    mine = row.judged_by(board.who)
    buttons = [
        html.Button(
            t(f"alert.verdict.{verdict}", lang),
            type="button",
            className="button button--quiet",
            **marks(ask="judge", value_alert=row.kept.id, value_verdict=verdict),
            **aria(pressed="true" if verdict == mine else "false"),
        )
        for verdict in JUDGEMENTS
    ]
    about = html.Span(t("alert.judge", lang), className="quiet")
    return html.Div([about, *buttons], className="alert__judge", role="group", **aria(label=t("alert.judge", lang)))


def _history(row: AlertRow, numbers: Numbers) -> html.Details | None:
    if not row.history:
        return None
    items = [html.Li(_event(event, numbers)) for event in row.history]
    head = html.Summary(t("alert.history", numbers.lang, n=len(items)), className="quiet")
    return html.Details([head, html.Ol(items)], className="alert__history")


def _event(event: AlertEvent, numbers: Numbers) -> str:
    lang = numbers.lang
    what = t(f"alert.event.{event.what}", lang)
    by = t("alert.by_rule", lang) if event.by is None else event.by
    parts = [f"{numbers.date(event.at)} {numbers.time(event.at)}", what, by, _why(event, lang)]
    return " \u00b7 ".join(part for part in parts if part)


def _why(event: AlertEvent, lang: str) -> str:
    """Return a reason in words: a person's as written, a rule's from the texts."""
    if event.why is None:
        return ""
    if event.what == "told":
        who, channel, people = read_told(event.why)
        said = f"{t(f'role.{who}', lang)}, {t(f'alert.channel.{channel}', lang)}"
        return said if people is None else f"{said}: {people or t('alert.nobody_qualified', lang)}"
    for prefix in ("alert.verdict.", "alert.suppressed."):
        if has(prefix + event.why):
            return t(prefix + event.why, lang)
    return event.why
