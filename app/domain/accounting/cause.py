"""Who starves or blocks a machine: the walk along the line to the one that stopped for its own reason (DOMAIN 3)."""

from collections.abc import Mapping
from dataclasses import replace

from app.domain.accounting.account import MachineAccount
from app.domain.accounting.buckets import Bucket, Episode
from app.domain.accounting.packml import Kind
from app.domain.plant.equipment import WorkCenter


def caused_by(episode: Episode, line: WorkCenter, machines: Mapping[str, MachineAccount]) -> Episode:
    """Return a starved or blocked episode with `caused_by`: the machine at the end of the chain; others as they are.

    Starved walks upstream while machines are starved, blocked walks downstream while they are blocked. A neighbour
    that merely runs too slowly is named itself. None at the line's end and for parallel cells.
    """
    if line.topology == "parallel" or episode.bucket not in (Bucket.STARVED, Bucket.BLOCKED):
        return episode
    step, kind = (-1, Kind.STARVED) if episode.bucket is Bucket.STARVED else (1, Kind.BLOCKED)
    paths = [machine.path for machine in line.machines]
    at = paths.index(episode.machine) + step
    while 0 <= at < len(paths):
        said, _ = machines[paths[at]].history.back(episode.start, 1, episode.start + 1)
        if not said or said[-1][1].kind is not kind:
            return replace(episode, caused_by=paths[at])
        at += step
    return episode
