"""Work orders to a maintenance system and back, against a real HTTP server: each once, whoever dies in between."""

import json
from dataclasses import dataclass, field, replace

import pytest

from app.boards.messages import ORDER_CHANGED, ORDER_CREATED
from app.connectors.base import NotDelivered
from app.connectors.cmms import CmmsHttp
from app.connectors.words import Words
from app.decider.cmms import LOOK_BACK_MS, OVERLAP_MS, OrderExchange, UnknownState, order_news, referring
from app.decider.dispatch import FIRST_PAUSE_MS, Dispatch
from app.domain.decisions.outside import Heard, OrderState
from app.historian.database import migrate, open_database
from app.historian.messages import Marks, Messages
from tests.connectors.made import LINE, NOW, a_line, an_order
from tests.connectors.receiver import Receiver, a_receiver

ORDER = OrderState("WO-7", f"{LINE}/filler", "Replace the gripper", "worn", "high", "open", NOW - 5_000, NOW - 5_000)
STATES = {"WAPPR": "open", "INPRG": "in_work", "COMP": "done"}


@dataclass
class Book:
    """Our work orders, kept as the real book keeps them: by number; the same again changes nothing."""

    orders: list[OrderState] = field(default_factory=lambda: [ORDER])
    told: list[Heard] = field(default_factory=list)

    def changed_since(self, at: int) -> list[OrderState]:
        return [order for order in self.orders if order.at >= at]

    def outside(self, heard: Heard) -> OrderState | None:
        if heard.number != ORDER.number:
            raise LookupError(heard.number)
        is_new = heard.status not in (None, *(before.status for before in self.told))
        self.told.append(heard)
        return replace(ORDER, status=heard.status, at=heard.at, is_from_outside=True) if is_new else None


@pytest.fixture
def there():
    with a_receiver() as found:
        found.answers[:] = [(200, {}, b'{"work_orders": []}')]
        yield found


@pytest.fixture
def db(tmp_path):
    found = open_database(None, tmp_path)
    migrate(found)
    yield found
    found.dispose()


def cmms(there: Receiver) -> CmmsHttp:
    return CmmsHttp(f"{there.url}/api", "token-1", a_line(), Words(), STATES)


def exchange(db: object, there: Receiver, book: Book) -> OrderExchange:
    return OrderExchange(book, Messages(db), Marks(db), cmms(there))


def theirs(**more: object) -> tuple[int, dict[str, str], bytes]:
    order = {"id": "M-1", "number": "WO-7", "status": "INPRG", "changed_at": NOW - 100, "note": "on it", **more}
    return 200, {}, json.dumps({"work_orders": [order], "page": 1}).encode()


def test_an_order_is_made_there_once_and_its_number_comes_back(db, there: Receiver) -> None:
    book = Book()
    for _ in range(2):
        exchange(db, there, book).step(NOW)
    there.heard.clear()
    there.answers[:] = [(201, {}, b'{"id": "M-1", "state": "new"}')]
    dispatch = Dispatch(Messages(db), {"cmms": cmms(there)}, one_cmms, referring(book, Words().of))
    for _ in range(2):
        dispatch.step(NOW)
    (heard,) = there.heard
    assert (heard.method, heard.path) == ("POST", "/api/work-orders")
    assert heard.headers["authorization"] == "Bearer token-1"
    assert len(heard.headers["idempotency-key"]) == 64
    said = json.loads(heard.body)
    assert (said["number"], said["equipment"], said["priority"]) == ("WO-7", f"{LINE}/filler", "high")
    assert book.told == [Heard("WO-7", "M-1", NOW)]


def one_cmms(parcel: object) -> list[str]:
    return ["cmms"] if parcel.channel == "cmms" else []


def test_a_change_goes_to_the_order_and_waits_until_it_is_there(db, there: Receiver) -> None:
    there.answers[:] = [(404, {}, b"no such order"), (200, {}, b"{}")]
    way, change = cmms(there), an_order(ORDER_CHANGED, "WO/7?x")
    with pytest.raises(NotDelivered) as caught:
        way.send(change, NOW)
    assert not caught.value.is_final
    way.send(change, NOW + FIRST_PAUSE_MS)
    assert [heard.path for heard in there.heard] == ["/api/work-orders/WO%2F7%3Fx"] * 2
    assert {heard.method for heard in there.heard} == {"PUT"}


def test_what_they_say_of_an_order_is_taken_in_by_the_table_of_states(db, there: Receiver) -> None:
    book = Book()
    there.answers[:] = [theirs()]
    exchange(db, there, book).step(NOW)
    assert book.told == [Heard("WO-7", "M-1", NOW - 100, "in_work", "on it")]
    exchange(db, there, book).step(NOW + 15_000)
    asked = [heard.path for heard in there.heard]
    assert asked[0] == f"/api/work-orders?changed_since={NOW - LOOK_BACK_MS}"
    assert asked[1] == f"/api/work-orders?changed_since={NOW - 100}"


