"""A real Chromium against a real server over a real Valkey; boards come once a second until a test stops them."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from app.domain.roles import Role
from app.streams.connection import Client
from app.streams.embedded import EmbeddedServer
from tests.browser.floor import a_floor
from tests.sample_boards import LINE
from tests.web.parts import file_database
from tests.web.world import PASSWORD, World

PATIENCE_S = 20
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync --window-size=1280,900 --lang=en"
)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = Options()
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome, driver = "/usr/bin/chromium", "/usr/bin/chromedriver"
    if Path(chrome).exists() and Path(driver).exists():
        options.binary_location = chrome
        browser = webdriver.Chrome(options=options, service=Service(driver))
    else:
        browser = webdriver.Chrome(options=options)
    yield browser
    browser.quit()


@dataclass
class Screen:
    """What a person at the screen does and sees. pulse: publishes boards; changes: what the next ones say."""

    browser: webdriver.Chrome
    address: str
    world: World
    changes: dict[str, Any] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)

    def pulse(self) -> None:
        """Publish a board every half second, engine time passing with it."""
        while not self.stopped.wait(0.5):
            self.world.clock.ms += 500
            at = self.world.clock.ms
            self.world.publish(at=at, fresh=at - 400, **self.changes)

    def sign_in(self, role: Role, path: str, *scopes: str) -> None:
        """Sign in through the form and arrive at `path`: a page opened before that would be left again."""
        name = self.world.person(role, *scopes)
        self.browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.browser.get(f"{self.address}/login?next={path}")
        self.one("#username").send_keys(name)
        self.one("#password").send_keys(PASSWORD)
        self.one("button[type=submit]").click()
        self.until(lambda: "/login" not in self.browser.current_url, "never signed in")

    def until(self, seen: Callable[[], Any], what: str) -> Any:
        """Return what `seen` finds, once it does; fail with `what` when it never does."""
        return WebDriverWait(self.browser, PATIENCE_S, 0.05, (Exception,)).until(lambda _: seen(), what)

    def one(self, selector: str) -> WebElement:
        """Return the element when it is there and visible."""
        found: WebElement = self.until(lambda: self._visible(selector), f"never saw {selector}")
        return found

    def press(self, selector: str) -> None:
        """Click the element once no toast lies over the page, as a person would; again where it was drawn anew."""
        self.clear()
        self.until(lambda: self.one(selector).click() or True, f"could not press {selector}")  # type: ignore[func-returns-value]

    def clear(self) -> None:
        """Close what the page says over itself."""
        self.until(self._is_clear, "the words stayed over the page")

    def text(self, selector: str) -> str:
        """Return the element's text."""
        return self.one(selector).text

    def says(self, selector: str, words: str) -> None:
        """Wait until the element's text contains `words`."""
        self.until(lambda: words in self.one(selector).text, f"{selector} never said {words!r}")

    def age(self) -> str | None:
        """Return how the screen judges its data: fresh, aging, stale."""
        return self.browser.find_element(By.TAG_NAME, "html").get_attribute("data-age")

    def complaints(self) -> list[str]:
        """Return what the console complained about since last asked."""
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]

    def _is_clear(self) -> bool:
        for button in self.browser.find_elements(By.CSS_SELECTOR, ".toast .close"):
            button.click()
        return not self.browser.find_elements(By.CSS_SELECTOR, ".toast")

    def _visible(self, selector: str) -> WebElement | None:
        found = self.browser.find_elements(By.CSS_SELECTOR, selector)
        return next((one for one in found if one.is_displayed()), None)


def shown_by(chromium: webdriver.Chrome, world: World) -> Iterator[Screen]:
    """Serve a world whose line lives, and show it; everything is closed afterwards."""
    world.publish(LINE)
    with world.listening() as address:
        shown = Screen(chromium, address, world)
        pulse = threading.Thread(target=shown.pulse)
        pulse.start()
        yield shown
        shown.stopped.set()
        pulse.join()
        chromium.get("about:blank")
        chromium.get_log("browser")
    world.redis.close()
    world.database.dispose()


@pytest.fixture
def screen(
    chromium: webdriver.Chrome, valkey_server: EmbeddedServer, valkey: Client, tmp_path: Path
) -> Iterator[Screen]:
    world = World(valkey_server.url, database=file_database(tmp_path))
    yield from shown_by(chromium, world)


@pytest.fixture
def shown(chromium: webdriver.Chrome, valkey_server: EmbeddedServer, tmp_path: Path) -> Iterator[Screen]:
    """A screen on a served plant whose engine and historian go on while people say things."""
    with a_floor(valkey_server.url, tmp_path) as (address, floor):
        yield Screen(chromium, address, floor)  # type: ignore[arg-type]
        chromium.get("about:blank")
        chromium.get_log("browser")
