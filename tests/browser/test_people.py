"""A handover is signed by one and read by the next; practice; hints: by clicking, in a real browser."""

from urllib.parse import quote

import pytest
from selenium.webdriver.common.by import By

from app.auth.users import ensure_account
from app.domain.roles import Role
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints
from tests.sample_boards import LINE
from tests.web.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.redis]


def sign_in_as(screen: Screen, name: str, path: str) -> None:
    ensure_account(screen.world.store, name, PASSWORD, Role.OPERATOR, ("*",))
    screen.browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    screen.browser.get(f"{screen.address}/login?next={quote(path)}")
    screen.one("#username").send_keys(name)
    screen.one("#password").send_keys(PASSWORD)
    screen.one("button[type=submit]").click()


def test_an_operator_signs_and_the_next_one_reads_it(screen: Screen) -> None:
    sign_in_as(screen, "olga", f"/handover?of_place={LINE}")
    screen.says(".handover__paper", "4711")
    screen.one('[data-ask="strike"][data-value-item="startup"]').click()
    screen.says(".handover__paper li.is-out", "Left out")
    screen.one("#handover-note").send_keys("Label roll is low")
    screen.one("#handover-sign").click()
    screen.says(".handover__signature", "olga")
    sign_in_as(screen, "omar", f"/line/{LINE}")
    screen.says(".handover-news", "Label roll is low")
    assert "Start-up" not in screen.text(".handover-news")
    screen.one("#handover-card-read").click()
    screen.until(lambda: not screen.browser.find_elements(By.CSS_SELECTOR, ".handover-news .card"), "it stayed")
    screen.browser.refresh()
    screen.one(".now__word")
    assert screen.browser.find_elements(By.CSS_SELECTOR, ".handover-news .card") == []
    assert screen.complaints() == []


def test_a_scene_is_practised_to_its_feedback(screen: Screen) -> None:
    sign_in_as(screen, "olga", f"/practice?of_place={LINE}")
    screen.says(".practice__banner", "PRACTICE")
    screen.one('form[data-send="begin"] select[name="speed"] option[value="30"]').click()
    screen.one('form[data-send="begin"] button').click()
    screen.one('[data-ask="classify"][data-value-reason="jam-infeed"]').click()
    screen.says(".practice__stage", "Your reason")
    screen.one('[data-ask="end"]').click()
    screen.says(".table--practice", "right")
    assert screen.complaints() == []


def test_a_hint_is_opened_and_put_away_for_good_by_key(screen: Screen) -> None:
    sign_in_as(screen, "olga", f"/line/{LINE}")
    screen.one('[data-hint="oee"] summary').send_keys("\n")
    screen.says('[data-hint="oee"] .hint__text', "Overall equipment effectiveness")
    screen.one('[data-hint-got="oee"]').click()
    gone = '[data-hint="oee"][data-state="seen"]'
    screen.until(lambda: screen.browser.find_elements(By.CSS_SELECTOR, gone), "it stayed")
    screen.browser.refresh()
    screen.until(lambda: screen.browser.find_elements(By.CSS_SELECTOR, gone), "it came back")
    screen.browser.execute_script("localStorage.clear()")


@pytest.mark.parametrize("path", ["/handover", "/practice", "/skills"])
def test_peoples_pages_meet_aa(screen: Screen, path: str) -> None:
    sign_in_as(screen, "olga", f"{path}?of_place={LINE}")
    screen.one(".card")
    screen.until(lambda: screen.browser.execute_script(SETTLED), "it never settled")
    assert complaints(screen, runOnly=AA) == []
