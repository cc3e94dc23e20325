"""The shift handover: sentences that wrote themselves, struck and added to by a person, signed, then only added to."""

from dataclasses import replace
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.handover import HandoverBoard
from app.domain.decisions.handover import Handover, Item
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.handover_text import readers, sentences, shift_words, signed_text
from layouts.components.hint import hint
from layouts.components.live import field, marks, picker
from layouts.components.pagebox import PageHead, page_box
from layouts.ids import PageIds

LONGEST_NOTE, LONGEST_ADDENDUM = 2_000, 500
LOOK_MS = 15_000
"""What is signed is what is true then: nobody should read a draft that is much older."""


class Ids(PageIds, page="handover"):
    """The page's own parts. sheet: all of one shift; items: its sentences; seen: which shift it shows, and its note.

    What is done is done to what was shown: a shift that begins meanwhile changes nothing.
    """

    filters: str
    sheet: str
    items: str
    look: str
    asks: str
    note: str
    seen: str
    save: str
    sign: str
    addendum: str
    add: str


def layout(head: PageHead, board: HandoverBoard, places: dict[str, str], lang: str, *, may_sign: bool) -> html.Div:
    """Return the page. places: path -> name of the lines that may be chosen."""
    parts: list[Component | None] = [
        html.Section(filters(board, places, lang), id=Ids.filters, className="card filters"),
        html.Div(sheet(board, lang, may_sign=may_sign), id=Ids.sheet, className="handover__sheet"),
        dcc.Store(id=Ids.asks),
    ]
    return page_box(replace(head, asks=Ids.asks), "handover", parts)


def filters(board: HandoverBoard, places: dict[str, str], lang: str) -> list[Component]:
    """Return what may be chosen, as the address says it."""
    numbers = Numbers(lang, board.zone)
    shifts = {shift.key: shift_words(shift.key, numbers, shift.start) for shift in board.shifts}
    chosen = None if board.shift is None else board.shift.key
    if board.shift is not None and chosen not in shifts:
        shifts[board.shift.key] = shift_words(board.shift.key, numbers, board.shift.start)
    return [
        html.H1([t("handover.title", lang), hint("handover", lang)], className="sheet__title"),
        field(t("report.place", lang), picker("of_place", places, board.line)),
        field(t("handover.shift", lang), picker("of_shift", shifts, chosen)),
    ]


def sheet(board: HandoverBoard, lang: str, *, may_sign: bool) -> list[Component]:
    """Return the handover of the chosen shift, and the earlier ones."""
    numbers = Numbers(lang, board.zone)
    if board.shift is None or board.handover is None:
        return [_no_shifts(board, lang), _earlier(board, numbers)]
    shift, name = board.shift, shift_words(board.shift.key, numbers, board.shift.start)
    times = f"{numbers.clock(shift.start)}\u2013{numbers.clock(shift.end)}"
    title = html.H2(
        [html.Span(f"{board.name} \u00b7 {name}"), html.Span(times, className="quiet")], className="card__title"
    )
    if board.handover.signed_at is not None:
        inside = _signed(board.handover, numbers, may_sign=may_sign)
    else:
        inside = _draft(board, board.handover, numbers, may_sign=may_sign)
    seen = dcc.Store(id=Ids.seen, data={"line": board.line, "shift": shift.key, "note": board.handover.note})
    return [html.Article([title, *inside, seen], className="card handover__paper"), _earlier(board, numbers)]


def items(board: HandoverBoard, lang: str, *, may_sign: bool) -> list[Component]:
    """Return from when a draft's sentences are, and they, each with what may be done with it."""
    struck = () if board.handover is None else board.handover.struck

    def button(item: Item) -> html.Button:
        what = "keep" if item.key in struck else "strike"
        said = marks(ask=what, value_item=item.key)
        return html.Button(t(f"handover.{what}", lang), type="button", className="button button--slim", **said)

    numbers = Numbers(lang, board.zone)
    which = "handover.draft.running" if board.is_running else "handover.draft"
    since = html.P(t(which, lang, at=numbers.moment(board.facts_at)), className="quiet")
    return [since, *sentences(board.items, numbers, struck=struck, button=button if may_sign else None)]


def _draft(board: HandoverBoard, kept: Handover, numbers: Numbers, *, may_sign: bool) -> list[Component]:
    lang = numbers.lang
    found: list[Component] = [
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
        html.Div(items(board, lang, may_sign=may_sign), id=Ids.items),
        html.H3(html.Label(t("handover.note", lang), htmlFor=Ids.note), className="handover__group"),
    ]
    if not may_sign:
        return [*found, html.P(kept.note or t("handover.note.none", lang), className="handover__note")]
    return [
        *found,
        html.P(t("handover.note.hint", lang), className="quiet noprint"),
        _area(Ids.note, kept.note, LONGEST_NOTE),
        html.Div(
            [
                html.Span(t("handover.sign.what", lang), className="quiet"),
                html.Button(t("handover.save", lang), id=Ids.save, type="button", className="button"),
                html.Button(t("handover.sign", lang), id=Ids.sign, type="button", className="button button--main"),
            ],
            className="handover__acts noprint",
        ),
    ]


def _signed(handover: Handover, numbers: Numbers, *, may_sign: bool) -> list[Component]:
    lang = numbers.lang
    found = [*signed_text(handover, numbers), readers(handover, lang)]
    if not may_sign:
        return found
    add = html.Button(t("handover.add", lang), id=Ids.add, type="button", className="button")
    return [
        *found,
        html.H3(html.Label(t("handover.add.title", lang), htmlFor=Ids.addendum), className="handover__group noprint"),
        html.Div(
            [_area(Ids.addendum, "", LONGEST_ADDENDUM), html.Div(add, className="handover__acts")],
            className="noprint",
        ),
    ]


def _area(name: str, text: str, longest: int) -> dcc.Textarea:
    return dcc.Textarea(id=name, value=text, maxLength=longest, rows=4, className="input handover__area")


def _earlier(board: HandoverBoard, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    title = html.H2(t("handover.earlier", lang), className="card__title")
    if not board.earlier:
        return html.Section(
            [title, html.P(t("handover.earlier.none", lang), className="quiet")], className="card noprint"
        )
    rows = [
        html.Tr(
            [
                html.Td(html.A(shift_words(h.shift, numbers, h.start), href=_address(h), **marks(go=""))),
                html.Td(h.signed_by),
                html.Td("" if h.signed_at is None else numbers.moment(h.signed_at), className="num"),
                html.Td(readers(h, lang), className="wraps"),
            ]
        )
        for h in board.earlier
    ]
    table = html.Table(html.Tbody(rows), className="table handover__earlier")
    return html.Section([title, html.Div(table, className="scroll")], className="card noprint")


def _address(handover: Handover) -> str:
    return "/handover?" + urlencode({"of_place": handover.line, "of_shift": handover.shift}, safe="/")


def _no_shifts(board: HandoverBoard, lang: str) -> html.Section:
    return html.Section(
        [
            html.H2(t("handover.no_shifts.title", lang), className="card__title"),
            html.P(t("handover.no_shifts.text", lang)),
            html.A(t("handover.no_shifts.next", lang), href=f"/line/{board.line}", className="button", **marks(go="")),
        ],
        className="card",
    )
