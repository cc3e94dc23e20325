"""A supervisor sees an alert come, acknowledges it by clicking, shelves another with a reason; in a real browser."""

import pytest

from app.domain.alerts.lifecycle import acknowledge
from app.domain.roles import Role
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints
from tests.decider.rig import Rig, a_condition, a_rule
from tests.sample_boards import LINE
from tests.web.parts import OTHER_LINE

pytestmark = [pytest.mark.browser, pytest.mark.redis]
FILLER = f"{LINE}/filler"


def a_rig(screen: Screen, *rules: str) -> Rig:
    now = screen.world.clock()
    rig = Rig(screen.world.database, rules={key: a_rule(key, on_delay_ms=0, off_delay_ms=0) for key in rules})
    rig.holds = [a_condition(FILLER, key, now) for key in rules]
    rig.watch.step(now)
    return rig


def test_an_alert_is_acknowledged_by_a_click_and_another_shelved_with_a_reason(screen: Screen) -> None:
    screen.sign_in(Role.SUPERVISOR, "/alerts")
    screen.says(".alert-none", "Nothing needs you now")
    a_rig(screen, "hot")
    screen.says(".alert", "Open the cooling valve")
    screen.one(".evidence__plot svg")
    screen.one('.alert [data-ask="acknowledge"]').click()
    screen.says(".toast", "Acknowledged")
    screen.says(".alert", "supervisor knows since")
    screen.one(".alert__more > summary").click()
    screen.one('.alert__form input[name="reason"]').send_keys("Fitter is there")
    screen.one('.alert__form [data-value-shelf="30"]').click()
    screen.says(".alert-none", "Nothing needs you now")
    screen.one(".tabs__tab:nth-child(2)").click()
    screen.says(".table--hidden", "Fitter is there")
    assert screen.complaints() == []


def bell(screen: Screen) -> str:
    """What the bell counts, without the words for those who hear it."""
    face = screen.browser.find_elements("css selector", ".bell__count [aria-hidden]")
    return face[0].text if face else ""


@pytest.mark.parametrize("page", ["/shifts", f"/line/{LINE}"])
def test_the_bell_counts_unacknowledged_alerts_on_any_page_as_they_come_and_go(screen: Screen, page: str) -> None:
    screen.sign_in(Role.OPERATOR, page)
    screen.one(".bell__rest")
    assert bell(screen) == ""
    rig = a_rig(screen, "hot", "jam")
    screen.until(lambda: bell(screen) == "2", "the bell never rang")
    now = screen.world.clock()
    waiting = rig.store.standings()
    rig.store.turn(waiting[0], acknowledge(waiting[0].alarm, now).alarm, [acknowledge(waiting[0].alarm, now)], now)
    screen.until(lambda: bell(screen) == "1", "one was acknowledged elsewhere")
    screen.one(".bell summary").click()
    screen.says(".bell .menu__sheet", "Alerts that nobody has acknowledged")
    screen.press(".bell__item[href*='/alerts?alert=']")
    screen.one('.alert [data-ask="acknowledge"]').click()
    screen.until(lambda: bell(screen) == "", "the other was acknowledged here")
    assert screen.complaints() == []


def test_the_bell_of_somebody_elsewhere_is_quiet(screen: Screen) -> None:
    a_rig(screen, "hot")
    screen.sign_in(Role.OPERATOR, "/shifts", OTHER_LINE)
    screen.one(".bell summary").click()
    screen.says(".bell .menu__sheet", "Nothing waits")
    assert bell(screen) == ""


@pytest.mark.parametrize("tab", ["open", "hidden", "health", "rules"])
def test_alerts_meet_aa(screen: Screen, tab: str) -> None:
    a_rig(screen, "hot", "jam")
    screen.sign_in(Role.SUPERVISOR, f"/alerts?tab={tab}")
    screen.one(".tabs")
    screen.until(lambda: screen.browser.execute_script(SETTLED), "it never settled")
    assert complaints(screen, runOnly=AA) == []
