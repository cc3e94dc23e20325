"""How the plant and its episodes look in the API."""

from app.auth.guard import Invalid
from app.domain.accounting.buckets import Episode
from app.domain.accounting.facts import CorrectionFact, FindingFact, OrderFact
from app.domain.plant.equipment import Area, Site, WorkCenter, WorkUnit


def site_row(site: Site) -> dict[str, object]:
    """Return a site with everything in it."""
    return {
        "path": site.path,
        "name": site.name,
        "zone": site.zone,
        "areas": [_area(area) for area in site.areas],
    }


def _area(area: Area) -> dict[str, object]:
    return {"path": area.path, "name": area.name, "lines": [_line(line) for line in area.lines]}


def _line(line: WorkCenter) -> dict[str, object]:
    return {
        "path": line.path,
        "name": line.name,
        "topology": line.topology,
        "constraint": line.constraint,
        "counts_at": line.counts_at,
        "oee_target": line.oee_target,
        "machines": [_machine(machine) for machine in line.machines],
    }


def _machine(machine: WorkUnit) -> dict[str, object]:
    return {
        "path": machine.path,
        "name": machine.name,
        "commissioning": machine.commissioning,
        "counts_since": machine.counts_since,
    }


def episode_row(episode: Episode) -> dict[str, object]:
    """Return an episode; its bucket by name, times UTC ms, `to` null while it lasts."""
    return {
        "id": episode.id,
        "machine": episode.machine,
        "from": episode.start,
        "to": episode.end,
        "bucket": episode.bucket.key,
        "said": episode.said,
        "reason": episode.reason,
        "attested_by": episode.attested_by,
        "note": episode.note,
        "caused_by": episode.caused_by,
        "order": episode.order,
        "product": episode.product,
        "shift": episode.shift,
        "version": episode.version,
        "etag": etag_of(episode),
    }


def etag_of(episode: Episode) -> str:
    """Return what a person saw of an episode who edits it: its reason and its end.

    >>> seen_of("jam~1795430400000"), seen_of("~")
    (('jam', 1795430400000), (None, None))
    """
    return f"{episode.reason or ''}~{'' if episode.end is None else episode.end}"


def seen_of(etag: str) -> tuple[str | None, int | None]:
    """Return the reason and end that an etag says were seen. Raises Invalid when it is none of ours."""
    reason, mark, end = etag.rpartition("~")
    if not mark or not (end == "" or (end.isascii() and end.isdecimal() and len(end) <= 15)):
        raise Invalid("etag: must be the episode's `etag` as GET /episodes gave it")
    return reason or None, int(end) if end else None


def correction_row(correction: CorrectionFact) -> dict[str, object]:
    """Return a correction; times UTC ms, `to` null when it reaches to the end of the stop."""
    return {
        "id": correction.id,
        "equipment": correction.equipment,
        "kind": correction.kind,
        "at": correction.at,
        "from": correction.from_ms,
        "to": correction.to_ms,
        "by": correction.by,
        "what": correction.what,
        "note": correction.note,
    }


def order_row(run: OrderFact) -> dict[str, object]:
    """Return a run of an order on a line; times UTC ms, `to` null while it runs."""
    return {
        "line": run.line,
        "order": run.order,
        "product": run.product,
        "quantity": run.quantity,
        "from": run.start,
        "to": run.end,
        "due": run.due,
    }


def finding_row(finding: FindingFact) -> dict[str, object]:
    """Return a finding; times UTC ms, `to` null while it lasts."""
    return {
        "equipment": finding.equipment,
        "rule": finding.rule,
        "from": finding.since,
        "to": finding.until,
        "detail": finding.detail,
        "owner": finding.owner,
        "count": finding.count,
    }
