"""From an accepted event to its value on a screen: python -m tests.benchmarks.event_to_pixel [events] [subscribers].

Real parts as processes of their own: Valkey, engine, web, Chromium. `subscribers` others listen to the same line while
1 000 events/s arrive on another one. Each measured event is one good unit, posted to /api/v1/events; the page itself
notes when the new total is painted. Prints the spread in ms. Bar: p99 within one tick (1 s) + 250 ms.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from app.domain.events.codec import encode
from app.domain.events.contract import Heartbeat
from app.streams.connection import client_of
from app.streams.embedded import EmbeddedServer
from app.streams.log import LineLog
from tests.benchmarks.fanout import connected
from tests.chaos.demo_process import PASSWORD, ROOT, free_port, until
from tests.screenshots import chromium

PLANT = """version: 1
enterprise: Bench
sites:
  - {id: s, timezone: UTC,
     shifts: [{name: day, start: "00:00", end: "24:00", days: [mon, tue, wed, thu, fri, sat, sun]}],
     areas: [{id: a, lines: [{id: seen, machines: [{id: m, cycle: {p: 3600/h}}]},
                             {id: load, machines: [{id: m, cycle: {p: 3600/h}}]}]}]}
products: {p: {name: P, unit: pcs}}
reasons: [{id: t, children: [{id: jam, failure: true}]}]
"""
SEEN, LOAD = "s/a/seen", "s/a/load"
LOAD_PER_S = 1_000
BATCH = 50
WATCH = """
const node = document.querySelector('[data-live="output.good"]');
window.painted = {};
new MutationObserver(() => requestAnimationFrame(() => {
  const shown = node.textContent.replace(/\\D/g, '');
  if (!(shown in window.painted)) window.painted[shown] = Date.now();
})).observe(node, {childList: true, characterData: true, subtree: true});
"""


@contextmanager
def processes(environ: dict[str, str]) -> Iterator[None]:
    """Run engine and web; their logs go to the data folder."""
    with ExitStack() as stack:
        for name in ("engine", "web"):
            out = stack.enter_context((Path(environ["LINESIDE_DATA"]) / f"{name}.log").open("w"))
            command = [sys.executable, "-m", "app", name]
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=out)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        yield


def cli(environ: dict[str, str], *arguments: str, typed: str = "") -> str:
    """Return what a verb printed."""
    command = [sys.executable, "-m", "app", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environ, input=typed, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def load(url: str, stop: threading.Event) -> None:
    """Append `LOAD_PER_S` events a second to the other line."""
    log, seq = LineLog(client_of(url)), 0
    while not stop.wait(BATCH / LOAD_PER_S):
        now = time.time_ns() // 1_000_000
        raws = [
            encode(Heartbeat(machine=f"{LOAD}/m", t=now, source="load", epoch=1, seq=seq + n)) for n in range(BATCH)
        ]
        seq += BATCH
        log.append_many(LOAD, raws)


def signed_in(url: str) -> str:
    """Return the cookies of a session."""
    form = {"username": "ada", "password": PASSWORD}
    answer = httpx.post(f"{url}/login", data=form, headers={"Origin": url})
    assert answer.status_code in (302, 303), answer.text
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


def look(browser: webdriver.Chrome, url: str, cookies: str) -> None:
    """Show the line and note when its total is painted."""
    browser.get(f"{url}/login")
    for pair in cookies.split("; "):
        name, value = pair.split("=", 1)
        browser.add_cookie({"name": name, "value": value})
    browser.get(f"{url}/line/{SEEN}")
    WebDriverWait(browser, 60).until(lambda b: b.execute_script("return !!document.querySelector('[data-live]')"))
    browser.execute_script(WATCH)


def tell(http: httpx.Client, kind: dict[str, object], seq: int) -> int:
    """Post one event and return when it was accepted, UTC ms."""
    now = time.time_ns() // 1_000_000
    event = {"machine": f"{SEEN}/m", "t": now, "source": "bench", "epoch": 1, "seq": seq, **kind}
    answer = http.post("/api/v1/events", json=event)
    assert answer.json()["results"][0]["status"] == "accepted", answer.text
    return time.time_ns() // 1_000_000


def measure(browser: webdriver.Chrome, http: httpx.Client, events: int) -> list[float]:
    """Return the ms from accepted to painted of each event."""
    tell(http, {"kind": "state", "state": "run"}, 0)
    took = []
    for number in range(1, events + 1):
        accepted = tell(http, {"kind": "count", "good": 1}, number)
        painted = until(
            lambda shown=str(number): browser.execute_script("return window.painted[arguments[0]]", shown), ""
        )
        took.append(float(painted) - accepted)
        time.sleep(0.037 * (number % 7))
    return sorted(took)


async def crowd(port: int, cookies: str, subscribers: int, stop: threading.Event) -> None:
    """Keep `subscribers` live streams open until `stop`."""
    request = f"GET /live/{SEEN} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n\r\n".encode()
    async with connected(port, subscribers, request):
        while not stop.is_set():
            await asyncio.sleep(0.1)


def main(events: int, subscribers: int) -> None:
    """Print the spread."""
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as temporary, EmbeddedServer(Path(temporary)) as valkey:
        folder, port = Path(temporary), free_port()
        (folder / "plant.yaml").write_text(PLANT)
        said = {"LINESIDE_DATA": temporary, "LINESIDE_PLANT": str(folder / "plant.yaml"), "PORT": str(port)}
        environ, url = os.environ | said | {"REDIS_URL": valkey.url}, f"http://127.0.0.1:{port}"
        cli(environ, "user", "add", "ada", "engineer", typed=PASSWORD + "\n")
        token = cli(environ, "token", "create", "bench")
        with processes(environ):
            until(lambda: _answers(url), "healthz")
            cookies = signed_in(url)
            workers = [
                threading.Thread(target=load, args=(valkey.url, stop)),
                threading.Thread(target=lambda: asyncio.run(crowd(port, cookies, subscribers, stop))),
            ]
            for worker in workers:
                worker.start()
            browser = chromium(folder / "chromium")
            try:
                look(browser, url, cookies)
                with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
                    took = measure(browser, http, events)
            finally:
                browser.quit()
                stop.set()
                for worker in workers:
                    worker.join()
    spread = "  ".join(f"p{share} {took[min(len(took) - 1, len(took) * share // 100)]:.0f}" for share in (50, 90, 99))
    print(
        f"{events} events, {subscribers} other subscribers, {LOAD_PER_S} events/s beside: ms {spread}  bar p99 <= 1250"
    )


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    main(*(int(v) for v in (*sys.argv[1:], *("60", "200")[len(sys.argv) - 1 :])))
