"""What a callback may ask for. Every read is cut to what the person may see, every write is checked and recorded."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound, Refused, Unavailable, require
from app.boards.area import AreaBoard
from app.boards.catalogue import CatalogueBoard, CatalogueQuestion
from app.boards.downtime import DowntimeBoard, DowntimeQuestion
from app.boards.explain import EVERYTHING, Asked, AskedPart, Explanation, Kept
from app.boards.line import LineBoard
from app.boards.needs import Need, needs_of
from app.boards.plant import PlantBoard
from app.boards.report import ReportBoard, ReportQuestion
from app.boards.shifts import ShiftComparison, ShiftQuestion
from app.commands.commissioning import CommissioningDesk
from app.commands.connections import ConnectionDesk
from app.commands.counts import CountEdit, Scrap
from app.commands.desk import CommandDesk, Receipt
from app.commands.extent import StopSeen
from app.commands.files import FileDesk
from app.commands.findings import FindingDesk
from app.commands.loop import Loop
from app.commands.mail import MailDesk
from app.commands.orders import OrderStart
from app.commands.runs import OrderEdit
from app.commands.shifts import ShiftsEdit
from app.commands.spoken import Commands
from app.commands.stops import StopEdit, StopMerge, StopSplit
from app.domain.interval import Interval
from app.domain.plant.equipment import AmbiguousEquipment, Area, Plant, Site, UnknownEquipment, WorkCenter
from app.domain.plant.products import Product
from app.domain.plant.reasons import Reason
from app.domain.roles import Identity, Permission, covers, in_scope
from app.live.asked import same_window, shift_so_far
from app.live.assemble import area_now, groups
from app.live.snapshots import LastBoards, PatientBoards, line_board
from app.sitemap import Visit, find, may_open

__all__ = [
    "Conflict",
    "CountEdit",
    "Forbidden",
    "Invalid",
    "NotFound",
    "OrderEdit",
    "OrderStart",
    "Receipt",
    "Refused",
    "Scrap",
    "Services",
    "ShiftsEdit",
    "StopEdit",
    "StopMerge",
    "StopSeen",
    "StopSplit",
    "Unavailable",
]


class States(LastBoards, Protocol):
    """Where the engine leaves boards and what signals say (app.streams.boards)."""

    def signals(self, line: str) -> bytes | None:
        """Return the bytes of a line's signals, or None. Raises ConnectionError."""


class History(Protocol):
    """What pages ask of history (app.views.history)."""

    def shifts(self, asked: ShiftQuestion) -> ShiftComparison | None:
        """Return the comparison under the plant's profile; None for unknown equipment."""

    def downtime(self, asked: DowntimeQuestion) -> DowntimeBoard | None:
        """Return where planned time went under the plant's profile; None for unknown equipment."""

    def report(self, asked: ReportQuestion, now: int) -> ReportBoard | None:
        """Return a shift's or day's report under the plant's profile; None for unknown equipment. Raises Invalid."""

    def network(self, window: Interval, may_see: Callable[[str], bool]) -> PlantBoard:
        """Return the plant network of a window, of the lines `may_see` allows."""

    def explain(self, asked: Asked) -> Explanation | None:
        """Return what is behind a figure under the plant's profile; None for unknown equipment. Raises Invalid."""

    def catalogue(self, asked: CatalogueQuestion, states: States, now: int) -> CatalogueBoard:
        """Return the signals of a place with their states and findings."""


