"""Every page draws every state from boards, without a browser; marks address fields that exist."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from dash.development.base_component import Component

from app.boards.area import LineRow
from app.boards.codec import encode
from app.boards.explain import Doubt, Edit, Explanation, RateUsed, RawEvent, RawEvents, Share, Term, Trust
from app.boards.line import Call, HourRow, LineBoard, Loss, MachineTile, ReasonChoice, StopCard
from app.boards.plant import PlantBoard, PlantRow
from app.boards.shifts import Pair, ShiftColumn, ShiftComparison, ShiftQuestion, TrendPoint
from app.boards.shifts import Step as ShiftStep
from app.domain.accounting.buckets import Bucket, Components, Episode
from app.domain.accounting.compare import difference
from app.domain.accounting.kpi import kpi_row
from app.domain.accounting.losses import losses
from app.domain.accounting.significance import Evidence
from app.domain.accounting.worth import Worth
from app.domain.interval import DAY_MS, HOUR_MS, Interval
from app.domain.plant.reasons import Reason
from app.text.numbers import Numbers
from app.text.translate import languages, t
from layouts.components.explain_panel import explain_panel, problem_panel
from layouts.components.pagebox import PageHead
from layouts.components.states import blank
from layouts.figures.trend import limits, shift_trend
from layouts.figures.waterfall import difference_waterfall
from layouts.frame import Person, frame
from layouts.manager import plant, shifts
from layouts.operator import line
from layouts.supervisor import area
from layouts.wall import kiosk
from tests.sample_boards import LINE, NOW, sample_area_board, sample_line_board
from tests.web.parts import a_plant

LANGS = pytest.mark.parametrize("lang", languages())
ROWS = {
    "hours": HourRow,
    "stops": StopCard,
    "likely": ReasonChoice,
    "machines": MachineTile,
    "losses": Loss,
    "calls": Call,
    "lines": LineRow,
}


def parts(component: Any) -> Iterator[Component]:
    if isinstance(component, list | tuple):
        for one in component:
            yield from parts(one)
    elif isinstance(component, Component):
        yield component
        yield from parts(getattr(component, "children", None))


def mark(component: Component, name: str) -> Any:
    return getattr(component, f"data-{name}", None)


def words(component: Any) -> str:
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return " ".join(map(words, component))
    return words(getattr(component, "children", None)) if isinstance(component, Component) else ""


def a_head(**more: Any) -> PageHead:
    return PageHead("key", "Line 1", NOW, topic=LINE, **more)


def a_line_page(lang: str = "en", *, may_act: bool = True) -> Component:
    reasons = [
        Reason("technical", "Technical", ("technical",), is_leaf=False),
        Reason("jam-infeed", "Jam at the infeed", ("technical", "jam-infeed")),
    ]
    plant = a_plant()
    known = line.LineWords(
        plant.line(LINE), list(plant.products.values()), reasons, may_act=may_act, may_answer=may_act
    )
    return line.layout(a_head(board=encode(sample_line_board()).decode(), asks=line.Ids.asks), known, lang)


def has(board: object, path: str) -> bool:
    """Whether the painter's path addresses a field of the board or row type; `^`, `/` and `.` are other places."""
    found: Any = board
    for name in path.split("."):
        if isinstance(found, dict):
            return name in found
        if found is None or isinstance(found, int | float | str | tuple):
            return found is None
        if not is_dataclass(found) or name not in {f.name for f in fields(found)}:
            return False
        found = getattr(found, name)
    return True


def paths(component: Component) -> Iterator[str]:
    for name in ("live", "show", "hide", "path", "list"):
        if (found := mark(component, name)) is not None:
            yield str(found)
    for bound in str(mark(component, "bind") or "").split(";"):
        if "=" in bound:
            yield bound.partition("=")[2].split("|")[0].strip()


def check_paths(component: Any, board: object) -> None:
    """Every path inside `component` addresses the board, inside a row's template the row."""
    for child in component if isinstance(component, list | tuple) else [component]:
        if not isinstance(child, Component):
            continue
        for path in paths(child):
            assert path[0] in "^/" or has(board, path), f"{path} is not in {type(board).__name__}"
        listed = mark(child, "list")
        inside = getattr(child, "children", None)
        if listed:
            for one in inside if isinstance(inside, list) else []:
                check_paths(one, getattr(board, listed)[0] if type(one).__name__ == "Template" else board)
        else:
            check_paths(inside, board)


