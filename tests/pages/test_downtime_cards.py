"""Cards of the downtime page: "other" when it hides too much, a Pareto with nothing to compare with."""

from dataclasses import replace

import pytest

from app.boards.downtime import Bar, DowntimeQuestion
from app.domain.accounting.buckets import Bucket
from app.domain.accounting.vague import OtherShare, ProposedCode
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.text.numbers import Numbers
from app.text.translate import languages, t
from layouts.components.other_card import other_card
from layouts.components.pareto import pareto_card
from tests.pages.test_pages import parts, words
from tests.web.parts import an_empty_downtime

ASKED = DowntimeQuestion("site/area/line", Interval(0, 8 * HOUR_MS), bar="jam", stop="site/area/line/m@1")
CODES = (ProposedCode("belt slipped", 3, 26 * MINUTE_MS, ("Filler", "Capper")),)


def card(other: OtherShare | None, lang: str = "en"):
    return other_card(replace(an_empty_downtime(ASKED), other=other), Numbers(lang, "UTC"))


def test_little_is_no_card() -> None:
    assert card(None) == []
    assert card(OtherShare(5, 1, 100, 0, ())) == []


@pytest.mark.parametrize("lang", languages())
def test_much_is_told_with_the_codes_and_leads_to_its_stops(lang: str) -> None:
    (found,) = card(OtherShare(37 * MINUTE_MS, 5, 97 * MINUTE_MS, 1, CODES), lang)
    said = words(found)
    assert "38" in said
    assert "belt slipped" in said
    assert "Filler, Capper" in said
    (href,) = [part.href for part in parts(found) if hasattr(part, "href")]
    assert "reason=other" in href
    assert "bar=" not in href
    assert "stop=" not in href


def test_without_notes_it_asks_for_them() -> None:
    (found,) = card(OtherShare(37 * MINUTE_MS, 5, 97 * MINUTE_MS, 5, ()))
    assert "5 of 5 have no note" in words(found)


def test_a_pareto_without_a_known_period_before_shows_no_change() -> None:
    bar = Bar("jam", "Jam", Bucket.UNPLANNED_STOP, 60_000, 2, None, None, 0, 0)
    known = replace(an_empty_downtime(ASKED), bars=(bar,))
    numbers = Numbers("en", "UTC")
    assert "+1\u202fmin" in words(pareto_card(known, numbers, "en"))
    unknown = words(pareto_card(replace(known, is_compared=False), numbers, "en"))
    assert "+1\u202fmin" not in unknown
    assert t("downtime.not_compared", "en") in unknown
