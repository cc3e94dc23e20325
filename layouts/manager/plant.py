"""The plant network: sites, areas and lines by the same components, what a point of OEE is worth, and the way down."""

from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from app.boards.period import Period
from app.boards.plant import PlantBoard, PlantRow
from app.domain.interval import Interval
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.live import marks
from layouts.components.pagebox import PageHead, page_box
from layouts.components.period_fields import period_fields
from layouts.components.states import blank
from layouts.ids import PageIds

PERIODS = (1, 7, 14, 28, 91, 365)
RATIOS = ("oee", "availability", "performance", "quality", "trust")


class Ids(PageIds, page="plant"):
    """The page's own parts. filters, result: everything that depends on the choice."""

    filters: str
    result: str


def layout(head: PageHead, board: PlantBoard, lang: str) -> html.Div:
    """Return the page."""
    chosen = html.Section(filters(board, lang), id=Ids.filters, className="card filters")
    return page_box(head, "plant", [chosen, html.Div(network(board, lang), id=Ids.result, className="plant__result")])


def filters(board: PlantBoard, lang: str) -> list[Component]:
    """Return what may be chosen, as the address says it."""
    return [html.H1(t("plant.title", lang), className="sheet__title"), *period_fields(_period(board), PERIODS, lang)]


def _period(board: PlantBoard) -> Period:
    return board.period or Period(Interval(board.from_ms, board.to_ms))


def network(board: PlantBoard, lang: str) -> list[Component]:
    """Return the table of places; each leads one level down."""
    if not board.rows:
        return [blank("no_history", lang, href="/")]
    numbers = Numbers(lang, board.zone)
    keys = ("place", *RATIOS, "lost", "main_loss", "units", "money")
    heads = [html.Th(t(f"plant.{key}", lang), className="" if key in ("place", "main_loss") else "num") for key in keys]
    body = [_line(row, board, numbers, lang) for row in board.rows]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table table--plant")
    as_of = numbers.moment(board.as_of) if board.as_of is not None else NONE
    foot = " \u00b7 ".join(
        (
            t("plant.worth", lang),
            t("shifts.as_of", lang, at=as_of),
            t("shifts.profile", lang, profile=board.profile),
        )
    )
    return [
        html.Section(
            [html.Div(table, className="scroll"), html.P(foot, className="quiet")], className="card table-card"
        )
    ]


def _line(row: PlantRow, board: PlantBoard, numbers: Numbers, lang: str) -> html.Tr:
    is_known = (row.row.coverage or 0) >= board.floor
    place: list[Component] = [html.A(row.name, href=_down(row, board), className="place", **marks(go=""))]
    if row.standing is not None:
        since = "" if row.counts_since is None else f" {numbers.moment(row.counts_since)}"
        place.append(html.Small(f"{t(f'standing.{row.standing}', lang)}{since}"))
    cells = [html.Td(place)]
    for key in RATIOS:
        shown: list[Component | str] = [numbers.percent(getattr(row.row, key))]
        if key == "oee" and row.target is not None:
            shown.append(html.Small(t("plant.target", lang, target=numbers.percent(row.target))))
        cells.append(html.Td(_opens(key, row, board, shown, lang), className="num" if is_known else "num is-grey"))
    cells += [
        html.Td(numbers.minutes(row.lost_ms), className="num"),
        html.Td(_main_loss(row, numbers, lang)),
        html.Td(_units(row, numbers), className="num"),
        html.Td(_money(row, numbers), className="num"),
    ]
    return html.Tr(cells, className=f"level level--{row.level}")


def _down(row: PlantRow, board: PlantBoard) -> str:
    """Where a place leads: sites and areas to their board, lines to where their time went in the same period."""
    if row.level == "enterprise":
        return "/plant"
    if row.level != "line":
        return f"/area/{row.path}"
    return "/downtime?" + urlencode({"of_place": row.path, **_period(board).said()}, safe="/")


def _opens(key: str, row: PlantRow, board: PlantBoard, shown: list[Component | str], lang: str) -> Component:
    if row.level == "enterprise":
        return html.Div(shown, className="cell cell--plain")
    window = {"from": str(board.from_ms), "to": str(board.to_ms)}
    title = t("explain.open", lang, kpi=t(f"kpi.{key}", lang))
    return html.Button(shown, type="button", className="cell", title=title, **marks(explain=key, of=row.path, **window))


def _main_loss(row: PlantRow, numbers: Numbers, lang: str) -> Component | str:
    if row.main_loss is None:
        return NONE
    swatch = html.Span(className="swatch", **marks(loss=row.main_loss))
    return html.Span(
        [swatch, t(f"loss.{row.main_loss}", lang), html.Small(numbers.minutes(row.main_loss_ms))], className="why"
    )


def _units(row: PlantRow, numbers: Numbers) -> str:
    return NONE if row.worth.units is None else f"{numbers.whole(row.worth.units)} {row.worth.unit}"


def _money(row: PlantRow, numbers: Numbers) -> str:
    return NONE if row.worth.money is None else f"{numbers.whole(row.worth.money)} {row.worth.currency or ''}".strip()
