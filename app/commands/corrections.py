"""What a person may put right afterwards: checked, recorded, and never over what they did not see."""

from collections.abc import Callable
from dataclasses import dataclass

from app.commands import counts, runs, shifts, stops
from app.commands.counts import CountEdit
from app.commands.desk import CommandDesk, Receipt
from app.commands.runs import OrderEdit
from app.commands.shifts import ShiftsEdit
from app.commands.stops import StopEdit, StopMerge, StopSplit
from app.domain.roles import Identity


@dataclass(frozen=True, slots=True)
class Corrections:
    """Each raises Forbidden, NotFound, Invalid, Unavailable; those of stops Conflict too: somebody was faster."""

    desk: CommandDesk
    who: Callable[[], Identity]

    def classify(self, edit: StopEdit) -> Receipt:
        """Say what a stop or unknown time was, or take it back."""
        return stops.classify_stop(self.desk, self.who(), edit)

    def split(self, split: StopSplit) -> Receipt:
        """Say that from some moment on a stop was something else."""
        return stops.split_stop(self.desk, self.who(), split)

    def merge(self, merge: StopMerge) -> Receipt:
        """Say that stops were one."""
        return stops.merge_stops(self.desk, self.who(), merge)

    def counts(self, edit: CountEdit) -> Receipt:
        """Say what was miscounted."""
        return counts.correct_counts(self.desk, self.who(), edit)

    def order(self, edit: OrderEdit) -> Receipt:
        """Say when an order really began or ended."""
        return runs.correct_order(self.desk, self.who(), edit)

    def shifts(self, edit: ShiftsEdit) -> Receipt:
        """Say which shifts opened on a date."""
        return shifts.say_shifts(self.desk, self.who(), edit)
