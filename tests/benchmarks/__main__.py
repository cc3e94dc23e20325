"""Runs every benchmark and keeps the figures in docs/benchmarks.md: python -m tests.benchmarks [name ...]."""

import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "docs" / "benchmarks.md"
TITLES = {
    "engine_ratio": "Engine against merely reading; flat cost; memory per machine",
    "fanout": "Live fan-out against bare ASGI and against a polling page; memory per subscriber",
    "event_to_pixel": "Event accepted to value on screen in Chromium",
    "browser_tick": "Main thread per tick on the area board, heap",
    "first_number": "`make run` to the first live number",
    "history_query": "Shift comparison over years of history, on SQLite and PostgreSQL",
    "spool": "Store and forward of a gateway: a day without Redis",
    "schedule": "Replanning: seconds, objective against orders by due time, optimality gap",
    "maintenance": "Warnings of wear against the simulators' truth, remaining time and alarms on public data",
    "report_memory": "`report` on a long log: events/s and memory",
}


def machine() -> str:
    """Return what the figures come from."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, Linux, Python {platform.python_version()}"


def figures(name: str) -> str:
    """Run one benchmark and return what it printed, or how it failed."""
    command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    said = done.stdout.strip() if done.returncode == 0 else f"FAILED\n{done.stderr.strip()[-2000:]}"
    print(f"== {name}\n{said}", flush=True)
    return said


def kept() -> dict[str, str]:
    """Return the sections of the last results by benchmark."""
    parts = RESULTS.read_text(encoding="utf-8").split("\n## ")[1:] if RESULTS.exists() else []
    return {part.split("tests.benchmarks.")[1].split("`")[0]: f"## {part.strip()}\n" for part in parts}


def main(names: list[str]) -> int:
    """Run the named benchmarks (all when none is named), keep the others' last figures; 1 when one failed."""
    sections, failed = kept(), False
    for name in names or list(TITLES):
        said = figures(name)
        failed |= said.startswith("FAILED")
        when = datetime.fromtimestamp(time.time_ns() // 1_000_000_000, UTC).strftime("%Y-%m-%d")
        sections[name] = (
            f"## {TITLES[name]}\n`python -m tests.benchmarks.{name}`, {when}, {machine()}\n```\n{said}\n```\n"
        )
    head = (
        "# Benchmarks\n`make bench` runs all of them and writes here what they print. Machines differ: a ratio "
        "travels, a number of seconds does not.\n"
    )
    RESULTS.write_text("\n".join([head, *(sections[name] for name in TITLES if name in sections)]), encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
