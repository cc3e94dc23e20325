"""The navigation's groups open over the page, on a laptop and on a tablet held upright, and lead where they say."""

import pytest
from selenium.webdriver.common.by import By

from app.domain.roles import Role
from tests.browser.conftest import Screen
from tests.sample_boards import LINE

pytestmark = [pytest.mark.browser]
ON_TOP = """
const link = arguments[0], box = link.getBoundingClientRect();
const found = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
return link === found || link.contains(found);
"""
CROWDED = """
const page = document.documentElement;
const kids = [...document.querySelector('.bar').children].filter(e => e.checkVisibility());
const box = e => e.getBoundingClientRect(), wide = page.scrollWidth > page.clientWidth ? ['the page'] : [];
const over = kids.filter((e, i) => e.scrollWidth > e.clientWidth + 1 || (i && box(e).top < box(kids[i - 1]).bottom
  && box(e).left < box(kids[i - 1]).right - 0.5 && box(kids[i - 1]).top < box(e).bottom));
return wide.concat(over.map(e => e.className));
"""


@pytest.mark.parametrize("size", [(1280, 800), (820, 1180)])
def test_a_group_of_the_menu_opens_over_the_page_and_leads_there(screen: Screen, size: tuple[int, int]) -> None:
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    screen.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    screen.sign_in(Role.SUPERVISOR, "/shifts")
    screen.one(".menu--pages")
    groups = screen.browser.find_elements(By.CSS_SELECTOR, ".menu--pages")
    assert len(groups) == 4
    for group in groups:
        group.find_element(By.TAG_NAME, "summary").click()
        for link in group.find_elements(By.TAG_NAME, "a"):
            assert screen.browser.execute_script(ON_TOP, link), link.get_attribute("href")
        group.find_element(By.TAG_NAME, "summary").click()
    groups[0].find_element(By.TAG_NAME, "summary").click()
    groups[0].find_element(By.CSS_SELECTOR, 'a[href="/alerts"]').click()
    screen.until(lambda: "/alerts" in screen.browser.current_url, "the menu did not lead there")
    screen.one('.menu--pages a[href="/alerts"][aria-current], .menu--pages summary[aria-current]')


@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_bar_holds_all_it_says_at_every_width_of_a_desk_or_tablet(screen: Screen, lang: str) -> None:
    """A stale screen says more than a live one: nothing lies over its neighbour, nothing runs out of the window."""
    screen.stopped.set()
    screen.world.clock.ms += 60_000
    screen.sign_in(Role.OPERATOR, f"/line/{LINE}%3Flang={lang}")
    screen.until(lambda: screen.age() == "stale", "never stale")
    for width in (1900, 1500, 1265, 1245, 1180, 1100, 1024, 820, 768):
        metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        screen.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        assert screen.browser.execute_script(CROWDED) == [], f"{width} px wide"
    screen.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
