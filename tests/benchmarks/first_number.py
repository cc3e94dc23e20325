"""How long `make run` takes to the first live number: python -m tests.benchmarks.first_number. Bar 10 s.

A first start in an empty data folder and a second one on the same folder, packages installed.
"""

import re
import tempfile
from pathlib import Path
from signal import SIGTERM

from tests.chaos.demo_process import Demo, free_port, until


def seconds(data: Path) -> float:
    """Return what the demo itself printed for its first live number."""
    demo = Demo(data, free_port())
    try:
        found = until(lambda: re.search(r"([\d.]+) s  first live number", demo.log.read_text()), "first live number")
        return float(found[1])
    finally:
        demo.end(SIGTERM)


def main() -> None:
    """Print both."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = (seconds(Path(folder) / "data") for _ in range(2))
    print(f"first start {first:.1f} s, second start {second:.1f} s to the first live number   bar <= 10")


if __name__ == "__main__":
    main()
