"""What every desk of the decision loop stands on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.auth.steward import Trail
from app.commands.desk import CommandDesk
from app.connectors.set_point import SetPointWriter
from app.domain.plant.equipment import Plant
from app.historian.database import Database
from app.live.snapshots import LastBoards


@dataclass(frozen=True, slots=True)
class Ground:
    """plant: as it is worked now; boards: the lines' last boards; say: where people's events go onto the streams.

    plant_file: beside it lie the rules and playbooks, None where it is not known; now: UTC ms. write: writes set-points
    to machines, None: writing is switched off.
    """

    plant: Callable[[], Plant]
    database: Database
    trail: Trail
    boards: LastBoards
    say: CommandDesk
    now: Callable[[], int]
    plant_file: Path | None = None
    write: SetPointWriter | None = None
