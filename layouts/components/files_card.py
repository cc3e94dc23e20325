"""Long exports: what is being made and what is ready, and a form to ask for more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from app.boards.files import LONG_FORMS, WHATS, FileJob
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import aria, choices, field, marks, slot

OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Shown:
    """places: path -> name of what may be exported; first, last: the days that are offered (ISO)."""

    places: Mapping[str, str]
    first: str
    last: str


def files_list(jobs: Sequence[FileJob], shown: Shown, numbers: Numbers) -> list[Component]:
    """Return the files there are and how far each is."""
    return [_row(job, shown, numbers) for job in jobs]


def is_any_open(jobs: Sequence[FileJob]) -> bool:
    """Return whether one of them is not done yet."""
    return any(job.state in OPEN for job in jobs)


def files_form(shown: Shown, lang: str) -> html.Form:
    """Return the form that asks for a file."""
    whats: dict[str, str] = {key: t(f"files.what.{key}", lang) for key in WHATS}
    forms = {key: t(f"report.as.{key}", lang) for key in LONG_FORMS}
    parts = [
        field(t("report.place", lang), choices("place", shown.places)),
        field(t("files.what", lang), choices("rows", whats)),
        field(t("files.first", lang), slot("first", "date", value=shown.first, required="1")),
        field(t("files.last", lang), slot("last", "date", value=shown.last, required="1")),
        field(t("files.form", lang), choices("form", forms)),
        html.Button(t("files.ask", lang), type="submit", className="button button--main"),
    ]
    return html.Form(parts, className="mail", **marks(send="file"))


def _row(job: FileJob, shown: Shown, numbers: Numbers) -> html.Div:
    lang, asked = numbers.lang, job.question
    name, days = shown.places.get(asked.equipment, asked.equipment), f"{asked.first} \u2013 {asked.last}"
    what = f"{t(f'files.what.{asked.what}', lang)} \u00b7 {name} \u00b7 {days}"
    state = t(f"files.state.{job.state}", lang, done=job.done, steps=job.steps, size=numbers.whole(job.size / 1000))
    told: list[Component] = [html.Span(f"{what} \u00b7 {t(f'report.as.{asked.form}', lang)}", className="file__what")]
    if job.state in OPEN:
        bar = html.Progress(value=str(job.done), max=str(max(job.steps, 1)), className="file__bar", **aria(label=what))
        told.append(bar)
    elif job.state == "ready":
        state = f"{state}, {t('files.until', lang, until=numbers.moment(job.until))}"
    told.append(html.Span(f"{state}: {job.answer}" if job.answer else state, className="quiet"))
    return html.Div([*told, *_buttons(job, lang)], className="file")


def _buttons(job: FileJob, lang: str) -> list[Component]:
    words = t("files.cancel" if job.state in OPEN else "files.delete", lang)
    found: list[Component] = []
    if job.state == "ready":
        found.append(
            html.A(t("files.take", lang), href=f"/reports/files/{job.id}", className="button", target="_blank")
        )
    drop = marks(ask="drop", value_file=job.id)
    return [*found, html.Button(words, type="button", className="button button--quiet", **drop)]
