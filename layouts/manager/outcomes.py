"""What decisions promised and what they really brought, with intervals; and whether the loop is used at all."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app.boards.outcomes import Balance, Brought, OutcomesBoard
from app.domain.accounting.figures import FIGURES
from app.domain.decisions.balance import Share
from app.text.numbers import NONE, Numbers
from app.text.said import words as say
from app.text.translate import t
from layouts.components.live import field, marks, picker
from layouts.components.opens import figure_button, opens
from layouts.components.pagebox import PageHead, page_box
from layouts.components.plots import effect_plot, interval_plot
from layouts.components.suggestion_card import gain_words
from layouts.ids import PageIds

PERIODS = ("14", "30", "60", "180")


class Ids(PageIds, page="outcomes"):
    """The page's own parts."""

    filters: str
    result: str


def layout(head: PageHead, board: OutcomesBoard, places: dict[str, str], lang: str) -> html.Div:
    """Return the page. places: path -> name of what may be chosen."""
    parts: list[Component | None] = [
        html.Section(filters(board, places, lang), id=Ids.filters, className="card filters"),
        html.Div(result(board, lang), id=Ids.result, className="outcomes__result"),
    ]
    return page_box(head, "outcomes", parts)


def filters(board: OutcomesBoard, places: dict[str, str], lang: str) -> list[Component]:
    """Return what may be chosen, as the address says it."""
    periods = {days: t("outcomes.days", lang, n=days) for days in PERIODS}
    return [
        html.H1(t("page.outcomes", lang), className="sheet__title"),
        field(t("report.place", lang), picker("of_place", places, board.place)),
        field(t("outcomes.period", lang), picker("back", periods, str(board.days))),
    ]


def result(board: OutcomesBoard, lang: str) -> list[Component]:
    """Return the balance, the decisions with what they brought, the rules, and the use of the boards."""
    numbers = Numbers(lang, board.zone)
    return [
        _balance(board, numbers),
        _decisions(board, numbers),
        _rules(board.balance, numbers),
        _use(board.balance, numbers),
    ]


def _balance(board: OutcomesBoard, numbers: Numbers) -> html.Section:
    balance, lang = board.balance, numbers.lang
    gained = balance.gained
    brought, note = NONE, t("outcomes.too_few_measured", lang)
    if gained.mid is not None and gained.low is not None and gained.high is not None:
        brought = numbers.signed(gained.mid)
        low, high = numbers.signed(gained.low), numbers.signed(gained.high)
        note = t("outcomes.interval", lang, low=low, high=high, n=gained.n)
    told, whole = balance.reasoned
    facts = (
        ("gained", brought, note),
        ("accepted", numbers.whole(balance.accepted), t("outcomes.of", lang, n=balance.suggested)),
        ("hits", *_share(balance.hits, numbers)),
        ("reasoned", numbers.percent(told / whole if whole else None), t("outcomes.last_week", lang)),
        ("trust", numbers.percent(balance.trust), t("outcomes.last_week", lang)),
    )
    tiles = [
        html.Div(
            [
                html.Span(t(f"outcomes.stat.{key}", lang)),
                html.B(_opened(board, key, value, numbers)),
                html.Small(small, className="quiet"),
            ],
            className="stat",
        )
        for key, value, small in facts
    ]
    return html.Section(tiles, className="card stats")


def _opened(board: OutcomesBoard, key: str, value: str, numbers: Numbers) -> Component | str:
    """Return a key figure of the place as what opens; what the loop itself did is told by its own table below."""
    if key not in FIGURES:
        return value
    said = opens(key, board.place, board.balance.week)
    return figure_button([value], t(f"outcomes.stat.{key}", numbers.lang), said, numbers.lang)


