"""Orders cross to a maintenance system and back: its state there moves the order here, foreign numbers move nothing."""

from dataclasses import replace

import pytest

from app.domain.decisions.outside import Heard
from app.domain.decisions.work import WorkOrder
from app.historian.outside_orders import OutsideOrders
from app.historian.work_orders import WorkOrders

T = 1_795_410_000_000
FILLER = "s/a/l/filler"


def test_an_order_is_told_and_what_is_said_of_it_moves_it(db) -> None:
    orders = WorkOrders(db)
    number = orders.add(WorkOrder(0, FILLER, "Bearing", "runs hot", 1, "corrective", "open", "eva", T, T))
    book = OutsideOrders(orders, {"bearing"})
    (told,) = book.changed_since(T)
    assert (told.number, told.equipment, told.status, told.created, told.at) == (str(number), FILLER, "open", T, T)
    assert book.changed_since(T + 1) == []
    said = Heard(str(number), "SAP-7", T + 5, "in_work", "Kim took it")
    heard = book.outside(said)
    assert heard is not None
    assert (heard.status, heard.at, heard.is_from_outside) == ("in_work", T + 5, True)
    assert book.outside(said) is None
    moved = orders.get(number)
    assert moved is not None
    assert (moved.state, moved.external_id, moved.started_at) == ("in_work", "SAP-7", T + 5)
    for foreign in ("999", "x", "", "9" * 20, "\u0663"):
        with pytest.raises(LookupError):
            book.outside(Heard(foreign, "SAP-8", T + 6, "done"))


def test_what_it_was_and_how_long_it_took_comes_from_there_too(db) -> None:
    orders = WorkOrders(db)
    made = [orders.add(WorkOrder(0, FILLER, "Bearing", "", 1, "corrective", "open", "eva", T, T)) for _ in range(2)]
    book = OutsideOrders(orders, {"bearing"})
    book.outside(Heard(str(made[0]), "SAP-7", T + 5, "done", "new one", "bearing", 75))
    book.outside(Heard(str(made[1]), "SAP-8", T + 6, "done", "new one", "B-77"))
    known, odd = (orders.get(number) for number in made)
    assert (known.code, known.minutes, known.done_at) == ("bearing", 75, T + 5)
    assert (odd.code, odd.minutes, odd.done_at) == (None, 30, T + 6)
    assert orders.history(made)[made[1]][-1].detail == "SAP-8 done B-77 new one"


def test_what_they_said_before_does_not_undo_what_people_did_here_since(db) -> None:
    orders = WorkOrders(db)
    order = WorkOrder(0, FILLER, "Bearing", "", 1, "corrective", "open", "eva", T, T)
    number = orders.add(order)
    book = OutsideOrders(orders)
    orders.change(replace(order, number=number, state="planned"), 1, (T + 1, "eva", "planned", ""))
    book.outside(Heard(str(number), "SAP-7", T + 2))
    taken = orders.get(number)
    assert (taken.state, taken.external_id) == ("planned", "SAP-7"), "that they have it says nothing of how it stands"
    book.outside(Heard(str(number), "SAP-7", T + 3, "in_work"))
    begun = orders.get(number)
    orders.change(replace(begun, state="planned"), begun.version, (T + 4, "eva", "planned", ""))
    book.outside(Heard(str(number), "SAP-7", T + 3, "in_work"))
    assert orders.get(number).state == "planned"
    book.outside(Heard(str(number), "SAP-7", T + 5, "done"))
    assert orders.get(number).state == "done"
