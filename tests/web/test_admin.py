"""Accounts, tokens and logs as administrators use them: who may, whom they may touch, what is kept and what is not."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import MetaData, delete, select, update

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound
from app.auth.tokens import USED_STEP_MS, Token, holder
from app.auth.users import Account, hashed, is_right, sign_out_everywhere
from app.boards.admin import AdminBoard, AdminQuestion, Chain
from app.commands.admin import AdminDesk
from app.commands.admin_view import AdminView
from app.commands.ground import Ground
from app.domain.interval import DAY_MS, MINUTE_MS
from app.domain.roles import Identity, Role
from app.historian.access import Access
from app.historian.accounts import Accounts, Audit
from app.historian.auth_schema import audit
from app.historian.database import Database
from tests.sample_boards import LINE, NOW
from tests.web.parts import OTHER_LINE, a_plant, memory_database

EVERYWHERE = ("*",)
ROOT = Identity("root", Role.ADMIN, EVERYWHERE)
AREA = LINE.rsplit("/", 1)[0]
HASH = hashed("correct horse battery")


@dataclass
class Office:
    """A database with `root` and `ada`, who may everything, `olga`, an operator, and `sam`, admin of an area."""

    database: Database = field(default_factory=memory_database)
    now: int = NOW

    def __post_init__(self) -> None:
        self.store = Accounts(self.database, Account, Token)
        for name, role, scopes in (
            ("root", Role.ADMIN, EVERYWHERE),
            ("ada", Role.ADMIN, EVERYWHERE),
            ("olga", Role.OPERATOR, (AREA,)),
            ("sam", Role.ADMIN, (AREA,)),
        ):
            self.store.put_account(Account(name, HASH, role, scopes))
        self.trail = Audit(self.database)
        self.desk = self.desk_on(self.trail)

    def desk_on(self, trail: object) -> AdminDesk:
        return AdminDesk(Ground(a_plant, self.database, trail, None, None, lambda: self.now))  # type: ignore[arg-type]

    def everything(self) -> str:
        """Every value of every table."""
        tables = MetaData()
        tables.reflect(self.database)
        with self.database.connect() as connection:
            return repr([connection.execute(select(table)).all() for table in tables.sorted_tables])

    def told(self) -> list[tuple[str, str, str]]:
        return [(what, where, detail) for _, _, _, what, where, detail in self.trail.newest(100)[::-1]]

    def board(self, **asked: object) -> AdminBoard:
        return self.desk.board(ROOT, AdminQuestion(**asked))  # type: ignore[arg-type]


@pytest.fixture
def office() -> Office:
    return Office()


ACTS: dict[str, Callable[[AdminDesk, Identity], object]] = {
    "look": lambda desk, who: desk.board(who, AdminQuestion()),
    "look at sign-ins": lambda desk, who: desk.board(who, AdminQuestion("sign_ins")),
    "verify": lambda desk, who: desk.verify(who),
    "add": lambda desk, who: desk.add(who, "eve", "admin", ["*"], ""),
    "change": lambda desk, who: desk.change(who, "olga", "admin", ["*"]),
    "raise own scope": lambda desk, who: desk.change(who, who.name, "admin", ["*"]),
    "disable": lambda desk, who: desk.disable(who, "olga"),
    "enable": lambda desk, who: desk.enable(who, "olga"),
    "password": lambda desk, who: desk.set_password(who, "olga", ""),
    "token": lambda desk, who: desk.make_token(who, "gate", "engineer", "*", ""),
    "revoke": lambda desk, who: desk.revoke(who, "0" * 16),
}
NOT_THEM = {
    "operator": Identity("olga", Role.OPERATOR, EVERYWHERE),
    "supervisor": Identity("olga", Role.SUPERVISOR, EVERYWHERE),
    "manager": Identity("olga", Role.MANAGER, EVERYWHERE),
    "engineer": Identity("olga", Role.ENGINEER, EVERYWHERE),
    "display": Identity("token:hall", Role.DISPLAY, EVERYWHERE),
    "admin of an area": Identity("sam", Role.ADMIN, (AREA,)),
    "admin of the whole site": Identity("sam", Role.ADMIN, ("leipzig",)),
    "a token with every right": Identity("token:gate", Role.ADMIN, EVERYWHERE),
    "an admin that was, by session": Identity("olga", Role.ADMIN, EVERYWHERE),
    "an admin of an area, by an older session": Identity("sam", Role.ADMIN, EVERYWHERE),
    "nobody": Identity("ghost", Role.ADMIN, EVERYWHERE),
}


@pytest.mark.parametrize("who", NOT_THEM.values(), ids=NOT_THEM)
def test_nobody_but_an_administrator_of_everything_may_anything(office: Office, who: Identity) -> None:
    before = office.everything()
    for name, act in ACTS.items():
        with pytest.raises(Forbidden):
            act(office.desk, who)
        assert office.everything() == before, name


def test_the_table_of_acts_names_every_one_there_is() -> None:
    public = {name for name in vars(AdminDesk) if not name.startswith("_")} - {"ground"}
    assert public == {"board", "verify", "add", "change", "disable", "enable", "set_password", "make_token", "revoke"}


def test_a_closed_administrator_may_nothing_at_once(office: Office) -> None:
    office.desk.disable(Identity("ada", Role.ADMIN, EVERYWHERE), "root")
    with pytest.raises(Forbidden):
        office.board()


def test_a_person_comes_with_a_password_that_is_told_once_and_kept_nowhere(office: Office) -> None:
    made = office.desk.add(ROOT, " eve ", "supervisor", [LINE, AREA], "")
    assert made is not None
    kept = office.store.account("eve")
    assert (kept.role, kept.scopes, kept.disabled) == (Role.SUPERVISOR, (AREA,), False), "a line lies in its area"
    assert is_right(kept, made.text)
    assert len(made.text) == 19
    assert made.text not in office.everything()
    assert office.told() == [("account.added", "eve", f"supervisor at {AREA}")]
    assert office.trail.newest(1)[0][2] == "root"
    again = office.desk.add(ROOT, "eva", "operator", ["*"], "typed by herself")
    assert again is None
    assert is_right(office.store.account("eva"), "typed by herself")
    assert "typed by herself" not in office.everything()


@pytest.mark.parametrize(
    ("name", "role", "scopes", "password", "kind"),
    [
        ("OLGA", "operator", ["*"], "", Conflict),
        ("", "operator", ["*"], "", Invalid),
        ("token:x", "operator", ["*"], "", Invalid),
        ("a\nb", "operator", ["*"], "", Invalid),
        ("x" * 65, "operator", ["*"], "", Invalid),
        ("eve", "display", ["*"], "", Invalid),
        ("eve", "king", ["*"], "", Invalid),
        ("eve", "operator", [], "", Invalid),
        ("eve", "operator", ["leipsig"], "", Invalid),
        ("eve", "operator", ["*"], "short", Invalid),
    ],
)
def test_what_cannot_be_an_account_leaves_nothing(
    office: Office, name: str, role: str, scopes: list[str], password: str, kind: type[Exception]
) -> None:
    before = office.everything()
    with pytest.raises(kind):
        office.desk.add(ROOT, name, role, scopes, password)
    assert office.everything() == before


def test_a_change_ends_sessions_and_streams_and_says_before_and_after(office: Office) -> None:
    access = Access(office.database)
    seen, epochs = [access.revision()], [office.store.account("olga").session_epoch]
    password = office.desk.set_password(ROOT, "olga", "")
    for act in (
        lambda: office.desk.change(ROOT, "olga", "supervisor", [OTHER_LINE]),
        lambda: office.desk.disable(ROOT, "olga"),
        lambda: office.desk.enable(ROOT, "olga"),
    ):
        seen.append(access.revision())
        epochs.append(office.store.account("olga").session_epoch)
        act()
    assert len(set(seen)) == len(seen)
    assert epochs == sorted(set(epochs))
    assert office.told() == [
        ("account.password", "olga", "changed"),
        ("account.changed", "olga", f"operator at {AREA} -> supervisor at {OTHER_LINE}"),
        ("account.disabled", "olga", f"supervisor at {OTHER_LINE}"),
        ("account.enabled", "olga", f"supervisor at {OTHER_LINE}"),
    ]
    assert is_right(office.store.account("olga"), password.text), "a role, a closed door and back keep the password"


def test_what_changes_nothing_ends_no_session_and_is_not_told(office: Office) -> None:
    before = office.everything()
    office.desk.change(ROOT, "olga", "operator", [AREA])
    office.desk.enable(ROOT, "olga")
    assert office.everything() == before


@pytest.mark.parametrize("act", ["raise own scope", "disable", "enable", "password"])
def test_nobody_changes_their_own_account_and_the_last_administrator_is_told_why(office: Office, act: str) -> None:
    own = {
        "raise own scope": lambda: office.desk.change(ROOT, "root", "operator", [AREA]),
        "disable": lambda: office.desk.disable(ROOT, "root"),
        "enable": lambda: office.desk.enable(ROOT, "root"),
        "password": lambda: office.desk.set_password(ROOT, "root", ""),
    }[act]
    with pytest.raises(Conflict, match="another administrator does"):
        own()
    office.desk.disable(ROOT, "ada")
    with pytest.raises(Conflict, match="only administrator"):
        own()
    assert office.store.account("root") == Account("root", HASH, Role.ADMIN, EVERYWHERE)


@dataclass
class Meanwhile:
    """A trail that lets somebody else act between what was read and what is written."""

    trail: Audit
    first: Callable[[], object]

    def write(self, at: int, who: str, what: str, where: str, detail: str) -> None:
        act, self.first = self.first, lambda: None
        act()
        self.trail.write(at, who, what, where, detail)


def test_of_two_administrators_who_close_each_other_one_is_left(office: Office) -> None:
    ada = Identity("ada", Role.ADMIN, EVERYWHERE)
    slow = office.desk_on(Meanwhile(office.trail, lambda: office.desk.disable(ROOT, "ada")))
    with pytest.raises(Conflict):
        slow.disable(ada, "root")
    assert not office.store.account("root").disabled
    assert office.store.account("ada").disabled
    assert [what for what, *_ in office.told()] == ["account.disabled", "account.disabled", "account.not_changed"]


def test_a_change_of_what_somebody_else_has_changed_is_not_done(office: Office) -> None:
    ada = Identity("ada", Role.ADMIN, EVERYWHERE)
    slow = office.desk_on(Meanwhile(office.trail, lambda: office.desk.change(ROOT, "olga", "manager", ["*"])))
    with pytest.raises(Conflict, match="olga"):
        slow.change(ada, "olga", "engineer", ["*"])
    assert office.store.account("olga").role is Role.MANAGER
    twice = office.desk_on(Meanwhile(office.trail, lambda: office.desk.add(ROOT, "eve", "operator", ["*"], "")))
    with pytest.raises(Conflict):
        twice.add(ada, "eve", "admin", ["*"], "")
    assert office.store.account("eve").role is Role.OPERATOR


def test_who_signs_out_everywhere_opens_no_door_that_was_closed_meanwhile(office: Office) -> None:
    class Slow(Accounts[Account, Token]):
        def account(self, name: str) -> Account | None:
            found = super().account(name)
            office.desk.disable(ROOT, "olga")
            return found

    sign_out_everywhere(Slow(office.database, Account, Token), "olga")
    assert office.store.account("olga") == Account("olga", HASH, Role.OPERATOR, (AREA,), 1, disabled=True)
    sign_out_everywhere(office.store, "ada")
    assert office.store.account("ada").session_epoch == 1


def test_unknown_accounts_are_told(office: Office) -> None:
    for name in ("nobody", "", "a\x00b"):
        with pytest.raises(NotFound):
            office.desk.disable(ROOT, name)


def test_a_token_is_seen_once_used_and_revoked(office: Office) -> None:
    made = office.desk.make_token(ROOT, "gate-1", "engineer", AREA, "30")
    assert made.kind == "api"
    assert made.text not in office.everything()
    (row,) = office.board(tab="tokens").tokens
    assert (row.name, row.role, row.scopes, row.by, row.last_used) == ("gate-1", Role.ENGINEER, (AREA,), "root", None)
    assert (row.expires, row.state(NOW), row.state(NOW + 31 * DAY_MS)) == (NOW + 30 * DAY_MS, "active", "expired")
    revision = Access(office.database).revision()
    for at in (NOW, NOW + USED_STEP_MS - 1, NOW + USED_STEP_MS):
        assert holder(office.store, made.text, at).name == "token:gate-1"
    assert office.board(tab="tokens").tokens[0].last_used == NOW + USED_STEP_MS
    assert Access(office.database).revision() == revision, "a use wakes no stream"
    office.desk.revoke(ROOT, row.id)
    office.desk.revoke(ROOT, row.id)
    assert holder(office.store, made.text, NOW) is None
    assert Access(office.database).revision() != revision
    assert [what for what, *_ in office.told()] == ["token.created", "token.revoked"]
    assert made.text not in repr(office.board(tab="tokens"))


def test_a_token_that_is_not_noted_yet_is_noted_with_its_first_use(office: Office) -> None:
    made = office.desk.make_token(ROOT, "gate-1", "engineer", "*", "")
    holder(office.store, made.text, NOW + 1)
    assert office.board(tab="tokens").tokens[0].last_used == NOW + 1


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (LINE, f"/line/{LINE}?kiosk=1"),
        (AREA, f"/kiosk/{AREA}"),
        ("leipzig", "/kiosk/leipzig"),
        ("*", "/kiosk/leipzig"),
    ],
)
def test_a_display_gets_the_address_of_what_it_shows(office: Office, place: str, path: str) -> None:
    made = office.desk.make_token(ROOT, "hall", "display", place, "")
    assert (made.kind, made.path) == ("display", path)
    assert holder(office.store, made.text, NOW) == Identity("token:hall", Role.DISPLAY, (place,))


@pytest.mark.parametrize(
    ("name", "role", "scope", "days"),
    [("t", "admin", "*", ""), ("t", "king", "*", ""), ("t", "engineer", "x", ""), ("t", "engineer", "*", "0"),
     ("t", "engineer", "*", "9999999"), ("", "engineer", "*", "")],
)  # fmt: skip
def test_a_token_that_may_not_be_is_not_made(office: Office, name: str, role: str, scope: str, days: str) -> None:
    before = office.everything()
    with pytest.raises(Invalid):
        office.desk.make_token(ROOT, name, role, scope, days)
    assert office.everything() == before


@pytest.mark.parametrize("id", ["", "0", "0" * 16, "0" * 64, "%" * 16])
def test_a_token_nobody_has_is_not_revoked(office: Office, id: str) -> None:  # noqa: A002
    made = office.desk.make_token(ROOT, "gate", "engineer", "*", "")
    with pytest.raises(NotFound):
        office.desk.revoke(ROOT, id)
    assert holder(office.store, made.text, NOW) is not None


def test_people_are_listed_with_their_last_sign_in(office: Office) -> None:
    for at, outcome in ((5, "ok"), (9, "ok"), (11, "wrong")):
        office.store.signed_in(at, "olga", "10.0.0.7", outcome)
    rows = {row.name: row for row in office.board().people}
    assert (rows["olga"].last_in, rows["sam"].last_in) == (9, None)
    assert [name for name, row in rows.items() if row.is_you] == ["root"]
    assert HASH not in repr(rows)


def test_sign_ins_are_filtered_and_paged_newest_first(office: Office) -> None:
    for at in range(120):
        office.store.signed_in(at, "olga" if at % 2 else "mallory", "10.0.0.7", "ok" if at % 2 else "unknown")
    first = office.board(tab="sign_ins", who="olga")
    assert [row.at for row in first.sign_ins] == list(range(119, 19, -2))
    assert first.more
    rest = office.board(tab="sign_ins", who="olga", before=first.sign_ins[-1].number)
    assert [row.at for row in rest.sign_ins] == list(range(19, 0, -2))
    assert not rest.more
    assert {row.outcome for row in office.board(tab="sign_ins", outcome="unknown").sign_ins} == {"unknown"}
    assert [(what, about) for what, about, _ in office.told()] == [
        ("looked.sign_ins", "olga"),
        ("looked.sign_ins", "*"),
    ]
    office.board(tab="sign_ins", before=7)
    assert len(office.told()) == 2, "an older page is the same look"
    office.now += MINUTE_MS
    office.board(tab="sign_ins")
    assert len(office.told()) == 3


def test_the_trail_is_filtered_paged_and_checked(office: Office) -> None:
    for at in range(60):
        office.trail.write(at, "olga" if at % 2 else "ada", "said.classify", LINE, str(at))
    board = office.board(tab="audit", who="olga")
    assert [row.detail for row in board.audit] == [str(at) for at in range(59, 0, -2)]
    assert board.chain == Chain(61, 61, None), "that somebody looks is a row too"
    with office.database.begin() as connection:
        connection.execute(update(audit).where(audit.c.number == 20).values(detail="nothing"))
    assert office.board(tab="audit").chain.broken == 20
    assert office.desk.verify(ROOT) == Chain(62, 62, 20)


def test_the_newest_rows_are_checked_by_themselves_and_all_on_request(office: Office) -> None:
    for at in range(30):
        office.trail.write(at, "ada", "said.classify", LINE, str(at))
    view = AdminView(office.desk.ground, office.store)
    assert view.chain(10) == Chain(30, 10, None)
    with office.database.begin() as connection:
        connection.execute(update(audit).where(audit.c.number == 5).values(detail="nothing"))
    assert view.chain(10) == Chain(30, 10, None)
    assert view.chain(26).broken == 5
    assert office.desk.verify(ROOT) == Chain(30, 30, 5)
    with office.database.begin() as connection:
        connection.execute(delete(audit).where(audit.c.number == 25))
    assert view.chain(10).broken == 25


def test_the_last_backup_is_known_when_it_was_written_down(office: Office) -> None:
    assert office.board(tab="system").backup is None
    for name in ("one.sqlite", "two.sqlite"):
        office.trail.write(7, "cli:ops", "backup.made", name, "12 rows")
    assert office.board(tab="system").backup.place == "two.sqlite"
