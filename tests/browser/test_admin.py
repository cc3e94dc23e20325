"""An administrator adds a person, makes a display and a token and revokes it: by clicking, in a real browser."""

from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from app.domain.roles import Role
from app.streams.connection import Client
from app.streams.embedded import EmbeddedServer
from tests.browser.conftest import Screen, shown_by
from tests.browser.test_access import AA, SETTLED, complaints
from tests.sample_boards import LINE
from tests.web.parts import file_database
from tests.web.sql_accounts import SqlAccounts
from tests.web.world import Clock, World

pytestmark = [pytest.mark.browser, pytest.mark.redis]
SMALL = """
return [...document.querySelectorAll('main button, main a, main select, main .check, main .slot .input')]
  .filter(e => e.checkVisibility() && e.type !== 'checkbox' && e.type !== 'hidden')
  .filter(e => e.getBoundingClientRect().height < 47.5).map(e => e.outerHTML.slice(0, 120));
"""
WIDE = "const page = document.documentElement; return page.scrollWidth > page.clientWidth;"


@pytest.fixture
def screen(chromium: webdriver.Chrome, valkey_server: EmbeddedServer, valkey: Client, tmp_path) -> Iterator[Screen]:
    database, clock = file_database(tmp_path), Clock()
    store = SqlAccounts(database, clock)
    world = World(valkey_server.url, database=database, store=store, clock=clock)  # type: ignore[arg-type]
    yield from shown_by(chromium, world)


def tick(screen: Screen, scope: str) -> None:
    screen.one(f'input[name="scope|{scope}"]').click()


def take(screen: Screen) -> str:
    """Read the secret, close its dialog, and see that it is nowhere any more."""
    secret = screen.text("dialog[open] .once__text")
    screen.one("dialog[open] [data-copy]").click()
    screen.one("dialog[open] [data-close]").click()
    screen.until(lambda: not screen.browser.find_elements(By.CSS_SELECTOR, "dialog[data-secret]"), "it stayed")
    assert secret not in screen.browser.page_source
    assert secret not in screen.browser.current_url
    return secret


def test_a_person_is_added_changed_and_closed(screen: Screen) -> None:
    screen.sign_in(Role.ADMIN, "/admin")
    screen.press('a[href="/admin?tab=people&add=person"]')
    screen.one('input[name="name"]').send_keys("eve")
    tick(screen, LINE)
    screen.press('form[data-send="add_person"] button')
    password = take(screen)
    assert screen.one('input[name="name"]').get_attribute("value") == "", "ready for the next one"
    screen.press('[data-person="eve"] a')
    screen.says(".admin__card", "eve")
    assert screen.one(f'input[name="scope|{LINE}"]').is_selected()
    screen.one('select[name="role"] option[value="supervisor"]').click()
    tick(screen, "*")
    screen.press('form[data-send="change_person"] button')
    screen.says('[data-person="eve"]', "everywhere")
    screen.says('[data-person="eve"]', "Supervisor")
    screen.press('[data-ask="disable_person"]')
    screen.says('[data-person="eve"]', "closed")
    screen.press('[data-person="admin"] a')
    screen.says(".admin__card", "your own account")
    assert screen.browser.find_elements(By.CSS_SELECTOR, ".admin__card form") == []
    assert len(password) == 19
    assert screen.complaints() == []


def test_a_typed_password_leaves_the_page_with_the_answer(screen: Screen) -> None:
    screen.sign_in(Role.ADMIN, "/admin?tab=people&add=person".replace("&", "%26"))
    screen.one('input[name="name"]').send_keys("eve")
    screen.one('input[name="password"]').send_keys("typed by herself")
    tick(screen, "*")
    screen.press('form[data-send="add_person"] button')
    screen.one('[data-person="eve"]')
    assert screen.one('input[name="password"]').get_attribute("value") == ""
    assert screen.browser.find_elements(By.CSS_SELECTOR, "dialog[data-secret]") == []


def test_a_token_and_a_display_are_made_and_the_token_is_revoked(screen: Screen) -> None:
    screen.sign_in(Role.ADMIN, "/admin%3Ftab=tokens")
    screen.press('a[href="/admin?tab=tokens&add=api"]')
    screen.one('form[data-send="make_api"] input[name="name"]').send_keys("gate-1")
    screen.press('form[data-send="make_api"] button')
    assert take(screen).startswith("lns_")
    screen.says("[data-token]", "gate-1")
    screen.press("[data-token] button")
    screen.says("[data-token]", "revoked")
    screen.press('a[href="/admin?tab=tokens&add=display"]')
    screen.one('form[data-send="make_display"] input[name="name"]').send_keys("hall")
    screen.one(f'form[data-send="make_display"] select[name="scope"] option[value="{LINE}"]').click()
    screen.press('form[data-send="make_display"] button')
    address = take(screen)
    assert address.startswith(f"{screen.address}/line/{LINE}?kiosk=1&token=lns_")
    screen.press('a[href="/admin?tab=audit"]')
    screen.says(".table--admin", "token made")
    screen.says("[data-chain]", "fit the chain")
    assert screen.complaints() == []
    screen.browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    screen.browser.get(address)
    screen.until(lambda: "token" not in screen.browser.current_url, "the token stayed in the address")
    screen.one("[data-page]")


@pytest.mark.parametrize(
    "tab", ["people&add=person", "people&person=olga", "tokens&add=api", "sign_ins", "audit", "system"]
)
def test_each_part_meets_aa_and_is_large_enough_for_a_finger_on_a_tablet(screen: Screen, tab: str) -> None:
    screen.world.person(Role.OPERATOR, name="olga")
    screen.world.token(Role.ENGINEER, name="gate")
    metrics = {"width": 834, "height": 1112, "deviceScaleFactor": 1, "mobile": False}
    screen.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    screen.sign_in(Role.ADMIN, f"/admin%3Ftab={tab.replace('&', '%26')}")
    screen.one(".admin .card")
    screen.until(lambda: screen.browser.execute_script(SETTLED), "it never settled")
    assert screen.browser.execute_script(SMALL) == []
    assert not screen.browser.execute_script(WIDE)
    assert complaints(screen, runOnly=AA) == []
    screen.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