def _decisions(board: OutcomesBoard, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    title = html.H2(t("outcomes.decisions", lang), className="card__title")
    if not board.rows:
        words = [
            html.P(t("outcomes.none", lang)),
            html.A(t("page.decisions", lang), href="/decisions", className="button"),
        ]
        return html.Section([title, *words], className="card")
    keys = ("what", "decided", "promised", "measured", "both", "shifts")
    heads = [html.Th(t(f"outcomes.{key}", lang)) for key in keys]
    rows = [_row(row, numbers) for row in board.rows]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table table--outcomes")
    foot = html.P(t("outcomes.how", lang), className="quiet")
    return html.Section([title, html.Div(table, className="scroll"), foot], className="card table-card")


def _row(row: Brought, numbers: Numbers) -> html.Tr:
    said, found = row.decision, row.effect
    drawn = None if found is None else effect_plot(found, said.at, numbers)
    cells = [
        html.Td([html.B(say(row.suggestion.title, numbers)), html.Small(row.where)], className="wraps"),
        html.Td([said.by, html.Small(numbers.moment(said.at)), html.Small(said.reference or "")]),
        html.Td(gain_words(row.suggestion.gain, numbers), className="wraps"),
        html.Td(_measured(row, numbers), className="wraps"),
        html.Td(interval_plot(row.suggestion.gain, found, numbers)),
        html.Td(drawn or NONE),
    ]
    return html.Tr(cells, **marks(outcome=row.suggestion.key))


def _measured(row: Brought, numbers: Numbers) -> list[Component | str]:
    found, lang = row.effect, numbers.lang
    if found is None:
        return [t("outcomes.no_promise" if row.suggestion.gain is None else "outcomes.no_line", lang)]
    word = html.Small(say(found.word, numbers))
    if found.low is None or found.mid is None or found.high is None:
        return [html.B(t("outcomes.too_few", lang)), word]
    low, mid, high = (numbers.signed(value) for value in (found.low, found.mid, found.high))
    return [html.B(t("decisions.promise", lang, low=low, mid=mid, high=high)), word]


def _rules(balance: Balance, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    title = html.H2(t("outcomes.precision", lang), className="card__title")
    if not balance.precision:
        return html.Section([title, html.P(t("outcomes.no_verdicts", lang), className="quiet")], className="card")
    heads = [
        html.Th(t("outcomes.rule", lang)),
        *(_num_head(key, lang) for key in ("right", "interval_head", "verdicts")),
    ]
    rows = [html.Tr([html.Td(rule), *_share_cells(found, numbers)]) for rule, found in balance.precision.items()]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table")
    return html.Section([title, html.Div(table, className="scroll")], className="card table-card")


def _use(balance: Balance, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    title = html.H2(t("outcomes.use", lang), className="card__title")
    if not balance.sign_ins:
        return html.Section([title, html.P(t("outcomes.no_sign_ins", lang), className="quiet")], className="card")
    weeks = max(len(counts) for counts in balance.sign_ins.values())
    named = {0: t("outcomes.this_week", lang), 1: t("outcomes.week_ago", lang)}
    ago = [named[n] if n in named else t("outcomes.weeks_ago", lang, n=n) for n in range(weeks)[::-1]]
    heads = [html.Th(t("outcomes.role", lang)), *(html.Th(words, className="num") for words in ago)]
    rows = [
        html.Tr([html.Td(t(f"role.{role}", lang)), *_counts(counts, numbers)])
        for role, counts in sorted(balance.sign_ins.items())
    ]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table")
    return html.Section([title, html.Div(table, className="scroll")], className="card table-card")


def _counts(counts: Sequence[int], numbers: Numbers) -> list[html.Td]:
    return [html.Td(numbers.whole(n), className="num") for n in counts]


def _num_head(key: str, lang: str) -> html.Th:
    return html.Th(t(f"outcomes.{key}", lang), className="num")


def _share_cells(found: Share, numbers: Numbers) -> list[html.Td]:
    value, note = _share(found, numbers)
    return [html.Td(words, className="num") for words in (value, note, f"{found.part} / {found.whole}")]


def _share(found: Share, numbers: Numbers) -> tuple[str, str]:
    if found.low is None or found.high is None:
        return NONE, t("outcomes.too_few_measured", numbers.lang)
    low, high = numbers.decimal(100 * found.low, 0), numbers.decimal(100 * found.high, 0)
    return numbers.percent(found.value), t("outcomes.share_interval", numbers.lang, low=low, high=high)
