"""Rules and playbooks as the plant's file says them; a chosen rule, and what it would have done."""

from dataclasses import replace
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.rules import RuleDraft, RulesBoard
from app.domain.alerts.rule import Playbook, Rule
from app.text.numbers import NONE, Numbers
from app.text.said import said_words
from app.text.translate import t
from layouts.components.live import marks
from layouts.components.pagebox import PageHead, page_box
from layouts.components.rule_editor import draft_parts, editions, editor
from layouts.components.rule_trial import spans, trial_parts
from layouts.components.rule_words import timing_words, watch_words, where_words
from layouts.ids import PageIds


class Ids(PageIds, page="rules"):
    """The page's own parts. result: what depends on the choice; draft: what came of lines written; asks: of people."""

    result: str
    draft: str
    asks: str


def layout(head: PageHead, board: RulesBoard, lang: str) -> html.Div:
    """Return the page."""
    parts: list[Component | None] = [
        html.Div(result(board, lang), id=Ids.result, className="rules__result"),
        dcc.Store(id=Ids.asks),
    ]
    return page_box(replace(head, asks=Ids.asks), "rules", parts)


def draft(found: RuleDraft, board: RulesBoard, lang: str) -> list[Component]:
    """Return what came of the lines somebody wrote."""
    return draft_parts(found, board, lang)


def result(board: RulesBoard, lang: str) -> list[Component]:
    """Return the file, its mistakes, the rules, the chosen one, and the playbooks."""
    numbers = Numbers(lang, board.zone)
    chosen = next((rule for rule in board.rules if rule.id == board.question.rule), None)
    parts = [
        _file(board, lang),
        _mistakes(board, lang),
        _table(board, numbers) if board.rules else _empty(board, lang),
        None if chosen is None else _chosen(chosen, board, numbers),
        _file_editor(board, lang) if chosen is None else None,
        _playbooks(board, lang) if board.playbooks else None,
        editions(board, numbers),
    ]
    return [part for part in parts if part is not None]


def _file(board: RulesBoard, lang: str) -> html.Section:
    words = t("rules.no_file", lang)
    if board.file is not None and board.version:
        words = t("rules.file", lang, file=board.file, version=board.version)
    title = html.H1(t("page.rules", lang), className="sheet__title")
    is_told = board.file is None or board.version
    return html.Section([title, html.P(words, className="quiet") if is_told else None], className="card rules__head")


def _mistakes(board: RulesBoard, lang: str) -> html.Section | None:
    if not board.mistakes:
        return None
    title = t("rules.mistakes.title", lang, file=board.file, n=len(board.mistakes))
    items = [
        html.Li(t("rules.mistake", lang, line=m.line, at=m.key or NONE, wrong=m.wrong, right=m.right))
        for m in board.mistakes
    ]
    parts = [html.H2(title), html.P(t("rules.mistakes.text", lang), className="quiet"), html.Ul(items)]
    return html.Section(parts, className="card rules__mistakes", role="alert")


def _file_editor(board: RulesBoard, lang: str) -> html.Section | None:
    if board.edit is None:
        return None
    return html.Section(editor(board, board.edit, Ids.draft, lang), className="card")


def _empty(board: RulesBoard, lang: str) -> html.Section:
    text = t("rules.empty.text", lang, file=board.file or NONE)
    return html.Section(
        [html.H2(t("rules.empty.title", lang)), html.P(text, className="quiet")], className="card rules__empty"
    )


