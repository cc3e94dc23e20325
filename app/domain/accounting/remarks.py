"""What a closed hour's figures themselves say is odd: above standard, units outside shifts, work in breaks."""

from collections.abc import Iterator
from typing import NamedTuple

from app.domain.accounting.buckets import NS_PER_MS, Cell
from app.domain.accounting.packml import Kind
from app.domain.accounting.timeline import BREAK, Segment
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval

RULES = ("check_standard", "made_outside_shift", "ran_in_break", "counted_standing", "recounted")
ENOUGH_RUN_MS = 10 * MINUTE_MS
"""Less run time than this is no evidence about a standard."""


class Remark(NamedTuple):
    """A finding to be: rule, and in words what was seen."""

    rule: str
    detail: str


RECOUNTED = Remark("recounted", "counted again, after the plant file's rules for this line had changed")
"""Of an hour that was closed under other rules: a late event or a correction brought it under those of now."""


def on_cells(cells: list[Cell]) -> Iterator[Remark]:
    """Yield what the cells of one machine-hour say.

    check_standard: performance above 100 % (DOMAIN section 2): shown as it is, never clamped, and its evidence told.
    made_outside_shift: units counted where the calendar has no shift.
    """
    for cell in cells:
        c = cell.components
        if c.apt_ms >= ENOUGH_RUN_MS and c.ideal_ns > c.apt_ms * NS_PER_MS:
            seen, ideal = c.known_units * HOUR_MS / c.apt_ms, c.known_units * HOUR_MS * NS_PER_MS / c.ideal_ns
            yield Remark(
                "check_standard",
                f"{cell.key.product or 'no product'}: {seen:.0f} units/h sustained against an ideal of {ideal:.0f}",
            )
        if cell.key.shift is None and c.produced:
            yield Remark("made_outside_shift", f"{c.produced} units outside shifts: add the shift to the calendar")


def on_counts(contradicted: list[Interval]) -> Iterator[Remark]:
    """Yield `counted_standing` when units came while the machine said it stood: its states or its counts are wrong."""
    if contradicted:
        lasted = sum(stretch.length for stretch in contradicted)
        yield Remark(
            "counted_standing",
            f"{len(contradicted)} counts came while the machine said it stood ({lasted / MINUTE_MS:.1f} min)",
        )


def on_breaks(segments: list[Segment]) -> Iterator[Remark]:
    """Yield `ran_in_break` when a machine said it ran during a break; the calendar counts, a person may attest."""
    ran = sum(s.end - s.start for s in segments if s.reason == BREAK and s.piece.kind is Kind.RUN)
    if ran >= MINUTE_MS:
        yield Remark("ran_in_break", f"ran {ran // MINUTE_MS} min of a planned break, counted as planned stop")
