"""A planner's desk and the decider's part over one database, with lines that run what a test says."""

from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from app.boards.line import OrderHead
from app.commands.ground import Ground
from app.commands.schedule import ScheduleDesk
from app.decider.schedule import Scheduler
from app.domain.interval import HOUR_MS
from app.domain.roles import Identity, Role
from tests.makers import a_plant_file, plant_from
from tests.sample_boards import sample_line_board

NOW = 1_795_410_000_000 - 1_795_410_000_000 % HOUR_MS
LINE = "site/area/line-1"
PLANNER, OTHER = Identity("ada", Role.SUPERVISOR, ("*",)), Identity("bo", Role.MANAGER, ("*",))
OPERATOR = Identity("oli", Role.OPERATOR, ("*",))
HEAD = "order,product,quantity,due,priority\n"


class Trail:
    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []

    def write(self, *row: Any) -> None:
        self.rows.append(row)


@dataclass
class Boards:
    """Last boards of lines that run these orders: line -> (order, product, good, quantity, due)."""

    orders: dict[str, tuple[str, str, int, int, int | None]] = field(default_factory=dict)

    def last(self, line: str) -> bytes | None:
        if line not in self.orders:
            return None
        order, product, good, quantity, due = self.orders[line]
        now = OrderHead(order, product, product, quantity, good, NOW, None, due)
        return msgspec.json.encode(replace(sample_line_board(), line=line, order=now))


NO_BOARDS = Boards()


@dataclass
class Rig:
    """A desk and the decider's part over one database. A good unit takes a second: 3600 an hour."""

    database: Any
    now: int = NOW
    trail: Trail = field(default_factory=Trail)
    boards: Boards = field(default_factory=Boards)
    lines: int = 1
    line: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        file: Any = a_plant_file(cycle="1s", timezone="UTC", line={"setup": {"default": "30min"}, **self.line})
        area = file["sites"][0]["areas"][0]
        area["lines"] += [{**area["lines"][0], "id": f"line-{n}"} for n in range(2, self.lines + 1)]
        self.plant = plant = plant_from(file)
        ground = Ground(lambda: plant, self.database, self.trail, self.boards, None, lambda: self.now)  # type: ignore[arg-type]
        self.desk = ScheduleDesk(ground)
        self.part = Scheduler(lambda: plant, self.database, self.boards, lambda: self.now)

    def add(self, *rows: str) -> None:
        taken, _ = self.desk.take_csv(PLANNER, HEAD + "\n".join(rows))
        assert taken.wrong == ()

    def planned(self) -> int:
        number = self.desk.replan(PLANNER, "site")
        self.part.step(self.now)
        return number

    def later(self) -> None:
        self.now += 60_000
        self.part.step(self.now)


def at(hours: float) -> int:
    return NOW + round(hours * HOUR_MS)
