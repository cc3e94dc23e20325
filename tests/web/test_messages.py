"""The dead letters' desk and page: within one's scope, nothing secret, sent again with the id it had."""

from dataclasses import replace

import pytest

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound
from app.boards.messages import Outgoing
from app.commands.ground import Ground
from app.commands.messages import MessageDesk
from app.domain.roles import Identity, Role
from app.historian.messages import Messages
from app.historian.paging import Page
from app.sitemap import may_open
from layouts.engineer.messages import result
from tests.connectors.made import NOW, an_alert
from tests.sample_boards import LINE
from tests.web.parts import OTHER_LINE, MemoryAccounts, a_plant, memory_database
from tests.web.world import SAME, World

ADA = Identity("ada", Role.ENGINEER, ("*",))
HERE = Identity("eva", Role.ENGINEER, (LINE,))
MAY_NOT = [Identity(role, role, ("*",)) for role in (Role.OPERATOR, Role.SUPERVISOR, Role.MANAGER, Role.DISPLAY)]


@pytest.fixture
def desk() -> MessageDesk:
    plant = a_plant()
    database, trail = memory_database(), MemoryAccounts()
    store = Messages(database)
    store.put([replace(an_alert("a"), equipment=LINE), replace(an_alert("b"), equipment=OTHER_LINE)])
    for _ in range(2):
        claimed = store.take(NOW, NOW + 60_000)
        store.settle(claimed, replace(claimed, state="dead", target="mes", answer="400 no", attempts=3))
    order = {"number": "WO-7", "title": "Replace the gripper"}
    store.put([Outgoing("o", "webhook", "lineside.workorder.created", LINE, NOW, order)])
    return MessageDesk(Ground(lambda: plant, database, trail, None, None, lambda: NOW))


def dead(desk: MessageDesk, where: str) -> str:
    found = Messages(desk.ground.database).newest(9, "dead")
    return next(parcel.key for parcel in found if parcel.equipment == where)


def test_the_board_counts_and_shows_what_is_in_ones_scope(desk: MessageDesk) -> None:
    board = desk.board(ADA, None, "en")
    assert (board.counts["dead"], board.counts["pending"], board.counts["sent"]) == (2, 1, 0)
    assert {row.about for row in board.rows} == {"Downtime", "WO-7 \u00b7 Replace the gripper"}
    mine = desk.board(HERE, "dead", "de")
    assert [(row.parcel.equipment, row.about) for row in mine.rows] == [(LINE, "Stillstand")]
    assert mine.counts["dead"] == 1
    with pytest.raises(Invalid):
        desk.board(ADA, "lost", "en")


def test_a_dead_one_is_sent_again_once_and_it_is_written_who_did(desk: MessageDesk) -> None:
    key = dead(desk, LINE)
    desk.again(HERE, key)
    found = Messages(desk.ground.database).get(key)
    assert (found.state, found.attempts, found.key) == ("pending", 0, key)
    with pytest.raises(Conflict):
        desk.again(HERE, key)
    (row,) = desk.ground.trail.rows
    assert row[:4] == (NOW, "eva", "message.again", LINE)
    assert key in row[4]


def test_one_that_waits_is_given_up_once_and_may_be_sent_again(desk: MessageDesk) -> None:
    waiting = next(p.key for p in Messages(desk.ground.database).newest(9, "pending"))
    desk.drop(HERE, waiting)
    found = Messages(desk.ground.database).get(waiting)
    assert (found.state, found.answer) == ("dead", "given up by eva")
    assert Messages(desk.ground.database).take(NOW, NOW + 60_000) is None
    for key in (waiting, dead(desk, LINE)):
        with pytest.raises(Conflict):
            desk.drop(HERE, key)
    assert [row[1:4] for row in desk.ground.trail.rows] == [("eva", "message.drop", LINE)]
    desk.again(HERE, waiting)
    assert Messages(desk.ground.database).get(waiting).state == "pending"


