"""Three days of a filler whose rejects follow its temperature, as history and the trends hold them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from app.boards.quality import ProtocolDraft
from app.commands.ground import Ground
from app.commands.quality import QualityDesk
from app.connectors.set_point import SetPointWriter
from app.domain.accounting.buckets import Bucket, Cell, CellKey, Components, Episode
from app.domain.accounting.facts import HourFact
from app.domain.interval import HOUR_MS, MINUTE_MS
from app.domain.plant.equipment import Plant
from app.domain.roles import Identity, Role
from app.historian.database import Database
from app.historian.trends import Trends
from app.historian.writer import write
from tests.makers import a_plant_file, plant_from

LINE = "site/area/line-1"
FILLER = f"{LINE}/filler"
T = 1_795_410_000_000 - 1_795_410_000_000 % HOUR_MS
HOURS, RISE = 72, 5
OPERATOR = Identity("olga", Role.OPERATOR, ("*",))
SUPERVISOR = Identity("sven", Role.SUPERVISOR, ("*",))
ENGINEER = Identity("eva", Role.ENGINEER, ("*",))
MANAGER = Identity("mara", Role.MANAGER, ("*",))
ELSEWHERE = Identity("otto", Role.ENGINEER, ("site/other",))
SIGNALS = {
    "temperature": {"unit": "C", "owner": "process", "meaning": "Product temperature"},
    "pressure": {"unit": "bar", "owner": "process"},
    "torque": {"unit": "Nm", "owner": "process"},
    "total": {"owner": "process", "counter": {"kind": "delta", "of": "good"}},
}
DRAFT = ProtocolDraft(
    FILLER, "temperature", "70", "80", "3,0", "Open the cabinet\nTurn the dial", "Turn it back", source="", address=""
)


class Trail:
    def __init__(self) -> None:
        self.rows: list[tuple] = []

    def write(self, *row) -> None:
        self.rows.append(row)

    def whats(self) -> list[str]:
        return [row[2] for row in self.rows]


def story_plant(url: str = "opc.tcp://127.0.0.1:4840", machines=("filler", "packer")) -> Plant:
    file = a_plant_file(machines=list(machines), timezone="UTC")
    file["sites"][0]["areas"][0]["lines"][0]["machines"][0]["signals"] = SIGNALS  # type: ignore[index]
    mapping = {"filler": {"signals": {"temperature": "Filler/Temperature"}}}
    file["sources"] = [{"id": "plc", "gateway": "opcua", "url": url, "machines": ["filler"], "mapping": mapping}]
    return plant_from(json.loads(json.dumps(file)))


@dataclass
class Story:
    """A desk over a database with a past. now: what its clock says."""

    database: Database
    plant: Plant = field(default_factory=story_plant)
    writer: SetPointWriter | None = None
    now: int = T + HOURS * HOUR_MS
    trail: Trail = field(default_factory=Trail)
    draw: np.random.Generator = field(default_factory=lambda: np.random.default_rng(3))
    at: int = 0

    @property
    def desk(self) -> QualityDesk:
        clock: Callable[[], int] = lambda: self.now  # noqa: E731 (a clock in a word)
        nothing: object = None
        return QualityDesk(
            Ground(lambda: self.plant, self.database, self.trail, nothing, nothing, clock, None, self.writer)
        )  # type: ignore[arg-type]

    def past(self, *, rise: bool = True) -> None:
        levels = self.draw.normal(0, 1, HOURS).tolist()
        if rise:
            levels[-RISE:] = [4.0 + 0.2 * n for n in range(RISE)]
        self.hours(levels)

    def hours(self, levels) -> None:
        """Tell hours one after the other; level 0 is 75 C and 2 % rejects, each level 1 C and 0.8 % more."""
        facts, values = [], []
        for level in levels:
            start = T + self.at * HOUR_MS
            rejects = int(self.draw.binomial(2_000, max(0.002, 0.02 + 0.008 * level)))
            spent = [0] * 9
            spent[Bucket.RUNNING] = HOUR_MS
            made = Components(tuple(spent), good=2_000 - rejects, reject=rejects)
            cell = Cell(CellKey(FILLER, start, None, "cola", None), made)
            running = Episode(FILLER, start, start + HOUR_MS, Bucket.RUNNING)
            facts.append(HourFact(FILLER, start, 1, start + HOUR_MS, [cell], [running]))
            for minute in range(60):
                t = start + minute * MINUTE_MS
                values.append((FILLER, "temperature", t, 75 + float(level) + float(self.draw.normal(0, 0.1))))
                values.append((FILLER, "pressure", t, float(self.draw.normal(5, 0.2))))
                values.append((FILLER, "torque", t, float(self.draw.normal(12, 0.5))))
            self.at += 1
        before, upto = f"{self.at - len(facts)}-0", f"{self.at}-0"
        write(self.database, LINE, before.encode(), facts, upto.encode(), T)
        Trends(self.database).take(LINE, values, upto)
