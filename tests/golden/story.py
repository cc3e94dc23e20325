"""A worked example as an event log: one machine's states in minutes and its counts, told to the real ledger."""

import io
import json
import tempfile
from fractions import Fraction
from pathlib import Path

import msgspec

from app.domain.accounting.buckets import Components
from app.domain.accounting.kpi import kpi_row
from app.domain.accounting.kpi_row import KpiRow
from app.domain.accounting.ledger import Ledger
from app.domain.accounting.profiles import profile
from app.domain.accounting.rollup import total
from app.domain.events.codec import encode
from app.domain.events.contract import Counted, Event, Heartbeat, OrderChanged, StateChanged, StopClassified
from app.domain.interval import MINUTE_MS, Interval
from app.reports.run import Question, run_report
from tests.makers import a_plant_file, plant_from, utc_ms

MONDAY = utc_ms("2026-11-23T00:00")
NEVER_STALE = {"stale_after": "400d"}


def cycle(minutes: float | Fraction) -> str:
    """Return a cycle time in minutes as a plant file writes it, exact to the nanosecond."""
    ns = round(Fraction(minutes) * 60_000_000_000)
    return f"{ns // 1_000_000}.{ns % 1_000_000:06}ms"


def clock(minutes: int) -> str:
    """Return minutes after midnight as a time of day; a full day is 24:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def one_shift(minutes: int, break_minutes: int = 0) -> dict[str, object]:
    """Return line keys with one daily shift from midnight, its break (if any) at its very end."""
    shift: dict[str, object] = {"name": "day", "start": "00:00", "end": clock(minutes)}
    if break_minutes:
        shift["breaks"] = [{"start": clock(minutes - break_minutes), "minutes": break_minutes}]
    return {"shifts": [shift]}


class NoPages:
    """A page store in which nothing was ever kept."""

    def load(self, key: str) -> bytes | None:
        """Return None."""
        return None


class Story:
    """Events of one line from `start`; minutes are told one after another."""

    def __init__(self, file: dict[str, object], start: int = MONDAY) -> None:
        self.file = file
        self.plant = plant_from(file)
        self.line = next(self.plant.lines())
        self.start = self.t = start
        self.machine = self.line.machines[0].path
        self.events: list[Event] = []

    @classmethod
    def at(cls, cycle_time: str, shift: dict[str, object] | None = None, **plant: object) -> "Story":
        """Return a story on a plant of one machine that is never stale, in UTC."""
        traits = {**NEVER_STALE, **plant.pop("traits", {})}  # type: ignore[dict-item]
        return cls(a_plant_file(cycle=cycle_time, line=shift, timezone="UTC", traits=traits, **plant))  # type: ignore[arg-type]

    def ms(self, minutes: float) -> int:
        """Return UTC ms so many minutes after the start."""
        return self.start + round(minutes * MINUTE_MS)

    def say(self, state: str, minutes: float, reason: str | None = None) -> "Story":
        """Tell a state that lasts so many minutes."""
        if minutes:
            self._add(StateChanged, self.t, state=state, reason=reason)
            self.t += round(minutes * MINUTE_MS)
        return self

    def make(self, good: int, reject: int = 0, rework: int = 0, *, at: int | None = None, **more: object) -> "Story":
        """Tell counts at `at` (UTC ms), or in the last millisecond told so far."""
        self._add(Counted, self.t - 1 if at is None else at, good=good, reject=reject, rework=rework, **more)
        return self

    def beat(self, at: int) -> "Story":
        """Tell a sign of life at `at` (UTC ms)."""
        self._add(Heartbeat, at)
        return self

    def order(self, order: str, product: str) -> "Story":
        """Tell the start of an order now."""
        self._add(OrderChanged, self.t, action="start", order=order, product=product)
        return self

    def attest(self, start: int, end: int, state: str) -> "Story":
        """Tell that a person attests a state in [start, end), UTC ms."""
        self._add(StopClassified, end, from_=start, to=end, state=state, by="olga")
        return self

    def _add(self, kind: type, t: int, **fields: object) -> None:
        self.events.append(kind(machine=self.machine, t=t, source="log", epoch=1, seq=len(self.events) + 1, **fields))

    def ledger(self) -> Ledger:
        """Return a ledger that has heard the whole story."""
        ledger = Ledger(self.line, self.plant, NoPages())
        ledger.apply(self.events)
        return ledger

    def components(
        self, window: Interval | None = None, equipment: str | None = None, shift: str | None = None
    ) -> Components:
        """Return the components of the line (or `equipment`) in the window; by default everything told."""
        window = window or Interval(self.start, self.t)
        cells = self.ledger().cells(equipment or self.line.path, window, max(window.end, self.t))
        return total(cell for cell in cells if shift is None or cell.key.shift == shift)

    def row(self, window: Interval | None = None, convention: str = "vorne") -> KpiRow:
        """Return the line's row as `report LOG --plant FILE --from --to --by line --json` prints it for the window."""
        window = window or Interval(self.start, self.t)
        with tempfile.TemporaryDirectory() as folder:
            plant, log, out = Path(folder, "plant.yaml"), Path(folder, "log.jsonl"), io.StringIO()
            plant.write_text(json.dumps(self.file), encoding="utf-8")
            log.write_bytes(b"\n".join(encode(event) for event in self.events))
            asked = Question(log, plant, str(window.start), str(window.end), "line", convention)
            assert run_report(asked, "json", out) == 0
        (row,) = (msgspec.convert(row, KpiRow) for row in json.loads(out.getvalue())["rows"])
        own = kpi_row(self.line.path, window, None, None, self.components(window), profile(convention))
        assert row == own
        return row
