"""An engineer edits a rule in a real browser: a mistake by its line, a trial, saving, going back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from app.domain.roles import Role
from app.ruleyaml import RuleFile
from app.streams.connection import Client
from app.streams.embedded import EmbeddedServer
from tests.browser.conftest import Screen, shown_by
from tests.browser.test_access import AA, SETTLED, complaints
from tests.sample_boards import LINE
from tests.web.parts import file_database
from tests.web.world import World

pytestmark = [pytest.mark.browser, pytest.mark.redis]
FILE = f"""version: 1
rules:
  - id: stands
    version: 1
    author: ada
    kind: state
    where: {LINE}
    states: [unplanned_stop]
    for: 10min
    title: {{en: It stands}}
    consequence: {{en: Nothing is made}}
    response: {{en: Go there}}
    owner: operator
    priority: low
    on_delay: 0s
    off_delay: 0s
"""
AREA = ".rules__lines"


@pytest.fixture
def screen(
    chromium: webdriver.Chrome, valkey_server: EmbeddedServer, valkey: Client, tmp_path: Path
) -> Iterator[Screen]:
    tmp_path.joinpath("plant.rules.yaml").write_text(FILE, encoding="utf-8")
    world = World(valkey_server.url, database=file_database(tmp_path), plant_file=tmp_path / "plant.yaml")
    yield from shown_by(chromium, world)


def write(screen: Screen, was: str, now: str) -> None:
    """Open the lines and type them anew."""
    if not screen.browser.find_elements("css selector", ".rules__edit[open]"):
        screen.press(".rules__edit > summary")
    area = screen.one(AREA)
    text = str(area.get_attribute("value"))
    assert was in text
    area.send_keys(Keys.CONTROL, "a")
    area.send_keys(text.replace(was, now))


def test_an_engineer_mends_a_mistake_tries_saves_and_goes_back(screen: Screen) -> None:
    assert screen.world.plant_file is not None
    deciding = RuleFile(screen.world.plant_file, screen.world.plant)
    screen.sign_in(Role.ENGINEER, "/rules?rule=stands")
    write(screen, "for: 10min", "for: soon")
    screen.press('.rules__edit [data-send="try"]')
    screen.says(".rules__draft", "line 7, rules[0].for")
    write(screen, "for: soon", "for: 20min")
    screen.press('.rules__edit [data-send="try"]')
    screen.says(".rules__draft", "rules.stands.for")
    screen.says(".rules__draft", "10min → 20min")
    screen.until(lambda: screen.browser.execute_script(SETTLED), "it never settled")
    assert complaints(screen, runOnly=AA) == []
    assert deciding.book().rules["stands"].watch.for_ms == 600_000
    screen.press(".rules__edit .button--main")
    screen.says(".toast", "Rules saved")
    screen.says(".rules__editions", "engineer")
    assert deciding.book().rules["stands"].watch.for_ms == 1_200_000
    assert deciding.book().rules["stands"].version == 2
    screen.press('.rules__editions [data-ask="restore"]')
    screen.until(lambda: deciding.book().rules["stands"].watch.for_ms == 600_000, "it never came back")
    assert screen.complaints() == []


def test_the_office_sees_rules_and_no_lines_to_edit(screen: Screen) -> None:
    screen.sign_in(Role.MANAGER, "/rules?rule=stands")
    screen.says(".rules__chosen", "It stands")
    assert not screen.browser.find_elements("css selector", ".rules__edit, .rules__editions")
