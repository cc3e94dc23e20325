"""What the parts of the administrators' page share: its address, its tables, places and roles to choose."""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from app.domain.roles import EVERYWHERE, Role
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import choices, field, marks, slot

Cells = Sequence[Component | str | None]


def address(tab: str, **said: object) -> str:
    """Return the page's address; None is left out."""
    return "/admin?" + urlencode({"tab": tab, **{key: value for key, value in said.items() if value is not None}})


def link(words: str, href: str, cls: str = "button") -> html.A:
    """Return a link within the page."""
    return html.A(words, href=href, className=cls, **marks(go=""))


def table(keys: Sequence[str], rows: list[html.Tr], lang: str) -> html.Div:
    """Return a table; keys: the text keys of its heads, "" for none."""
    heads = [html.Th(t(f"admin.{key}", lang) if key else None) for key in keys]
    inside = [html.Thead(html.Tr(heads)), html.Tbody(rows)]
    return html.Div(html.Table(inside, className="table table--admin"), className="scroll")


def where(scopes: Sequence[str], places: Mapping[str, str], lang: str) -> str:
    """Return places in words."""
    return ", ".join(t("admin.everywhere", lang) if one == EVERYWHERE else places.get(one, one) for one in scopes)


def moment(numbers: Numbers, at: int) -> str:
    """Return a date with its year, and the time of day."""
    return f"{numbers.full_date(at)} {numbers.clock(at)}"


def named(places: Mapping[str, str], lang: str) -> dict[str, str]:
    """Return what may be chosen as a place: scope -> words."""
    return {scope: name or t("admin.everywhere", lang) for scope, name in places.items()}


def role_field(roles: Sequence[Role], chosen: Role, lang: str) -> html.Label:
    """Return the choice of a role."""
    select = choices("role", {role.value: t(f"role.{role.value}", lang) for role in roles})
    select = html.Select(select.children, name="role", className="input", **marks(chosen=chosen.value))
    return field(t("admin.role", lang), select)


def place_boxes(places: Mapping[str, str], ticked: Collection[str], lang: str) -> html.Fieldset:
    """Return a box for everything and for each place."""
    boxes = [
        html.Label(
            [
                slot(f"scope|{scope}", "checkbox", value="on", **({"checked": "checked"} if scope in ticked else {})),
                html.Span(words),
            ],
            className="check",
        )
        for scope, words in named(places, lang).items()
    ]
    legend = html.Legend(t("admin.scopes", lang), className="admin__legend")
    return html.Fieldset([legend, html.Div(boxes, className="admin__places")], className="admin__fieldset")


def submit(words: str, **sends: object) -> html.Button:
    """Return the button that sends a form."""
    return html.Button(words, type="submit", className="button button--main", **marks(**sends))
