"""An operator at the quality page: sees the rise and its cause, confirms the adjustment by clicking; in a browser."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from app.domain.roles import Role
from app.historian.adjustments import Adjustments
from app.historian.database import migrate, open_database
from app.streams.embedded import EmbeddedServer
from app.views.history import SqlHistory
from tests.browser.conftest import Screen
from tests.browser.test_access import AA, SETTLED, complaints
from tests.historian.test_downtime import NoStream
from tests.quality_story import DRAFT, ENGINEER, FILLER, LINE, OPERATOR, Story
from tests.web.test_quality import a_suggestion
from tests.web.world import Clock, World

pytestmark = [pytest.mark.browser, pytest.mark.redis]
PAGE = f"/quality?of_place={LINE}%26machine={FILLER}"


@pytest.fixture
def quality(chromium: webdriver.Chrome, valkey_server: EmbeddedServer, tmp_path: Path) -> Iterator[tuple[Screen, str]]:
    """A screen on a plant whose rejects rose, and the id of an adjustment that waits to be confirmed."""
    database = open_database(None, tmp_path)
    migrate(database)
    story = Story(database)
    story.past()
    reference = story.desk.act(OPERATOR, a_suggestion(story, story.desk.write_protocol(ENGINEER, DRAFT)))
    history = SqlHistory(database, story.plant, NoStream())
    world = World(valkey_server.url, clock=Clock(story.now), plant=story.plant, database=database, history=history)
    world.redis.flushall()
    with world.listening() as address:
        yield Screen(chromium, address, world), reference
        chromium.get("about:blank")
        chromium.get_log("browser")
    world.redis.close()
    database.dispose()


def test_the_share_of_rejects_opens_to_its_formula_with_its_numbers(quality: tuple[Screen, str]) -> None:
    shown, _ = quality
    shown.sign_in(Role.OPERATOR, PAGE)
    last_hour = '.opened [data-explain="scrap_ratio"]'
    figure = shown.until(lambda: shown.one(last_hour).text, "the page never showed its share of rejects")
    shown.one(last_hour).click()
    shown.says(".panel__value", figure)
    shown.says(".formula", "Rejects \u00f7 units produced")
    assert "of=" + FILLER in unquote(shown.browser.current_url)
    assert shown.complaints() == []


def test_an_operator_confirms_an_adjustment(quality: tuple[Screen, str]) -> None:
    shown, reference = quality
    shown.sign_in(Role.OPERATOR, PAGE)
    shown.says(".risen", "Rejects have risen since")
    shown.says(".table--causes tr[data-explains=yes]", "temperature")
    shown.one(".js-plotly-plot")
    one = f'[data-adjustment="{reference}"]'
    shown.says(one, "Turn the dial")
    shown.one(f'{one} input[name="note"]').send_keys("two turns")
    shown.one(f"{one} form button[type=submit]").click()
    shown.says(".toast", "Confirmed")
    shown.says(f"{one} .tag", "done")
    shown.says(one, "not enough data yet")
    assert Adjustments(shown.world.database).get(reference).done.note == "two turns"
    shown.one(f"{one} [data-ask=go_back]").click()
    shown.says(f"{one} .tag", "undone")
    assert shown.complaints() == []


def test_an_engineer_changes_a_protocol_and_chooses_a_process_value(quality: tuple[Screen, str]) -> None:
    shown, _ = quality
    shown.sign_in(Role.ENGINEER, PAGE)
    shown.one(".protocol summary").click()
    high = shown.one('.protocol input[name="high"]')
    high.clear()
    high.send_keys("82,5")
    shown.one(".protocol form button").click()
    shown.says(".toast", "Protocol kept")
    shown.says(".protocol summary", "82.50")
    shown.one('select[name="chart"] option[value="temperature"]').click()
    shown.says(".quality", "Cpk")
    assert "chart=temperature" in shown.browser.current_url
    assert shown.complaints() == []


def test_the_quality_page_meets_aa(quality: tuple[Screen, str]) -> None:
    shown, _ = quality
    shown.sign_in(Role.ENGINEER, PAGE)
    shown.one(".adjustment")
    shown.until(lambda: shown.browser.execute_script(SETTLED), "it never settled")
    for summary in shown.browser.find_elements(By.CSS_SELECTOR, ".protocol > summary, .protocol__new > summary"):
        summary.click()
    assert complaints(shown, runOnly=AA) == []