def test_every_mark_on_the_line_page_addresses_a_field_of_the_line_board() -> None:
    check_paths(a_line_page(), sample_line_board())


def test_every_mark_on_the_wall_addresses_a_field_of_the_line_board() -> None:
    check_paths(kiosk.layout(a_head(is_wall=True), [LINE], "en"), sample_line_board())


def test_every_mark_on_the_area_board_addresses_a_field_of_the_area_board() -> None:
    check_paths(area.layout(a_head(), "en"), sample_area_board())


@LANGS
def test_the_line_page_carries_its_first_picture_and_its_topic(lang: str) -> None:
    page = a_line_page(lang)
    assert mark(page, "topic") == LINE
    assert json.loads(mark(page, "board"))["output"]["good"] == sample_line_board().output.good


def test_who_may_not_act_gets_no_buttons_that_act() -> None:
    asks = [c for c in parts(a_line_page(may_act=False)) if mark(c, "ask") or mark(c, "open") or mark(c, "send")]
    assert asks == []


def test_who_may_act_can_classify_report_change_over_and_call() -> None:
    page = a_line_page()
    assert {mark(c, "open") for c in parts(page)} >= {"help", "changeover", "scrap"}
    assert {mark(c, "dialog") for c in parts(page)} >= {"reason", "help", "changeover", "scrap"}
    assert {mark(c, "ask") for c in parts(page)} >= {"classify", "call_help", "accept_call", "clear_call"}
    assert {mark(c, "send") for c in parts(page)} >= {"scrap", "start_order", "end_order"}


def test_the_reason_tree_offers_leaves_under_their_category_and_is_searchable() -> None:
    tiles = [c for c in parts(a_line_page()) if mark(c, "value-reason")]
    assert [mark(c, "value-reason") for c in tiles] == ["jam-infeed"]
    assert "technical" in mark(tiles[0], "find")


def test_a_line_that_never_spoke_is_a_page_without_a_board() -> None:
    page = line.layout(a_head(), line.LineWords(a_plant().line(LINE), [], [], may_act=False, may_answer=False), "en")
    assert mark(page, "board") is None


def test_every_kpi_on_screen_opens() -> None:
    opened = {mark(c, "explain") for c in parts(a_line_page())} - {None}
    assert opened == {"oee", "availability", "performance", "quality", "good"}


@LANGS
def test_the_frame_lists_the_tree_the_pages_and_the_languages(lang: str) -> None:
    both = (("/shifts", "page.shifts"), ("/downtime", "page.downtime"))
    shell = frame(Person("olga", "operator", (("menu.past", both),)), a_plant().sites, lang)
    links = {getattr(c, "href", None) for c in parts(shell)}
    assert {f"/line/{LINE}", "/area/leipzig/bottling", "/shifts"} <= links
    assert {mark(c, "set-lang") for c in parts(shell)} >= {"en", "de"}
    sign_out = [c for c in parts(shell) if getattr(c, "action", None) == "/logout"]
    assert [getattr(c, "method", None) for c in sign_out] == ["post"]
    assert json.loads(mark(shell, "words"))["bucket.running"]


@LANGS
@pytest.mark.parametrize("kind", ["empty", "no_data", "error", "forbidden", "not_found", "no_history"])
def test_every_state_says_what_is_the_matter_and_the_next_step(kind: Any, lang: str) -> None:
    state = blank(kind, lang, href="/shifts")
    assert len(words(state).split()) > 6
    assert any(getattr(c, "href", None) == "/shifts" for c in parts(state))


EARLY = Components((0, 0, 10_000, 20_000, 0, 0, 5_000, 65_000, 0), 90, 5, 0, 60_000_000_000, 56_000_000_000)
LATE = Components((0, 0, 5_000, 30_000, 0, 0, 5_000, 60_000, 0), 80, 5, 0, 55_000_000_000, 51_000_000_000)


