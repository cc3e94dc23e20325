"""What people do with the screens, by clicking: each journey ends in the line's stream or on the screen."""

import json
from dataclasses import replace

import pytest
from selenium.webdriver.common.keys import Keys

from app.boards.line import LineBoard
from app.domain.roles import Role
from tests.browser.conftest import Screen
from tests.sample_boards import LINE, sample_line_board
from tests.web.parts import OTHER_LINE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.redis]
LINE_PAGE = f"/line/{LINE}"


def said(screen: Screen, kind: str) -> dict[str, object]:
    """Return the event of this kind once it is on the line's stream."""
    found: dict[str, object] = screen.until(
        lambda: next((e for e in screen.world.events() if e["kind"] == kind), None), f"no {kind} on the stream"
    )
    return found


def test_an_operator_sees_the_line_live_with_a_clean_console(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.says(".now__word", "Running")
    screen.says(".big", "23,481")
    screen.changes["output"] = replace(sample_line_board().output, good=23_999)
    screen.says(".big", "23,999")
    assert screen.age() == "fresh"
    assert screen.complaints() == []


def test_a_stop_is_classified_in_one_tap_on_a_likely_reason_and_taken_back(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.one(".stop__likely [data-value-reason=jam-infeed]").click()
    event = said(screen, "classify")
    assert (event["reason"], event["by"]) == ("jam-infeed", "operator")
    assert event["from"] == sample_line_board().stops[0].start
    screen.says(".toast", "Reason saved")
    screen.one(".toast .button").click()
    screen.until(lambda: sum(e["kind"] == "classify" for e in screen.world.events()) == 2, "nothing was taken back")
    assert "reason" not in screen.world.events()[-1]


def test_what_needs_a_person_is_on_the_first_screen_of_a_laptop(screen: Screen) -> None:
    size = {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    screen.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.says(".now__word", "Running")
    below = screen.browser.execute_script(
        "return [...document.querySelectorAll('.actions .button, .calls .button, .stops .button')]"
        ".filter(e => e.checkVisibility() && e.getBoundingClientRect().bottom > innerHeight).map(e => e.innerText)"
    )
    screen.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert below == []


def test_the_bell_lists_what_waits_and_leads_to_it(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, "/shifts")
    screen.says(".bell__rest", "3")
    assert not screen.browser.find_element("css selector", ".bell__count").text
    screen.one(".bell summary").click()
    screen.says(".bell .menu__sheet", "Maintenance")
    screen.says(".bell .menu__sheet", "Filler: no reason yet")
    screen.press(".bell__item[href*='stop=']")
    screen.says("dialog[open]", "Filler")
    screen.one("dialog[open] [data-value-reason]").click()
    assert said(screen, "classify")["from"] == sample_line_board().stops[1].start
    assert screen.browser.current_url.endswith(LINE_PAGE)
    assert screen.complaints() == []


@pytest.mark.parametrize("page", ["line", "area", "kiosk"])
def test_before_the_first_event_a_page_says_what_it_waits_for_and_then_fills_by_itself(
    screen: Screen, page: str
) -> None:
    place = OTHER_LINE.rpartition("/")[0] if page == "area" else OTHER_LINE
    screen.sign_in(Role.MANAGER, f"/{page}/{place}")
    screen.says(".blank__title", "Waiting for the first events")
    screen.until(lambda: not screen.browser.find_element("css selector", ".card").is_displayed(), "empty parts shown")
    at = screen.world.clock.ms
    screen.world.publish(OTHER_LINE, at=at, fresh=at)
    screen.says("[data-page]", "Running")
    screen.until(lambda: not screen.browser.find_element("css selector", ".blank").is_displayed(), "it kept waiting")


def test_the_bell_is_quiet_when_nothing_waits(screen: Screen) -> None:
    screen.changes |= {"calls": (), "stops": ()}
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.until(lambda: not screen.browser.find_element("css selector", ".bell__rest").text, "the bell kept ringing")
    screen.one(".bell summary").click()
    screen.says(".bell .menu__sheet", "Nothing waits")


def test_any_reason_is_two_taps_and_a_search_away(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.one("[data-label][data-stop]").click()
    reason = screen.world.plant.reasons.leaves()[0]
    screen.one("dialog[open] input[type=search]").send_keys(reason.name[:5])
    screen.one(f"dialog[open] [data-value-reason={reason.id}]").click()
    assert said(screen, "classify")["reason"] == reason.id


def test_scrap_is_reported_with_its_number(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.one("[data-open=scrap]").click()
    screen.one("dialog[open] [data-step='10']").click()
    screen.one("dialog[open] .button--main").click()
    event = said(screen, "correct")
    assert (event["good"], event["reject"]) == (-11, 11)
    screen.says(".toast", "Scrap recorded")


def test_an_order_is_started(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.one("[data-open=changeover]").click()
    screen.one("dialog[open] input[name=order]").send_keys("4712")
    screen.one("dialog[open] .button--main").click()
    event = said(screen, "order")
    assert (event["action"], event["order"]) == ("start", "4712")


def test_help_is_called(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.one("[data-open=help]").click()
    screen.one("dialog[open] [data-value-call=material]").click()
    event = said(screen, "andon")
    assert (event["call"], event["action"], event["by"]) == ("material", "call", "operator")


def test_what_the_server_refuses_is_said_in_words_and_the_button_works_again(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.one("[data-open=changeover]").click()
    screen.one("dialog[open] input[name=order]").send_keys("!!")
    screen.one("dialog[open] .button--main").click()
    screen.says(".toast[data-kind=problem]", "order: 1 to 64 letters")
    assert screen.one("dialog[open] .button--main").is_enabled()


def test_what_the_server_refuses_is_said_in_the_persons_language(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE + "?lang=de")
    screen.says(".now__word", "Läuft")
    screen.one("[data-open=changeover]").click()
    screen.one("dialog[open] input[name=order]").send_keys("!!")
    screen.one("dialog[open] .button--main").click()
    screen.says(".toast[data-kind=problem]", "Auftrag: 1 bis 64 Buchstaben")


def test_a_number_opens_by_link_and_by_click_and_closes_with_escape(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.one(".factor[data-explain=availability]").click()
    screen.says(".panel", "Availability")
    assert "explain=availability" in screen.browser.current_url
    screen.one(".panel__close").send_keys(Keys.ESCAPE)
    screen.until(lambda: "explain" not in screen.browser.current_url, "the panel stayed in the address")
    screen.browser.get(f"{screen.address}{LINE_PAGE}?explain=oee")
    screen.says(".panel", "OEE")


def test_a_frozen_screen_looks_frozen_and_wakes_up_by_itself(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.until(lambda: screen.age() == "fresh", "never fresh")
    screen.stopped.set()
    screen.until(lambda: screen.age() == "stale", "a screen without data kept looking alive")
    screen.says(".age", "last known")
    at = screen.world.clock.ms = screen.world.clock.ms + 30_000
    screen.world.publish(at=at, fresh=at)
    screen.until(lambda: screen.age() == "fresh", "never woke up")


def test_the_area_board_lists_its_lines_and_leads_to_them(screen: Screen) -> None:
    screen.sign_in(Role.SUPERVISOR, "/area/leipzig/bottling")
    screen.says(".row__oee", "74.8")
    screen.one(".row__name").click()
    screen.says(".now__word", "Running")
    assert screen.browser.current_url.endswith(LINE_PAGE)
    screen.browser.back()
    screen.one(".row__oee")
    assert screen.complaints() == []


def test_the_manager_sees_the_shifts_page_say_what_is_missing(screen: Screen) -> None:
    screen.sign_in(Role.MANAGER, "/shifts")
    screen.says(".blank__title", "No closed shifts yet")
    assert screen.complaints() == []


def test_the_wall_shows_one_line_large_without_anything_to_press(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, "/kiosk/line-1")
    screen.says(".wall .now__word", "Line")
    shown = (
        "return [...document.querySelectorAll('button, a, summary')].filter(e => e.checkVisibility() "
        "&& getComputedStyle(e).pointerEvents !== 'none' && !e.closest('.wall, .skip, .bar__brand')).length"
    )
    assert screen.browser.execute_script(shown) == 0


def test_german_is_one_press_away_and_stays(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.says(".now__word", "Running")
    screen.one(".person summary").click()
    screen.one("[data-set-lang=de]").click()
    screen.says(".now__word", "Läuft")
    screen.says(".big", "23.481")
    screen.browser.refresh()
    screen.says(".now__word", "Läuft")


def test_everything_that_can_be_pressed_is_reached_by_keyboard_and_named(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.says(".now__word", "Running")
    nameless = screen.browser.execute_script(
        "return [...document.querySelectorAll('button, a, input, select, summary')]"
        ".filter(e => e.checkVisibility() && !(e.innerText || e.getAttribute('aria-label') || e.title "
        "|| e.placeholder || e.closest('label'))).map(e => e.outerHTML.slice(0, 120))"
    )
    assert nameless == []
    seen: set[str] = set()
    for _ in range(60):
        screen.browser.switch_to.active_element.send_keys(Keys.TAB)
        seen.add(screen.browser.switch_to.active_element.text.split("\n")[0])
    assert {"Call help", "Change over", "Scrap", "More …"} <= seen


def test_touch_targets_of_actions_are_at_least_48_pixels(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.says(".now__word", "Running")
    small = screen.browser.execute_script(
        "return [...document.querySelectorAll('.button, .factor')].filter(e => e.checkVisibility())"
        ".filter(e => e.getBoundingClientRect().height < 47.5).map(e => e.innerText)"
    )
    assert small == []


def test_a_finger_finds_48_pixels_everywhere_on_the_line_at_a_tablet(screen: Screen) -> None:
    """Bands of a timeline are as wide as their time: the stops among them stand below as cards."""
    metrics = {"width": 1180, "height": 820, "deviceScaleFactor": 1, "mobile": True}
    screen.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    screen.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.says(".now__word", "Running")
    small = screen.browser.execute_script(
        "return [...document.querySelectorAll('button, a, summary, input, select')].filter(e => e.checkVisibility())"
        ".filter(e => !e.matches('.band, .skip')).map(e => { const b = e.getBoundingClientRect(), "
        "more = parseFloat(getComputedStyle(e, '::after').inset) || 0, add = e.matches('.hint__mark') ? -2 * more : 0; "
        "return [e.className + e.innerText, b.width + add, b.height + add]; }).filter(x => x[1] < 47.5 || x[2] < 47.5)"
    )
    screen.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})
    screen.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert small == []


def test_a_tick_moves_nothing(screen: Screen) -> None:
    """No layout shift while numbers change."""
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    screen.says(".now__word", "Running")
    screen.browser.execute_script(
        "window.shift = 0; new PerformanceObserver(l => l.getEntries().forEach(e => { window.shift += e.value; }))"
        ".observe({type: 'layout-shift', buffered: false});"
    )
    board: LineBoard = sample_line_board()
    for good in (23_500, 23_777, 24_111):
        screen.changes["output"] = replace(board.output, good=good, delta=good - 24_020)
        screen.says(".big", f"{good:,}")
    assert screen.browser.execute_script("return window.shift") < 0.01


def test_the_picture_that_came_with_the_page_is_the_boards(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, LINE_PAGE)
    raw = screen.until(
        lambda: screen.browser.execute_script("return document.querySelector('[data-page]').dataset.board"), "no board"
    )
    assert json.loads(raw)["line"] == LINE
