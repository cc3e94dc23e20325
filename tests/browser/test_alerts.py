"""A supervisor sees an alert come, acknowledges it by clicking, shelves another with a reason; in a real browser."""

import pytest

from app.domain.roles import Role
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints
from tests.decider.rig import Rig, a_condition, a_rule
from tests.sample_boards import LINE

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


@pytest.mark.parametrize("tab", ["open", "hidden", "health", "rules"])
def test_alerts_meet_aa(screen: Screen, tab: str) -> None:
    a_rig(screen, "hot", "jam")
    screen.sign_in(Role.SUPERVISOR, f"/alerts?tab={tab}")
    screen.one(".tabs")
    screen.until(lambda: screen.browser.execute_script(SETTLED), "it never settled")
    assert complaints(screen, runOnly=AA) == []
