"""The machine strip: what each machine does now and its shift so far."""

from app.boards.build_kpis import kpis
from app.boards.codec import components_dict
from app.boards.line import MachineTile, StateHead
from app.domain.accounting import kpi
from app.domain.accounting.buckets import Bucket, Components, Episode
from app.domain.accounting.profiles import Profile
from app.domain.plant.equipment import Plant, WorkCenter, WorkUnit


def state_head(episode: Episode | None, line: WorkCenter, plant: Plant, now: int) -> StateHead:
    """Return what a machine does; unknown since `now` when nothing at all is known about it."""
    if episode is None:
        return StateHead(Bucket.UNKNOWN.key, None, now)
    reason = plant.reasons.get(episode.reason)
    names = {machine.path: machine.name for machine in line.machines}
    return StateHead(
        bucket=episode.bucket.key,
        said=episode.said,
        since=episode.start,
        reason=episode.reason,
        reason_name=reason.name if reason else episode.reason,
        caused_by=episode.caused_by,
        caused_by_name=names.get(episode.caused_by) if episode.caused_by else None,
    )


def machine_tile(
    machine: WorkUnit,
    line: WorkCenter,
    state: StateHead,
    made: Components,
    silent_ms: int | None,
    profile: Profile,
    coverage_floor: float,
    since: int,
) -> MachineTile:
    """Return the tile of one machine; made: its own components of the shift so far, which began at `since`."""
    return MachineTile(
        path=machine.path,
        id=machine.id,
        name=machine.name,
        state=state,
        good=made.good,
        reject=made.reject,
        rework=made.rework,
        kpis=kpis(made, profile, coverage_floor),
        is_constraint=machine.path == line.constraint,
        counts_here=machine.path == line.counts_at,
        silent_ms=silent_ms,
        trust=kpi.trust(made),
        commissioning=machine.commissioning,
        components=components_dict(made),
        counts_since=machine.counts_since if machine.counts_from > since else None,
    )
