"""The logs of the administrators' page: who came in, who changed what; backups and health in words."""

from dash import html
from dash.development.base_component import Component

from app.boards.admin import OUTCOMES, AdminBoard, AuditRow, Chain, SignInRow
from app.domain.roles import EVERYWHERE
from app.text.numbers import NONE, Numbers
from app.text.translate import has, t
from layouts.components.admin_parts import address, link, moment, table
from layouts.components.live import field, marks, picker

LONGEST_DETAIL = 400
HEALTH = (
    ("connections", "/connections"),
    ("messages", "/messages?state=dead"),
    ("commissioning", "/commissioning"),
    ("readyz", "/readyz"),
)


def sign_ins(board: AdminBoard, numbers: Numbers) -> list[Component]:
    """Return the attempts to come in, newest first."""
    lang = numbers.lang
    outcomes = {one: t(f"admin.outcome.{one}", lang) for one in OUTCOMES}
    chosen = [
        _who(board, lang),
        field(t("admin.log.outcome", lang), picker("outcome", outcomes, board.asked.outcome, first=_all(lang))),
    ]
    rows = [_sign_in(row, numbers) for row in board.sign_ins]
    heads = ("log.at", "log.who", "log.from", "log.outcome")
    body = table(heads, rows, lang) if rows else html.P(t("admin.nobody", lang))
    last = board.sign_ins[-1].number if board.sign_ins else None
    return [_filters(chosen, "sign_ins", lang), _card([body, _pages(board, last, lang)], "admin.sign_ins.foot", lang)]


def audit(board: AdminBoard, numbers: Numbers) -> list[Component]:
    """Return whether the trail is whole, and its rows, newest first."""
    lang = numbers.lang
    rows = [_audit(row, numbers) for row in board.audit]
    heads = ("log.at", "log.who", "audit.what", "audit.where", "audit.detail")
    body = table(heads, rows, lang) if rows else html.P(t("admin.audit.none", lang))
    last = board.audit[-1].number if board.audit else None
    card = _card([body, _pages(board, last, lang)], "admin.audit.foot", lang)
    chain = [] if board.chain is None else [_chain(board.chain, numbers)]
    return [*chain, _filters([_who(board, lang)], "audit", lang), card]


def system(board: AdminBoard, numbers: Numbers) -> list[Component]:
    """Return backups, and where to see whether everything is well."""
    lang = numbers.lang
    last = t("admin.backup.never", lang)
    if board.backup is not None:
        made = board.backup
        at = moment(numbers, made.at)
        last = t("admin.backup.last", lang, at=at, file=made.place, rows=made.detail, who=made.who)
    backups = html.Section(
        [
            html.H2(t("admin.backups", lang), className="card__title"),
            html.P(last),
            html.P(t("admin.backup.make", lang)),
            html.Pre("python -m app backup /backups/", className="paste"),
            html.P(t("admin.backup.restore", lang)),
            html.Pre("python -m app restore FILE\npython -m app rebuild", className="paste"),
            html.P(t("admin.backup.download", lang), className="quiet"),
        ],
        className="card admin__text",
    )
    links = [html.Li(html.A(t(f"admin.health.{key}", lang), href=href, className="place")) for key, href in HEALTH]
    health = html.Section(
        [
            html.H2(t("admin.health", lang), className="card__title"),
            html.Ul(links),
            html.P(t("admin.health.what", lang), className="quiet"),
        ],
        className="card admin__text",
    )
    return [html.Div([backups, health], className="admin__system")]


def _all(lang: str) -> str:
    return t("admin.all", lang)


def _who(board: AdminBoard, lang: str) -> Component:
    known = {name: name for name in board.known}
    return field(t("admin.log.who", lang), picker("who", known, board.asked.who, first=_all(lang)))


def _filters(chosen: list[Component], tab: str, lang: str) -> html.Section:
    title = html.H2(t(f"admin.tab.{tab}", lang), className="sheet__title")
    return html.Section([title, *chosen, html.P(t("admin.looked", lang), className="quiet")], className="card filters")


def _card(inside: list[Component], foot: str, lang: str) -> html.Section:
    return html.Section([*inside, html.P(t(foot, lang), className="quiet")], className="card table-card")


def _pages(board: AdminBoard, last: int | None, lang: str) -> html.Div:
    """Return the ways to older rows and back to the newest, with the same filter."""
    asked = board.asked
    found: list[Component] = []
    if asked.before is not None:
        found.append(link(t("admin.log.newer", lang), address(asked.tab, who=asked.who, outcome=asked.outcome)))
    if board.more:
        older = address(asked.tab, who=asked.who, outcome=asked.outcome, before=last)
        found.append(link(t("admin.log.older", lang), older))
    return html.Div(found, className="admin__pages")


def _sign_in(row: SignInRow, numbers: Numbers) -> html.Tr:
    words = t(f"admin.outcome.{row.outcome}", numbers.lang)
    state = "active" if row.outcome == "ok" else "refused"
    return html.Tr(
        [
            html.Td(_moment(row.at, numbers)),
            html.Td(html.B(row.name or NONE), className="wraps"),
            html.Td(row.address or NONE),
            html.Td(html.Span(words, className="tag", **marks(state=state))),
        ]
    )


def _moment(at: int, numbers: Numbers) -> str:
    return f"{numbers.full_date(at)} {numbers.time(at)}"


def _audit(row: AuditRow, numbers: Numbers) -> html.Tr:
    lang = numbers.lang
    key = f"admin.what.{row.what}"
    what: Component | str = t(key, lang) if has(key) else html.Code(row.what)
    by = link(row.who, address("audit", who=row.who), "place")
    return html.Tr(
        [
            html.Td([_moment(row.at, numbers), html.Small(f"#{row.number}")]),
            html.Td(by),
            html.Td(what, className="wraps"),
            html.Td(_all(lang) if row.place == EVERYWHERE else row.place or NONE, className="wraps"),
            html.Td(_detail(row, lang), className="wraps"),
        ]
    )


def _detail(row: AuditRow, lang: str) -> list[Component | str]:
    """Return what was before and after where the row says both, else its particulars, cut where they are long."""
    before, arrow, after = row.detail.partition(" -> ")
    if arrow and row.what.startswith("account."):
        return [html.S(before), html.Small(t("admin.audit.after", lang)), html.B(after)]
    detail = row.detail if len(row.detail) <= LONGEST_DETAIL else f"{row.detail[:LONGEST_DETAIL]} \u2026"
    return [html.Code(detail) if detail.startswith(("{", "[")) else detail or NONE]


def _chain(chain: Chain, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    said = {"n": numbers.whole(chain.rows), "checked": numbers.whole(chain.checked)}
    key = "all" if chain.checked == chain.rows else "newest"
    if chain.broken is not None:
        key, said = "broken", {"n": numbers.whole(chain.broken)}
    words = html.P(t(f"admin.chain.{key}", lang, **said), **marks(chain="broken" if chain.broken else "whole"))
    button = html.Button(t("admin.chain.check", lang), type="button", className="button", **marks(ask="verify"))
    needed = chain.broken is None and chain.checked < chain.rows
    inside: list[Component] = [html.Div([html.H2(t("admin.chain.title", lang), className="card__title"), words])]
    return html.Section([*inside, button] if needed else inside, className="card admin__chain")
