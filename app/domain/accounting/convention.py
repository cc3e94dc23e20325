"""The line convention (DOMAIN section 3): which machine's time and which machines' units are the line's."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from app.domain.accounting.buckets import CellKey, Components
from app.domain.accounting.tally import Frame
from app.domain.plant.equipment import WorkCenter
from app.domain.plant.products import RateBook


def line_frames(
    line: WorkCenter, rates: RateBook, frames: Callable[[str], list[Frame]], has_rejects: Callable[[str], bool]
) -> Iterator[tuple[CellKey, Components]]:
    """Yield (key of a line cell, components) to be added up.

    Serial: the constraint's time, the good units of counts_at, rejects and rework of every machine, ideal time at the
    constraint's rate, doubtful time of both. Parallel cells: all machines' components, each at its own rate. A machine
    is left out until it counts, where others of the line do already, unless it is the constraint or counts_at itself.
    frames: machine path -> its frames in the window; has_rejects: whether it has rejects or rework there, without
    which a serial line needs to know nothing of a machine between its ends.
    """
    ends, begun = (line.constraint, line.counts_at), line.counts_from
    for machine in line.machines:
        path = machine.path
        if path not in ends and line.topology == "serial" and not has_rejects(path):
            continue
        for frame in frames(path):
            if path not in ends and begun <= frame.start < machine.counts_from:
                continue
            key = frame.key(line.path)
            if line.topology == "parallel":
                yield key, frame.components(path, rates)
                continue
            share = frame if path == line.counts_at else replace(frame, good=0, unknown_good=0)
            if path != line.constraint:
                share = replace(share, buckets=[0] * 9, failures=0, repair_ms=0, setup_standard_ms=0)
            if path not in ends:
                share = replace(share, doubtful_ms=0)
            yield key, share.components(line.constraint, rates)