def _table(board: RulesBoard, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    keys = ("rule", "kind", "where", "priority", "owner", "author", "state")
    heads = html.Tr([html.Th(t(f"rules.{key}", lang)) for key in keys])
    body = [_row(rule, board, numbers) for rule in board.rules]
    table = html.Table([html.Thead(heads), html.Tbody(body)], className="table table--rules")
    return html.Section(html.Div(table, className="scroll"), className="card table-card")


def _row(rule: Rule, board: RulesBoard, numbers: Numbers) -> html.Tr:
    lang, alert = numbers.lang, rule.alert
    address = "/rules?" + urlencode({"rule": rule.id, "days": board.question.days})
    title = html.A(said_words(alert.title, lang), href=address, **marks(go=""))
    since = html.Small(t("rules.since", lang, since=rule.since)) if rule.since else None
    by = t("rules.by", lang, author=rule.author, version=rule.version)
    priority = alert.priority or "low"
    cells = [
        html.Td([title, html.Small(watch_words(rule.watch, numbers))], className="wraps"),
        html.Td(t(f"rules.kind.{rule.kind}", lang)),
        html.Td([_place(rule, board, lang), html.Small(t("rules.fired.on", lang, n=board.counts[rule.id]))]),
        html.Td(html.Span(t(f"rules.priority.{priority}", lang), className="tag", **marks(priority=priority))),
        html.Td(t(f"role.{alert.owner}", lang) if alert.owner else NONE),
        html.Td([by, since]),
        html.Td(t("rules.on" if rule.enabled else "rules.off", lang)),
    ]
    return html.Tr(cells, **marks(chosen="" if rule.id == board.question.rule else None))


def _place(rule: Rule, board: RulesBoard, lang: str) -> str:
    name = board.names.get(rule.where, rule.where) if rule.where else t("rules.everywhere", lang)
    return where_words(rule, name, lang)


def _chosen(rule: Rule, board: RulesBoard, numbers: Numbers) -> html.Section:
    lang, alert = numbers.lang, rule.alert
    playbook = next((p for p in board.playbooks if p.id == alert.playbook), None)
    told = (
        ("consequence", said_words(alert.consequence, lang) if alert.consequence else NONE),
        ("response", said_words(alert.response, lang) if alert.response else NONE),
        ("kind", f"{watch_words(rule.watch, numbers)}; {timing_words(rule, numbers)}"),
        ("escalation", _escalation(rule, numbers)),
        ("playbook", NONE if playbook is None else said_words(playbook.title, lang)),
    )
    facts = html.Dl([part for key, words in told for part in (html.Dt(t(f"rules.{key}", lang)), html.Dd(words))])
    parts: list[Component | None] = [html.H2(said_words(alert.title, lang)), facts]
    if not board.may_try:
        parts.append(html.P(t("rules.may_not_try", lang), className="quiet"))
    elif board.tried is not None:
        if board.edit is not None:
            parts.append(editor(board, board.edit, Ids.draft, lang))
        parts += [html.H3(t("rules.tried", lang)), spans(board, lang), *trial_parts(board, board.tried, numbers)]
    return html.Section([part for part in parts if part is not None], className="card rules__chosen")


def _escalation(rule: Rule, numbers: Numbers) -> str:
    lang = numbers.lang
    steps = [
        t(
            "rules.escalation.step",
            lang,
            after=numbers.minutes(step.after_ms),
            who=t(f"role.{step.who}", lang),
            channel=t(f"rules.channel.{step.channel}", lang),
        )
        for step in rule.alert.escalation
    ]
    return "; ".join(steps) or NONE


def _playbooks(board: RulesBoard, lang: str) -> html.Section:
    shown = [_playbook(playbook, lang) for playbook in board.playbooks]
    return html.Section([html.H2(t("rules.playbooks", lang)), *shown], className="card rules__playbooks")


def _playbook(playbook: Playbook, lang: str) -> html.Details:
    steps = [
        html.Li([said_words(step.text, lang), html.Small(t(f"role.{step.who}", lang)) if step.who else None])
        for step in playbook.steps
    ]
    by = t("rules.by", lang, author=playbook.author, version=playbook.version)
    gain = None if playbook.gain is None else f"{t('rules.gain', lang)}: {said_words(playbook.gain, lang)}"
    summary = html.Summary([html.B(said_words(playbook.title, lang)), html.Small(by)])
    return html.Details([summary, html.Ol(steps), html.P(gain, className="quiet") if gain else None])
