"""The signal catalogue: what is measured, where it comes from, how far it keeps its rules; and what needs its owner."""

from dataclasses import replace
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.catalogue import CatalogueBoard, CatalogueQuestion, CatalogueRow
from app.text.details import detail
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.editions import edition_list
from layouts.components.issue_list import issue_list
from layouts.components.live import field, marks, picker
from layouts.components.pagebox import PageHead, page_box
from layouts.components.signal_words import changes, now_words, rule_words, way
from layouts.ids import PageIds

TABS = ("signals", "findings", "plant")
HOWS = ("fine", "broken", "silent", "never")
LOOK_MS = 5_000


class Ids(PageIds, page="catalogue"):
    """The page's own parts. result: what depends on the choice and the moment; asks: what people do; look: the beat."""

    filters: str
    result: str
    asks: str
    look: str


def layout(head: PageHead, board: CatalogueBoard, places: dict[str, str], lang: str, *, may_care: bool) -> html.Div:
    """Return the page. places: path -> name of what may be chosen; may_care: whether they may act on findings."""
    parts: list[Component | None] = [
        html.Section(filters(board, places, lang), id=Ids.filters, className="card filters"),
        html.Div(result(board, lang, may_care=may_care), id=Ids.result, className="catalogue__result"),
        dcc.Store(id=Ids.asks),
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
    ]
    return page_box(replace(head, asks=Ids.asks), "catalogue", parts)


def filters(board: CatalogueBoard, places: dict[str, str], lang: str) -> list[Component]:
    """Return what may be chosen, as the address says it."""
    asked = board.question
    every = t("catalogue.all", lang)
    hows = {how: t(f"catalogue.how.{how}", lang) for how in HOWS}
    return [
        html.H1(t("page.catalogue", lang), className="sheet__title"),
        field(t("report.place", lang), picker("of_place", places, asked.place)),
        field(t("catalogue.owner", lang), picker("owner", {o: o for o in board.owners}, asked.owner, first=every)),
        field(t("catalogue.how", lang), picker("how", hows, asked.how, first=every)),
    ]


def result(board: CatalogueBoard, lang: str, *, may_care: bool) -> list[Component]:
    """Return the tabs with their counts and what the chosen one holds."""
    numbers = Numbers(lang, board.zone)
    if board.question.tab == "findings":
        shown = issue_list(board, numbers, may_care=may_care)
    elif board.question.tab == "plant":
        shown = [edition_list(board, numbers)]
    else:
        shown = [_table(board, numbers)]
    return [_tabs(board, lang), *shown]


def _tabs(board: CatalogueBoard, lang: str) -> html.Nav:
    asked, counts, told = board.question, board.counts, board.statistics
    bad = counts["broken"] + counts["silent"]
    signals = t("catalogue.tab.signals", lang, n=sum(counts.values()), bad=bad)
    findings = t("catalogue.tab.findings", lang, n=told.open, overdue=told.overdue)
    tabs = (("signals", signals), ("findings", findings), ("plant", t("catalogue.tab.plant", lang)))
    links = [
        html.A(
            words,
            href=_address(replace(asked, tab=tab)),  # type: ignore[arg-type]
            className="tabs__tab",
            **marks(go="", current="page" if tab == asked.tab else None),
        )
        for tab, words in tabs
    ]
    return html.Nav(links, className="tabs")


def _address(asked: CatalogueQuestion) -> str:
    said = {"of_place": asked.place, "owner": asked.owner, "how": asked.how, "tab": asked.tab}
    return "/catalogue?" + urlencode({key: value for key, value in said.items() if value}, safe="/")


def _table(board: CatalogueBoard, numbers: Numbers) -> Component:
    lang = numbers.lang
    if not board.rows:
        return html.Section(html.P(t("catalogue.nothing", lang), className="quiet"), className="card table-card")
    keys = ("signal", "how", "now", "score", "rules", "owner", "way")
    heads = [html.Th(t(f"catalogue.{key}", lang), className="num" if key in ("now", "score") else "") for key in keys]
    body: list[Component] = []
    for at, row in enumerate(board.rows):
        if at == 0 or board.rows[at - 1].machine != row.machine:
            body.append(_machine(row, len(keys), lang))
        body.append(_signal(row, board, numbers))
    as_of = NONE if board.at is None else numbers.time(board.at)
    foot = f"{t('catalogue.score.what', lang)} \u00b7 {t('catalogue.as_of', lang, at=as_of, plant=board.plant_version)}"
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table table--signals")
    parts = [html.Div(table, className="scroll"), html.P(foot, className="quiet")]
    return html.Section(parts, className="card table-card")


def _machine(row: CatalogueRow, columns: int, lang: str) -> html.Tr:
    words: list[Component | str] = [html.B(row.machine_name), f" \u00b7 {row.line_name}"]
    if row.is_commissioning:
        words.append(html.Span(t("line.commissioning", lang), className="tag"))
    return html.Tr(html.Th(words, colSpan=columns, scope="rowgroup"), className="level level--machine")


def _signal(row: CatalogueRow, board: CatalogueBoard, numbers: Numbers) -> html.Tr:
    lang, state = numbers.lang, row.state
    name = html.Td([html.B(row.signal.id), html.Small(row.signal.meaning)])
    how = html.Td(
        [html.Span(t(f"catalogue.how.{state.how}", lang), className="tag", **marks(how=state.how)), _why(row, lang)]
    )
    score = NONE if state.score is None else numbers.percent(state.score)
    return html.Tr(
        [
            name,
            how,
            html.Td(now_words(row, board.at, numbers), className="num"),
            html.Td(score, className="num"),
            html.Td(rule_words(row.signal, numbers), className="wraps"),
            html.Td(row.signal.owner or NONE),
            html.Td(way(row.lineage, lang), className="wraps"),
        ],
        **changes(row),
    )


def _why(row: CatalogueRow, lang: str) -> html.Small | None:
    broken = row.state.broken
    return None if broken is None else html.Small(f"{t(f'rule.{broken}', lang)}: {detail(row.state.detail, lang)}")
