"""A planner brings demand in, replans and accepts; the line's change-over then offers the order; in a real browser."""

import pytest
from selenium.webdriver.common.by import By

from app.decider.schedule import Scheduler
from app.domain.interval import HOUR_MS
from app.domain.roles import Role
from app.streams.boards import RedisBoards
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints
from tests.golden.rig import ONE

pytestmark = [pytest.mark.browser, pytest.mark.redis]


def decide(shown: Screen) -> None:
    rig = shown.world.rig
    part = Scheduler(lambda: rig.plant, rig.database, RedisBoards(rig.client), lambda: rig.now)
    part.step(rig.now)


def test_demand_is_pasted_planned_accepted_and_offered_to_the_operator(shown: Screen) -> None:
    due = shown.world.rig.now + 90 * HOUR_MS
    shown.sign_in(Role.SUPERVISOR, "/schedule")
    shown.says(".schedule__about", "No orders are wanted yet")
    pasted = f"order,product,quantity,due,place\nA-1,cola,600,{due},{ONE}\nA-2,milk,600,{due},{ONE}\n"
    shown.one("textarea[name=text]").send_keys(pasted)
    shown.one("form[data-send=csv] button").click()
    shown.says(".toast", "1 new")
    shown.says(".schedule__wrong", "row 2, product")
    shown.says('tr[data-order="A-1"]', "not planned yet")
    shown.one("[data-ask=replan]").click()
    shown.says(".schedule__working", "Planning")
    decide(shown)
    shown.one("[data-ask=accept]").click()
    shown.says(".schedule__about", "accepted by supervisor")
    shown.says('tr[data-order="A-1"]', "planned")
    shown.one('.gantt__bar[data-order="A-1"]')
    shown.browser.get(f"{shown.address}/line/{ONE}")
    shown.says(".now__next", "A-1")
    shown.one("[data-open=changeover]").click()
    shown.says("dialog[open] [data-filled]", "next order of the accepted plan")
    assert shown.one("dialog[open] input[name=order]").get_attribute("value") == "A-1"
    assert shown.one("dialog[open] input[name=quantity]").get_attribute("value") == "600"
    assert shown.complaints() == []


def test_the_schedule_meets_aa_and_an_operator_only_looks(shown: Screen) -> None:
    shown.sign_in(Role.OPERATOR, "/schedule")
    shown.says(".schedule__about", "No orders are wanted yet")
    assert shown.browser.find_elements(By.CSS_SELECTOR, ".schedule [data-ask], .schedule form") == []
    shown.until(lambda: shown.browser.execute_script(SETTLED), "it never settled")
    assert complaints(shown, runOnly=AA) == []