def test_pages_of_messages_follow_one_another_newest_first_within_scope(desk: MessageDesk) -> None:
    store = Messages(desk.ground.database)
    store.put([Outgoing(f"n{n}", "webhook", "lineside.x", LINE, NOW + n // 2, {}) for n in range(5)])
    seen: list[tuple[int, str]] = []
    after: tuple[int | str, ...] = ()
    while found := desk.page(HERE, None, Page(2, after), "en"):
        seen += [(row.parcel.created, row.parcel.key) for row in found]
        after = seen[-1]
    assert len(seen) == 7
    assert seen == sorted(seen, reverse=True)
    assert [row.parcel.state for row in desk.page(HERE, "dead", Page(9), "en")] == ["dead"]


STEPS = ("1 again", "2 drop", "3 drop", "4 again")


@pytest.mark.redis
def test_messages_over_rest_are_listed_given_up_and_sent_again(world: World) -> None:
    store = Messages(world.database)
    store.put([Outgoing("o", "webhook", "lineside.workorder.created", LINE, NOW, {"number": "WO-7", "title": "=oil"})])
    client = world.signed_in(Role.ENGINEER, LINE)
    (row,) = client.get("/api/v1/messages").get_json()["messages"]
    assert (row["state"], row["about"], row["target"], row["next_at"]) == ("pending", "WO-7 \u00b7 =oil", None, 0)
    route = f"/api/v1/messages/{row['key']}"
    told = {what: client.post(f"{route}/{what[2:]}", headers=SAME).status_code for what in STEPS}
    assert list(told.values()) == [409, 200, 409, 200]
    assert client.get("/api/v1/messages?state=dead").get_json()["messages"] == []
    assert client.get("/api/v1/messages?state=odd").status_code == 400
    assert "lineside.workorder.created" in client.get("/api/v1/messages", headers={"Accept": "text/csv"}).text
    away = world.signed_in(Role.ENGINEER, OTHER_LINE)
    assert away.get("/api/v1/messages").get_json()["messages"] == []
    assert away.post(f"{route}/drop", headers=SAME).status_code == 404


def test_what_is_elsewhere_does_not_exist(desk: MessageDesk) -> None:
    for key in (dead(desk, OTHER_LINE), "nothing", "", "%", "a\x00", "x" * 900):
        with pytest.raises(NotFound):
            desk.again(HERE, key)
        with pytest.raises(NotFound):
            desk.drop(HERE, key)
    assert desk.ground.trail.rows == []


@pytest.mark.parametrize("role", list(Role))
def test_the_desk_is_for_exactly_those_who_may_open_its_page(desk: MessageDesk, role: Role) -> None:
    who = Identity("x", role, ("*",))
    for act in (
        lambda: desk.board(who, None, "en"),
        lambda: desk.page(who, None, Page(1), "en"),
        lambda: desk.again(who, dead(desk, LINE)),
    ):
        if may_open(who, "messages"):
            act()
        else:
            with pytest.raises(Forbidden):
                act()


@pytest.mark.parametrize("who", MAY_NOT, ids=lambda who: who.role.value)
def test_who_may_not_sees_and_does_nothing(desk: MessageDesk, who: Identity) -> None:
    with pytest.raises(Forbidden):
        desk.board(who, None, "en")
    with pytest.raises(Forbidden):
        desk.again(who, dead(desk, LINE))
    with pytest.raises(Forbidden):
        desk.drop(who, dead(desk, LINE))
    assert desk.ground.trail.rows == []
    assert Messages(desk.ground.database).counts()["dead"] == 2


def test_only_what_was_given_up_has_a_button_and_each_answer_is_seen(desk: MessageDesk) -> None:
    page = str(result(desk.board(ADA, None, "en"), "en"))
    assert page.count("Send again") == 2
    assert page.count("400 no") == 2
    assert "Nothing has gone out yet" not in page
    assert "There is no message in this state" in str(result(desk.board(ADA, "sent", "en"), "en"))
