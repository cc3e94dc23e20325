"""Pictures of every page as each role: python -m tests.screenshots [folder]. `make screenshots` puts them into docs/.

Starts a demo of its own on a free port, waits until its two weeks of history are told and in SQL, and looks at it with
a headless Chromium. Each page is seen by the role it is made for light and dark, on a laptop, a large screen and a
tablet held upright, and by every other role that may open it once; walls are seen as walls.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

import httpx
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from app.domain.interval import DAY_MS, HOUR_MS
from app.domain.roles import PEOPLE
from app.sitemap import PAGES, Page
from tests.chaos.demo_process import PASSWORD, ROOT, Demo, free_port, until

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync --hide-scrollbars --lang=en"
)
LAPTOP, SCREEN, TABLET = (1280, 800), (1920, 1080), (820, 1180)
LINE, AREA = "/line/leipzig/bottling/line-1", "/area/leipzig/bottling"
PATHS = {"line": LINE, "area": AREA, "kiosk": "/kiosk/leipzig/bottling"}
READY = """
const page = document.querySelector('[data-page]'), age = document.documentElement.dataset.age;
const drawn = [...document.querySelectorAll('.dash-graph')].every(p => p.querySelector('.main-svg'));
return Boolean(page) && document.fonts.status === 'loaded' && drawn
  && ![...document.querySelectorAll('.blank')].some(blank => blank.checkVisibility())
  && !document.querySelector('[data-dash-is-loading="true"], [aria-busy="true"], ._dash-loading')
  && (!page.dataset.topic || age === 'fresh');
"""
PAINTED = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));"


@dataclass(frozen=True)
class Picture:
    """One picture: who looks, at what, how big, in which colours."""

    role: str
    page: str
    path: str
    size: tuple[int, int]
    theme: str

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.page}-{self.role}-{self.theme}-{self.size[0]}x{self.size[1]}.png"


def owner(page: Page) -> str:
    """Return the role a page is made for: the folder its layout lives in."""
    return next(
        (role for role in (r.value for r in PEOPLE) if (ROOT / "layouts" / role / f"{page.key}.py").exists()), "admin"
    )


def of_page(page: Page) -> Iterator[Picture]:
    """Yield the pictures of a page: all sizes and colours for its own role, one for each other that may open it."""
    path, main = PATHS.get(page.key, f"/{page.key}"), owner(page)
    for theme in ("light", "dark"):
        for size in (LAPTOP, SCREEN, TABLET):
            yield Picture(main, page.key, path, size, theme)
    for role in PEOPLE:
        if role in page.roles and role != main:
            yield Picture(role.value, page.key, path, LAPTOP, "light")


def pictures() -> list[Picture]:
    """Return every picture, sorted by role, so that each signs in once."""
    found = [one for page in PAGES if page.key not in ("home", "kiosk") for one in of_page(page)]
    found += [Picture("operator", "explain", f"{LINE}?explain=oee", size, "light") for size in (LAPTOP, TABLET)]
    for size in (LAPTOP, SCREEN, TABLET):
        walls = (("line", f"{LINE}?kiosk=1"), ("area", f"{AREA}?kiosk=1"), ("kiosk", PATHS["kiosk"]))
        found += [Picture("supervisor", name, path, size, "wall") for name, path in walls]
    return sorted(found, key=lambda one: (one.role, one.page))


def chromium(profile: Path) -> webdriver.Chrome:
    """Return a headless browser of the system, on a profile of its own."""
    options = Options()
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={profile}")
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def sign_in(browser: webdriver.Chrome, url: str, role: str) -> None:
    """Sign in through the form."""
    browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    browser.get(f"{url}/login")
    browser.find_element(By.ID, "username").send_keys(role)
    browser.find_element(By.ID, "password").send_keys(PASSWORD)
    browser.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    WebDriverWait(browser, 60).until(lambda b: "/login" not in b.current_url)


def take(browser: webdriver.Chrome, url: str, picture: Picture, folder: Path) -> None:
    """Open the page as the picture says and save what is seen once it is all there."""
    width, height = picture.size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    media = {"features": [{"name": "prefers-color-scheme", "value": picture.theme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get(url + picture.path)
    WebDriverWait(browser, 60, 0.05).until(lambda b: b.execute_script(READY), picture.name)
    browser.execute_async_script(PAINTED)
    browser.save_screenshot(str(folder / picture.name))
    print(picture.name, flush=True)


def is_in_history(client: httpx.Client) -> bool:
    """Whether SQL has an account of every hour of the last 13 days but the newest twelve hours."""
    end = time.time_ns() // 1_000_000 // HOUR_MS * HOUR_MS - 12 * HOUR_MS
    asked = {"equipment": LINE.removeprefix("/line/"), "from": end - 12 * DAY_MS, "to": end, "by": "total"}
    rows = client.get("/api/v1/kpis", params=asked).json()["rows"]
    return sum(ms for row in rows for ms in row["buckets_ms"].values()) == 12 * DAY_MS


def show(demo: Demo, folder: Path, profile: Path) -> None:
    """Take every picture of a demo that has its history."""
    browser, signed = chromium(profile), ""
    try:
        for picture in pictures():
            if picture.role != signed:
                sign_in(browser, demo.url, picture.role)
                signed = picture.role
            take(browser, demo.url, picture, folder)
    finally:
        browser.quit()


def main(folder: Path) -> None:
    """Take every picture; those of pages that are no more are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as temporary:
        demo = Demo(Path(temporary) / "data", free_port())
        try:
            until(demo.answers, "healthz")
            until(demo.said_history_is_complete, "two weeks are told", within_s=600)
            with closing(demo.signed_in("manager")) as client:
                until(lambda: is_in_history(client), "two weeks are in SQL", within_s=600)
            show(demo, folder, Path(temporary) / "chromium")
        finally:
            demo.end(SIGTERM)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots")
