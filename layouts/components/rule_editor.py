"""A rule's lines to write anew, what that would change and do, and the editions that may be restored."""

from dash import html
from dash.development.base_component import Component

from app.boards.rules import SPANS, RuleDraft, RuleEdition, RulesBoard, RuleText
from app.domain.plant.changes import Change
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.editions import change_list
from layouts.components.live import choices, field, marks, slot
from layouts.components.rule_trial import trial_parts

LONGEST = 400_000


def editor(board: RulesBoard, edit: RuleText, draft_id: str, lang: str) -> html.Details:
    """Return the lines with what may be done with them; what came of it is written into `draft_id`."""
    of = {"value_rule": edit.rule, "value_saw": edit.saw}
    label = t("rules.edit.lines" if edit.rule else "rules.edit.file", lang)
    area = html.Textarea(
        edit.text,
        name="text",
        rows=min(40, max(12, edit.text.count("\n") + 1)),
        maxLength=LONGEST,
        required=True,
        spellCheck="false",
        className="input rules__lines",
        key=f"{edit.rule}|{edit.saw}",
    )
    days = {str(n): t("shifts.last_day" if n == 1 else "shifts.last_days", lang, n=n) for n in reversed(SPANS)}
    buttons = [
        html.Button(t("rules.edit.try", lang), type="submit", className="button", **marks(send="try", **of)),
        html.Button(t("rules.edit.save", lang), type="submit", className="button button--main", **marks(**of)),
    ]
    note = slot("note", maxlength="300", autocomplete="off", placeholder=t("rules.edit.note_hint", lang))
    row = [
        field(t("rules.over", lang), choices("days", days)),
        field(t("rules.edit.note", lang), note),
        html.Div(buttons, className="rules__buttons"),
    ]
    form = html.Form([field(label, area), html.Div(row, className="rules__do")], **marks(send="save"))
    about = html.P(t("rules.edit.what", lang, file=board.file or NONE), className="quiet")
    title = t("rules.edit.title" if edit.rule else "rules.edit.title_file", lang)
    summary = html.Summary(title, className="button")
    return html.Details([summary, about, form, html.Div(id=draft_id, role="status")], className="rules__edit")


def draft_parts(draft: RuleDraft, board: RulesBoard, lang: str) -> list[Component]:
    """Return what is wrong with what was written, or what it changes and would have done."""
    if draft.mistakes:
        items = [
            html.Li(t("rules.mistake", lang, line=m.line, at=m.key or NONE, wrong=m.wrong, right=m.right))
            for m in draft.mistakes
        ]
        title = html.H3(t("rules.edit.wrong", lang, n=len(items)))
        return [html.Div([title, html.Ul(items)], className="rules__mistakes rules__draft")]
    numbers = Numbers(lang, board.zone)
    parts: list[Component | None] = [html.H3(t("rules.edit.changes", lang)), changes(draft.changes, draft.more, lang)]
    if draft.tried is not None:
        parts += [html.H3(t("rules.tried", lang)), *trial_parts(board, draft.tried, numbers)]
    return [html.Div([part for part in parts if part is not None], className="rules__draft rules__chosen")]


def changes(told: tuple[Change, ...], more: int, lang: str) -> Component:
    """Return what differs, key by key."""
    if not told:
        return html.P(t("editions.words_only", lang), className="quiet")
    return change_list(told, more, lang)


def editions(board: RulesBoard, numbers: Numbers) -> html.Section | None:
    """Return the editions that were saved, newest first; the first row is in force."""
    if not board.editions:
        return None
    lang = numbers.lang
    heads = html.Tr([html.Th(t(key, lang)) for key in ("editions.since", "rules.edit.by", "editions.changes")])
    body = html.Tbody([_edition(one, at == 0, numbers) for at, one in enumerate(board.editions)])
    table = html.Table([html.Thead(heads), body], className="table table--issues table--editions")
    title = html.H2(t("rules.editions", lang))
    return html.Section([title, html.Div(table, className="scroll")], className="card table-card rules__editions")


def _edition(one: RuleEdition, is_newest: bool, numbers: Numbers) -> html.Tr:
    lang = numbers.lang
    since: list[Component] = [html.B(numbers.moment(one.at)), html.Small(one.version)]
    if not is_newest:
        again = marks(ask="restore", value_edition=one.number)
        since.append(html.Button(t("rules.edit.restore", lang), type="button", className="button", **again))
    by: list[Component | str] = [one.by or t("rules.edit.found", lang), html.Small(one.note or "")]
    said = (
        html.Span(t("editions.first", lang), className="quiet")
        if one.is_first
        else changes(one.changes, one.more, lang)
    )
    return html.Tr([html.Td(since), html.Td(by, className="wraps"), html.Td(said, className="wraps")])
