"""Which parts the decision loop has, and how often each is due."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.decider.outcomes import OutcomeKeeper
from app.decider.process import LEASE_MS, Decider, Part
from app.decider.quality import QualityWatch
from app.decider.trends import TrendKeeper
from app.domain.plant.equipment import Plant
from app.historian.adjustments import Protocols
from app.historian.database import Database
from app.historian.quality import QualityMemory
from app.historian.suggestions import Suggestions
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
    outcomes = OutcomeKeeper(on.database, on.plant)
    return [Part("trends", 5_000, keeper.step), Part("outcomes", 300_000, outcomes.step)]
    memory, suggestions = QualityMemory(on.database), Suggestions(on.database)
    quality = QualityWatch(on.plant, memory, Protocols(on.database), suggestions)
    return [Part("trends", 5_000, keeper.step), Part("quality", 60_000, quality.step)]


def decider_on(plant_file: Path, plant: Plant, client: Client, database: Database, now: Callable[[], int]) -> Decider:
    """Return the decision loop of a plant. now: UTC ms."""
    leases = Leases(client, f"decider-{secrets.token_hex(4)}", LEASE_MS)
    return Decider(parts_on(Stands(plant_file, plant, client, database, now)), leases, now)
