"""Everything a person may say, in their name: checked, recorded, and never over what they did not see."""

from collections.abc import Callable
from dataclasses import dataclass

from app.commands import andon, counts, orders, runs, shifts, stops
from app.commands.counts import CountEdit, Scrap
from app.commands.desk import CommandDesk, Receipt
from app.commands.orders import OrderStart
from app.commands.runs import OrderEdit
from app.commands.shifts import ShiftsEdit
from app.commands.stops import StopEdit, StopMerge, StopSplit
from app.domain.events.contract import AndonCall
from app.domain.roles import Identity


@dataclass(frozen=True, slots=True)
class Commands:
    """Each raises Forbidden, NotFound, Invalid, Unavailable; those of stops Conflict too: somebody was faster."""

    desk: CommandDesk
    who: Callable[[], Identity]

    def classify(self, edit: StopEdit) -> Receipt:
        """Say what a stop or unknown time was; without a reason or state: take back what was said (undo)."""
        return stops.classify_stop(self.desk, self.who(), edit)

    def split(self, split: StopSplit) -> Receipt:
        """Say that from some moment on a stop was something else."""
        return stops.split_stop(self.desk, self.who(), split)

    def merge(self, merge: StopMerge) -> Receipt:
        """Say that stops were one."""
        return stops.merge_stops(self.desk, self.who(), merge)

    def scrap(self, scrap: Scrap) -> Receipt:
        """Report bad units."""
        return counts.report_scrap(self.desk, self.who(), scrap)

    def counts(self, edit: CountEdit) -> Receipt:
        """Say what was miscounted."""
        return counts.correct_counts(self.desk, self.who(), edit)

    def start_order(self, start: OrderStart) -> Receipt:
        """Start an order; the one that ran ends with it (change-over)."""
        return orders.start_order(self.desk, self.who(), start)

    def end_order(self, line: str, order: str, key: str = "") -> Receipt:
        """End the running order. Raises Conflict when another one runs."""
        return orders.end_order(self.desk, self.who(), line, order, key=key)

    def correct_order(self, edit: OrderEdit) -> Receipt:
        """Say when an order really began or ended."""
        return runs.correct_order(self.desk, self.who(), edit)

    def shifts(self, edit: ShiftsEdit) -> Receipt:
        """Say which shifts opened on a date."""
        return shifts.say_shifts(self.desk, self.who(), edit)

    def call_andon(self, line: str, call: AndonCall, key: str = "") -> Receipt:
        """Call for help."""
        return andon.call_andon(self.desk, self.who(), line, call, key=key)

    def accept_andon(self, line: str, call: AndonCall, key: str = "") -> Receipt:
        """Say that one comes."""
        return andon.accept_andon(self.desk, self.who(), line, call, key=key)

    def clear_andon(self, line: str, call: AndonCall, key: str = "") -> Receipt:
        """End a call."""
        return andon.clear_andon(self.desk, self.who(), line, call, key=key)
