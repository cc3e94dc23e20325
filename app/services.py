"""What a callback may ask for. Every read is cut to what the person may see, every write is checked and recorded."""

from collections.abc import Callable
from dataclasses import dataclass

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound, Refused, Unavailable, require
from app.boards.line import LineBoard
from app.domain.plant.equipment import AmbiguousEquipment, Area, Plant, Site, UnknownEquipment, WorkCenter
from app.domain.plant.products import Product
from app.domain.plant.reasons import Reason
from app.domain.roles import Identity, Permission, in_scope
from app.live.snapshots import LastBoards, line_board
from app.sitemap import Visit, find, may_open

__all__ = ["Conflict", "Forbidden", "Invalid", "NotFound", "Refused", "Services", "Unavailable"]


@dataclass(frozen=True, slots=True)
class Services:
    """The facade for callbacks. who: the person of the current request; now: UTC ms."""

    plant: Plant
    boards: LastBoards
    who: Callable[[], Identity]
    now: Callable[[], int]

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

    def group(self, name: str) -> Area | Site:
        """Return the area or site of this path, or area of this unique tail. Raises NotFound, Forbidden."""
        groups: list[Area | Site] = [*self.plant.sites, *self.plant.areas()]
        exact = [g for g in groups if g.path == name]
        found = exact or [g for g in groups if g.path.endswith("/" + name)]
        if len(found) != 1:
            raise NotFound(name)
        require(self.who(), Permission.SEE_LIVE, found[0].path)
        return found[0]

    def line(self, path: str) -> LineBoard | None:
        """Return the line's board; None before the engine has counted it. Raises NotFound, Forbidden."""
        return line_board(self.boards, self.place(path).path)

    def reasons(self, line: str) -> list[Reason]:
        """Return the reason tree, categories and leaves, in the plant file's order. Raises NotFound, Forbidden."""
        self.place(line)
        return list(self.plant.reasons.by_id.values())

    def products(self, line: str) -> list[Product]:
        """Return the products the line may make. Raises NotFound, Forbidden."""
        self.place(line)
        return list(self.plant.products.values())

    def _home_of_role(self, lines: list[WorkCenter]) -> str:
        area = lines[0].path.rsplit("/", 1)[0]
        role = self.who().role
        if role == "manager":
            return "/shifts"
        return f"/line/{lines[0].path}" if role in ("operator", "display") else f"/area/{area}"

    def _cut_site(self, site: Site) -> Site:
        areas = (self._cut_area(area) for area in site.areas)
        return Site(site.id, site.path, site.name, site.zone, tuple(a for a in areas if a.lines))

    def _cut_area(self, area: Area) -> Area:
        lines = tuple(line for line in area.lines if in_scope(self.who(), line.path))
        return Area(area.id, area.path, area.name, lines)
