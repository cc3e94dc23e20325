"""What REST asks of history: KPI rows and episodes."""

from collections.abc import Callable
from typing import Protocol

from app.auth.guard import Invalid, NotFound
from app.boards.explain import Asked, Explanation
from app.boards.plant import PlantBoard
from app.boards.shifts import ShiftComparison, ShiftQuestion
from app.domain.accounting.buckets import Episode
from app.domain.accounting.kpi_row import KpiRow
from app.domain.accounting.profiles import UnknownProfile, profile
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant
from app.historian.database import Database
from app.historian.episodes import episodes_of
from app.views.explain import RawReader, Sources, explanation
from app.views.kpis import Cutting, kpi_rows, lines_of, machines_of
from app.views.plant import plant_board
from app.views.shifts import shift_comparison

MOST_EPISODES = 10_000


class Question(Protocol):
    """Which rows are asked for (app.rest.ask.KpiQuestion)."""

    @property
    def equipment(self) -> str:
        """Full path."""

    @property
    def window(self) -> Interval:
        """UTC ms."""

    @property
    def by(self) -> str:
        """How rows are cut."""

    @property
    def profile(self) -> str | None:
        """None: the plant's."""


class SqlHistory:
    """History of one plant in one database. raw: where its events are read back from."""

    def __init__(self, db: Database, plant: Plant, raw: RawReader) -> None:
        self._db = db
        self._plant = plant
        self._raw = raw

    def kpis(self, question: Question) -> tuple[str, list[KpiRow]]:
        """Return the profile and version used, and the rows. Raises NotFound, Invalid."""
        by = _CUTTINGS.get(question.by)
        if by is None:
            raise Invalid(f"by={question.by!r}: must be one of {', '.join(_CUTTINGS)}")
        if not lines_of(self._plant, question.equipment):
            raise NotFound(question.equipment)
        try:
            used = profile(question.profile or self._plant.profile)
        except UnknownProfile as error:
            raise Invalid(str(error)) from error
        return used.key, kpi_rows(self._db, self._plant, question.equipment, question.window, by, used)

    def shifts(self, asked: ShiftQuestion) -> ShiftComparison | None:
        """Return the sets of shifts that are compared, under the plant's profile; None for unknown equipment."""
        return shift_comparison(self._db, self._plant, asked, profile(self._plant.profile))

    def network(self, window: Interval, may_see: Callable[[str], bool]) -> PlantBoard:
        """Return the plant network of a window under the plant's profile, of the lines `may_see` allows."""
        return plant_board(self._db, self._plant, window, profile(self._plant.profile), may_see)

    def explain(self, asked: Asked) -> Explanation | None:
        """Return what is behind a figure under the plant's profile; None for unknown equipment. Raises Invalid."""
        sources = Sources(self._db, self._plant, self._raw)
        return explanation(sources, asked, profile(self._plant.profile))

    def episodes(self, equipment: str, window: Interval) -> list[Episode]:
        """Return the episodes that overlap the window, by start; at most 10 000. Raises NotFound."""
        machines = machines_of(self._plant, equipment)
        if not machines:
            raise NotFound(equipment)
        return episodes_of(self._db, machines, window, MOST_EPISODES)


_CUTTINGS: dict[str, Cutting] = {
    "total": "total",
    "hour": "hour",
    "shift": "shift",
    "product": "product",
    "machine": "machine",
    "line": "line",
}
