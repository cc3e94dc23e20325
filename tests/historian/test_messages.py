"""Messages are written down once, addressed in one go, taken by one sender at a time, and kept by policy."""

import threading
from dataclasses import replace

import pytest

from app.boards.messages import Outgoing, outgoing
from app.domain.alerts.message import Message
from app.domain.suggestion import Said
from app.historian.messages import Marks, Messages

NOW, CLAIM = 1_795_430_400_000, 60_000
LINE = "site/area/line-1"


def an_alert(key: str, equipment: str = f"{LINE}/filler", channel: str = "mail") -> Message:
    return Message(key, channel, "supervisor", Said("page.line"), Said("page.area"), "/", equipment, NOW)


@pytest.fixture
def store(db) -> Messages:
    return Messages(db)


def test_the_same_is_written_down_once_and_a_channel_is_another_message(store: Messages) -> None:
    told = [an_alert("a"), an_alert("b"), an_alert("a", channel="webhook")]
    assert store.put(told) == 3
    assert store.put([*told, an_alert("c")]) == 1
    assert store.put([]) == 0
    assert store.put([replace(told[0], why=Said("page.plant"))]) == 0
    assert store.counts() == {"pending": 4}


def test_what_is_put_is_what_is_taken(store: Messages) -> None:
    said = Outgoing("k", "cmms", "lineside.workorder.created", LINE, NOW, {"number": "WO-1", "due": None})
    store.put([said])
    found = store.take(NOW, NOW + CLAIM)
    assert (found.body, found.kind, found.created, found.state) == (
        '{"number":"WO-1","due":null}', said.kind, NOW, "sending",
    )  # fmt: skip
    assert outgoing(an_alert("a")).data["title"] == {"key": "page.line", "fields": {}}


def test_two_senders_never_take_the_same(store: Messages) -> None:
    store.put([an_alert(str(n)) for n in range(40)])
    taken: list[str] = []

    def take() -> None:
        while found := store.take(NOW, NOW + CLAIM):
            taken.append(found.key)

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == len(set(taken)) == 40


def test_a_claim_that_ran_out_is_taken_over_with_the_same_id_and_the_first_owner_changes_nothing(store) -> None:
    store.put([an_alert("a")])
    first = store.take(NOW, NOW + CLAIM)
    assert store.take(NOW + CLAIM - 1, NOW + 2 * CLAIM) is None
    second = store.take(NOW + CLAIM, NOW + 2 * CLAIM)
    assert (second.key, second.is_again, second.attempts) == (first.key, True, 2)
    assert not store.settle(first, replace(first, state="sent"))
    assert store.settle(second, replace(second, state="sent"))
    assert store.get(first.key).state == "sent"


def test_it_is_addressed_to_all_at_once_or_not_at_all(store: Messages) -> None:
    store.put([an_alert("a")])
    claimed = store.take(NOW, NOW + CLAIM)
    assert not store.address(replace(claimed, attempts=9), ["x", "y"], NOW)
    assert store.counts() == {"sending": 1}
    assert store.address(claimed, ["ada", "bob", "eva"], NOW)
    found = store.newest(9)
    assert {p.target for p in found} == {"ada", "bob", "eva"}
    assert len({p.key for p in found}) == 3
    assert {(p.state, p.attempts, p.is_again) for p in found} == {("pending", 0, False)}
    assert store.put([an_alert("a")]) == 0


def test_a_target_that_is_away_keeps_nobody_else_waiting(store: Messages) -> None:
    store.put([an_alert("a")])
    store.address(store.take(NOW, NOW + CLAIM), ["ada", "bob"], NOW)
    assert store.take(NOW, NOW + CLAIM, ["ada"]).target == "bob"
    assert store.take(NOW, NOW + CLAIM, ["ada"]) is None


def test_a_dead_one_is_tried_again_by_how_its_key_begins(store: Messages) -> None:
    store.put([an_alert("a")])
    claimed = store.take(NOW, NOW + CLAIM)
    assert not store.again(claimed.key, NOW)
    store.settle(claimed, replace(claimed, state="dead", answer="no"))
    assert not store.again("%", NOW)
    assert store.again(claimed.key[:8], NOW + 5)
    found = store.get(claimed.key)
    assert (found.state, found.attempts, found.next_at) == ("pending", 0, NOW + 5)


def test_a_scope_is_whole_parts_of_a_path(store: Messages) -> None:
    places = [f"{LINE}/filler", LINE, "site/area/line-10/filler", "other/x%y", "other/xzy"]
    store.put([an_alert(place, place) for place in places])
    assert {p.equipment for p in store.newest(9, scopes=(LINE,))} == {LINE, f"{LINE}/filler"}
    assert store.counts(("site",)) == {"pending": 3}
    assert store.counts(("other/x%y",)) == {"pending": 1}
    assert store.counts(()) == {}
    assert store.newest(9, scopes=()) == []


def test_what_is_done_with_goes_and_what_waits_stays(store: Messages) -> None:
    store.put([an_alert(key) for key in "abc"])
    for state in ("sent", "dead"):
        claimed = store.take(NOW, NOW + CLAIM)
        store.settle(claimed, replace(claimed, state=state))
    assert store.let_go(NOW) == 0
    assert store.let_go(NOW + 1) == 2
    assert store.counts() == {"pending": 1}
    assert store.drop(store.take(NOW, NOW + CLAIM))
    assert store.newest(9) == []


def test_a_mark_is_kept(db) -> None:
    marks = Marks(db)
    assert marks.get("orders.in") is None
    for at in (NOW, NOW + 1):
        marks.put("orders.in", at)
        assert marks.get("orders.in") == at
