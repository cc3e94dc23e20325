"""Dialogs: native ones, opened and closed in the browser without asking the server."""

from dash import html
from dash.development.base_component import Component

from app.text.translate import t
from layouts.components.live import aria, icon_button, marks


def dialog(name: str, title: str, children: list[Component], lang: str, *, send: str | None = None) -> html.Dialog:
    """Return a dialog; send: what its form asks the server on submit (None: its buttons ask for themselves)."""
    head = html.Div(
        [html.H2(title, className="sheet__title"), icon_button(t("action.close", lang), close="")],
        className="sheet__head",
    )
    inside = [head, *children]
    body: Component = html.Div(inside, className="sheet")
    if send is not None:
        body = html.Form(inside, className="sheet", **marks(send=send))
    return html.Dialog(body, **marks(dialog=name), **aria(label=title))


def foot(label: str, lang: str, *extra: Component) -> html.Div:
    """Return a form's last row: cancel and the button that does it."""
    cancel = html.Button(t("action.cancel", lang), type="button", className="button", **marks(close=""))
    return html.Div(
        [*extra, cancel, html.Button(label, type="submit", className="button button--main")], className="sheet__foot"
    )