@dataclass(frozen=True, slots=True)
class Services:
    """The facade for callbacks. who: the person of the current request; now: UTC ms."""

    plant: Plant
    boards: States
    desk: CommandDesk
    history: History
    who: Callable[[], Identity]
    now: Callable[[], int]
    mail: MailDesk
    files: FileDesk
    findings: FindingDesk
    connections: ConnectionDesk
    commissioning: CommissioningDesk
    loop: Loop

    def user(self) -> Identity:
        """Return who asks."""
        return self.who()

    def visit(self, path: str) -> Visit:
        """Return the page behind a URL path, with the equipment it names as a full path.

        Raises NotFound for a page or equipment that does not exist, Forbidden when it is not theirs to see.
        """
        found = find(path)
        if found is None:
            raise NotFound(path)
        if not may_open(self.who(), found.page.key):
            raise Forbidden(path)
        if found.page.key == "line" and found.arg:
            return Visit(found.page, self.place(found.arg).path)
        if found.page.key == "area" and found.arg:
            return Visit(found.page, self.group(found.arg).path)
        return found

    def home(self) -> str:
        """Return the path of the page this person starts on: their line, their area, or the shifts."""
        lines = self.my_lines()
        if not lines:
            return "/shifts"
        return self._home_of_role(lines)

    def tree(self) -> list[Site]:
        """Return the sites, areas and lines this person may see, for the picker; without empty branches."""
        return [site for site in map(self._cut_site, self.plant.sites) if site.areas]

    def my_lines(self) -> list[WorkCenter]:
        """Return the lines this person may see, in the plant file's order."""
        return [line for line in self.plant.lines() if in_scope(self.who(), line.path)]

    def places(self) -> dict[str, str]:
        """Return path -> name of every area and line this person may see, lines under their areas, for filters."""
        found: dict[str, str] = {}
        for site in self.tree():
            for area in site.areas:
                found[area.path] = f"{site.name} \u203a {area.name}"
                found.update({line.path: f"{area.name} \u203a {line.name}" for line in area.lines})
        return found

    def place(self, name: str) -> WorkCenter:
        """Return the line of this path or unique tail. Raises NotFound, Forbidden."""
        try:
            line, machine = self.plant.resolve(name)
        except (UnknownEquipment, AmbiguousEquipment) as error:
            raise NotFound(str(error)) from error
        if machine is not None:
            raise NotFound(f"{name} is a machine, not a line")
        require(self.who(), Permission.SEE_LIVE, line.path)
        return line

    def zone(self, name: str) -> str:
        """Return the time zone of a place they may see, of the first of its lines. Raises as `equipment`."""
        path = self.equipment(name)
        return next(line.zone for line in self.plant.lines() if covers(path, line.path) or covers(line.path, path))

    def group(self, name: str) -> Area | Site:
        """Return the area or site of this path, or area of this unique tail. Raises NotFound, Forbidden."""
        groups: list[Area | Site] = [*self.plant.sites, *self.plant.areas()]
        exact = [g for g in groups if g.path == name]
        found = exact or [g for g in groups if g.path.endswith("/" + name)]
        if len(found) != 1:
            raise NotFound(name)
        require(self.who(), Permission.SEE_LIVE, found[0].path)
        return found[0]

    def equipment(self, name: str) -> str:
        """Return the full path of a site, area, line or machine they may see. Raises NotFound, Forbidden."""
        if name in groups(self.plant):
            return self.group(name).path
        try:
            line, machine = self.plant.resolve(name)
        except (UnknownEquipment, AmbiguousEquipment) as error:
            raise NotFound(f"equipment {error}") from error
        require(self.who(), Permission.SEE_LIVE, line.path)
        return line.path if machine is None else machine.path

    def line(self, path: str) -> LineBoard | None:
        """Return the line's board; None before the engine has counted it or while Redis is away.

        Raises NotFound, Forbidden.
        """
        return line_board(PatientBoards(self.boards), self.place(path).path)

    def needs(self) -> list[Need]:
        """Return what waits for a person on the lines they may see."""
        last = PatientBoards(self.boards)
        boards = (line_board(last, line.path) for line in self.my_lines())
        return needs_of(board for board in boards if board is not None)

    def area(self, path: str) -> AreaBoard:
        """Return the board of an area or site from its lines' last boards. Raises NotFound, Forbidden."""
        group = self.group(path).path
        lines = [line.path for line in self.plant.lines() if line.path.startswith(group + "/")]
        return area_now(self.plant, PatientBoards(self.boards), group, lines, self.now())

    def shifts(self, asked: ShiftQuestion) -> ShiftComparison:
        """Return the sets of shifts that are compared. Raises NotFound, Forbidden."""
        require(self.who(), Permission.SEE_HISTORY)
        found = self.history.shifts(replace(asked, equipment=self.equipment(asked.equipment)))
        if found is None:
            raise NotFound(asked.equipment)
        return found

    def explain(self, key: str, equipment: str, window: Interval | None, kept: Kept = EVERYTHING) -> Explanation:
        """Return what is behind the figure `key` of a site, area, line or machine.

        window None: the shift so far, each line's own, exactly as its live board shows it. kept: only what of the
        window a page's filters keep. Raises NotFound, Forbidden, Invalid.
        """
        path = self.equipment(equipment)
        require(self.who(), Permission.SEE_HISTORY, path)
        parts = same_window(self.plant, path, window) if window else self._shift_so_far(path)
        found = self.history.explain(Asked(key, path, parts, kept))
        if found is None:
            raise NotFound(equipment)
        return found

    def _shift_so_far(self, path: str) -> tuple[AskedPart, ...]:
        return shift_so_far(self.plant, self.boards, path, self.now())

    def reasons(self, line: str) -> list[Reason]:
        """Return the reason tree, categories and leaves, in the plant file's order. Raises NotFound, Forbidden."""
        self.place(line)
        return list(self.plant.reasons.by_id.values())

    def products(self, line: str) -> list[Product]:
        """Return the products the line may make. Raises NotFound, Forbidden."""
        self.place(line)
        return list(self.plant.products.values())

    @property
    def commands(self) -> Commands:
        """What people may say, as whoever asks."""
        return Commands(self.desk, self.who)

    def _home_of_role(self, lines: list[WorkCenter]) -> str:
        area = lines[0].path.rsplit("/", 1)[0]
        role = self.who().role
        if role == "manager":
            return "/shifts"
        return f"/line/{lines[0].path}" if role in ("operator", "display") else f"/area/{area}"

    def downtime(self, asked: DowntimeQuestion) -> DowntimeBoard:
        """Return where planned time went. Raises NotFound, Forbidden."""
        path = self.equipment(asked.equipment)
        require(self.who(), Permission.SEE_HISTORY, path)
        if asked.stop is not None:
            require(self.who(), Permission.SEE_HISTORY, asked.stop.rpartition("@")[0])
        found = self.history.downtime(replace(asked, equipment=path))
        if found is None:
            raise NotFound(asked.equipment)
        return found

    def report(self, asked: ReportQuestion) -> ReportBoard:
        """Return a shift's or day's report, signed with who asked and when. Raises NotFound, Forbidden, Invalid."""
        path = self.equipment(asked.equipment)
        require(self.who(), Permission.SEE_HISTORY, path)
        now = self.now()
        found = self.history.report(replace(asked, equipment=path), now)
        if found is None:
            raise NotFound(asked.equipment)
        return replace(found, made_at=now, made_by=self.who().name)

    def export(self, asked: ReportQuestion, form: str) -> ReportBoard:
        """Return the report as it leaves the plant as a file of `form`, and record who took it. Raises as `report`."""
        found = self.report(asked)
        said = f"{form} {found.question.date} {found.question.shift or 'day'}"
        self.desk.audit.write(found.made_at, found.made_by, "exported.report", found.question.equipment, said)
        return found

    def catalogue(self, asked: CatalogueQuestion) -> CatalogueBoard:
        """Return the signal catalogue of a place. Raises NotFound, Forbidden."""
        path = self.equipment(asked.place)
        require(self.who(), Permission.SEE_HISTORY, path)
        return self.history.catalogue(replace(asked, place=path), self.boards, self.now())

    def network(self, window: Interval) -> PlantBoard:
        """Return every site, area and line this person may see, by the same components. Raises Forbidden."""
        require(self.who(), Permission.SEE_HISTORY)
        return self.history.network(window, lambda line: in_scope(self.who(), line))

    def _cut_site(self, site: Site) -> Site:
        areas = (self._cut_area(area) for area in site.areas)
        return Site(site.id, site.path, site.name, site.zone, tuple(a for a in areas if a.lines))

    def _cut_area(self, area: Area) -> Area:
        lines = tuple(line for line in area.lines if in_scope(self.who(), line.path))
        return Area(area.id, area.path, area.name, lines)
