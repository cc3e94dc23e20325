"""Practice: a copy of the line in a frame of its own, never to be taken for the line itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.practice import PracticeBoard, PracticeRun
from app.domain.decisions.practice import SPEEDS, Scene, SceneStop, running
from app.domain.plant.reasons import Reason
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import aria, choices, field, marks, picker, shape
from layouts.components.pagebox import PageHead, page_box
from layouts.components.practice_results import results
from layouts.ids import PageIds

LOOK_MS = 1_000
CALLS = ("maintenance", "material", "quality", "leader")


class Ids(PageIds, page="practice"):
    """The page's own parts. head: where the scene stands; stage: what changes when something happens; look: the beat.

    drawn: what the stage shows, so that it is drawn again only when something happened.
    """

    filters: str
    clock: str
    stage: str
    drawn: str
    asks: str
    look: str


def layout(
    head: PageHead, board: PracticeBoard, places: dict[str, str], reasons: Sequence[Reason], lang: str
) -> html.Div:
    """Return the page. places: path -> name of the lines that may be chosen; reasons: the plant's."""
    parts: list[Component | None] = [
        html.P(t("practice.banner", lang), className="practice__banner", role="status"),
        html.Section(filters(board, places, lang), id=Ids.filters, className="card filters"),
        html.Div(clock(board, lang), id=Ids.clock),
        html.Div(stage(board, reasons, lang), id=Ids.stage, className="practice__stage"),
        dcc.Store(id=Ids.drawn, data=drawn(board)),
        dcc.Store(id=Ids.asks),
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
    ]
    return page_box(replace(head, asks=Ids.asks), "practice", parts)


def filters(board: PracticeBoard, places: dict[str, str], lang: str) -> list[Component]:
    """Return the line that is practised on."""
    return [
        html.H1(t("practice.title", lang), className="sheet__title"),
        field(t("report.place", lang), picker("of_place", places, board.line)),
        html.P(t("practice.what", lang), className="quiet"),
    ]


def drawn(board: PracticeBoard) -> str:
    """Return what the stage depends on: the run, its stops so far, which of them last, what was done, its end."""
    run = board.run
    if run is None:
        return f"over {board.earlier[0].started_at if board.earlier else ''}"
    stops = [(index, stop.end > board.scene_ms) for index, stop in running(run.scene, board.scene_ms)]
    return f"{run.started_at} {stops} {len(run.given)}"


