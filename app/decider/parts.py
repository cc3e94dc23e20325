"""Which parts the decision loop has, and how often each is due."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.decider.maintenance import MaintenanceWatch
from app.decider.maintenance_past import Learner
from app.decider.process import LEASE_MS, Decider, Part
from app.decider.trends import TrendKeeper
from app.domain.plant.equipment import Plant
from app.historian.database import Database
from app.historian.trends import Trends
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
    maintenance = MaintenanceWatch(on.plant, on.database, Learner(on.plant, on.database))
    return [
        Part("trends", 5_000, keeper.step),
        Part("maintenance", 60_000, maintenance.step),
    ]


def decider_on(plant_file: Path, plant: Plant, client: Client, database: Database, now: Callable[[], int]) -> Decider:
    """Return the decision loop of a plant. now: UTC ms."""
    leases = Leases(client, f"decider-{secrets.token_hex(4)}", LEASE_MS)
    return Decider(parts_on(Stands(plant_file, plant, client, database, now)), leases, now)
