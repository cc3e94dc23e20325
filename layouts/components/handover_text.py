"""A handover in words: the sentences by what they are about, the note, who signed, what was added, who has read it."""

from collections.abc import Callable, Sequence

from dash import html
from dash.development.base_component import Component

from app.domain.decisions.handover import GROUPS, Handover, Item
from app.text.numbers import Numbers
from app.text.said import words
from app.text.translate import has, t

Button = Callable[[Item], Component]


def sentences(
    items: Sequence[Item], numbers: Numbers, *, struck: Sequence[str] = (), button: Button | None = None
) -> list[Component]:
    """Return the sentences, a heading per group; button: what may be done with one (None: nothing)."""
    found: list[Component] = []
    for group in GROUPS:
        rows = [_row(item, numbers, is_out=item.key in struck, button=button) for item in items if item.group == group]
        if rows:
            title = html.H3(t(f"handover.group.{group}", numbers.lang), className="handover__group")
            found.append(html.Section([title, html.Ul(rows, className="handover__list")]))
    return found


def _row(item: Item, numbers: Numbers, *, is_out: bool, button: Button | None) -> html.Li:
    told: Component = html.Span(words(item.said, numbers))
    if is_out:
        told = html.Span([html.S(told), html.Small(t("handover.struck", numbers.lang))])
    return html.Li([told, *([button(item)] if button is not None else [])], className="is-out" if is_out else "")


def signed_text(handover: Handover, numbers: Numbers) -> list[Component]:
    """Return everything that was signed and added since."""
    lang = numbers.lang
    note = html.P(handover.note or t("handover.note.none", lang), className="handover__note")
    found = [*sentences(handover.items, numbers), _headed(t("handover.note", lang), note)]
    if handover.signed_at is not None:
        said = t("handover.signed", lang, by=handover.signed_by, at=numbers.moment(handover.signed_at))
        found.append(html.P(said, className="handover__signature"))
    for added in handover.addenda:
        who = t("handover.added", lang, by=added.by, at=numbers.moment(added.at))
        found.append(_headed(who, html.P(added.text, className="handover__note")))
    return found


def readers(handover: Handover, lang: str) -> html.P:
    """Return who has read it."""
    names = ", ".join(handover.read_by)
    return html.P(
        t("handover.read_by", lang, names=names) if names else t("handover.read_by.nobody", lang), className="quiet"
    )


def shift_words(shift: str, numbers: Numbers, start: int) -> str:
    """Return a shift instance as people call it: its name, and the date on which it began."""
    name = shift.partition("/")[2]
    word = t(f"shift.{name}", numbers.lang) if has(f"shift.{name}") else name
    return f"{word} \u00b7 {numbers.date(start)}"


def _headed(title: str, text: Component) -> html.Section:
    return html.Section([html.H3(title, className="handover__group"), text], className="handover__said")
