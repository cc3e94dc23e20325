"""How much memory and time `report` takes: python -m tests.benchmarks.report_memory [events]."""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from app.reports.run import Question, make_report

START = 1_795_410_000_000
STEP_MS = 2_000


def write_log(path: Path, count: int) -> None:
    """Write a log of one machine of plants/minimal.yaml's kind: counts every two seconds, stops now and then."""
    with path.open("w") as log:
        for n in range(count):
            at = {"machine": "press", "t": START + n * STEP_MS, "source": "plc", "epoch": 1, "seq": n}
            is_state = n % 300 == 0
            what = (
                {"kind": "state", "state": "run" if n % 600 else "stop"} if is_state else {"kind": "count", "good": 2}
            )
            log.write(json.dumps({**what, **at}) + "\n")


def main(count: int) -> None:
    """Print events/s and the peak of resident memory in MB."""
    plant = """{version: 1, enterprise: T, sites: [{id: s, timezone: UTC,
      shifts: [{name: d, start: "00:00", end: "24:00"}],
      areas: [{id: a, lines: [{id: l, machines: [{id: press, cycle: 1s, stale_after: 90s}]}]}]}]}"""
    with tempfile.TemporaryDirectory() as folder:
        log, file = Path(folder, "log.jsonl"), Path(folder, "plant.yaml")
        file.write_text(plant)
        write_log(log, count)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        began = time.perf_counter()
        report = make_report(Question(log, file, by="line"))
        took = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        good = report.rows[0].good
        print(f"{count} events, {count / took:.0f} events/s, RSS {before} -> {peak} MB, good {good}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
