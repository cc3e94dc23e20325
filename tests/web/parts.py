"""Stores kept in memory, and a plant of one site with two areas: what servers are made of in these tests."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from sqlalchemy import StaticPool, create_engine

from app.auth.tokens import Token
from app.auth.users import Account
from app.boards.amendments import Amendments
from app.boards.catalogue import CatalogueBoard, CatalogueQuestion
from app.boards.downtime import DowntimeBoard, DowntimeQuestion, Offered
from app.boards.explain import Asked, Explanation, RawEvents, Trust
from app.boards.files import FileQuestion, LongTable
from app.boards.mail import Letter, Subscription
from app.boards.plant import PlantBoard
from app.boards.report import Column, ReportBoard, ReportQuestion
from app.boards.shifts import ShiftComparison, ShiftQuestion
from app.boards.signals import How
from app.domain.accounting.buckets import ZERO, Bucket, Episode
from app.domain.accounting.facts import CorrectionFact, FindingFact, OrderFact
from app.domain.accounting.kpi import kpi_row
from app.domain.accounting.kpi_row import KpiRow
from app.domain.governance.findings import Care, Statistics
from app.domain.interval import Interval
from app.domain.plant.equipment import Area, Plant, Site, WorkCenter, WorkUnit
from app.domain.plant.products import Product, RateBook
from app.domain.plant.reasons import Reason, ReasonTree
from app.domain.plant.shifts import ShiftCalendar
from app.historian import files_schema, rule_schema
from app.historian.database import Database, open_database
from app.historian.files import Files
from app.historian.paging import EpisodeFilter, Page
from app.rest.ask import KpiQuestion
from app.services import States
from tests.sample_boards import LINE

OTHER_LINE = "leipzig/packing/line-9"


class MemoryAccounts:
    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.revoked: set[str] = set()
        self.sign_ins: list[tuple[int, str, str, str]] = []
        self.rows: list[tuple[int, str, str, str, str]] = []

    def access(self) -> int:
        return hash((str(self.accounts), str(self.tokens), frozenset(self.revoked)))

    def account(self, name: str) -> Account | None:
        return self.accounts.get(name)

    def put_account(self, account: Account) -> None:
        self.accounts[account.name] = account

    def put_while(self, account: Account, seen: Collection[Account]) -> bool:
        held = {name: self.accounts[name] for name in {account.name, *(one.name for one in seen)} & set(self.accounts)}
        if held == {one.name: one for one in seen}:
            self.accounts[account.name] = account
        return held == {one.name: one for one in seen}

    def token(self, digest: str) -> Token | None:
        return self.tokens.get(digest)

    def put_token(self, token: Token) -> None:
        self.tokens[token.digest] = token

    def used(self, digest: str, at: int) -> None:
        self.tokens[digest] = replace(self.tokens[digest], last_used=at)

    def revoke(self, session_id: str, ttl_ms: int) -> None:
        self.revoked.add(session_id)

    def is_revoked(self, session_id: str) -> bool:
        return session_id in self.revoked

    def signed_in(self, at: int, name: str, address: str, outcome: str) -> None:
        self.sign_ins.append((at, name, address, outcome))

    def write(self, at: int, who: str, what: str, where: str, detail: str) -> None:
        self.rows.append((at, who, what, where, detail))


def memory_database() -> Database:
    """A real database with every table, that lives as long as it is looked at."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    assert files_schema.metadata is rule_schema.metadata
    files_schema.metadata.create_all(engine)
    return engine


def file_database(folder: Path) -> Database:
    """A database in a file, for who looks from several threads at once: a connection of its own for each."""
    engine = open_database(None, folder)
    files_schema.metadata.create_all(engine)
    return engine


def memory_files() -> Files:
    """The real shelf."""
    return Files(memory_database())


class MemoryMail:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], Subscription] = {}
        self.letters: list[Letter] = []

    def put(self, wanted: Subscription) -> None:
        self.kept[wanted.who, wanted.equipment, wanted.rhythm] = wanted

    def remove(self, who: str, equipment: str, rhythm: str) -> bool:
        return self.kept.pop((who, equipment, rhythm), None) is not None

    def all(self, who: str | None = None) -> list[Subscription]:
        return [wanted for wanted in self.kept.values() if who in (None, wanted.who)]

    def newest(self, most: int, who: str | None = None) -> list[Letter]:
        return [letter for letter in self.letters if who in (None, letter.who)][:most]


def an_empty_downtime(asked: DowntimeQuestion) -> DowntimeBoard:
    return DowntimeBoard(
        asked, asked.equipment, "Europe/Berlin", None, "vorne@1", None, {}, (), (), 0, (), (), (), (), (),
        asked.window, (), None, Offered({}, {}, {}), Amendments((), 0, (), None, (), ()),
    )  # fmt: skip


class MemoryCares:
    """What people did about findings."""

    def __init__(self) -> None:
        self.kept: list[Care] = []

    def put(self, care: Care) -> None:
        self.kept.append(care)


class MemoryVersions:
    """Plant files that were signed."""

    def saw(self, found: object) -> bool:
        return True


