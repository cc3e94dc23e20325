"""Which parts the decision loop has, and how often each is due."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.connectors.registry import Ways
from app.decider.delivery import delivery_parts
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
    """What parts stand on. plant_file: rules and playbooks lie beside it; now: UTC ms; ways: to people and systems."""

    plant_file: Path
    plant: Plant
    client: Client
    database: Database
    now: Callable[[], int]
    ways: Ways


def parts_on(on: Stands) -> list[Part]:
    """Return the parts in the order in which they run."""
    lines = [line.path for line in on.plant.lines()]
    keeper = TrendKeeper(LineLog(on.client), Trends(on.database), lines)
    return [Part("trends", 5_000, keeper.step), *delivery_parts(on.database, on.ways)]


def decider_on(
    plant_file: Path, plant: Plant, client: Client, database: Database, now: Callable[[], int], ways: Ways | None = None
) -> Decider:
    """Return the decision loop of a plant. now: UTC ms; ways: to people and systems, None: there are none."""
    leases = Leases(client, f"decider-{secrets.token_hex(4)}", LEASE_MS)
    return Decider(parts_on(Stands(plant_file, plant, client, database, now, ways or Ways())), leases, now)
