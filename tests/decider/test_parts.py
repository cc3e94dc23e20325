"""The whole decision loop as the process makes it: every part of the demo plant runs, and none has a problem."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.decider.beside import Beside
from app.decider.parts import decider_on
from app.historian.database import migrate, open_database
from app.plantyaml import load_plant
from app.streams.log import LineLog
from tests.decider.test_trends import value

pytestmark = pytest.mark.redis
DEMO = Path(__file__).parents[2] / "plants" / "demo.yaml"
NOW = int(datetime(2026, 11, 25, 9, 30, tzinfo=UTC).timestamp() * 1000)
PARTS = {
    "trends",
    "alerts",
    "demand",
    "quality",
    "maintenance",
    "outcomes",
    "schedule",
    "work moves",
    "messages",
    "work orders outside",
}


def test_every_part_of_the_demo_plant_runs(valkey, tmp_path) -> None:
    database, plant = open_database(None, tmp_path), load_plant(DEMO)
    migrate(database)
    line = next(plant.lines())
    LineLog(valkey).append(line.path, value(NOW - 1_000, 21.5, 1).replace(b"s/a/l/filler", line.constraint.encode()))
    clock = [NOW]
    decider = decider_on(DEMO, plant, valkey, database, lambda: clock[0])
    for _ in range(3):
        decider.go()
        for part in decider.parts:
            if isinstance(part.step, Beside):
                part.step.wait(60)
        clock[0] += 10 * 60_000
    assert {part.name for part in decider.parts} == PARTS
    assert decider.problem() is None
    assert all(decider.figures()[name] == 3 for name in PARTS)
    database.dispose()
