"""An engineer in the signal catalogue: what is odd, taken on and closed with its cause; in a real browser."""

import pytest
from selenium.webdriver.common.by import By

from app.domain.roles import Role
from app.historian.plants import PlantVersion, PlantVersions
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints
from tests.golden.rig import ONE

pytestmark = [pytest.mark.browser, pytest.mark.redis]
ISSUE = f'[data-issue="{ONE}/packer|counted_standing"]'


def test_an_engineer_takes_a_finding_on_and_closes_it_with_its_cause(shown: Screen) -> None:
    shown.sign_in(Role.ENGINEER, f"/catalogue?of_place={ONE}")
    shown.one(".tabs__tab:nth-child(2)").click()
    assert "tab=findings" in shown.until(
        lambda: "tab=findings" in shown.browser.current_url and shown.browser.current_url, "the tab is not in the url"
    )
    shown.says(ISSUE, "Units while it stood")
    shown.one(f"{ISSUE} [data-ask=accept]").click()
    shown.says(".toast", "It is yours now")
    shown.says(ISSUE, "taken on by engineer")
    shown.one(f"{ISSUE} summary").click()
    shown.one(f'{ISSUE} select[name="cause"] option[value="controller"]').click()
    shown.one(f'{ISSUE} input[name="note"]').send_keys("state bit was late")
    shown.one(f"{ISSUE} form button").click()
    shown.until(lambda: not shown.browser.find_elements(By.CSS_SELECTOR, ISSUE), "it is still open")
    shown.says(".catalogue__result", "state bit was late")
    assert shown.complaints() == []


def test_what_a_manager_disputes_is_a_task_of_its_owner_with_a_due_time(shown: Screen) -> None:
    machine = f"{ONE}/packer"
    shown.sign_in(Role.MANAGER, f"/shifts?explain=good%26of={machine}")
    shown.one(".dispute > summary").click()
    shown.one('.dispute input[name="note"]').send_keys("two pallets are missing")
    shown.one(".dispute form button").click()
    shown.says(".toast", "Disputed.")
    shown.browser.get(f"{shown.address}/catalogue?of_place={ONE}&tab=findings")
    issue = f'[data-issue^="{machine}|disputed:good@"]'
    shown.says(issue, "manager: two pallets are missing")
    shown.says(issue, "Good units, ")
    assert shown.complaints() == []


def test_a_manager_sees_findings_and_may_not_act_on_them(shown: Screen) -> None:
    shown.sign_in(Role.MANAGER, f"/catalogue?of_place={ONE}%26tab=findings")
    shown.says(ISSUE, "Units while it stood")
    assert shown.browser.find_elements(By.CSS_SELECTOR, f"{ISSUE} button") == []


def two_editions(shown: Screen) -> None:
    versions, now = PlantVersions(shown.world.rig.database), shown.world.rig.now
    for at, cycle in ((now - 5_000, "2s"), (now, "3s")):
        texts = {"plant.yaml": f"machines: [{{id: filler, cycle: {cycle}}}]"}
        versions.saw(PlantVersion(f"v{cycle}", at, "ada", "new gearbox", texts))


def test_what_a_changed_plant_file_changed_is_seen_with_who_says_why(shown: Screen) -> None:
    two_editions(shown)
    shown.sign_in(Role.ENGINEER, f"/catalogue?of_place={ONE}%26tab=plant")
    shown.says(".table--editions", "machines.filler.cycle")
    shown.says(".table--editions", "new gearbox")
    assert shown.complaints() == []


@pytest.mark.parametrize("tab", ["signals", "findings", "plant"])
def test_the_catalogue_meets_aa(shown: Screen, tab: str) -> None:
    two_editions(shown)
    shown.sign_in(Role.ENGINEER, f"/catalogue?of_place={ONE}%26tab={tab}")
    shown.one(".catalogue__result")
    shown.until(lambda: shown.browser.execute_script(SETTLED), "it never settled")
    assert complaints(shown, runOnly=AA) == []
