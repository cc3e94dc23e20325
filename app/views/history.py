"""What REST asks of history: KPI rows and episodes."""

from collections.abc import Callable
from typing import Protocol

from app.auth.guard import Invalid, NotFound
from app.boards.catalogue import CatalogueBoard, CatalogueQuestion
from app.boards.downtime import DowntimeBoard, DowntimeQuestion
from app.boards.explain import Asked, Explanation
from app.boards.files import FileQuestion, LongTable
from app.boards.plant import PlantBoard
from app.boards.report import ReportBoard, ReportQuestion
from app.boards.shifts import ShiftComparison, ShiftQuestion
from app.domain.accounting.buckets import Episode
from app.domain.accounting.facts import CorrectionFact, FindingFact, OrderFact
from app.domain.accounting.kpi_row import KpiRow
from app.domain.accounting.profiles import UnknownProfile, profile
from app.domain.governance.findings import Issue
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant
from app.historian.database import Database
from app.historian.exceptions import WorkedPlant
from app.historian.paging import (
    EpisodeFilter,
    Page,
    page_of_corrections,
    page_of_episodes,
    page_of_findings,
    page_of_orders,
)
from app.views.catalogue import States, catalogue, issues_of
from app.views.downtime import downtime_board
from app.views.explain import explanation
from app.views.explain_parts import RawReader, Sources
from app.views.groupings import CUTTINGS, grouped_rows
from app.views.kpis import lines_of, machines_of
from app.views.long import long_table
from app.views.plant import plant_board
from app.views.report import report_board
from app.views.shifts import shift_comparison


class Question(Protocol):
    """Which rows are asked for (app.rest.ask.KpiQuestion)."""

    @property
    def equipment(self) -> str:
        """Full path."""

    @property
    def window(self) -> Interval:
        """UTC ms."""

    @property
    def by(self) -> tuple[str, ...]:
        """How rows are cut: none or several of CUTTINGS."""

    @property
    def profile(self) -> str | None:
        """None: the plant's."""


class SqlHistory:
    """History of one plant in one database. raw: where its events are read back from."""

    def __init__(self, db: Database, plant: Plant, raw: RawReader) -> None:
        self._db = db
        self._raw = raw
        self._profile = profile(plant.profile)
        self._worked = WorkedPlant(db, plant)

    @property
    def plant(self) -> Plant:
        """The plant as it was worked: with the shift exceptions people said."""
        return self._worked.now()

    @property
    def _sources(self) -> Sources:
        return Sources(self._db, self.plant, self._raw)

    def kpis(self, question: Question) -> tuple[str, list[KpiRow]]:
        """Return the profile and version used, and the rows. Raises NotFound, Invalid."""
        if not lines_of(self.plant, question.equipment):
            raise NotFound(question.equipment)
        try:
            used = profile(question.profile) if question.profile else self._profile
        except UnknownProfile as error:
            raise Invalid(str(error)) from error
        by = [key for key in CUTTINGS if key in question.by]
        return used.key, grouped_rows(self._db, self.plant, (question.equipment, question.window), by, used)

    def shifts(self, asked: ShiftQuestion) -> ShiftComparison | None:
        """Return the sets of shifts that are compared, under the plant's profile; None for unknown equipment."""
        return shift_comparison(self._db, self.plant, asked, self._profile)

    def downtime(self, asked: DowntimeQuestion) -> DowntimeBoard | None:
        """Return where planned time went under the plant's profile; None for unknown equipment."""
        return downtime_board(self._sources, asked, self._profile)

    def report(self, asked: ReportQuestion, now: int) -> ReportBoard | None:
        """Return a shift's or day's report under the plant's profile; None for unknown equipment. Raises Invalid."""
        return report_board(self._db, self.plant, asked, self._profile, now)

    def long(self, asked: FileQuestion) -> LongTable:
        """Return a table that is read page by page, under the plant's profile; its place is in the plant file."""
        return long_table(self._db, self.plant, asked, self._profile)

    def network(self, window: Interval, may_see: Callable[[str], bool]) -> PlantBoard:
        """Return the plant network of a window under the plant's profile, of the lines `may_see` allows."""
        return plant_board(self._db, self.plant, window, self._profile, may_see)

    def catalogue(self, asked: CatalogueQuestion, states: States, now: int) -> CatalogueBoard:
        """Return the signals of a place with their states and the findings about them; its place is in the plant."""
        return catalogue(self._db, self.plant, states, asked, now)

    def issues(self, equipment: str, now: int) -> list[Issue]:
        """Return the issues of one machine or line, newest first; none for what is not in the plant."""
        found = issues_of(self._db, self.plant, lines_of(self.plant, equipment), now)
        return [issue for issue in found if issue.equipment == equipment]

    def explain(self, asked: Asked) -> Explanation | None:
        """Return what is behind a figure under the plant's profile; None for unknown equipment. Raises Invalid."""
        return explanation(self._sources, asked, self._profile)

    def episodes(self, equipment: str, window: Interval, kept: EpisodeFilter, page: Page) -> list[Episode]:
        """Return a page of the episodes that overlap the window, by start and machine. Raises NotFound."""
        return page_of_episodes(self._db, self._machines(equipment), window, kept, page)

    def orders(self, equipment: str, window: Interval, page: Page) -> list[OrderFact]:
        """Return a page of the order runs of the equipment's lines that overlap the window. Raises NotFound."""
        lines = [line.path for line in lines_of(self.plant, equipment)]
        if not lines:
            raise NotFound(equipment)
        return page_of_orders(self._db, lines, window, page)

    def findings(self, equipment: str, window: Interval, page: Page) -> list[FindingFact]:
        """Return a page of the findings about the equipment and what is in it. Raises NotFound."""
        machines = self._machines(equipment)
        lines = [line.path for line in lines_of(self.plant, equipment) if equipment not in machines]
        return page_of_findings(self._db, [*lines, *machines], window, page)

    def corrections(self, equipment: str, window: Interval, page: Page) -> list[CorrectionFact]:
        """Return a page of the corrections of the equipment and what is in it. Raises NotFound."""
        machines = self._machines(equipment)
        lines = [line.path for line in lines_of(self.plant, equipment) if equipment not in machines]
        return page_of_corrections(self._db, [*lines, *machines], window, page)

    def _machines(self, equipment: str) -> list[str]:
        machines = machines_of(self.plant, equipment)
        if not machines:
            raise NotFound(equipment)
        return machines
