"""The frame every page lives in: bar with picker, shift, clock, age of data, pages, calls, person."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from app.domain.plant.equipment import Area, Site
from app.text.translate import LANGUAGE_NAME, browser_texts, languages, t
from layouts.components.bell import bell
from layouts.components.dispute import dispute_store
from layouts.components.live import aria, live, marks, slot
from layouts.components.problem import problem_store
from layouts.ids import PageIds


class Ids(PageIds, page="frame"):
    """The shell's own parts."""

    url: str
    page: str
    panel: str
    opened: str
    answer: str
    attached: str
    told: str
    shown: str
    needs: str
    needs_alerts: str
    needs_rest: str
    needs_asked: str


MenuGroup = tuple[str, tuple[tuple[str, str], ...]]
"""A group of the navigation: its text key ("": none) and its pages as (path, text key)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in: name as typed, role key, the groups of their menu."""

    name: str
    role: str
    menu: tuple[MenuGroup, ...]


def frame(person: Person, tree: Sequence[Site], lang: str) -> html.Div:
    """Return the shell; the page itself arrives in `Ids.page`, an opened number in `Ids.panel`."""
    texts = json.dumps(browser_texts(lang), ensure_ascii=False)
    return html.Div(
        [
            dcc.Location(id=Ids.url, refresh=False),
            problem_store(),
            dispute_store(),
            *(
                dcc.Store(id=name)
                for name in (Ids.answer, Ids.attached, Ids.told, Ids.shown, Ids.opened, Ids.needs_asked)
            ),
            html.A(t("frame.skip", lang), href="#" + Ids.page, className="skip"),
            _bar(person, tree, lang),
            html.Main(id=Ids.page, tabIndex=-1),
            html.Div(id=Ids.panel, **marks(panel=Ids.opened)),
            html.Div(className="toasts", **marks(toasts=""), **aria(live="polite")),
        ],
        className="app",
        **marks(words=texts, lang=lang, account=person.name),
    )


def _bar(person: Person, tree: Sequence[Site], lang: str) -> html.Header:
    links = [part for title, pages in person.menu for part in _group(title, pages, lang)]
    return html.Header(
        [
            html.A("Lineside", href="/", className="bar__brand"),
            _picker(tree, lang),
            html.Nav(links, **aria(label=t("frame.pages", lang))),
            html.Span(className="bar__space"),
            bell(lang, count_ids=(Ids.needs_alerts, Ids.needs_rest), list_id=Ids.needs, asked_id=Ids.needs_asked),
            html.Span(className="age", role="timer", **marks(age_text="")),
            html.Span(
                [live("shift.name", "shift"), " ", live("shift.start", "clock"), "\u2013", live("shift.end", "clock")],
                className="bar__shift",
                **marks(show="shift.name"),
            ),
            html.Span(className="bar__clock", **marks(clock="")),
            _person(person, lang),
        ],
        className="bar",
    )


def _group(title: str, pages: Sequence[tuple[str, str]], lang: str) -> list[Component]:
    """Return a group's links: side by side where it has no title or one page, else behind its title."""
    if not title or len(pages) == 1:
        return [html.A(t(key, lang), href=path, className="bar__link", **marks(go="")) for path, key in pages]
    items = [html.A(t(key, lang), href=path, className="menu__item", **marks(go="")) for path, key in pages]
    summary = html.Summary(t(title, lang), className="bar__link")
    return [html.Details([summary, html.Div(items, className="menu__sheet")], className="menu menu--pages")]


def _picker(tree: Sequence[Site], lang: str) -> html.Details:
    found: list[Component] = [slot("find", "search", placeholder=t("frame.find", lang), aria=t("frame.find", lang))]
    for site in tree:
        found += [_pick_area(site, area, lang) for area in site.areas]
    found.append(html.P(t("frame.nothing_found", lang), className="menu__group", hidden=True, **marks(nothing="")))
    summary = html.Summary([html.Span(t("frame.pick", lang), className="cut", **marks(where=""))])
    return html.Details(
        [summary, html.Div(found, className="menu__sheet")], className="menu", **aria(label=t("frame.pick", lang))
    )


def _pick_area(site: Site, area: Area, lang: str) -> html.Div:
    name = f"{site.name} \u203a {area.name}"
    items = [_item(f"/area/{area.path}", t("frame.whole_area", lang, area=area.name), name)]
    items += [_item(f"/line/{line.path}", line.name, f"{name} {line.path}") for line in area.lines]
    return html.Div([html.P(name, className="menu__group"), *items], **marks(group=""))


def _item(href: str, words: str, find: str) -> html.A:
    return html.A(words, href=href, className="menu__item", **marks(go="", find=f"{words} {find}".lower()))


def _person(person: Person, lang: str) -> html.Details:
    def pressed(name: str, words: str, mark: str, *, on: bool) -> html.Button:
        return html.Button(
            words, type="button", className="choice", **marks(**{mark: name}), **aria(pressed=str(on).lower())
        )

    themes = [pressed(k, t(f"theme.{k}", lang), "set_theme", on=k == "auto") for k in ("auto", "light", "dark")]
    tongues = [pressed(code, t(LANGUAGE_NAME, code), "set_lang", on=code == lang) for code in languages()]
    leave = html.Form(
        html.Button(t("frame.sign_out", lang), className="menu__item", type="submit"), action="/logout", method="post"
    )
    sheet = [
        html.P(t(f"role.{person.role}", lang), className="menu__group"),
        html.P(t("frame.theme", lang), className="menu__group"),
        html.Div(themes, className="menu__row"),
        html.P(t("frame.language", lang), className="menu__group"),
        html.Div(tongues, className="menu__row"),
        leave,
    ]
    return html.Details(
        [html.Summary(person.name), html.Div(sheet, className="menu__sheet")], className="menu menu--right person"
    )
