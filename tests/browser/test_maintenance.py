"""A work order on its way to done, in a real browser."""

import pytest

from app.domain.roles import Role
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints
from tests.browser.test_history import STOP, choose, go
from tests.golden.rig import ONE
from tests.sample_boards import LINE

pytestmark = [pytest.mark.browser, pytest.mark.redis]


def test_an_order_is_made_begun_and_closed(screen: Screen) -> None:
    screen.sign_in(Role.ENGINEER, f"/maintenance?of_place={LINE}")
    screen.one('form[data-send="make"] input[name="title"]').send_keys("change the valve")
    screen.press('form[data-send="make"] button')
    screen.says(".toast", "The order is made")
    screen.says('[data-column="open"] .order', "change the valve")
    screen.press('[data-column="open"] [data-ask="start"]')
    screen.says('[data-column="in_work"] .order', "change the valve")
    screen.press('[data-column="in_work"] .order__close summary')
    minutes = screen.one('[data-column="in_work"] input[name="minutes"]')
    minutes.clear()
    minutes.send_keys("25")
    screen.press('[data-column="in_work"] form button')
    screen.says('[data-column="done"] .order', "change the valve")
    screen.until(lambda: screen.browser.execute_script(SETTLED), "it never settled")
    assert complaints(screen, runOnly=AA) == []
    assert screen.complaints() == []


def test_an_order_gets_the_time_somebody_chooses_and_the_stop_it_repairs(shown: Screen) -> None:
    shown.sign_in(Role.ENGINEER, f"/maintenance?of_place={ONE}")
    choose(shown, "machine", f"{ONE}/packer")
    shown.one('form[data-send="make"] input[name="title"]').send_keys("mend the gripper")
    shown.one('form[data-send="make"] button').click()
    shown.says('[data-column="open"] .order', "mend the gripper")
    shown.one('[data-form="plan_at"] summary').click()
    shown.browser.execute_script("arguments[0].value = '2026-11-24T10:15'", shown.one('input[name="at"]'))
    shown.one('form[data-send="plan_at"] button').click()
    shown.says('[data-column="planned"] .order', "10:15")
    assert "takes 30" in shown.text('[data-column="planned"] .order')
    shown.clear()
    shown.one('[data-form="stop"] summary').click()
    choose(shown, "stop", f"{ONE}/packer@{STOP}")
    shown.one('form[data-send="stop"] button').click()
    shown.says('[data-column="planned"] .order', "repairs the stop of")
    assert "repair" in shown.text('[data-column="planned"] .order')
    shown.until(lambda: shown.browser.execute_script(SETTLED), "it never settled")
    assert complaints(shown, runOnly=AA) == []
    assert shown.complaints() == []


def test_a_stop_looked_at_closely_is_named_in_a_new_order_and_says_so_then(shown: Screen) -> None:
    stop = f"{ONE}/filler@{STOP}"
    shown.sign_in(Role.SUPERVISOR, f"/downtime?of_place={ONE}")
    go(shown, f"/downtime?of_place={ONE}&stop={stop}")
    title = shown.one('form[data-send="repair"] input[name="title"]')
    title.clear()
    title.send_keys("new valve")
    shown.one('form[data-send="repair"] button').click()
    shown.says(".toast", "repairs this stop")
    shown.says(f'[data-repair="{stop}"]', "new valve")
    shown.one(f'[data-repair="{stop}"] a').click()
    shown.says('[data-column="open"] .order', "repairs the stop of")
    assert shown.complaints() == []
