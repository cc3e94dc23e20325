"""Orders cross to a maintenance system and back: its state there moves the order here, foreign numbers move nothing."""

import pytest

from app.domain.decisions.work import WorkOrder
from app.historian.outside_orders import OutsideOrders
from app.historian.work_orders import WorkOrders

T = 1_795_410_000_000
FILLER = "s/a/l/filler"


def test_an_order_is_told_and_what_is_said_of_it_moves_it(db) -> None:
    orders = WorkOrders(db)
    number = orders.add(WorkOrder(0, FILLER, "Bearing", "runs hot", 1, "corrective", "open", "eva", T, T))
    book = OutsideOrders(orders)
    (told,) = book.changed_since(T)
    assert (told.number, told.equipment, told.status, told.created, told.at) == (str(number), FILLER, "open", T, T)
    assert book.changed_since(T + 1) == []
    book.outside(str(number), "SAP-7", "in_work", T + 5, "Kim took it")
    moved = orders.get(number)
    assert moved is not None
    assert (moved.state, moved.external_id) == ("in_work", "SAP-7")
    for foreign in ("999", "x", ""):
        with pytest.raises(LookupError):
            book.outside(foreign, "SAP-8", "done", T + 6, "")
