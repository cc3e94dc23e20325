"""What history knows of a machine's time, for commands: while the database is away, nothing; commands still work."""

from sqlalchemy import Engine, select

from app.domain.accounting.buckets import Episode
from app.domain.accounting.facts import OrderFact
from app.domain.interval import Interval
from app.historian import schema
from app.historian.away import DatabaseAway
from app.historian.database import asking_database
from app.historian.episodes import episodes_of
from app.historian.paging import Page, page_of_orders

MOST = 1_000


class Past:
    """Reads one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def episodes(self, machine: str, window: Interval) -> list[Episode]:
        """Return the episodes that overlap window, by start."""
        try:
            with asking_database():
                return episodes_of(self._engine, [machine], window, MOST)
        except DatabaseAway:
            return []

    def has_heard(self, machine: str, at: int) -> bool:
        """Whether what a person said of the machine at `at` (UTC ms) has arrived."""
        c = schema.corrections.c
        query = select(c.id).where(c.equipment == machine, c.at >= at).limit(1)
        try:
            with asking_database(), self._engine.connect() as connection:
                return connection.execute(query).first() is not None
        except DatabaseAway:
            return False

    def orders(self, line: str, window: Interval) -> list[OrderFact]:
        """Return the order runs on the line that overlap window, by start."""
        try:
            return page_of_orders(self._engine, [line], window, Page(MOST))
        except DatabaseAway:
            return []