def a_comparison(points: int = 12) -> ShiftComparison:
    window = Interval(NOW - 8 * HOUR_MS, NOW)
    columns = tuple(
        ShiftColumn(n, n, 6, kpi_row(LINE, window, None, None, c), losses(c).in_ms()._asdict())
        for n, c in (("early", EARLY), ("late", LATE))
    )
    steps = tuple(ShiftStep(d.key, d.points, d.ms) for d in difference(EARLY, LATE))
    trend = tuple(
        TrendPoint("2026-11-20", "early", NOW - i * HOUR_MS, None if i == 3 else 0.7, 1.0, 1) for i in range(points)
    )
    asked = ShiftQuestion(LINE, window)
    pair = Pair("early", "late", steps, Evidence("chance", -0.05, -0.2, 0.1, (6, 6)))
    heat = tuple(tuple(None if hour < 6 else 0.6 for hour in range(24)) for _ in range(7))
    shown = {"early": "early", "late": "late"}
    return ShiftComparison(
        asked, "Line 1", "Europe/Berlin", NOW, "vorne@1", columns, pair, trend, heat, shown, {"cola": "Cola 0.5 l"}
    )


@LANGS
def test_the_shift_comparison_shows_every_column_and_draws_its_figures(lang: str) -> None:
    page = shifts.layout(a_head(), a_comparison(), {LINE: "Line 1"}, lang)
    assert sum(type(c).__name__ == "Graph" for c in parts(page)) == 3
    assert {mark(c, "during") for c in parts(page)} >= {"early", "late"}


def test_without_history_the_comparison_says_so() -> None:
    empty = replace(a_comparison(), columns=(), pair=None, trend=())
    assert "No closed shifts yet" in words(shifts.comparison(empty, "en")[0])


def test_one_shift_alone_has_no_difference_to_explain() -> None:
    alone = replace(a_comparison(), columns=a_comparison().columns[:1], pair=None)
    assert any("Two sets" in words(part) for part in shifts.comparison(alone, "en") if isinstance(part, Component))


def test_the_waterfall_ends_exactly_where_the_second_oee_stands() -> None:
    board = a_comparison()
    first, second = (column.row.oee or 0.0 for column in board.columns)
    assert board.pair is not None
    bars = difference_waterfall((("early", first), ("late", second)), board.pair.steps, "en").data[0]
    level = first + sum(step.points for step in board.pair.steps)
    assert bars.y[-1] == pytest.approx(level * 100, abs=1e-6)
    assert len(bars.x) == len(board.pair.steps) + 2


def test_limits_need_eight_shifts_and_hold_a_steady_line() -> None:
    assert limits([0.7] * 7) is None
    found = limits([0.7, 0.72] * 6)
    assert found is not None
    assert found.lower < 0.7 < 0.72 < found.upper


def test_a_shift_without_oee_is_a_gap_not_a_zero() -> None:
    points = a_comparison().trend
    assert shift_trend(points, "Europe/Berlin", "en").data[0].y[3] is None


def an_explanation(**changes: Any) -> Explanation:
    row = kpi_row(LINE, Interval(NOW - HOUR_MS, NOW), None, None, EARLY)
    stop = Episode(f"{LINE}/filler", NOW - 60_000, None, Bucket.UNPLANNED_STOP, reason="jam", attested_by="olga")
    board = Explanation(
        "oee",
        LINE,
        "Line 1",
        "Europe/Berlin",
        row,
        "formula.oee",
        (Term("planned_ms", 100_000, "ms"), Term("good", 90, "count"), Term("availability", 0.7, "ratio")),
        (("vorne@1", row.oee), ("smrp@1", None)),
        (stop,),
        (RateUsed(f"{LINE}/filler", "cola", 166.7, "product", 95),),
        (Edit(NOW, "olga", "jam", "saw it", f"{LINE}/filler", NOW - 60_000, "Aborted"),),
        raw=RawEvents((RawEvent("1-1", NOW, "filler count good=7", "plc 1/1"),), "events.trimmed"),
        trust=Trust(
            0.985, 100_000, 1_000, 500, (Doubt("range", "torque", f"{LINE}/filler", NOW, "9 Nm", "maintenance"),)
        ),
        plant_version="2f6c11",
        profile="vorne@1",
        as_of=NOW,
        value=row.oee,
    )
    return replace(board, **changes)


