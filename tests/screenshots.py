"""Pictures of every page as each role: python -m tests.screenshots [folder]. `make screenshots` puts them into docs/.

Starts a demo of its own on a free port, waits until it shows live numbers, and looks at it with a
headless Chromium: light and dark, a laptop, a wall in kiosk mode, a tablet held upright.
"""

import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.chaos.demo_process import PASSWORD, ROOT, Demo, free_port, until

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync --hide-scrollbars --lang=en"
)
LAPTOP, WALL, TABLET = (1280, 800), (1920, 1080), (820, 1180)
HISTORY_S = 60
PAINTED_S = 2.5


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
        return f"{self.role}-{self.page}-{self.theme}-{self.size[0]}x{self.size[1]}.png"


LINE, AREA = "/line/leipzig/bottling/line-1", "/area/leipzig/bottling"
PICTURES = (
    *(Picture("operator", "line", LINE, LAPTOP, theme) for theme in ("light", "dark")),
    Picture("operator", "line", LINE, TABLET, "light"),
    *(Picture("supervisor", "area", AREA, LAPTOP, theme) for theme in ("light", "dark")),
    Picture("supervisor", "area", AREA, TABLET, "light"),
    *(Picture("manager", "shifts", "/shifts", LAPTOP, theme) for theme in ("light", "dark")),
    Picture("engineer", "line", LINE, LAPTOP, "light"),
    Picture("admin", "area", AREA, LAPTOP, "light"),
    Picture("operator", "wall", f"{LINE}?kiosk=1", WALL, "dark"),
    Picture("supervisor", "wall", f"{AREA}?kiosk=1", WALL, "dark"),
    Picture("manager", "kiosk", "/kiosk/leipzig/bottling", WALL, "dark"),
)


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
    """Open the page as the picture says and save what is seen."""
    width, height = picture.size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    media = {"features": [{"name": "prefers-color-scheme", "value": picture.theme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get(url + picture.path)
    WebDriverWait(browser, 60).until(lambda b: b.find_elements(By.CSS_SELECTOR, "main"))
    time.sleep(PAINTED_S)
    browser.save_screenshot(str(folder / picture.name))
    print(picture.name, flush=True)


def main(folder: Path) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        demo = Demo(Path(temporary) / "data", free_port())
        try:
            until(demo.answers, "healthz")
            with closing(demo.signed_in("operator")) as client:
                until(lambda: demo.has_live_number(client), "a machine in a known state")
            time.sleep(HISTORY_S)
            browser = chromium(Path(temporary) / "chromium")
            try:
                signed = ""
                for picture in PICTURES:
                    if picture.role != signed:
                        sign_in(browser, demo.url, picture.role)
                        signed = picture.role
                    take(browser, demo.url, picture, folder)
            finally:
                browser.quit()
        finally:
            demo.end(SIGTERM)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots")
