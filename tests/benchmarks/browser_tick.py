"""Main-thread cost of a tick on the area board, and what many ticks leave behind.

    python -m tests.benchmarks.browser_tick [--lines 17 100] [--ticks 60]

A real Chromium shows the area board of so many lines, six machines each, that all change every second; server, Valkey,
push, painter are the product's own. Printed for each: main-thread ms per tick (all tasks; script, layout, style of it;
from the browser's own counters), ms of the painter alone, and the JavaScript heap after none, half and all of the
ticks, collected each time. 17 lines have the 100 machines of the bar.
"""

import argparse
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from app.domain.plant.equipment import Area, Plant, Site
from app.domain.roles import Role
from app.streams.embedded import EmbeddedServer
from tests.browser.conftest import FLAGS
from tests.sample_boards import sample_line_board
from tests.web.parts import a_line, a_plant
from tests.web.world import CONFIG, PASSWORD, World

MACHINES = 6
COUNTERS = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "TaskDuration")


def a_big_area(lines: int) -> Plant:
    machines = [f"m{n}" for n in range(MACHINES)]
    area = Area("hall", "leipzig/hall", "Hall", tuple(a_line(f"leipzig/hall/l{i:03}", *machines) for i in range(lines)))
    return replace(a_plant(), sites=(Site("leipzig", "leipzig", "Leipzig", "Europe/Berlin", (area,)),))


def publish(world: World, tick: int) -> None:
    """Publish every line's board with other figures than the second before."""
    world.clock.ms += 1_000
    board, at = sample_line_board(), world.clock.ms
    for i, line in enumerate(world.plant.lines()):
        oee = 0.5 + (i * 7 + tick * 3) % 400 / 1000
        kpis = replace(board.kpis, oee=oee, oee_low=oee - 0.01, oee_high=oee + 0.01)
        trend = (*board.trend[1:], oee) if tick % 300 == 0 else board.trend
        lost = board.lost_ms + i * 1_000 + tick * 500
        world.publish(line.path, name=line.name, at=at, fresh=at, kpis=kpis, lost_ms=lost, trend=trend)


def counters(browser: webdriver.Chrome) -> dict[str, float]:
    found = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return {m["name"]: m["value"] for m in found}


def heap_mb(browser: webdriver.Chrome) -> float:
    browser.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    return round(counters(browser)["JSHeapUsedSize"] / 1e6, 2)


def ticks(browser: webdriver.Chrome) -> tuple[int, float]:
    count, spent = browser.execute_script("return [lineside.push.ticks, lineside.push.spent]")
    return int(count), float(spent)


def wait_ticks(browser: webdriver.Chrome, until: int) -> None:
    end = time.monotonic() + 600
    while ticks(browser)[0] < until:
        if time.monotonic() > end:
            raise TimeoutError("the board stopped ticking")
        time.sleep(0.5)


def measure(browser: webdriver.Chrome, wanted: int) -> dict[str, Any]:
    start, painted = ticks(browser)
    heap, before = heap_mb(browser), counters(browser)
    wait_ticks(browser, start + wanted // 2)
    half = heap_mb(browser)
    wait_ticks(browser, start + wanted)
    after, (end, spent) = counters(browser), ticks(browser)
    per = {name: round((after[name] - before[name]) * 1000 / (end - start), 2) for name in COUNTERS}
    painter = round((spent - painted) / (end - start), 2)
    return {
        "ticks": end - start,
        "painter_ms": painter,
        "main_thread_ms": per,
        "heap_mb": [heap, half, heap_mb(browser)],
        "nodes": int(after["Nodes"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, nargs="+", default=[17, 100])
    parser.add_argument("--ticks", type=int, default=60)
    asked = parser.parse_args()
    for lines in asked.lines:
        found = run(lines, asked.ticks)
        spent, machines = found["main_thread_ms"], lines * MACHINES
        parts = (
            f"script {spent['ScriptDuration']}, layout {spent['LayoutDuration']}, style {spent['RecalcStyleDuration']}"
        )
        bar = "   bar <= 10 ms" if machines in range(95, 106) else ""
        print(f"{lines} lines, {machines} machines, {found['ticks']} ticks: {spent['TaskDuration']} ms a tick{bar}")
        print(
            f"  {parts}, painter {found['painter_ms']}; heap {found['heap_mb']} MB, {found['nodes']} nodes", flush=True
        )


def run(lines: int, wanted: int) -> dict[str, Any]:
    """Serve an area of so many lines and measure its board."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as valkey:
        world = World(valkey.url, replace(CONFIG, tick_ms=1_000), plant=a_big_area(lines))
        publish(world, 0)
        with world.listening() as address:
            return show(world, address, wanted)


def show(world: World, address: str, wanted: int) -> dict[str, Any]:
    """Open the area board while boards arrive, and measure."""
    stop, options = threading.Event(), Options()
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.binary_location = "/usr/bin/chromium"
    browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    beat = threading.Thread(target=_beat, args=(world, stop))
    beat.start()
    try:
        browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        browser.get(f"{address}/login?next=/area/leipzig/hall")
        browser.find_element(By.ID, "username").send_keys(world.person(Role.SUPERVISOR))
        browser.find_element(By.ID, "password").send_keys(PASSWORD)
        browser.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
        end = time.monotonic() + 60
        while not browser.find_elements(By.CSS_SELECTOR, ".row") and time.monotonic() < end:
            time.sleep(0.2)
        wait_ticks(browser, ticks(browser)[0] + 5)
        return measure(browser, wanted)
    finally:
        stop.set()
        beat.join()
        browser.quit()


def _beat(world: World, stop: threading.Event) -> None:
    tick = 0
    while not stop.wait(1):
        tick += 1
        publish(world, tick)


if __name__ == "__main__":
    main()
