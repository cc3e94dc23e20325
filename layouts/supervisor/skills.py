"""The skills matrix of a line: who can do what, what its shifts lack, who would be called now."""

from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.skills import SkillBoard
from app.domain.decisions.skills import LEVELS, Cover, Skill, is_valid
from app.domain.roles import TASKS
from app.text.numbers import Numbers
from app.text.translate import has, t
from layouts.components.hint import hint
from layouts.components.live import choices, field, marks, picker, slot
from layouts.components.pagebox import PageHead, page_box
from layouts.ids import PageIds

LOOK_MS = 10_000


class Ids(PageIds, page="skills"):
    """The page's own parts. now: what depends on the moment; matrix: what people keep; look: the beat."""

    filters: str
    now: str
    matrix: str
    asks: str
    look: str


def layout(head: PageHead, board: SkillBoard, places: dict[str, str], lang: str, *, may_keep: bool) -> html.Div:
    """Return the page. places: path -> name of the lines that may be chosen; may_keep: whether they may change it."""
    parts: list[Component | None] = [
        html.Section(filters(board, places, lang), id=Ids.filters, className="card filters"),
        html.Div(now(board, lang), id=Ids.now, className="skills__now"),
        html.Div(matrix(board, lang, may_keep=may_keep), id=Ids.matrix, className="skills__matrix"),
        dcc.Store(id=Ids.asks),
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
    ]
    return page_box(replace(head, asks=Ids.asks), "skills", parts)


def filters(board: SkillBoard, places: dict[str, str], lang: str) -> list[Component]:
    """Return what may be chosen, as the address says it."""
    return [
        html.H1(t("skills.title", lang), className="sheet__title"),
        field(t("report.place", lang), picker("of_place", places, board.line)),
        html.P(t("skills.logged", lang), className="quiet"),
    ]


def now(board: SkillBoard, lang: str) -> list[Component]:
    """Return the gaps per shift and task, and who would be called."""
    return [_covers(board, lang), _called(board, lang)]


def matrix(board: SkillBoard, lang: str, *, may_keep: bool) -> list[Component]:
    """Return every qualification about the line, and how it is changed."""
    found: list[Component] = [_table(board, lang, may_keep=may_keep)]
    return [*found, _add(board, lang), _needs(board, lang)] if may_keep else found


def _covers(board: SkillBoard, lang: str) -> html.Section:
    shifts = list(dict.fromkeys(one.shift for one in board.covers))
    by = {(one.shift, one.task): one for one in board.covers}
    head = [html.Th(t("skills.shift", lang)), *(html.Th(t(f"skills.task.{task}", lang)) for task in TASKS)]
    rows = [
        html.Tr([html.Th(_shift(shift, lang), scope="row"), *(_cover(by[shift, task], lang) for task in TASKS)])
        for shift in shifts
    ]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="table table--cover")
    title = html.H2([html.Span([t("skills.cover", lang), hint("cover", lang)])], className="card__title")
    what = html.P(t("skills.cover.what", lang), className="quiet")
    return html.Section([title, what, html.Div(table, className="scroll")], className="card")


def _cover(one: Cover, lang: str) -> html.Td:
    word = "gap" if one.is_gap else "enough"
    count = html.B(t("skills.of", lang, have=len(one.people), needed=one.needed), className="num")
    return html.Td([count, html.Span(t(f"skills.{word}", lang), className="tag", **marks(cover=word))])


def _shift(shift: str | None, lang: str) -> str:
    if shift is None:
        return t("skills.now", lang)
    return t(f"shift.{shift}", lang) if has(f"shift.{shift}") else shift


def _called(board: SkillBoard, lang: str) -> html.Section:
    nobody = html.Span(t("skills.called.nobody", lang), className="quiet")
    rows = [
        html.Tr([html.Th(t(f"call.{call}", lang), scope="row"), html.Td(_names(people, lang) or nobody)])
        for call, people in board.called.items()
    ]
    what = html.P(t("skills.called.what", lang), className="quiet")
    title = html.H2([html.Span(t("skills.called", lang)), _working(board, lang)], className="card__title")
    return html.Section([title, what, html.Table(html.Tbody(rows), className="table")], className="card")