def test_a_closed_order_brings_its_failure_and_how_long_it_took(db, there: Receiver) -> None:
    book = Book()
    there.answers[:] = [theirs(status="COMP", code="bearing", minutes=75)]
    exchange(db, there, book).step(NOW)
    there.answers[:] = [theirs(status="COMP", code="bearing", minutes=-5)]
    exchange(db, there, book).step(NOW)
    assert [(heard.code, heard.minutes) for heard in book.told] == [("bearing", 75), ("bearing", None)]


def test_a_clock_there_that_is_ahead_does_not_make_us_deaf(db, there: Receiver) -> None:
    book = Book()
    there.answers[:] = [theirs(changed_at=NOW * 1000)]
    exchange(db, there, book).step(NOW)
    there.answers[:] = [theirs(status="COMP", changed_at=NOW + 5_000)]
    exchange(db, there, book).step(NOW + 10_000)
    assert [(heard.status, heard.at) for heard in book.told] == [("in_work", NOW), ("done", NOW + 5_000)]
    assert there.heard[1].path == f"/api/work-orders?changed_since={NOW}"


def test_an_order_that_is_not_ours_is_passed_over(db, there: Receiver) -> None:
    book = Book()
    there.answers[:] = [theirs(number="OTHER")]
    exchange(db, there, book).step(NOW)
    there.answers[:] = [theirs(number="OTHER", status="a word of theirs", changed_at=NOW - 90)]
    exchange(db, there, book).step(NOW)
    assert book.told == []
    assert Marks(db).get("orders.in") == NOW - 90


def test_a_word_of_theirs_that_the_table_lacks_is_said_and_asked_for_again(db, there: Receiver) -> None:
    book = Book()
    there.answers[:] = [theirs(status="HOLD")]
    with pytest.raises(UnknownState, match="HOLD"):
        exchange(db, there, book).step(NOW)
    assert ([heard.status for heard in book.told], Marks(db).get("orders.in")) == ([None], None)
    there.answers[:] = [theirs(status="COMP")]
    exchange(db, there, book).step(NOW)
    assert [heard.status for heard in book.told] == [None, "done"]


@pytest.mark.parametrize("odd", [b"", b"<html>", b"[]", b'{"work_orders": [{"id": 5}]}', b'{"work_orders": null}'])
def test_an_answer_that_is_none_changes_nothing(db, there: Receiver, odd: bytes) -> None:
    there.answers[:] = [(200, {}, odd)]
    with pytest.raises(NotDelivered):
        exchange(db, there, Book()).step(NOW)
    assert Marks(db).get("orders.in") is None
    assert Messages(db).counts() == {"pending": 2}


def test_webhooks_hear_once_what_moved_there_and_the_system_itself_does_not(db, there: Receiver) -> None:
    there.answers[:] = [theirs(status="COMP")]
    book = Book(orders=[])
    for _ in range(2):
        exchange(db, there, book).step(NOW)
    (told,) = Messages(db).newest(9)
    assert (told.channel, told.kind, json.loads(told.body)["status"]) == ("webhook", ORDER_CHANGED, "done")


def test_an_odd_row_holds_up_no_other_and_is_said(db, there: Receiver) -> None:
    book = Book()
    good = {"id": 77, "number": "WO-7", "status": "COMP", "changed_at": NOW - 50}
    there.answers[:] = [(200, {}, json.dumps({"work_orders": [{"id": None}, good]}).encode())]
    with pytest.raises(NotDelivered, match="GET /work-orders"):
        exchange(db, there, book).step(NOW)
    assert book.told == [Heard("WO-7", "77", NOW - 50, "done")]
    assert Marks(db).get("orders.in") == NOW - 50


def test_what_they_told_us_is_not_told_back_to_them() -> None:
    changed = replace(ORDER, at=NOW, status="done", is_from_outside=True)
    assert [(n.channel, n.kind) for n in order_news(changed, ("webhook", "cmms"))] == [
        ("webhook", ORDER_CREATED),
        ("webhook", ORDER_CHANGED),
    ]


def test_each_change_is_told_once_and_one_written_down_late_is_not_missed(db, there: Receiver) -> None:
    book = Book()
    exchange(db, there, book).step(NOW)
    assert Messages(db).counts() == {"pending": 2}
    late = replace(ORDER, number="WO-8", created=ORDER.at - OVERLAP_MS, at=ORDER.at - OVERLAP_MS)
    book.orders = [late, replace(ORDER, at=NOW, status="planned")]
    for _ in range(2):
        exchange(db, there, book).step(NOW + 15_000)
    kinds = [p.kind for p in Messages(db).newest(99) if p.channel == "cmms"]
    assert sorted(kinds) == [ORDER_CHANGED, ORDER_CREATED, ORDER_CREATED]
