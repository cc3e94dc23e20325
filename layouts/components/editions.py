"""The plant files that were in use: since when, who signed them and why, what each changed."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app.boards.catalogue import CatalogueBoard, PlantEdition
from app.domain.plant.changes import Change
from app.text.numbers import Numbers
from app.text.translate import t


def edition_list(board: CatalogueBoard, numbers: Numbers) -> html.Section:
    """Return the editions, newest first."""
    lang = numbers.lang
    if not board.editions:
        return html.Section(html.P(t("editions.none", lang), className="quiet"), className="card table-card")
    heads = html.Tr([html.Th(t(f"editions.{key}", lang)) for key in ("since", "by", "changes")])
    body = html.Tbody([_edition(edition, numbers) for edition in board.editions])
    table = html.Table([html.Thead(heads), body], className="table table--issues table--editions")
    foot = html.P(t("editions.what", lang), className="quiet")
    return html.Section([html.Div(table, className="scroll"), foot], className="card table-card")


def _edition(edition: PlantEdition, numbers: Numbers) -> html.Tr:
    lang = numbers.lang
    since = html.Td([html.B(numbers.moment(edition.at)), html.Small(edition.version)])
    by = html.Td([edition.by or t("editions.unsigned", lang), html.Small(edition.note or "")], className="wraps")
    return html.Tr([since, by, html.Td(_changes(edition, lang), className="wraps")])


def _changes(edition: PlantEdition, lang: str) -> list[Component]:
    if edition.is_first:
        return [html.Span(t("editions.first", lang), className="quiet")]
    if not edition.changes:
        return [html.Span(t("editions.words_only", lang), className="quiet")]
    return [change_list(edition.changes, edition.more, lang)]


def change_list(told: Sequence[Change], more: int, lang: str) -> html.Ul:
    """Return what differs, key by key. more: how many others do."""
    rows = [html.Li([html.Code(change.path), html.Small(_how(change, lang))]) for change in told]
    if more:
        rows.append(html.Li(t("editions.more", lang, n=more)))
    return html.Ul(rows, className="editions")


def _how(change: Change, lang: str) -> str:
    if change.before is None:
        return t("editions.added", lang, value=change.after)
    if change.after is None:
        return t("editions.removed", lang, value=change.before)
    return f"{change.before} \u2192 {change.after}"