@LANGS
def test_an_opened_number_shows_its_value_terms_buckets_stops_rates_and_corrections(lang: str) -> None:
    text = words(explain_panel(an_explanation(), {"jam": "Jam at the infeed"}, lang))
    numbers = Numbers(lang, "UTC")
    assert numbers.percent(an_explanation().row.oee) in text
    for part in ("olga", "Jam at the infeed", "2f6c11", "smrp@1", "saw it", "Aborted", "filler count good=7"):
        assert part in text
    assert numbers.duration(100_000) in text


def test_a_number_that_cannot_be_computed_is_a_dash_never_zero() -> None:
    row = kpi_row(LINE, Interval(NOW - HOUR_MS, NOW), None, None, Components())
    panel = explain_panel(an_explanation(row=row, value=None), {}, "en")
    values = [c.children for c in parts(panel) if getattr(c, "className", "") == "panel__value"]
    assert values == ["\u2013"]


@LANGS
def test_an_opened_number_says_what_it_cannot_show(lang: str) -> None:
    text = words(explain_panel(an_explanation(), {}, lang))
    assert t("explain.events.trimmed", lang) in text
    assert "maintenance" in text
    assert Numbers(lang, "UTC").percent(0.985) in text
    live = words(explain_panel(an_explanation(is_live=True, history_to=NOW), {}, lang))
    assert t("explain.history_to", lang, at=Numbers(lang, "Europe/Berlin").time(NOW)) in live


def test_an_area_s_number_opens_line_by_line() -> None:
    share = Share(LINE, "Line 1", Interval(NOW - HOUR_MS, NOW), 0.5)
    told, live = (explain_panel(an_explanation(shares=(share,), is_live=way), {}, "en") for way in (False, True))
    assert "Line 1" in words(told)
    assert {mark(c, "from") for c in parts(told)} == {None, share.window.start}
    assert {mark(c, "from") for c in parts(live)} == {None}
    assert LINE in {mark(c, "of") for c in parts(live)}


def test_a_number_that_cannot_be_opened_says_why() -> None:
    assert "history is away" in words(problem_panel("history is away", "en"))


def test_boards_carry_every_list_the_pages_repeat() -> None:
    board = sample_line_board()
    assert isinstance(board, LineBoard)
    for name, kind in ROWS.items():
        owner = sample_area_board() if name == "lines" else board.stops[0] if name == "likely" else board
        assert isinstance(getattr(owner, name)[0], kind)


def a_network() -> PlantBoard:
    window = Interval(NOW - 7 * DAY_MS, NOW)
    worth = Worth(360_000.0, 720.0, "pcs", 252.0, "EUR")
    nothing = Worth(360_000.0, None, None, None, None)
    rows = tuple(
        PlantRow(level, path, path.title(), kpi_row(path, window, None, None, c), 9_000, "setup", 5_000, w, target)
        for level, path, c, w, target in (
            ("site", "leipzig", EARLY, worth, None),
            ("area", "leipzig/bottling", EARLY, worth, None),
            ("line", LINE, EARLY, nothing, 0.76),
        )
    )
    return PlantBoard(*window, "Europe/Berlin", NOW, "vorne@1", rows)


@LANGS
def test_the_plant_network_leads_down_and_says_what_a_point_is_worth(lang: str) -> None:
    page = plant.layout(a_head(), a_network(), lang)
    links = {c.href for c in parts(page) if getattr(c, "href", None)}
    assert links == {"/area/leipzig", "/area/leipzig/bottling", f"/downtime?of_place={LINE}&days=7"}
    assert "720 pcs" in words(page)
    assert "252 EUR" in words(page)
    assert {mark(c, "explain") for c in parts(page)} >= {"oee", "availability"}


def test_a_plant_without_history_says_so() -> None:
    assert "No closed shifts yet" in words(plant.network(replace(a_network(), rows=()), "en")[0])
