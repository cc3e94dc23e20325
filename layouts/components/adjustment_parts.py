"""Adjustments and protocols: what is to be done, by whom, what it brought; and what engineers write about it."""

from dash import html
from dash.development.base_component import Component

from app.boards.quality import AdjustmentRow, QualityBoard
from app.domain.decisions.adjusting import AdjustmentProtocol, may_follow
from app.domain.decisions.scrap_effect import Effect
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import choices, field, marks, slot
from layouts.figures.control_chart import amount

DOERS = ("adjust_line", "approve_write")
NOTE = {"maxlength": "500", "autocomplete": "off"}
NUMBER = {"required": "required", "autocomplete": "off", "inputmode": "decimal", "maxlength": "20"}


def adjustment_list(board: QualityBoard, numbers: Numbers, held: frozenset[str]) -> html.Section:
    """Return the adjustments of the line, newest first. held: values of the permissions of whoever looks."""
    lang = numbers.lang
    title = html.H2(t("quality.adjustments", lang), className="card__title")
    if not board.adjustments:
        words = html.P(t("quality.adjustments.none", lang), className="quiet")
        return html.Section([title, words], className="card table-card")
    rows = [_adjustment(row, board, numbers, held) for row in board.adjustments]
    return html.Section([title, html.Div(rows, className="adjustments")], className="card table-card")


def _adjustment(row: AdjustmentRow, board: QualityBoard, numbers: Numbers, held: frozenset[str]) -> html.Article:
    lang, a = numbers.lang, row.adjustment
    move = f"{amount(a.from_value, a.unit, numbers)} \u2192 {amount(a.to_value, a.unit, numbers)}"
    head = html.Div(
        [
            html.B(f"{board.machines.get(a.machine, a.machine)} \u00b7 {a.signal}"),
            html.Span(move, className="adjustment__move"),
            html.Span(t(f"quality.state.{a.state}", lang), className="tag", **marks(state=a.state)),
        ],
        className="adjustment__head",
    )
    parts: list[Component] = [head, html.P(_history(row, numbers), className="quiet")]
    if row.protocol is not None and a.state in ("open", "write_asked", "writing"):
        lines = [html.Li(line) for line in row.protocol.steps.splitlines() if line.strip()]
        parts.append(html.Ol(lines, className="adjustment__steps"))
    if row.protocol is not None and a.state == "done":
        parts.append(html.P(t("quality.back_how", lang, how=row.protocol.back), className="quiet"))
    if row.effect is not None:
        parts.append(html.P(effect_words(row.effect, numbers), **marks(effect="")))
    parts.append(html.Div(_actions(row, lang, held), className="adjustment__do"))
    return html.Article(parts, className="adjustment", **marks(adjustment=a.id))


def _history(row: AdjustmentRow, numbers: Numbers) -> str:
    told = []
    for step in row.adjustment.steps:
        what = t(f"quality.step.{step.what}", numbers.lang)
        value = "" if step.value is None else f" {amount(step.value, row.adjustment.unit, numbers)}"
        note = f" ({step.note})" if step.note else ""
        told.append(f"{numbers.moment(step.at)} {what}{value}, {step.by}{note}")
    return " \u00b7 ".join(told)


def effect_words(effect: Effect, numbers: Numbers) -> str:
    """Return what an adjustment did to the share of rejects, or that there is not enough data yet."""
    lang = numbers.lang
    counts = {
        "n_before": numbers.whole(effect.before[1]),
        "n_after": numbers.whole(effect.after[1]),
    }
    if effect.change is None:
        return t("quality.effect.too_little", lang, **counts)
    before, after = (found / n for found, n in (effect.before, effect.after))
    low, mid, high = (numbers.decimal(value * 100, 2) for value in effect.change)
    is_sure = effect.change.high < 0 or effect.change.low > 0
    key = "quality.effect.sure" if is_sure else "quality.effect.chance"
    shares = {"before": amount(before, "%", numbers), "after": amount(after, "%", numbers)}
    return t(key, lang, mid=mid, low=low, high=high, **shares, **counts)


def _actions(row: AdjustmentRow, lang: str, held: frozenset[str]) -> list[Component]:
    a = row.adjustment
    if row.protocol is None:
        return []
    of = {"value_adjustment": a.id}
    may_do = row.protocol.permission in held and "adjust_line" in held
    found: list[Component] = []
    if may_do and may_follow(a, "confirmed"):
        found.append(
            html.Form(
                [
                    field(t("quality.done_value", lang, unit=a.unit), slot("value", **NUMBER, value=f"{a.to_value:g}")),
                    field(t("quality.note", lang), slot("note", **NOTE)),
                    html.Button(
                        t("quality.confirm", lang), type="submit", className="button button--main", **marks(**of)
                    ),
                    html.Button(t("quality.drop", lang), type="button", className="button", **marks(ask="drop", **of)),
                ],
                className="adjustment__form",
                **marks(send="confirm"),
            )
        )
    if may_do and row.is_writable and may_follow(a, "write_asked"):
        found.append(_button("ask_write", lang, of))
    if may_do and row.is_writable and may_follow(a, "back_asked"):
        found.append(_button("ask_back", lang, of))
    is_asked = may_follow(a, "writing") or may_follow(a, "back_writing")
    if "approve_write" in held and row.is_writable and is_asked:
        found.append(_button("approve_write", lang, of))
    if may_do and may_follow(a, "gone_back"):
        found.append(_button("go_back", lang, of))
    return found


