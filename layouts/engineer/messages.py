"""Messages: what goes out to people and systems, how far it has come, and what nobody could deliver."""

from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.messages import STATES, MessageRow, MessagesBoard
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.live import marks
from layouts.components.pagebox import PageHead, page_box
from layouts.ids import PageIds

LOOK_MS = 5_000
KEYS = ("state", "what", "to", "made", "tries", "answer", "do")
HOW = {"pending": "waits", "sending": "waits", "failed": "silent", "sent": "fine", "dead": "broken"}
"""State -> the catalogue's word for it, which has its colour."""


class Ids(PageIds, page="messages"):
    """The page's own parts. result: what depends on the choice and the moment; asks: what people do; look: the beat."""

    result: str
    asks: str
    look: str


def layout(head: PageHead, board: MessagesBoard, lang: str) -> html.Div:
    """Return the page."""
    parts: list[Component | None] = [
        html.H1(t("page.messages", lang), className="sheet__title"),
        html.Div(result(board, lang), id=Ids.result, className="stack"),
        dcc.Store(id=Ids.asks),
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
    ]
    return page_box(replace(head, asks=Ids.asks), "messages", parts)


def result(board: MessagesBoard, lang: str) -> list[Component]:
    """Return the states with their counts, and the messages of the chosen one."""
    return [_tabs(board, lang), _table(board, Numbers(lang, board.zone))]


def _tabs(board: MessagesBoard, lang: str) -> html.Nav:
    every = t("messages.tab.all", lang, n=sum(board.counts.values()))
    tabs = [(None, every), *((s, t(f"messages.tab.{s}", lang, n=board.counts.get(s, 0))) for s in STATES)]
    links = [
        html.A(
            words,
            href="/messages" if state is None else f"/messages?state={state}",
            className="tabs__tab",
            **marks(
                go="",
                current="page" if state == board.state else None,
                dead="yes" if state == "dead" and board.counts.get("dead") else None,
            ),
        )
        for state, words in tabs
    ]
    return html.Nav(links, className="tabs")


def _table(board: MessagesBoard, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    if not board.rows:
        key = "messages.none" if board.state is None else "messages.none_so"
        return html.Section(html.P(t(key, lang), className="quiet"), className="card table-card")
    heads = [html.Th(t(f"messages.{key}", lang), className="num" if key == "tries" else "") for key in KEYS]
    body = [_row(row, board.at, numbers) for row in board.rows]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table table--messages")
    foot = html.P(t("messages.foot", lang), className="quiet")
    return html.Section([html.Div(table, className="scroll"), foot], className="card table-card")


def _row(row: MessageRow, now: int, numbers: Numbers) -> html.Tr:
    lang, parcel = numbers.lang, row.parcel
    word = html.Span(t(f"messages.state.{parcel.state}", lang), className="tag", **marks(how=HOW[parcel.state]))
    target = parcel.target or t("messages.no_target", lang)
    meant = t(f"role.{parcel.to}", lang) if parcel.to else ""
    to = " \u00b7 ".join(part for part in (t(f"messages.channel.{parcel.channel}", lang), meant) if part)
    does = {"dead": "again", "pending": "drop", "failed": "drop"}.get(parcel.state)
    return html.Tr(
        [
            html.Td([word, html.Small(_when(row, now, numbers))]),
            html.Td([html.B(row.about), html.Small(f"{row.place} \u00b7 {parcel.kind}")], className="wraps"),
            html.Td([html.Span(target), html.Small(to)], className="wraps"),
            html.Td(numbers.moment(parcel.created)),
            html.Td(numbers.whole(parcel.attempts), className="num"),
            html.Td([parcel.answer or NONE, _maybe_twice(row, lang)], className="wraps"),
            html.Td(None if does is None else _button(does, parcel.key, lang)),
        ],
        **marks(message=parcel.key),
    )


def _button(does: str, key: str, lang: str) -> html.Button:
    look = "button" if does == "again" else "button button--quiet"
    press = marks(ask=does, value_message=key)
    return html.Button(t(f"messages.{does}", lang), type="button", className=look, **press)


def _when(row: MessageRow, now: int, numbers: Numbers) -> str:
    lang, parcel = numbers.lang, row.parcel
    if parcel.state == "sent" and parcel.sent_at is not None:
        return numbers.moment(parcel.sent_at)
    if parcel.state == "failed":
        return t("messages.next_in", lang, wait=numbers.duration(max(0, parcel.next_at - now)))
    return t("messages.not_again", lang) if parcel.state == "dead" else ""


def _maybe_twice(row: MessageRow, lang: str) -> html.Small | None:
    return html.Small(t("messages.maybe_twice", lang)) if row.parcel.is_again else None
