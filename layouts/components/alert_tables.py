"""Tables of the alerts page: what is off the screen, how alerts treat people, what rules are worth."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app.boards.alerts import AlertsBoard, HiddenRow, RuleRow
from app.domain.alerts.condition import PRIORITIES
from app.domain.alerts.health import TARGET_MIX, TARGET_PEAK, TARGET_PER_HOUR, Health
from app.domain.alerts.lifecycle import AlarmState
from app.domain.alerts.worth import Share
from app.text.numbers import NONE, Numbers
from app.text.said import words
from app.text.translate import has, t
from layouts.components.alert_card import state_badge
from layouts.components.live import marks

RIGHT = frozenset({"per_hour", "peak", "flood", "chattering", "fleeting", "stale", "alerts"})


def hidden_table(board: AlertsBoard, numbers: Numbers) -> Component:
    """Return what is shelved, suppressed or out of service: since when, until when, why, by whom."""
    lang = numbers.lang
    if not board.hidden:
        return nothing("alert.none.hidden", lang)
    keys = ("state", "what", "since", "until", "reason", "do")
    return table("hidden", keys, [_hidden(row, board, numbers) for row in board.hidden], lang)


def _hidden(row: HiddenRow, board: AlertsBoard, numbers: Numbers) -> html.Tr:
    lang, standing, alarm = numbers.lang, row.standing, row.standing.alarm
    title = standing.rule if row.title is None else words(row.title, numbers)
    where = " \u00b7 ".join(part for part in (row.name, row.line_name) if part)
    until = t("alert.until.back", lang) if alarm.state is AlarmState.OUT_OF_SERVICE else t("alert.until.over", lang)
    if alarm.until is not None:
        until = numbers.moment(alarm.until)
    reason = alarm.reason or ""
    said = t(f"alert.suppressed.{reason}", lang) if has(f"alert.suppressed.{reason}") else reason
    who = t("alert.by_rule", lang) if alarm.state is AlarmState.SUPPRESSED_BY_DESIGN else standing.by or ""
    return html.Tr(
        [
            html.Td([state_badge(alarm.state, "low", lang), _active(alarm.is_active, lang)]),
            html.Td([html.B(title), html.Small(where)], className="wraps"),
            html.Td(numbers.moment(alarm.since)),
            html.Td(until),
            html.Td([said, html.Small(who)], className="wraps"),
            html.Td(_undo(row, board, lang)),
        ],
        **marks(hidden=f"{standing.rule}|{standing.equipment}"),
    )


def _active(is_active: bool, lang: str) -> html.Small:
    return html.Small(t("alert.holds" if is_active else "alert.holds_not", lang))


def _undo(row: HiddenRow, board: AlertsBoard, lang: str) -> html.Button | None:
    what = {AlarmState.SHELVED: "unshelve", AlarmState.OUT_OF_SERVICE: "back"}.get(row.standing.alarm.state)
    if what is None or not board.may_shelve:
        return None
    s = row.standing
    press = marks(ask=what, value_rule=s.rule, value_equipment=s.equipment, value_saw=s.version)
    return html.Button(t(f"alert.{what}", lang), type="button", className="button", **press)


def health_table(board: AlertsBoard, numbers: Numbers) -> Component:
    """Return the figures of DOMAIN section 9 for each role and area, with their targets."""
    lang = numbers.lang
    if not board.health:
        return nothing("alert.none.health", lang)
    keys = ("role", "per_hour", "peak", "flood", "mix", "chattering", "fleeting", "stale")
    foot = t("alert.health.foot", lang, days=board.days)
    return table("health", keys, [_health(row, numbers) for row in board.health], lang, foot)


def _health(row: Health, numbers: Numbers) -> html.Tr:
    lang = numbers.lang
    bad = t("alert.above", lang)
    return html.Tr(
        [
            html.Td([html.B(t(f"role.{row.owner}", lang)), html.Small(row.area)]),
            _figure(
                NONE if row.per_hour is None else numbers.decimal(row.per_hour, 2),
                t("alert.target", lang, target=numbers.decimal(TARGET_PER_HOUR, 0)),
                bad if row.per_hour is not None and row.per_hour > TARGET_PER_HOUR else None,
            ),
            _figure(
                numbers.whole(row.peak),
                t("alert.target", lang, target=TARGET_PEAK),
                bad if row.peak > TARGET_PEAK else None,
            ),
            _figure(numbers.minutes(row.flood_ms), "", bad if row.flood_ms else None),
            _mix(row, numbers),
            _figure(numbers.whole(len(row.chattering)), _names(row.chattering), bad if row.chattering else None),
            _figure(numbers.whole(row.fleeting), t("alert.target", lang, target=0), bad if row.fleeting else None),
            _figure(numbers.whole(len(row.stale)), _names(row.stale), bad if row.stale else None),
        ]
    )


def _names(found: Sequence[tuple[str, str]]) -> str:
    return ", ".join(sorted({rule for rule, _ in found})[:3])


def _figure(value: str, small: str, bad: str | None) -> html.Td:
    foot = small if bad is None else f"{small} \u00b7 {bad}".strip(" \u00b7")
    return html.Td([value, html.Small(foot)], className="num", **marks(bad=None if bad is None else "yes"))


def _mix(row: Health, numbers: Numbers) -> html.Td:
    lang = numbers.lang
    if not row.count:
        return html.Td(NONE)
    order = PRIORITIES[::-1]
    now = " / ".join(numbers.decimal(100 * row.mix[p] / row.count, 0) for p in order)
    target = " / ".join(numbers.decimal(100 * TARGET_MIX[p], 0) for p in order)
    return html.Td([f"{now} %", html.Small(t("alert.target", lang, target=f"{target} %"))])


def rules_table(board: AlertsBoard, numbers: Numbers) -> Component:
    """Return each rule with how often it was right, what it foresaw, and whether it is proposed for retirement."""
    lang = numbers.lang
    if not board.rules:
        return nothing("alert.none.rules", lang)
    keys = ("rule", "alerts", "precision", "recall", "verdict")
    foot = t("alert.rules.foot", lang, days=board.days)
    return table("rules", keys, [_rule(row, numbers) for row in board.rules], lang, foot)


def _rule(row: RuleRow, numbers: Numbers) -> html.Tr:
    lang, rule, worth = numbers.lang, row.rule, row.worth
    owner = t(f"role.{rule.owner}", lang) if rule.owner and has(f"role.{rule.owner}") else NONE
    priority = t(f"alert.priority.{rule.priority}", lang) if has(f"alert.priority.{rule.priority}") else NONE
    known = t("alert.n_known", lang, n=worth.known) if worth.known else ""
    return html.Tr(
        [
            html.Td([html.B(words(rule.title, numbers)), html.Small(f"{priority} \u00b7 {owner}")], className="wraps"),
            html.Td(numbers.whole(worth.alerts), className="num"),
            html.Td([_share(worth.precision, "alert.of_judged", numbers), html.Small(known)]),
            html.Td(_share(worth.recall, "alert.of_stops", numbers)),
            html.Td(_verdict(row, numbers), className="wraps"),
        ],
        **marks(rule=rule.id, retire="yes" if worth.is_proposed else None),
    )


def _share(found: Share, of: str, numbers: Numbers) -> html.Span:
    n = t(of, numbers.lang, k=found.k, n=found.n)
    if found.mid is None or found.low is None or found.high is None:
        return html.Span([NONE, html.Small(n)])
    low, high = numbers.decimal(100 * found.low, 0), numbers.decimal(100 * found.high, 0)
    return html.Span([numbers.percent(found.mid), html.Small(f"{low}\u2013{high} % \u00b7 {n}")])


def _verdict(row: RuleRow, numbers: Numbers) -> list[Component | str]:
    lang = numbers.lang
    if row.gone_at is not None:
        return [t("alert.rule.gone", lang, at=numbers.moment(row.gone_at))]
    if row.faults:
        return [html.B(t("alert.rule.off", lang)), *(html.Small(words(fault, numbers)) for fault in row.faults)]
    if row.worth.is_proposed:
        floor = numbers.percent(row.rule.floor)
        return [html.B(t("alert.rule.retire", lang)), html.Small(t("alert.rule.retire.why", lang, floor=floor))]
    return [t("alert.rule.works", lang)]


def table(name: str, keys: Sequence[str], rows: list[html.Tr], lang: str, foot: str | None = None) -> html.Section:
    """Return a table in a card."""
    heads = [html.Th(t(f"alert.head.{key}", lang), className="num" if key in RIGHT else "") for key in keys]
    body = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className=f"table table--alerts table--{name}")
    parts: list[Component] = [html.Div(body, className="scroll")]
    if foot:
        parts.append(html.P(foot, className="quiet"))
    return html.Section(parts, className="card table-card")


def nothing(key: str, lang: str) -> html.Section:
    """Return what is said where there is nothing, and what that means."""
    said = [html.B(t(key, lang)), html.P(t(f"{key}.what", lang), className="quiet")]
    return html.Section(said, className="card alert-none")