def _button(what: str, lang: str, of: dict[str, str]) -> html.Button:
    return html.Button(t(f"quality.{what}", lang), type="button", className="button", **marks(ask=what, **of))


def protocol_list(board: QualityBoard, numbers: Numbers, *, may_write: bool) -> html.Section:
    """Return the line's protocols, and for engineers the form for a new one."""
    lang = numbers.lang
    parts: list[Component] = [html.H2(t("quality.protocols", lang), className="card__title")]
    if not board.protocols:
        parts.append(html.P(t("quality.protocols.none", lang), className="quiet"))
    parts += [_protocol(one, board, numbers, may_write=may_write) for one in board.protocols]
    if may_write and board.parameters:
        parts.append(
            html.Details(
                [html.Summary(t("quality.protocol.new", lang), className="button"), _form(None, board, lang)],
                className="protocol__new",
            )
        )
    return html.Section(parts, className="card table-card")


def _protocol(one: AdjustmentProtocol, board: QualityBoard, numbers: Numbers, *, may_write: bool) -> html.Details:
    lang = numbers.lang
    low, high, step = (amount(value, one.unit, numbers) for value in (one.low, one.high, one.max_step))
    says = t("quality.protocol.says", lang, low=low, high=high, step=step)
    way = t("quality.protocol.by_hand", lang) if one.address is None else f"{one.source}: {one.address}"
    written = t("quality.protocol.by", lang, by=one.by, at=numbers.moment(one.at), version=one.version)
    inside: list[Component] = [
        html.Ol([html.Li(line) for line in one.steps.splitlines() if line.strip()]),
        html.P(t("quality.back_how", lang, how=one.back)),
        html.P(f"{t(f'quality.doer.{one.permission}', lang)} \u00b7 {way} \u00b7 {written}", className="quiet"),
    ]
    if may_write:
        retire = marks(ask="retire_protocol", value_protocol=one.id)
        inside += [
            _form(one, board, lang),
            html.Button(t("quality.protocol.retire", lang), type="button", className="button", **retire),
        ]
    name = f"{board.machines.get(one.machine, one.machine)} \u00b7 {one.signal}"
    return html.Details(
        [html.Summary([html.B(name), html.Span(says)]), *inside], className="protocol", **marks(protocol=one.id)
    )


def _form(one: AdjustmentProtocol | None, board: QualityBoard, lang: str) -> html.Form:
    known = {f"{p.machine}|{p.signal}": f"{board.machines[p.machine]} \u00b7 {p.signal}" for p in board.parameters}
    doers = {who: t(f"quality.doer.{who}", lang) for who in _first(None if one is None else one.permission, DOERS)}
    value = {} if one is None else {name: f"{getattr(one, name):g}" for name in ("low", "high", "max_step")}
    numbers = [
        field(t(f"quality.protocol.{name}", lang), slot(name, **NUMBER, **({"value": value[name]} if value else {})))
        for name in ("low", "high", "max_step")
    ]
    parameter = None if one is None else f"{one.machine}|{one.signal}"
    offered = known if parameter is None else {parameter: known.get(parameter, parameter)}
    parts: list[Component] = [
        field(t("quality.protocol.parameter_label", lang), choices("parameter", offered)),
        *numbers,
        field(t("quality.protocol.doer", lang), choices("permission", doers)),
        _text("steps", "" if one is None else one.steps, lang),
        _text("back", "" if one is None else one.back, lang),
    ]
    if board.sources:
        words = {"": t("quality.protocol.by_hand", lang), **{s: s for s in board.sources}}
        ways = {way: words.get(way, way) for way in _first(None if one is None else one.source, tuple(words))}
        address = {} if one is None or one.address is None else {"value": one.address}
        parts += [
            field(t("quality.protocol.source", lang), choices("source", ways)),
            field(t("quality.protocol.address", lang), slot("address", maxlength="300", autocomplete="off", **address)),
        ]
    of = marks(value_protocol=None if one is None else one.id)
    parts.append(html.Button(t("quality.protocol.keep", lang), type="submit", className="button button--main", **of))
    return html.Form(parts, className="protocol__form", **marks(send="write_protocol"))


def _first(chosen: str | None, offered: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is offered with the chosen one first: that is what a list shows."""
    return offered if not chosen else (chosen, *(one for one in offered if one != chosen))


def _text(name: str, said: str, lang: str) -> html.Label:
    box = html.Textarea(said, name=name, className="input", rows=4, maxLength=2_000, required=True)
    return field(t(f"quality.protocol.{name}", lang), box)