def _working(board: SkillBoard, lang: str) -> html.Span:
    return html.Span("" if board.shift is None else _shift(board.shift, lang), className="quiet")


def _names(people: tuple[Skill, ...], lang: str) -> list[Component] | None:
    return [html.Span([s.person, html.Small(f" {s.level}")], className="tag") for s in people] or None


def _table(board: SkillBoard, lang: str, *, may_keep: bool) -> html.Section:
    title = html.H2(t("skills.matrix", lang), className="card__title")
    if not board.skills:
        nothing = t("skills.none" if may_keep else "skills.none.see", lang)
        return html.Section([title, html.P(nothing)], className="card")
    keys = ("person", "for", "task", "level", "until", "shift")
    head = [html.Th(t(f"skills.{key}", lang)) for key in keys] + ([html.Th()] if may_keep else [])
    rows = [_skill(skill, board, lang, may_keep=may_keep) for skill in board.skills]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="table table--skills")
    return html.Section([title, html.Div(table, className="scroll")], className="card")


def _skill(skill: Skill, board: SkillBoard, lang: str, *, may_keep: bool) -> html.Tr:
    until: list[Component | str] = [t("skills.until.ever", lang)]
    if skill.until is not None:
        until = [Numbers(lang, board.zone).full_date(skill.until - 1)]
    if not is_valid(skill, board.at):
        until.append(html.Span(t("skills.expired", lang), className="tag", **marks(cover="gap")))
    cells: list[Component] = [
        html.Td(html.B(skill.person)),
        html.Td(_place(skill.place, board, lang)),
        html.Td(t(f"skills.task.{skill.task}", lang)),
        html.Td(t(f"skills.level.{skill.level}", lang)),
        html.Td(until),
        html.Td(t("skills.shift.any", lang) if skill.shift is None else _shift(skill.shift, lang)),
    ]
    if may_keep:
        about = marks(ask="remove", value_person=skill.person, value_place=skill.place, value_task=skill.task)
        cells.append(
            html.Td(html.Button(t("skills.remove", lang), type="button", className="button button--slim", **about))
        )
    return html.Tr(cells)


def _place(place: str, board: SkillBoard, lang: str) -> str:
    name = board.places.get(place, place)
    return t("skills.every", lang, name=name) if place.startswith("*/") else name


def _add(board: SkillBoard, lang: str) -> html.Section:
    levels = {str(level): t(f"skills.level.{level}", lang) for level in LEVELS}
    shifts = {shift: _shift(shift, lang) for shift in board.shifts}
    places = {place: _place(place, board, lang) for place in board.places}
    fields: list[Component] = [
        field(t("skills.person", lang), slot("person", required="", maxlength="64", autocomplete="off")),
        field(t("skills.for", lang), choices("place", places)),
        field(t("skills.task", lang), choices("task", {task: t(f"skills.task.{task}", lang) for task in TASKS})),
        field(t("skills.level", lang), choices("level", levels)),
        field(t("skills.until", lang), slot("until", "date")),
        field(t("skills.shift", lang), choices("shift", shifts, first=t("skills.shift.any", lang))),
        html.Button(t("skills.add", lang), type="submit", className="button button--main"),
    ]
    title = html.H2(t("skills.add.title", lang), className="card__title")
    return html.Section([title, html.Form(fields, className="skills__form", **marks(send="put"))], className="card")


def _needs(board: SkillBoard, lang: str) -> html.Section:
    forms = [
        html.Form(
            [
                field(
                    t(f"skills.task.{task}", lang),
                    slot("needed", "number", min="0", max="50", required="", value=str(board.needs[task])),
                ),
                html.Button(t("skills.need.keep", lang), type="submit", className="button", **marks(value_task=task)),
            ],
            className="skills__need",
            **marks(send="need"),
        )
        for task in TASKS
    ]
    title = html.H2(t("skills.needed", lang), className="card__title")
    return html.Section([title, html.Div(forms, className="skills__needs")], className="card")
