"""The figures of the downtime page, each of which opens: losses, reliability, what nobody explained."""

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from app.boards.downtime import Answered, DowntimeBoard, Reliability, Share
from app.boards.explain import Kept
from app.domain.accounting.figures import LOSS
from app.domain.accounting.reliability import Mean
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.drawn import drawn
from layouts.components.live import marks
from layouts.components.opens import figure_button, figure_name, opens
from layouts.figures.losses import loss_waterfall


def kept_of(board: DowntimeBoard) -> Kept:
    """Return the page's filters: like the page itself, only time in a shift."""
    asked = board.question
    return Kept(asked.shift, in_shifts=True, product=asked.product, crew=asked.crew, reason=asked.reason)


def _button(board: DowntimeBoard, key: str, shown: list[Component | str], kept: Kept, numbers: Numbers) -> html.Button:
    return _button_of(board, (key, board.question.equipment), shown, kept, numbers)


def _button_of(
    board: DowntimeBoard, figure: tuple[str, str], shown: list[Component | str], kept: Kept, numbers: Numbers
) -> html.Button:
    """Return a figure of the page's own window that opens. figure: its key, and the path it is of."""
    said = opens(*figure, board.told or board.question.window, kept)
    return figure_button(shown, figure_name(figure[0], numbers.lang), said, numbers.lang)


def losses_card(board: DowntimeBoard, numbers: Numbers) -> html.Section:
    """Return where planned busy time went: drawn, and in figures that add up to it."""
    lang = numbers.lang
    planned = sum(board.losses.values())
    said = t(
        "downtime.closes", lang, planned=numbers.minutes(planned), good=numbers.minutes(board.losses.get("good", 0))
    )
    as_of = numbers.moment(board.as_of) if board.as_of is not None else NONE
    profile = t("shifts.profile", lang, profile=board.profile)
    foot = " \u00b7 ".join((said, t("shifts.as_of", lang, at=as_of), profile))
    graph = drawn(loss_waterfall(board.losses, lang))
    title = html.H2(f"{board.name}: {t('downtime.where', lang)}", className="card__title")
    figures = html.Dl(_loss_figures(board, numbers), className="opened")
    return html.Section([title, graph, figures, html.P(foot, className="quiet")], className="card")


def _loss_figures(board: DowntimeBoard, numbers: Numbers) -> list[Component]:
    kept = replace(kept_of(board), reason=None)
    losses = {f"{LOSS}{name}": ms for name, ms in board.losses.items() if ms or name == "good"}
    words = {key: numbers.minutes(ms) for key, ms in {"pbt_ms": sum(board.losses.values()), **losses}.items()}
    return [
        html.Div(
            [
                html.Dt(
                    [*_swatch(key), figure_name(key, numbers.lang)],
                ),
                html.Dd(_button(board, key, [shown], kept, numbers), className="num"),
            ]
        )
        for key, shown in {**words, "trust": numbers.percent(board.trust)}.items()
    ]


def _swatch(key: str) -> list[Component]:
    loss = key.removeprefix(LOSS)
    return [html.Span(className="swatch", **marks(loss=loss))] if loss != key else []


def reliability_card(board: DowntimeBoard, numbers: Numbers) -> html.Section:
    """Return MTBF, MTTR and failures by machine and by reason, and how fast calls are answered."""
    lang, kept = numbers.lang, kept_of(board)
    heads = ["", *(t(f"downtime.{key}", lang) for key in ("failures", "mtbf", "mttr"))]
    body: list[Component] = [_group("downtime.by_machine", lang)]
    body += [_row(board, row, (row.key, kept), numbers) for row in board.by_machine]
    body.append(_group("downtime.by_reason", lang))
    place = board.question.equipment
    body += [_row(board, row, (place, replace(kept, reason=row.key)), numbers) for row in board.by_reason]
    head = html.Tr([html.Th(h, className="num" if i else "") for i, h in enumerate(heads)])
    table = html.Table([html.Thead(head), html.Tbody(body)], className="table table--reliability")
    return html.Section(
        [
            html.H2(t("downtime.reliability", lang), className="card__title"),
            html.Div(table, className="scroll"),
            html.Ul([html.Li(_call(board, call, numbers)) for call in board.calls], className="plain"),
            html.P(t("downtime.interval", lang), className="quiet"),
        ],
        className="card",
    )


def _group(key: str, lang: str) -> html.Tr:
    return html.Tr(html.Th(t(key, lang), colSpan=4, className="group-title"))


def _row(board: DowntimeBoard, row: Reliability, of: tuple[str, Kept], numbers: Numbers) -> html.Tr:
    """Return a row; of: path and filters of its figures."""
    path, kept = of
    cells: tuple[tuple[str, list[Component | str]], ...] = (
        ("failures", [numbers.whole(row.failures)]),
        ("mtbf_ms", _mean(row.mtbf, numbers)),
        ("mttr_ms", _mean(row.mttr, numbers)),
    )
    figures = [html.Td(_button_of(board, (key, path), shown, kept, numbers), className="num") for key, shown in cells]
    return html.Tr([html.Td(row.name), *figures])


def _call(board: DowntimeBoard, call: Answered, numbers: Numbers) -> list[Component | str]:
    lang, found = numbers.lang, call.mtta
    value = NONE if found is None else numbers.duration(found.value)
    said = t("downtime.mtta", lang, call=t(f"call.{call.call}", lang), value=value, n=call.answered, all=call.calls)
    reach = [] if found is None else [html.Small(_reach(found, numbers))]
    kept = Kept(in_shifts=True, reason=call.call)
    return [_button(board, "mtta_ms", [said, *reach], kept, numbers)]


def _reach(found: Mean, numbers: Numbers) -> str:
    return f"{numbers.minutes(found.low)} \u2013 {numbers.minutes(found.high)}"


def _mean(found: Mean | None, numbers: Numbers) -> list[Component | str]:
    return [NONE] if found is None else [numbers.minutes(found.value), html.Small(_reach(found, numbers))]


def unexplained_share(board: DowntimeBoard, share: Share, numbers: Numbers) -> Component:
    """Return how much of a crew's unplanned stop time nobody explained; time outside shifts does not open."""
    part = share.unexplained_ms / share.stopped_ms if share.stopped_ms else None
    words = t("downtime.share", numbers.lang, share=numbers.percent(part), ms=numbers.minutes(share.unexplained_ms))
    if not share.key:
        return html.Small(words)
    kept = kept_of(board)
    kept = replace(kept, crew=share.key) if share.is_crew else replace(kept, shift=share.key)
    return _button(board, "unexplained", [html.Small(words)], kept, numbers)
