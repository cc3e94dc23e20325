"""A supervisor decides by clicking and sees what came of it; an operator does so on the line; in a real browser."""

from dataclasses import replace

import pytest
from selenium.webdriver.common.by import By

from app.domain.roles import Role
from app.domain.suggestion import Decision, Said
from app.historian.suggestions import Suggestions
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints
from tests.sample_boards import LINE, NOW
from tests.suggested import a_suggestion

pytestmark = [pytest.mark.browser, pytest.mark.redis]
KEY = "alert|hot|1"
CARD, DONE = f'[data-suggestion="{KEY}"]', f'[data-decided="{KEY}"]'


def suggested(screen: Screen, *more: str) -> Suggestions:
    store = Suggestions(screen.world.database)
    store.put([a_suggestion(), *(a_suggestion(key, confidence=0.3) for key in more)], NOW)
    return store


def test_a_supervisor_accepts_a_suggestion_and_sees_the_reference(screen: Screen) -> None:
    store = suggested(screen, "other")
    screen.sign_in(Role.SUPERVISOR, f"/decisions?of_place={LINE}")
    screen.says(CARD, "Valve 12 runs hot")
    screen.one(f"{CARD} .evidence svg polyline")
    screen.one(f"{CARD} [data-value-verdict=accepted]").click()
    screen.says(".toast", "Reference: andon leader")
    screen.says(DONE, "andon leader")
    assert screen.browser.find_elements(By.CSS_SELECTOR, CARD) == []
    kept = store.get(KEY)
    assert kept is not None
    assert kept.decision is not None
    assert kept.decision.by == "supervisor"
    assert kept.decision.reference in screen.text(DONE)
    assert [event["kind"] for event in screen.world.events()] == ["andon"]
    assert screen.complaints() == []


def test_not_now_asks_for_a_reason_and_keeps_it(screen: Screen) -> None:
    suggested(screen)
    screen.sign_in(Role.SUPERVISOR, f"/decisions?of_place={LINE}")
    screen.one(f"{CARD} [data-not-now]").click()
    screen.says('dialog[data-dialog="not_now"]', "Valve 12 runs hot")
    screen.one('dialog[data-dialog="not_now"] input[name="note"]').send_keys("after the order")
    screen.one('dialog[data-dialog="not_now"] button[type=submit]').click()
    screen.says(DONE, "after the order")
    assert screen.complaints() == []


def test_the_second_person_reads_who_was_first(screen: Screen) -> None:
    store = suggested(screen)
    screen.sign_in(Role.SUPERVISOR, f"/decisions?of_place={LINE}")
    screen.one(CARD)
    store.decide(Decision(KEY, "known", "olga", NOW))
    screen.one(f"{CARD} [data-value-verdict=accepted]").click()
    screen.says(".toast", "olga said already that it is known.")


def test_an_operator_finds_the_best_suggestion_on_the_line_and_makes_it_go_away(screen: Screen) -> None:
    store = suggested(screen)
    screen.sign_in(Role.OPERATOR, f"/line/{LINE}")
    screen.says(CARD, "Valve 12 runs hot")
    screen.one(f"{CARD} summary").click()
    screen.says(CARD, "+6 C in 40 min")
    screen.one(f"{CARD} [data-value-verdict=wrong]").click()
    screen.says(".toast", "Noted: wrong")
    screen.until(lambda: not screen.browser.find_elements(By.CSS_SELECTOR, CARD), "the card stays")
    store.put([replace(a_suggestion("new"), title=Said("Fill level drifts"))], NOW)
    screen.says('[data-suggestion="new"]', "Fill level drifts")
    assert screen.complaints() == []


@pytest.mark.parametrize("path", ["/decisions", "/outcomes", f"/line/{LINE}"])
def test_pages_with_suggestions_meet_aa(screen: Screen, path: str) -> None:
    store = suggested(screen, "other")
    store.decide(Decision("other", "accepted", "sue", NOW))
    screen.sign_in(Role.SUPERVISOR, f"{path}?of_place={LINE}")
    screen.one("[data-suggestion], .table--outcomes")
    screen.until(lambda: screen.browser.execute_script(SETTLED), "it never settled")
    assert complaints(screen, runOnly=AA) == []
