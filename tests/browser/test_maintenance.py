"""A work order on its way to done, in a real browser."""

import pytest
from selenium.webdriver.common.by import By

from app.domain.roles import Role
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints
from tests.sample_boards import LINE

pytestmark = [pytest.mark.browser, pytest.mark.redis]


def test_an_order_is_made_begun_and_closed(screen: Screen) -> None:
    screen.sign_in(Role.ENGINEER, f"/maintenance?of_place={LINE}")
    screen.one('form[data-send="make"] input[name="title"]').send_keys("change the valve")
    screen.one('form[data-send="make"] button').click()
    screen.says(".toast", "The order is made")
    screen.says('[data-column="open"] .order', "change the valve")
    screen.one('[data-column="open"] [data-ask="start"]').click()
    screen.says('[data-column="in_work"] .order', "change the valve")
    screen.one('[data-column="in_work"] .order__close summary').click()
    minutes = screen.one('[data-column="in_work"] input[name="minutes"]')
    minutes.clear()
    minutes.send_keys("25")
    screen.until(lambda: not screen.browser.find_elements(By.CSS_SELECTOR, ".toast"), "the words stayed over the page")
    screen.one('[data-column="in_work"] form button').click()
    screen.says('[data-column="done"] .order', "change the valve")
    screen.until(lambda: screen.browser.execute_script(SETTLED), "it never settled")
    assert complaints(screen, runOnly=AA) == []
    assert screen.complaints() == []
