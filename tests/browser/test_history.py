"""Managers and supervisors on a real history: compare, drill down, put right; in a real browser, console clean."""

from collections.abc import Callable

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from app.domain.interval import MINUTE_MS
from app.domain.roles import Role
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints
from tests.golden.rig import ONE, START

pytestmark = [pytest.mark.browser, pytest.mark.redis]
STOP = START + 145 * MINUTE_MS


def go(screen: Screen, path: str) -> None:
    screen.browser.get(screen.address + path)


def reload(screen: Screen, path: str, holds: Callable[[], bool]) -> None:
    """Open a page again until what was said a moment ago has reached history and `holds`."""

    def shows() -> bool:
        go(screen, path)
        screen.one(".table--stops tbody tr")
        return holds()

    screen.until(shows, f"{path} never showed what was said")


def press(screen: Screen, selector: str) -> None:
    """Press what is there, also when the page is just drawing it anew."""
    screen.until(lambda: screen.one(selector).click() or True, f"could not press {selector}")


def rows(screen: Screen) -> list[str]:
    return [row.text for row in screen.browser.find_elements(By.CSS_SELECTOR, ".table--stops tbody tr")]


def choose(screen: Screen, name: str, value: str) -> None:
    """Choose from a list as a person does: of the dialog that is open, else of the page."""
    inside = "dialog[open] " if screen.browser.find_elements(By.CSS_SELECTOR, "dialog[open]") else ""
    screen.one(f'{inside}select[name="{name}"] option[value="{value}"]').click()


def test_a_supervisor_goes_from_the_pareto_to_the_stop_and_back(shown: Screen) -> None:
    shown.sign_in(Role.SUPERVISOR, f"/downtime?of_place={ONE}")
    shown.one('[data-bar="unclassified"]')
    all_stops = len(rows(shown))
    shown.one('[data-bar="unclassified"]').click()
    shown.until(lambda: "bar=unclassified" in shown.browser.current_url, "the address never said the bar")
    shown.until(lambda: 0 < len(rows(shown)) <= all_stops, "no stops of the bar")
    press(shown, ".table--stops tbody a")
    shown.one(".close-up")
    assert "stop=" in shown.browser.current_url
    address = shown.browser.current_url
    shown.browser.back()
    shown.until(lambda: not shown.browser.find_elements(By.CSS_SELECTOR, ".close-up"), "back did not close the stop")
    shown.browser.get(address)
    shown.one(".close-up")
    assert shown.complaints() == []


def test_a_supervisor_gives_two_stops_a_reason_and_takes_it_back(shown: Screen) -> None:
    shown.sign_in(Role.SUPERVISOR, f"/downtime?of_place={ONE}&reason=unclassified")
    shown.one("tbody [data-pick]")
    for box in shown.browser.find_elements(By.CSS_SELECTOR, "tbody [data-pick]")[:2]:
        box.click()
    shown.one("button[data-needs-pick]").click()
    choose(shown, "reason", "jam")
    shown.one('dialog[open] input[name="note"]').send_keys("seen by eye")
    shown.one("dialog[open] button[type=submit].button--main").click()
    shown.says(".toast", "2")
    reload(shown, f"/downtime?of_place={ONE}&reason=jam", lambda: sum("supervisor" in row for row in rows(shown)) == 2)
    assert shown.complaints() == []


def test_a_supervisor_splits_a_stop_and_undoes_it(shown: Screen) -> None:
    shown.sign_in(Role.SUPERVISOR, f"/downtime?of_place={ONE}")
    shown.one(f'[data-edit$="@{STOP}"]').click()
    choose(shown, "reason", "jam")
    shown.browser.execute_script("document.querySelector('dialog[open] input[name=from]').value = '08:27:00'")
    shown.one("dialog[open] button[type=submit].button--main").click()
    second = f'[data-edit$="@{STOP + 2 * MINUTE_MS}"]'
    shown.one(second)
    shown.one(".toast button").click()
    shown.until(lambda: not shown.browser.find_elements(By.CSS_SELECTOR, second), "undo did not bring the stop back")
    assert shown.complaints() == []


def test_a_supervisor_corrects_counts_and_sees_who_changed_what(shown: Screen) -> None:
    shown.sign_in(Role.SUPERVISOR, f"/downtime?of_place={ONE}")
    shown.one('[data-open="counts"]').click()
    choose(shown, "machine", f"{ONE}/packer")
    for name, value in (("made_at", "2026-11-23T08:00:00"), ("good", "12"), ("note", "counted by hand")):
        shown.browser.execute_script(
            "document.querySelector('dialog[open] [name=' + arguments[0] + ']').value = arguments[1]", name, value
        )
    shown.one("dialog[open] button[type=submit].button--main").click()
    shown.one(".toast")
    shown.until(lambda: "good +12" in shown.one(".downtime__result").text, "the correction never showed")
    assert "counted by hand" in shown.one(".downtime__result").text
    assert shown.complaints() == []