class MemoryPast:
    """What history knows: nothing, until told."""

    def __init__(self) -> None:
        self.known: list[Episode] = []
        self.runs: list[OrderFact] = []
        self.heard_to = 0

    def episodes(self, machine: str, window: Interval) -> list[Episode]:
        lasting = [e for e in self.known if e.machine == machine and e.start < window.end]
        return [e for e in lasting if e.end is None or e.end > window.start]

    def has_heard(self, machine: str, at: int) -> bool:
        return self.heard_to >= at

    def orders(self, line: str, window: Interval) -> list[OrderFact]:
        lasting = [run for run in self.runs if run.line == line and run.start < window.end]
        return [run for run in lasting if run.end is None or run.end > window.start]


class MemoryHistory:
    def shifts(self, asked: ShiftQuestion) -> ShiftComparison | None:
        return ShiftComparison(asked, asked.equipment, "Europe/Berlin", None, "vorne@1", (), None, (), (), {}, {})

    def downtime(self, asked: DowntimeQuestion) -> DowntimeBoard | None:
        return None if asked.equipment == "nowhere" else an_empty_downtime(asked)

    def report(self, asked: ReportQuestion, now: int) -> ReportBoard | None:
        window = Interval(now - 1000, now)
        dated = ReportQuestion(asked.equipment, "2026-11-23", asked.shift)
        words = (dated, "=Bottling", "Europe/Berlin", window, "vorne@1", 0.9, None)
        order = OrderFact(LINE, "=4711", "@cola", 100, window.start, None)
        return ReportBoard(*words, (), (), {}, {}, (), 0, (order,), (), (), {}, ("early",))

    def long(self, asked: FileQuestion) -> LongTable:
        rows = tuple((f"=line {n}",) for n in range(3))
        return LongTable("Bottling", "UTC", (Column("report.place", "text"),), 2, iter((rows, rows)))

    def network(self, window: Interval, may_see: Callable[[str], bool]) -> PlantBoard:
        return PlantBoard(*window, "Europe/Berlin", None, "vorne@1", ())

    def catalogue(self, asked: CatalogueQuestion, states: States, now: int) -> CatalogueBoard:
        told = Statistics(0, 0, 0, None, None, 0)
        counts: dict[How, int] = dict.fromkeys(("fine", "broken", "silent", "never"), 0)  # type: ignore[arg-type]
        return CatalogueBoard(asked, "Europe/Berlin", None, (), counts, (), (), told, {}, "0")

    def explain(self, asked: Asked) -> Explanation | None:
        key, equipment, raw = asked.kpi, asked.equipment, RawEvents((), "events.none")
        row = kpi_row(equipment, asked.parts[0].window, None, None, ZERO)
        words = (key, equipment, equipment, "UTC", row, f"formula.{key}")
        return Explanation(*words, *((),) * 5, raw, Trust(None, 0, 0, 0), "0", "vorne@1", None)

    def kpis(self, question: KpiQuestion) -> tuple[str, list[KpiRow]]:
        start, end = question.window
        buckets = {b.key: 0 for b in Bucket} | {"unscheduled": end - start}
        row = KpiRow(question.equipment, start, end, None, "=cola", buckets, *(0,) * 5, *(None,) * 11)
        return "vorne@1", [row]

    def episodes(self, equipment: str, window: Interval, kept: EpisodeFilter, page: Page) -> list[Episode]:
        return [Episode(f"{LINE}/filler", window.start, None, Bucket.UNPLANNED_STOP, note="=HYPERLINK()")]

    def orders(self, equipment: str, window: Interval, page: Page) -> list[OrderFact]:
        return [OrderFact(LINE, "=4711", "@cola", 100, window.start, None)]

    def corrections(self, equipment: str, window: Interval, page: Page) -> list[CorrectionFact]:
        at = window.start
        return [CorrectionFact("=1", f"{LINE}/filler", "classify", at, at, None, "@olga", "+jam", "-note")]

    def findings(self, equipment: str, window: Interval, page: Page) -> list[FindingFact]:
        return [FindingFact(LINE, "gap", window.start, None, "=cmd|' /C calc'!A0")]


def a_line(path: str, *machines: str) -> WorkCenter:
    units = tuple(WorkUnit(m, f"{path}/{m}", path, m.title()) for m in machines)
    last = path.rsplit("/", 1)[1]
    zone = "Europe/Berlin"
    return WorkCenter(last, path, last, zone, units[0].path, units[-1].path, units, ShiftCalendar())


def a_plant() -> Plant:
    bottling = Area("bottling", "leipzig/bottling", "Bottling", (a_line(LINE, "filler", "capper"),))
    packing = Area("packing", "leipzig/packing", "Packing", (a_line(OTHER_LINE, "packer"),))
    site = Site("leipzig", "leipzig", "Leipzig", "Europe/Berlin", (bottling, packing))
    reasons = {r: Reason(r, r.replace("-", " "), ("technical", r)) for r in ("jam-infeed", "no-bottles")}
    reasons["technical"] = Reason("technical", "Technical", ("technical",), is_leaf=False)
    products = {"cola-05": Product("cola-05", "Cola 0.5 l"), "water": Product("water", "Water")}
    return Plant("Demo", (site,), products, RateBook(), ReasonTree(reasons), version="2f6c11")
