"""Reports by e-mail against a real mail server: once, to who may see them, whatever becomes of server and process."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.auth.users import Account, ensure_account
from app.boards.mail import Letter, Subscription
from app.demo import programs
from app.domain.interval import MINUTE_MS
from app.domain.roles import Role
from app.historian.accounts import Audit
from app.historian.database import migrate, open_database
from app.historian.mail import Outbox, Subscriptions, reached
from app.mail.due import PATIENCE_MS, SETTLE_MS
from app.mail.letter import Stationery
from app.mail.post import CLAIM_MS, MOST_TRIES, Postman
from app.mail.smtp import MailServer, mail_server
from app.reports.papers import PAPERS
from app.settings import Settings
from app.views.history import SqlHistory
from app.web.standard import accounts_in
from tests.mail.server import Postbox, a_mail_server, authenticator, certificate
from tests.told import EARLY, LINE, PLANT, tell_early_shift

WANTED = Subscription("ada", LINE, "shift", "ada@plant.example", "pdf", "en", EARLY.start)
READY = EARLY.end + SETTLE_MS


@dataclass
class Office:
    """A database with an early shift, a mail server, and who sends between them. port 0: the server is away."""

    db: object
    box: Postbox
    port: int
    server: MailServer | None = None
    now: int = READY
    postman: Postman = field(init=False)

    def __post_init__(self) -> None:
        stores = (Subscriptions(self.db), Outbox(self.db), accounts_in(self.db))
        history = SqlHistory(self.db, PLANT, None)
        stationery = Stationery("lineside@plant.example", "https://lineside.plant", PAPERS)
        where = (lambda: reached(self.db), lambda message: self._server().deliver(message), lambda: self.now)
        self.postman = Postman(*stores, history, Audit(self.db), stationery, *where)

    def _server(self) -> MailServer:
        return self.server or mail_server(f"smtp+plain://127.0.0.1:{self.port}")

    def letters(self) -> list[Letter]:
        return self.postman.outbox.newest(10)


@pytest.fixture(scope="module")
def port_and_box() -> Iterator[tuple[int, Postbox]]:
    box = Postbox()
    with a_mail_server(box) as port:
        yield port, box


@pytest.fixture
def office(tmp_path: Path, port_and_box: tuple[int, Postbox]) -> Iterator[Office]:
    port, box = port_and_box
    box.__init__()
    db = open_database(None, tmp_path)
    migrate(db)
    tell_early_shift(db, f"{EARLY.end + MINUTE_MS}-0".encode())
    put_account(db, ("site",))
    Subscriptions(db).put(WANTED)
    yield Office(db, box, port)
    db.dispose()


def put_account(db: object, scopes: tuple[str, ...], role: Role = Role.MANAGER) -> Account:
    return ensure_account(accounts_in(db), "ada", "correct horse battery", role, scopes)


def test_a_shift_that_ended_is_sent_once_with_figures_file_and_link(office: Office) -> None:
    assert office.postman.go() == {"due": 1, "sent": 1, "failed": 0, "dead": 0}
    (message,) = office.box.taken
    text = message.get_body(("plain",)).get_content()
    board = office.postman.reports.report
    assert message["To"] == "ada@plant.example"
    assert f"{office_oee(board, office.now) * 100:.1f}" in message["Subject"]
    assert "of_place=site%2Farea%2Fline-1&date=2026-11-23&shift=early" in text
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "report-site-area-line-1-2026-11-23-early.pdf"
    assert attached.get_content().startswith(b"%PDF")
    assert office.postman.go() == {"due": 0, "sent": 0, "failed": 0, "dead": 0}
    assert [letter.state for letter in office.letters()] == ["sent"]
    assert Audit(office.db).newest(1)[0][2:5] == ("ada", "mailed.report", LINE)


def office_oee(report: object, now: int) -> float:
    from app.boards.report import ReportQuestion

    return report(ReportQuestion(LINE, "2026-11-23", "early"), now).total.oee


def test_the_letter_speaks_the_recipients_language(office: Office) -> None:
    office.postman.desk.put(replace(WANTED, lang="de", form="csv"))
    office.postman.go()
    (message,) = office.box.taken
    assert "Diesen Bericht öffnen" in message.get_body(("html",)).get_content()
    assert "Verfügbarkeit" in message.get_body(("plain",)).get_content()


def test_it_waits_for_the_shift_to_settle_and_for_history_but_not_for_ever(office: Office) -> None:
    office.now = READY - 1
    assert office.postman.go()["due"] == 0
    lagging = replace(office.postman, reached=lambda: {LINE: EARLY.end - 1})
    office.now = READY
    assert lagging.go()["due"] == 0
    office.now = EARLY.end + PATIENCE_MS
    assert lagging.go()["sent"] == 1


def test_what_ended_before_somebody_subscribed_is_not_sent_and_a_day_comes_after_its_last_shift(office: Office) -> None:
    office.postman.desk.put(replace(WANTED, since=EARLY.end))
    office.postman.desk.put(replace(WANTED, rhythm="day"))
    assert office.postman.go()["due"] == 0
    office.now = EARLY.end + 16 * 60 * MINUTE_MS + PATIENCE_MS
    office.postman.go()
    assert {(letter.date, letter.shift) for letter in office.letters()} == {
        ("2026-11-23", None),
        ("2026-11-23", "late"),
        ("2026-11-23", "night"),
    }


@pytest.mark.parametrize("change", ["scope", "role", "disabled", "gone"])
def test_who_may_not_see_the_place_any_more_gets_nothing(office: Office, change: str) -> None:
    store = office.postman.accounts
    if change == "scope":
        put_account(office.db, ("other",))
    elif change == "role":
        put_account(office.db, ("site",), Role.OPERATOR)
    elif change == "disabled":
        store.put_account(replace(store.account("ada"), disabled=True))
    else:
        office.postman.desk.put(replace(WANTED, who="nobody"))
        office.postman.desk.remove("ada", LINE, "shift")
    assert office.postman.go()["dead"] == 1
    assert office.box.taken == []
    assert "may not see" in office.letters()[0].answer


def test_a_refusal_for_now_is_kept_with_its_answer_and_tried_again_later(office: Office) -> None:
    office.box.to_data = "451 greylisted, come back"
    assert office.postman.go()["failed"] == 1
    (letter,) = office.letters()
    assert (letter.answer, letter.next_at) == ("451 greylisted, come back", READY + MINUTE_MS)
    office.box.to_data = None
    assert office.postman.go()["sent"] == 0
    office.now += MINUTE_MS
    assert office.postman.go()["sent"] == 1
    assert len(office.box.taken) == 1


@pytest.mark.parametrize("where", ["to_rcpt", "to_data"])
def test_a_refusal_for_good_is_given_up_until_somebody_says_again(office: Office, where: str) -> None:
    setattr(office.box, where, "550 no such person")
    assert office.postman.go()["dead"] == 1
    (letter,) = office.letters()
    assert letter.answer == "550 no such person"
    setattr(office.box, where, None)
    office.now += 60 * MINUTE_MS
    assert office.postman.go()["sent"] == 0
    assert office.postman.outbox.again(letter.key[:12], office.now)
    assert office.postman.go()["sent"] == 1


def test_a_server_that_is_away_and_comes_back_loses_nothing(office: Office) -> None:
    port, office.port = office.port, 1
    assert office.postman.go()["failed"] == 1
    assert "refused" in office.letters()[0].answer.lower()
    office.port = port
    office.now += MINUTE_MS
    assert office.postman.go()["sent"] == 1


def test_after_many_tries_it_is_given_up(office: Office) -> None:
    office.port = 1
    office.postman.desk.put(replace(WANTED, form="csv"))
    assert office.postman.go()["due"] == 1
    office.postman.desk.remove("ada", LINE, "shift")
    while not office.postman.go()["dead"]:
        office.now = office.letters()[0].next_at
    assert office.letters()[0].attempts == MOST_TRIES
    assert office.now - READY > 48 * 60 * MINUTE_MS


def test_a_kill_while_sending_sends_again_and_says_so_with_the_same_id(office: Office) -> None:
    def killed(message: object) -> None:
        office._server().deliver(message)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(office.postman, deliver=killed).go()
    assert office.postman.go()["sent"] == 0
    office.now += CLAIM_MS
    assert office.postman.go()["sent"] == 1
    first, second = office.box.taken
    assert first["Message-ID"] == second["Message-ID"]
    said = [m.get_body(("plain",)).get_content() for m in (first, second)]
    assert ["may have reached you before" in text for text in said] == [False, True]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_it_is_sent_encrypted_and_signed_in(office: Office, tmp_path: Path, scheme: str) -> None:
    box, (serves, believes) = Postbox(), certificate(tmp_path)
    tls = {"ssl_context": serves} if scheme == "smtps" else {"tls_context": serves, "require_starttls": True}
    more = {"authenticator": authenticator, "auth_required": True, "auth_require_tls": scheme == "smtp"}
    with a_mail_server(box, **tls, **more) as port:
        office.server = MailServer(scheme, "127.0.0.1", port, "lineside", "wrong", believes)
        office.postman.go()
        assert office.letters()[0].state == "failed"
        assert office.letters()[0].answer.startswith("535")
        office.server = replace(office.server, password="right")
        office.now += MINUTE_MS
        assert office.postman.go()["sent"] == 1
        assert box.sent_encrypted == [True]
        office.server = replace(office.server, context=None)
        office.postman.desk.put(replace(WANTED, rhythm="day"))
        office.now += 24 * 60 * MINUTE_MS
        office.postman.go()
        assert "certificate" in next(x.answer for x in office.letters() if x.answer)


def test_without_encryption_nothing_is_sent_unless_it_was_asked_for(office: Office) -> None:
    office.server = MailServer("smtp", "127.0.0.1", office.port)
    assert office.postman.go()["failed"] == 1
    assert "STARTTLS" in office.letters()[0].answer
    assert office.box.taken == []


def test_a_letter_that_cannot_be_written_keeps_nobody_elses_back(office: Office) -> None:
    broken = replace(office.postman.stationery, papers={**PAPERS, "pdf": ("application/pdf", lambda *_: 1 / 0)})
    ensure_account(accounts_in(office.db), "bob", "correct horse battery", Role.MANAGER, ("site",))
    office.postman.desk.put(replace(WANTED, who="bob", form="csv"))
    assert replace(office.postman, stationery=broken).go() == {"due": 2, "sent": 1, "failed": 1, "dead": 0}
    assert [x.answer for x in office.letters() if x.state == "failed"] == ["could not be written: division by zero"]
    office.now += MINUTE_MS
    assert office.postman.go()["sent"] == 1


def test_the_demo_sends_mail_only_where_a_mail_server_is_set_up() -> None:
    names = [[p.name for p in programs(Settings(smtp_url=url), 0)] for url in (None, "smtp://mail.plant")]
    assert ["mail" in found for found in names] == [False, True]
