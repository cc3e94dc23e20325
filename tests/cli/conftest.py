"""`python -m app ...` as a process of its own, on a data folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Said = subprocess.CompletedProcess[str]
App = Callable[..., Said]


@pytest.fixture
def app(tmp_path: Path) -> App:
    """Run a verb to its end; environment variables by keyword, `said` is what is typed."""

    def run(*words: object, said: str = "", **environment: str) -> Said:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LINESIDE_", "REDIS_URL", "DATABASE_URL"))}
        return subprocess.run(
            [sys.executable, "-m", "app", *map(str, words)],
            cwd=ROOT,
            env=kept | {"LINESIDE_DATA": str(tmp_path), "COLUMNS": "200", "NO_COLOR": "1"} | environment,
            input=said,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