def test_a_manager_compares_by_product_and_the_choice_is_in_the_address(shown: Screen) -> None:
    shown.sign_in(Role.MANAGER, f"/shifts?of_place={ONE}")
    shown.says(".table--kpi", "OEE")
    choose(shown, "by", "weekday")
    shown.until(lambda: "by=weekday" in shown.browser.current_url, "the address never said it")
    shown.says(".table--kpi thead", "Monday")
    shown.browser.back()
    shown.until(lambda: "by=" not in shown.browser.current_url, "back did not go back")
    shown.until(
        lambda: shown.browser.execute_script("return document.querySelector('select[name=by]').value") == "shift",
        "the list did not follow the address",
    )
    assert shown.complaints() == []


def test_a_number_opens_beside_the_page_and_hands_the_focus_back(shown: Screen) -> None:
    """Neither opening nor closing asks for the comparison again; back and forward follow."""
    shown.sign_in(Role.MANAGER, f"/shifts?of_place={ONE}")
    opener = shown.one('[data-explain="reject"]')
    opener.send_keys(Keys.ENTER)
    shown.says(".panel", "Units counted as rejects")
    assert "explain=reject" in shown.browser.current_url
    shown.until(lambda: shown.browser.switch_to.active_element == shown.one(".panel__close"), "the focus stayed behind")
    shown.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    shown.until(
        lambda: shown.browser.switch_to.active_element == opener, "the focus went nowhere, or the page was redrawn"
    )
    assert "explain" not in shown.browser.current_url
    shown.browser.back()
    shown.says(".panel", "Rejects")
    shown.browser.back()
    shown.until(lambda: not shown.browser.find_elements(By.CSS_SELECTOR, ".panel"), "back did not close the panel")
    assert opener.is_displayed()
    shown.browser.forward()
    shown.says(".panel", "Rejects")


def test_a_figure_of_a_report_opens_and_leaves_the_choice_in_the_address(shown: Screen) -> None:
    shown.sign_in(Role.MANAGER, "/reports")
    go(shown, f"/reports?of_place={ONE}&date=2026-11-23")
    choose(shown, "shift", "early")
    shown.until(lambda: "shift=early" in shown.browser.current_url, "the address never said the shift")
    chosen = shown.browser.current_url
    of_shift = '.reports [data-explain="good"][data-during="early"]'
    figure = shown.until(lambda: shown.one(of_shift).text, "the report never showed the shift's good units")
    press(shown, of_shift)
    shown.says(".panel__value", figure)
    assert shown.browser.current_url.startswith(chosen + "&explain=good")
    shown.one(".panel__close").send_keys(Keys.ESCAPE)
    shown.until(lambda: shown.browser.current_url == chosen, "closing a number let go of the report's shift")


def test_a_loss_opens_to_its_formula_and_leads_to_its_longest_stop(shown: Screen) -> None:
    shown.sign_in(Role.SUPERVISOR, f"/downtime?of_place={ONE}")
    loss = '.opened [data-explain="loss.breakdown"]'
    figure = shown.until(lambda: shown.one(loss).text, "the page never showed its breakdowns")
    press(shown, loss)
    shown.says(".panel__value", figure)
    shown.says(".formula", "Time of unplanned stops")
    shown.says(".formula", figure)
    press(shown, '.panel a[href*="stop="]')
    shown.one(".close-up")
    assert "explain" not in shown.browser.current_url
    assert shown.complaints() == []


def test_a_mean_nobody_can_tell_opens_all_the_same_and_a_link_opens_it_for_somebody_else(shown: Screen) -> None:
    """Nobody named a failure, so there is no MTBF: the panel says run time and no failures."""
    shown.sign_in(Role.SUPERVISOR, f"/downtime?of_place={ONE}")
    press(shown, '.table--reliability [data-explain="mtbf_ms"]')
    shown.says(".formula", "Run time \u00f7 failures")
    shown.says(".panel__value", "\u2013")
    shown.browser.get(shown.browser.current_url)
    shown.says(".panel .formula", "Run time")
    assert shown.complaints() == []


def test_a_manager_is_three_clicks_from_the_plant_to_the_stop(shown: Screen) -> None:
    shown.sign_in(Role.MANAGER, "/plant")
    press(shown, ".level--line a.place")
    press(shown, "[data-bar]")
    shown.until(lambda: "bar=" in shown.browser.current_url, "the address never said the bar")
    press(shown, ".table--stops tbody a")
    shown.one(".close-up")
    assert shown.complaints() == []


@pytest.mark.parametrize("path", [f"/downtime?of_place={ONE}", f"/shifts?of_place={ONE}", "/plant"])
def test_pages_of_history_meet_aa(shown: Screen, path: str) -> None:
    shown.sign_in(Role.SUPERVISOR, path)
    shown.until(lambda: shown.browser.execute_script(SETTLED), f"{path} never settled")
    found = complaints(shown, runOnly=AA)
    # WCAG 2.5.8, "equivalent": a band is as wide as its stop was long; the list below has the same stops to press.
    assert [one for one in found if not (one.startswith("target-size") and ".lane" in one)] == []
