"""Which parts the decision loop has, and how often each is due."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.decider.process import LEASE_MS, Decider, Part
from app.decider.schedule import Scheduler
from app.decider.trends import TrendKeeper
from app.domain.plant.equipment import Plant
from app.historian.database import Database
from app.historian.exceptions import WorkedPlant
from app.historian.trends import Trends
from app.streams.boards import RedisBoards
from app.streams.connection import Client
from app.streams.leases import Leases
from app.streams.log import LineLog


@dataclass(frozen=True, slots=True)
class Stands:
    """What parts stand on. plant_file: rules and playbooks lie beside it; now: UTC ms."""

    plant_file: Path
    plant: Plant
    client: Client
    database: Database
    now: Callable[[], int]


def parts_on(on: Stands) -> list[Part]:
    """Return the parts in the order in which they run."""
    lines = [line.path for line in on.plant.lines()]
    keeper = TrendKeeper(LineLog(on.client), Trends(on.database), lines)
    scheduler = Scheduler(WorkedPlant(on.database, on.plant).now, on.database, RedisBoards(on.client), on.now)
    return [Part("trends", 5_000, keeper.step), Part("schedule", 500, scheduler.step)]


def decider_on(plant_file: Path, plant: Plant, client: Client, database: Database, now: Callable[[], int]) -> Decider:
    """Return the decision loop of a plant. now: UTC ms."""
    leases = Leases(client, f"decider-{secrets.token_hex(4)}", LEASE_MS)
    return Decider(parts_on(Stands(plant_file, plant, client, database, now)), leases, now)
