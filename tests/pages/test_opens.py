"""Figures of /downtime open with its own window and filters; an area's panel leads to the line that cost most."""

from dataclasses import replace

import pytest

from app.boards.downtime import Answered, DowntimeBoard, DowntimeQuestion, Reliability, Share
from app.boards.explain import Explanation, Kept
from app.boards.explain import Share as LineShare
from app.boards.stops import StopRow
from app.domain.accounting.buckets import Bucket
from app.domain.accounting.facts import CallFact
from app.domain.accounting.reliability import mtbf_with_interval, mtta_with_interval, mttr_with_interval
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.text.numbers import Numbers
from app.text.translate import languages, t
from callbacks.explain import _kept
from layouts.components.explain_panel import explain_panel
from layouts.components.opens import opens
from layouts.supervisor.downtime import Acts, findings
from tests.pages.test_pages import LINE, NOW, an_explanation, mark, parts, words
from tests.web.parts import an_empty_downtime

LANGS = pytest.mark.parametrize("lang", languages())
AREA = LINE.rpartition("/")[0]
WINDOW = Interval(NOW - 8 * HOUR_MS, NOW)
TOLD = Interval(NOW - 8 * HOUR_MS, NOW - MINUTE_MS)
KEYS = ("explain", "of", "from", "to", "during", "within", "making", "crewed", "because")


def a_page(**asked: str) -> DowntimeBoard:
    empty = an_empty_downtime(DowntimeQuestion(LINE, WINDOW, **asked))
    mtbf, mttr = mtbf_with_interval(8 * HOUR_MS, 2), mttr_with_interval(20 * MINUTE_MS, 2)
    return replace(
        empty,
        as_of=NOW,
        losses={"breakdown": 20 * MINUTE_MS, "setup": 0, "good": 7 * HOUR_MS},
        by_machine=(Reliability(f"{LINE}/filler", "Filler", 2, mtbf, mttr),),
        by_reason=(Reliability("jam", "Jam", 2, mtbf, mttr),),
        shares=(Share("Blue", True, 60_000, 120_000), Share("late", False, 60_000, 60_000), Share("", False, 1, 1)),
        calls=(Answered("maintenance", 3, 2, mtta_with_interval(180_000, 2)),),
        told=TOLD,
        trust=0.9,
    )


def opened(board: DowntimeBoard) -> list[dict[str, str]]:
    """What each figure of the page would put into the address."""
    said = [{key: mark(part, key) for key in KEYS} for part in parts(findings(board, "en", Acts(may_edit=False)))]
    return [{key: str(value) for key, value in one.items() if value} for one in said if one["explain"]]


def test_every_figure_of_the_page_opens_in_the_page_s_window_and_filters() -> None:
    found = opened(a_page(shift="early", product="cola", reason="jam"))
    figures = [one["explain"] for one in found]
    assert figures.count("mtbf_ms") == figures.count("mttr_ms") == figures.count("failures") == 2
    assert {"pbt_ms", "loss.breakdown", "loss.good", "trust", "mtta_ms", "unexplained"} < set(figures)
    assert "loss.setup" not in figures
    for one in found:
        assert (one["from"], one["to"], one["within"]) == (str(TOLD.start), str(TOLD.end), "shifts")
        if one["explain"] not in ("mtta_ms", "unexplained"):
            assert (one["during"], one["making"]) == ("early", "cola")
        assert ("because" in one) == (one["explain"] in ("mtbf_ms", "mttr_ms", "failures", "mtta_ms", "unexplained"))


def test_a_row_opens_for_its_own_machine_reason_crew_and_shift() -> None:
    found = opened(a_page())
    assert {(one["of"], one.get("because")) for one in found if one["explain"] == "mttr_ms"} == {
        (f"{LINE}/filler", None),
        (LINE, "jam"),
    }
    assert [(one.get("crewed"), one.get("during")) for one in found if one["explain"] == "unexplained"] == [
        ("Blue", None),
        (None, "late"),
    ]
    assert [one["because"] for one in found if one["explain"] == "mtta_ms"] == ["maintenance"]


