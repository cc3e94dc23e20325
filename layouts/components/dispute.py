"""The way to say that what is shown is not right: a note that becomes an issue of its owner."""

from dash import dcc, html

from app.domain.governance.findings import Disputed, has_owner
from app.text.translate import t
from layouts.components.live import field, marks, slot
from layouts.ids import PageIds


class DisputeIds(PageIds, page="dispute"):
    """asks: what somebody disputes, on whatever page."""

    asks: str


def dispute_store() -> dcc.Store:
    """Return the store the forms of every page write to; it lives in the frame."""
    return dcc.Store(id=DisputeIds.asks)


def dispute_form(equipment: str, disputed: Disputed, lang: str) -> html.Details | None:
    """Return the folded form; None for an area or site, whose figures are those of its lines."""
    if not has_owner(equipment):
        return None
    start, end = disputed.window
    about = {"value_equipment": equipment, "value_about": disputed.about, "value_from": start, "value_to": end}
    form = html.Form(
        [
            field(t("dispute.note", lang), slot("note", maxlength="500", required="required", autocomplete="off")),
            html.Button(t("dispute.send", lang), type="submit", className="button", **marks(**about)),
        ],
        className="dispute__form",
        **marks(send="dispute"),
    )
    said = html.P(t("dispute.why", lang), className="quiet")
    title = html.Summary(t("dispute.title", lang), className="button button--quiet")
    return html.Details([title, said, form], className="dispute", **marks(asks=DisputeIds.asks))
