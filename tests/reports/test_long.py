"""Long exports: every row once, in the background, with progress and cancel, for who still may see them."""

import csv
import io
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import openpyxl
import pytest

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound
from app.auth.users import ensure_account
from app.boards.files import FileJob, FileQuestion
from app.boards.report import ReportQuestion
from app.commands.files import MOST_EACH, FileDesk
from app.domain.interval import DAY_MS
from app.domain.roles import Identity, Role
from app.historian.accounts import Audit
from app.historian.database import migrate, open_database
from app.historian.files import Files
from app.reports import long_paper
from app.text.translate import t
from app.views.history import SqlHistory
from app.web.clerk import CLAIM_MS, Clerk
from app.web.standard import accounts_in
from app.wiring import working
from tests.told import EARLY, LINE, PLANT, tell_early_shift

ADA = Identity("ada", Role.MANAGER, ("site",))
ASKED = FileQuestion("site", "shifts", "2026-11-22", "2026-11-24", "csv", "en")


class Room:
    """A database with an early shift, a desk and a clerk."""

    def __init__(self, db: object) -> None:
        self.db, self.now, self.stop = db, EARLY.end, threading.Event()
        self.history = SqlHistory(db, PLANT, None)
        self.shelf = Files(db)
        self.desk = FileDesk(self.shelf, Audit(db), lambda: self.now)
        self.clerk = Clerk(self.shelf, self.history, accounts_in(db), lambda: self.now)

    def ask(self, **changes: str) -> FileJob:
        return self.desk.ask(ADA, replace(ASKED, **changes), PLANT)

    def made(self, **changes: str) -> bytes:
        job = self.ask(**changes)
        assert self.clerk.go(self.stop)
        return self.desk.take(ADA, job.id)[1]

    def job(self) -> FileJob:
        return self.desk.mine(ADA)[0]


@pytest.fixture
def room(tmp_path) -> Iterator[Room]:
    db = open_database(None, tmp_path)
    migrate(db)
    tell_early_shift(db)
    ensure_account(accounts_in(db), "ada", "correct horse battery", Role.MANAGER, ("site",))
    yield Room(db)
    db.dispose()


def test_the_rows_are_those_of_the_report(room: Room) -> None:
    report = room.history.report(ReportQuestion(LINE, "2026-11-23", "early"), room.now)
    heads, *rows = list(csv.reader(io.StringIO(room.made().decode("utf-8-sig"))))
    (row,) = [row for row in rows if row[heads.index("Shift")] == "early"]
    assert float(row[heads.index("OEE")]) == report.total.oee
    assert int(row[heads.index(t("kpi.good"))]) == report.total.good
    hours = list(csv.reader(io.StringIO(room.made(what="hours").decode("utf-8-sig"))))[1:]
    assert sum(int(hour[heads.index(t("kpi.good"))]) for hour in hours) == report.total.good


def test_every_stop_is_there_once_and_whole_in_excel_too(room: Room) -> None:
    report = room.history.report(ReportQuestion(LINE, "2026-11-23"), room.now)
    sheet = openpyxl.load_workbook(io.BytesIO(room.made(what="stops", form="xlsx"))).active
    _, *rows = sheet.iter_rows(values_only=True)
    assert len(rows) == report.stop_count
    assert len({row[2] for row in rows}) == len(rows)
    assert sheet["C2"].is_date
    assert sheet.freeze_panes == "B2"


def test_progress_is_told_and_a_file_that_was_dropped_is_left_at_the_next_step(room: Room) -> None:
    job = room.ask()
    claimed = room.shelf.claim(room.now, room.now + 1)
    told: list[int] = []

    def step(done: int) -> None:
        told.append(done)
        assert room.shelf.step(claimed, done, 3, room.now + 1)

    long_paper.write_long(claimed, room.history.long(ASKED), step)
    assert told == [1, 2, 3]
    assert (room.job().done, room.job().steps) == (3, 3)
    room.desk.drop(ADA, job.id)
    assert not room.shelf.step(claimed, 3, 3, room.now + 1)
    assert not room.shelf.ready(claimed, b"late", room.now)
    assert room.desk.mine(ADA) == []


def test_a_file_whose_maker_died_is_begun_anew_and_kept_for_a_day(room: Room) -> None:
    room.ask()
    room.shelf.claim(room.now, room.now + CLAIM_MS)
    assert not room.clerk.go(room.stop)
    room.now += CLAIM_MS
    assert room.clerk.go(room.stop)
    assert room.job().state == "ready"
    room.now += DAY_MS
    room.clerk.go(room.stop)
    assert room.desk.mine(ADA) == []


def test_a_worker_that_is_told_to_stop_leaves_the_file_to_the_next(room: Room) -> None:
    room.ask()
    room.stop.set()
    room.clerk.go(room.stop)
    assert room.job().state == "running"
    room.stop.clear()
    assert room.clerk.go(room.stop)
    assert room.job().state == "ready"


def test_permission_is_looked_at_when_asked_made_and_taken(room: Room) -> None:
    with pytest.raises(Forbidden):
        room.desk.ask(replace(ADA, scopes=("elsewhere",)), ASKED, PLANT)
    job = room.ask()
    store = accounts_in(room.db)
    store.put_account(replace(store.account("ada"), scopes=("elsewhere",)))
    room.clerk.go(room.stop)
    assert "may not see" in room.job().answer
    store.put_account(replace(store.account("ada"), scopes=("site",)))
    job = room.ask()
    room.clerk.go(room.stop)
    with pytest.raises(Forbidden):
        room.desk.take(replace(ADA, scopes=("elsewhere",)), job.id)
    with pytest.raises(NotFound):
        room.desk.take(replace(ADA, name="eve"), job.id)
    with pytest.raises(NotFound):
        room.desk.drop(replace(ADA, name="eve"), job.id)
    room.desk.take(ADA, job.id)
    assert Audit(room.db).newest(1)[0][2:5] == ("ada", "exported.file", "site")


def test_one_person_has_so_many_and_no_more(room: Room) -> None:
    for _ in range(MOST_EACH):
        room.ask()
    with pytest.raises(Conflict, match=str(MOST_EACH)):
        room.ask()


@pytest.mark.parametrize("wrong", [
    {"first": "2026-11-25"}, {"first": "yesterday"}, {"first": "2025-11-23"}, {"first": "0001-01-01"}, {"what": "all"},
    {"form": "exe"},
])  # fmt: skip
def test_what_cannot_be_is_refused_in_words(room: Room, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="must be"):
        room.ask(**wrong)


def test_more_rows_than_a_sheet_holds_are_said(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_paper, "MOST_ROWS", 2)
    room.ask(what="stops", form="xlsx")
    room.clerk.go(room.stop)
    assert (room.job().state, "fewer days" in room.job().answer) == ("failed", True)


def test_a_thread_beside_the_requests_makes_files_and_ends_when_told(room: Room) -> None:
    deadline = time.monotonic() + 60
    with working(room.clerk.run):
        room.ask()
        while room.job().state != "ready" and time.monotonic() < deadline:
            time.sleep(0.02)
        assert room.job().state == "ready"
    later = room.ask()
    assert room.shelf.job(later.id).state == "queued"
