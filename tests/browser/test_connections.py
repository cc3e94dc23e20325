"""An engineer sees that a source is away, why an event was refused, mends it and sees it gone; in a real browser."""

import json

import pytest
from selenium.webdriver.common.by import By

from app.domain.roles import Role
from app.streams.health import Health, ProcessHealth
from app.streams.quarantine import Quarantine
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints
from tests.golden.rig import ONE

pytestmark = [pytest.mark.browser, pytest.mark.redis]


def an_event(rig, machine: str) -> dict:
    return {
        "kind": "value", "machine": machine, "t": rig.now - 1_000, "source": "other-plc", "epoch": 1, "seq": 1,
        "signal": "temp", "value": 20,
    }  # fmt: skip


def test_an_engineer_mends_a_refused_event(shown: Screen) -> None:
    rig = shown.world.rig
    raw = json.dumps(an_event(rig, "fillr")).encode()
    Quarantine(rig.client).refuse("door", raw, "machine 'fillr': no such machine")
    away = ProcessHealth("plc-7", rig.now, {"waiting": 12.0}, problem="the server does not answer")
    Health(rig.client).say("gateway", away)
    shown.sign_in(Role.ENGINEER, "/connections")
    shown.says(".table--sources", "the server does not answer")
    shown.one(".tabs__tab:nth-child(2)").click()
    shown.says(".table--refused", "no such machine")
    shown.one(".table--refused summary").click()
    text = shown.one('.table--refused input[name="text"]')
    text.clear()
    text.send_keys(json.dumps(an_event(rig, f"{ONE}/filler")))
    shown.one(".table--refused form button").click()
    shown.says(".toast", "Put back as written")
    shown.says("[data-page=connections], .stack", "Nothing was refused")
    assert shown.complaints() == []


@pytest.mark.parametrize("tab", ["sources", "refused"])
def test_connections_meet_aa(shown: Screen, tab: str) -> None:
    Quarantine(shown.world.rig.client).refuse(ONE, b'{"kind": "state"}', "malformed: machine is missing")
    shown.sign_in(Role.ENGINEER, f"/connections?tab={tab}")
    shown.one(".stack")
    shown.until(lambda: shown.browser.execute_script(SETTLED), "it never settled")
    assert complaints(shown, runOnly=AA) == []


def test_a_manager_sees_sources_and_no_raw_events(shown: Screen) -> None:
    Quarantine(shown.world.rig.client).refuse(ONE, b'{"kind": "state"}', "malformed: machine is missing")
    shown.sign_in(Role.MANAGER, "/connections?tab=refused")
    shown.says(".stack", "those who care for the data")
    assert shown.browser.find_elements(By.CSS_SELECTOR, ".table--refused") == []