@pytest.mark.parametrize(
    "kept", [Kept(), Kept("early"), Kept(in_shifts=True), Kept("late", True, "cola", "Blue", "unclassified")]
)
def test_the_address_gives_back_the_filters_it_was_made_of(kept: Kept) -> None:
    said = {key.removeprefix("data-"): str(value) for key, value in opens("mtbf_ms", LINE, WINDOW, kept).items()}
    assert _kept(said) == kept
    assert set(said) <= set(KEYS)


def a_mean(**more: object) -> Explanation:
    mean = mtbf_with_interval(8 * HOUR_MS, 2)
    stop = StopRow(
        f"{LINE}/filler@{NOW}", f"{LINE}/filler", "Filler 1", NOW, NOW + 60_000, 60_000, Bucket.UNPLANNED_STOP,
        "jam", "Jam at the infeed", None, "olga", None, None, "early", None,
    )  # fmt: skip
    said = {"kpi": "mtbf_ms", "formula": "formula.mtbf_ms", "value": mean.value, "mean": mean, "episodes": ()}
    return an_explanation(**said, stops=(stop,), stop_count=3, **more)


@LANGS
def test_a_mean_opens_with_its_interval_its_method_and_its_failures_that_open(lang: str) -> None:
    panel, numbers = explain_panel(a_mean(), {}, lang), Numbers(lang, an_explanation().zone)
    shown = words(panel)
    low, high = (numbers.minutes(limit) for limit in a_mean().mean[1:])
    assert t("explain.interval", lang, low=low, high=high) in shown
    assert t("explain.method.mtbf_ms", lang) in shown
    assert t("explain.stops.mtbf_ms", lang) in shown
    assert t("explain.more_episodes", lang, n=2) in shown
    assert "Jam at the infeed \u00b7 olga" in shown
    (link,) = (part.href for part in parts(panel) if "stop=" in (getattr(part, "href", None) or ""))
    assert link.startswith(f"/downtime?of_place={LINE}/filler&since={numbers.iso_date(NOW)}")
    assert link.endswith(f"&stop={LINE}/filler@{NOW}")


@LANGS
def test_a_mean_time_to_acceptance_opens_with_its_calls(lang: str) -> None:
    calls = (CallFact(LINE, "maintenance", NOW, "olga", NOW + 90_000, "pavel"), CallFact(LINE, "quality", NOW, "olga"))
    mean = mtta_with_interval(90_000, 1)
    panel = explain_panel(
        an_explanation(kpi="mtta_ms", value=mean.value, mean=mean, calls=calls, episodes=()), {}, lang
    )
    shown = words(panel)
    for part in ("pavel", Numbers(lang, "UTC").duration(90_000), t("explain.call_open", lang)):
        assert part in shown


@LANGS
def test_an_area_s_panel_leads_to_the_line_that_cost_most_where_it_can_be_disputed(lang: str) -> None:
    shares = tuple(LineShare(f"{AREA}/{n}", n, WINDOW, 0.5, ms) for n, ms in (("one", 60_000), ("two", 3_600_000)))
    kept = Kept(in_shifts=True, product="cola")
    area = explain_panel(an_explanation(equipment=AREA, shares=shares, kept=kept), {}, lang)
    lost = Numbers(lang, "UTC").minutes(3_600_000)
    assert t("explain.dearest", lang, line="two", lost=lost) in words(area)
    (button,) = (p for p in parts(area) if p.children == t("explain.dearest.open", lang, line="two"))
    assert [mark(button, key) for key in ("explain", "of", "from", "within", "making")] == [
        "oee",
        f"{AREA}/two",
        WINDOW.start,
        "shifts",
        "cola",
    ]
    assert t("dispute.title", lang) not in words(area)
    line = words(explain_panel(an_explanation(), {}, lang))
    assert t("dispute.title", lang) in line
    assert t("explain.disputed_below", lang) not in line


def test_where_no_line_lost_time_the_panel_says_so() -> None:
    share = LineShare(LINE, "Line 1", WINDOW, 1.0)
    area = words(explain_panel(an_explanation(equipment=AREA, shares=(share,), is_live=True), {}, "en"))
    assert t("explain.none_lost", "en", line="Line 1") in area