def clock(board: PracticeBoard, lang: str) -> list[Component]:
    """Return where the running scene stands: its minute, its band so far, and what stands how long."""
    if board.run is None:
        return []
    scene, at, numbers = board.run.scene, board.scene_ms, Numbers(lang, board.zone)
    words = t("practice.minute", lang, at=at // 60_000, length=-(-scene.length // 60_000))
    lasting = [stop for _, stop in running(scene, at) if stop.end > at]
    said = [t("practice.stands", lang, machine=s.machine_name, ms=numbers.minutes(at - s.start)) for s in lasting]
    bucket = lasting[0].bucket if lasting else "running"
    state = html.Div(
        [
            shape(bucket),
            html.B(" \u00b7 ".join(said) or t("practice.runs", lang)),
            html.Span(words, className="quiet num"),
        ],
        className="practice__now",
    )
    return [html.Section([state, _band(scene, at)], className="card", **marks(bucket=bucket))]


def _band(scene: Scene, at: int) -> html.Div:
    def part(start: int, end: int, bucket: str) -> html.Span:
        place = {"left": f"{100 * start / scene.length:.2f}%", "width": f"{100 * (end - start) / scene.length:.2f}%"}
        return html.Span(className="practice__part", style=place, **marks(bucket=bucket))

    parts = [part(0, at, "running")]
    parts += [part(stop.start, min(at, stop.end), stop.bucket) for _, stop in running(scene, at)]
    return html.Div(parts, className="practice__band", **aria(hidden="true"))


def stage(board: PracticeBoard, reasons: Sequence[Reason], lang: str) -> list[Component]:
    """Return the running scene's stops and calls; without one, what may be practised and this person's results."""
    names = {reason.id: reason.name for reason in reasons}
    if board.run is not None:
        return _running(board, board.run, reasons, lang)
    return [_choose(board, lang), *results(board.earlier, names, Numbers(lang, board.zone))]


def _running(board: PracticeBoard, run: PracticeRun, reasons: Sequence[Reason], lang: str) -> list[Component]:
    at, numbers = board.scene_ms, Numbers(lang, board.zone)
    stops = [_stop(run, index, stop, reasons, numbers) for index, stop in reversed(running(run.scene, at))]
    called = [t("practice.called", lang, call=t(f"call.{g.what}", lang)) for g in run.given if g.stop is None]
    tiles = [
        html.Button(t(f"call.{c}", lang), type="button", className="button", **marks(ask="call", value_call=c))
        for c in CALLS
    ]
    end = html.Button(t("practice.end", lang), type="button", className="button button--main", **marks(ask="end"))
    calls = [html.H2(t("practice.call", lang), className="card__title"), html.Div(tiles, className="practice__tiles")]
    calls += [html.P(words, role="status") for words in dict.fromkeys(called)]
    return [*stops, html.Section(calls, className="card"), html.Div(end, className="practice__end")]


def _stop(run: PracticeRun, index: int, stop: SceneStop, reasons: Sequence[Reason], numbers: Numbers) -> html.Section:
    lang, names = numbers.lang, {reason.id: reason.name for reason in reasons}
    given = [g.what for g in run.given if g.stop == index]
    seen = [] if stop.seen is None else [html.P(t("practice.seen", lang, seen=stop.seen))]
    told = [html.P(t("practice.given", lang, reason=names.get(given[-1], given[-1])), role="status")] if given else []
    title = html.H2(
        [html.Span(stop.machine_name), html.Span(t(f"bucket.{stop.bucket}", lang))], className="card__title"
    )
    ask = html.H3(t("practice.reason", lang), className="practice__ask")
    return html.Section([title, *seen, ask, *_tree(index, reasons, names), *told], className="card")


def _tree(index: int, reasons: Sequence[Reason], names: Mapping[str, str]) -> list[Component]:
    groups: dict[str, list[Reason]] = {}
    for reason in reasons:
        if reason.is_leaf:
            groups.setdefault(" \u203a ".join(names.get(p, p) for p in reason.path[:-1]), []).append(reason)
    return [
        html.Div(
            [
                html.P(group, className="group-title"),
                html.Div([_reason(index, reason) for reason in found], className="practice__tiles"),
            ]
        )
        for group, found in groups.items()
    ]


def _reason(index: int, reason: Reason) -> html.Button:
    said = marks(ask="classify", value_stop=index, value_reason=reason.id)
    return html.Button(reason.name, type="button", className="button", **said)


def _choose(board: PracticeBoard, lang: str) -> html.Section:
    title = html.H2(t("practice.choose", lang), className="card__title")
    if not board.scenes:
        return html.Section([title, html.P(t("practice.none", lang))], className="card")
    numbers = Numbers(lang, board.zone)
    scenes = {scene.key: _name(scene, n, numbers) for n, scene in enumerate(board.scenes, 1)}
    speeds = {str(speed): t(f"practice.speed.{speed}", lang) for speed in SPEEDS}
    fields: list[Component] = [
        field(t("practice.scene", lang), choices("scene", scenes)),
        field(t("practice.speed", lang), choices("speed", speeds)),
        html.Button(t("practice.begin", lang), type="submit", className="button button--main"),
    ]
    form = html.Form(fields, className="practice__form", **marks(send="begin"))
    return html.Section([title, form], className="card")


def _name(scene: Scene, number: int, numbers: Numbers) -> str:
    """Return what a scene is called, without giving its reason away."""
    lang, stop = numbers.lang, scene.stops[0]
    kind = t(f"practice.kind.{scene.kind}", lang)
    if scene.at is None:
        return f"{kind}: {t('practice.scene.simulated', lang, n=number, machine=stop.machine_name)}"
    when, lasts = numbers.moment(scene.at + stop.start), numbers.minutes(stop.end - stop.start)
    return f"{kind}: {t('practice.scene.recorded', lang, machine=stop.machine_name, at=when, lasts=lasts)}"
