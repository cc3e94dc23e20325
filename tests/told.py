"""An early shift told to history by a real ledger: twelve minutes run, eight stand, with rejects."""

from sqlalchemy import Engine

from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import Counted, StateChanged
from app.domain.interval import MINUTE_MS, Interval
from app.historian.writer import write
from tests.golden.story import NoPages
from tests.makers import THREE_SHIFTS, a_plant, utc_ms

PLANT = a_plant(machines=("filler",), line={"shifts": THREE_SHIFTS})
LINE = "site/area/line-1"
EARLY = Interval(utc_ms("2026-11-23T05:00"), utc_ms("2026-11-23T13:00"))


def tell_early_shift(database: Engine, entry: bytes = b"1-0") -> None:
    """Write the shift. entry: the historian's position after it."""
    ledger, seq = Ledger(PLANT.line(LINE), PLANT, NoPages()), 0
    about = {"machine": f"{LINE}/filler", "source": "plc", "epoch": 1}
    for minute in range(EARLY.length // MINUTE_MS):
        t, runs = EARLY.start + minute * MINUTE_MS, minute % 20 < 12
        events = [StateChanged(**about, t=t, seq=(seq := seq + 1), state="run" if runs else "stop")]
        if runs:
            events.append(Counted(**about, t=t + 40_000, seq=(seq := seq + 1), good=37, reject=minute % 3))
        ledger.apply(events)
    write(database, LINE, b"0-0", ledger.settle(EARLY.end, open_hours=True), entry, EARLY.end)
