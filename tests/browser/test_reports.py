"""A manager's way through the reports page: a shift chosen, figures seen, files taken, letters asked for."""

from pathlib import Path

import pytest

from app.domain.roles import Role
from tests.browser.conftest import Screen
from tests.sample_boards import LINE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.redis]


def downloads(screen: Screen, folder: Path) -> None:
    """Have the browser put files into the folder."""
    where = {"behavior": "allow", "downloadPath": str(folder)}
    screen.browser.execute_cdp_cmd("Browser.setDownloadBehavior", where)


def taken(screen: Screen, folder: Path, ending: str) -> bytes:
    """Return the file with this ending once it is whole."""
    found: Path = screen.until(lambda: next(folder.glob(f"*.{ending}"), None), f"no .{ending} came")
    return found.read_bytes()


def test_a_manager_chooses_a_shift_reads_it_and_takes_it_in_every_form(screen: Screen, tmp_path: Path) -> None:
    downloads(screen, tmp_path)
    screen.sign_in(Role.MANAGER, f"/reports?of_place={LINE}")
    screen.says(".reports", "=Bottling")
    screen.one("select[name=shift] option[value=early]").click()
    screen.says(".reports .card__title", "early")
    assert "shift=early" in screen.browser.current_url
    screen.says(".reports", "=4711")
    for form, begins in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        screen.one(f".files a[href*='/reports/{form}?']").click()
        assert taken(screen, tmp_path, form).startswith(begins)
    assert "shift=early" in screen.one(".files a").get_attribute("href")
    screen.browser.back()
    screen.says(".reports .card__title", "whole day")
    screen.until(lambda: screen.one("select[name=shift]").get_attribute("value") == "", "the choice stayed behind")
    assert screen.complaints() == []


def test_a_manager_subscribes_sees_it_and_ends_it(screen: Screen) -> None:
    screen.sign_in(Role.MANAGER, f"/reports?of_place={LINE}")
    screen.one("form[data-send=subscribe] input[type=email]").send_keys("mara@plant.example")
    screen.one("form[data-send=subscribe] select[name=rhythm] option[value=day]").click()
    screen.one("form[data-send=subscribe] button").click()
    screen.says(".toast", "You will get this report")
    screen.says(".mail-card .table", "mara@plant.example")
    ((who, place, rhythm),) = screen.world.mail.kept
    assert (who, place, rhythm) == ("manager", LINE, "day")
    screen.one("[data-ask=unsubscribe]").click()
    screen.until(lambda: not screen.world.mail.kept, "it was not ended")
    screen.until(
        lambda: not screen.browser.find_elements("css selector", "[data-ask=unsubscribe]"), "it is still shown"
    )
    assert screen.complaints() == []


def test_a_wrong_address_is_said_in_words_and_nothing_is_kept(screen: Screen) -> None:
    screen.sign_in(Role.MANAGER, f"/reports?of_place={LINE}")
    screen.one("form[data-send=subscribe] input[type=email]").send_keys("a@b..c")
    screen.browser.execute_script("document.querySelector('form[data-send=subscribe]').noValidate = true")
    screen.one("form[data-send=subscribe] button").click()
    screen.says(".toast", "is no e-mail address")
    assert screen.world.mail.kept == {}


def test_a_long_export_is_asked_for_shown_taken_and_deleted(screen: Screen, tmp_path: Path) -> None:
    downloads(screen, tmp_path)
    screen.sign_in(Role.MANAGER, f"/reports?of_place={LINE}")
    screen.one("form[data-send=file] select[name=form] option[value=csv]").click()
    screen.one("form[data-send=file] button").click()
    screen.says(".file", "waits")
    screen.one(".file progress")
    assert screen.world.clerk.go(screen.stopped)
    screen.says(".file", "ready")
    screen.one(".file a").click()
    assert taken(screen, tmp_path, "csv").count(b"'=line") == 6
    screen.one(".file [data-ask=drop]").click()
    screen.until(lambda: not screen.browser.find_elements("css selector", ".file"), "it is still shown")
    assert screen.complaints() == []
