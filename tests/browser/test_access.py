"""Everybody can use it: each page is examined by axe-core (WCAG 2.2 AA; AAA contrast on the wall), in each theme.

axe-core (MPL-2.0) lies beside this file and is used by tests only; https://github.com/dequelabs/axe-core, 4.14.1.
"""

from pathlib import Path
from typing import Any

import pytest

from app.domain.roles import Role
from app.sitemap import PAGES
from tests.browser.conftest import Screen
from tests.sample_boards import LINE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.redis]
AXE = Path(__file__).parent / "axe" / "axe.min.js"
AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LINE_PAGE, AREA_PAGE = f"/line/{LINE}", "/area/leipzig/bottling"
MENU = [page.pattern.pattern for page in PAGES if page.in_menu]
NOT_MANAGERS = [page.pattern.pattern for page in PAGES if Role.MANAGER not in page.roles]
SETTLED = """
return Boolean(document.querySelector('[data-page]')) && document.fonts.status === 'loaded'
  && !document.querySelector('[data-dash-is-loading="true"]')
  && [...document.querySelectorAll('.js-plotly-plot')].every(p => p.querySelector('.main-svg'));
"""
EXAMINE = """
const done = arguments[arguments.length - 1];
axe.run(document, arguments[0]).then(r => done(r.violations), e => done([{id: 'failed', help: String(e), nodes: []}]));
"""


def complaints(screen: Screen, **options: Any) -> list[str]:
    """Return what axe-core finds wrong with what is on the screen: rule, help, and where."""
    screen.browser.execute_script(AXE.read_text(encoding="utf-8"))
    found = screen.browser.execute_async_script(EXAMINE, options)
    return [f"{v['id']}: {v['help']}: {n['target']} {n['failureSummary']}" for v in found for n in v["nodes"]]


def look_at(screen: Screen, path: str, role: Role = Role.MANAGER) -> None:
    """Sign in, arrive, and wait until everything is there."""
    screen.sign_in(role, path)
    screen.until(lambda: screen.browser.execute_script(SETTLED), f"{path} never settled")


def dress(screen: Screen, theme: str) -> None:
    """Let the device ask for this theme."""
    media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    screen.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", [LINE_PAGE, AREA_PAGE, *MENU])
def test_every_page_meets_aa(screen: Screen, path: str, theme: str) -> None:
    dress(screen, theme)
    look_at(screen, path, Role.ADMIN if path in NOT_MANAGERS else Role.MANAGER)
    assert complaints(screen, runOnly=AA) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_an_operator_opens_meets_aa(screen: Screen, theme: str) -> None:
    dress(screen, theme)
    look_at(screen, LINE_PAGE, Role.OPERATOR)
    for opener in (".stop [data-stop]", "[data-open=help]", "[data-open=changeover]", "[data-open=scrap]"):
        screen.one(opener).click()
        screen.one("dialog[open]")
        assert complaints(screen, runOnly=AA) == [], opener
        screen.one("dialog[open] .close").click()
    screen.one(".bell summary").click()
    screen.says(".bell .menu__sheet", "Maintenance")
    assert complaints(screen, runOnly=AA) == [], "bell"
    screen.one(".factor[data-explain=availability]").click()
    screen.says(".panel", "Availability")
    assert complaints(screen, runOnly=AA) == [], "panel"


def test_the_sign_in_meets_aa(screen: Screen) -> None:
    screen.browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    for theme in ("light", "dark"):
        dress(screen, theme)
        screen.browser.get(f"{screen.address}/login")
        screen.one("#username")
        assert complaints(screen, runOnly=AA) == [], theme


def test_what_does_not_exist_and_what_is_not_theirs_meet_aa_and_lead_on(screen: Screen) -> None:
    for path, role in (("/line/nothing", Role.MANAGER), ("/plant", Role.OPERATOR)):
        screen.sign_in(role, path)
        screen.one("h1")
        screen.one("main a, .blank a, .entry a")
        assert complaints(screen, runOnly=AA) == [], path


@pytest.mark.parametrize("path", ["/kiosk/line-1", f"{LINE_PAGE}?kiosk=1", f"{AREA_PAGE}?kiosk=1"])
def test_a_wall_meets_aaa_contrast(screen: Screen, path: str) -> None:
    look_at(screen, path, Role.OPERATOR)
    assert complaints(screen, runOnly=AA, rules={"color-contrast-enhanced": {"enabled": True}}) == []


def test_whoever_wants_no_motion_gets_none(screen: Screen) -> None:
    media = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    screen.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    look_at(screen, LINE_PAGE)
    moving = screen.browser.execute_script(
        "return [...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
        " return s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0; }).map(e => e.className)"
    )
    assert moving == []


def test_the_focus_is_seen_on_everything_that_can_be_pressed(screen: Screen) -> None:
    look_at(screen, LINE_PAGE, Role.OPERATOR)
    unseen = screen.browser.execute_script(
        "return [...document.querySelectorAll('button, a, input, select, summary')]"
        ".filter(e => e.checkVisibility() && e.tabIndex >= 0).filter(e => { e.focus({focusVisible: true});"
        " return parseFloat(getComputedStyle(e).outlineWidth) < 2; }).map(e => e.outerHTML.slice(0, 120))"
    )
    assert unseen == []
