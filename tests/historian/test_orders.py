"""Orders in history: whatever was corrected, in whatever order it came, history holds the runs as they stand."""

from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.accounting.facts import OrderFact
from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import OrderChanged
from app.domain.interval import MINUTE_MS, Interval
from app.historian import schema
from app.historian.database import migrate, open_database
from app.historian.writer import write
from tests.makers import a_plant, utc_ms

LINE = "site/area/line-1"
T0 = utc_ms("2026-11-23T05:00")
PLANT = a_plant()
SAID = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(["start", "end"]),
        st.sampled_from(["o1", "o2", "o3"]),
        st.sampled_from(["cola", "water", None]),
        st.booleans(),
    ),
    max_size=12,
)


def history(db) -> list[OrderFact]:
    table = schema.orders
    with db.connect() as connection:
        rows = connection.execute(select(table).order_by(table.c.start, table.c.order)).mappings()
        return [OrderFact(**row) for row in rows]


def tell(db, said) -> Ledger:
    """Say it all; where the flag is set, history takes what has been told so far."""
    ledger, waiting, at = Ledger(PLANT.line(LINE), PLANT, SimpleNamespace(load=lambda key: None)), [], 0
    for seq, (minute, action, order, product, is_told) in enumerate([*said, (61, "end", "o9", None, True)]):
        about = {"machine": LINE, "t": T0 + minute * MINUTE_MS, "source": "erp", "epoch": 1, "seq": seq}
        ledger.apply([OrderChanged(**about, action=action, order=order, product=product)])
        waiting += ledger.settle(T0 + 61 * MINUTE_MS, open_hours=False)
        if is_told:
            write(db, LINE, b"%d-0" % at, waiting, b"%d-0" % (at + 1), 0)
            waiting, at = [], at + 1
    return ledger


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SAID)
def test_history_holds_the_order_runs_as_they_stand(tmp_path_factory, said) -> None:
    db = open_database(None, tmp_path_factory.mktemp("orders"))
    migrate(db)
    ledger = tell(db, said)
    assert history(db) == ledger.orders(Interval(0, T0 * 2))
    db.dispose()


def test_a_run_whose_start_was_corrected_leaves_nothing_behind(db) -> None:
    tell(db, [(10, "start", "o1", "cola", True), (30, "start", "o2", "water", True), (5, "start", "o1", "cola", True)])
    assert [(run.order, run.start - T0, run.end and run.end - T0) for run in history(db)] == [
        ("o1", 5 * MINUTE_MS, 30 * MINUTE_MS),
        ("o2", 30 * MINUTE_MS, None),
    ]
