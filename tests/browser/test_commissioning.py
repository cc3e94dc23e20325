"""An engineer with a new machine: what its source offers, what is open, signing although something is; in a browser."""

import pytest
from selenium.webdriver.common.by import By

from app.domain.roles import Role
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints

pytestmark = [pytest.mark.browser, pytest.mark.redis]


def test_a_new_machine_is_looked_at_and_its_file_is_named_where_it_cannot_be_changed(shown: Screen) -> None:
    shown.sign_in(Role.ENGINEER, "/catalogue")
    shown.one(".catalogue__result")
    shown.browser.execute_script("document.querySelector('a[href=\"/commissioning\"]').click()")
    shown.says("[data-machine]", "line-2")
    shown.says("[data-machine]", "Heard: 0 of")
    shown.one("[data-machine] a[href*=source]").click()
    shown.says("[role=alert]", "the OPC UA server at")
    shown.one(".commissioning summary").click()
    shown.one('.commissioning input[name="although"]').send_keys("trial run")
    shown.one(".commissioning form button").click()
    shown.says(".toast", "cannot be changed from here")


def test_a_manager_sees_new_machines_and_may_not_sign(shown: Screen) -> None:
    shown.sign_in(Role.MANAGER, "/commissioning")
    shown.says("[data-machine]", "line-2")
    assert shown.browser.find_elements(By.CSS_SELECTOR, ".commissioning form, .commissioning [data-ask]") == []


def test_new_machines_meet_aa(shown: Screen) -> None:
    shown.sign_in(Role.ENGINEER, "/commissioning")
    shown.one("[data-machine]")
    shown.until(lambda: shown.browser.execute_script(SETTLED), "it never settled")
    assert complaints(shown, runOnly=AA) == []
