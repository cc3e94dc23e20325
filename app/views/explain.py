"""Any number opened: its formula with this equipment's own figures, and everything those came from."""

from collections.abc import Callable, Mapping

from app.auth.guard import Invalid
from app.boards.explain import Edit, Explanation, RateUsed, Term
from app.domain.accounting import kpi
from app.domain.accounting.buckets import NS_PER_MS, ZERO, Bucket, Components, Episode
from app.domain.accounting.kpi import kpi_row, ms_of_ns
from app.domain.accounting.profiles import PROFILES, Profile
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant
from app.historian.buckets import By
from app.historian.database import Database
from app.historian.episodes import corrections_of, count_episodes, episodes_of
from app.views.kpis import ShiftSum, lines_of, machines_of, name_of, shift_sums, sums

Value = Callable[[Components, Profile], float | None]
MOST_EPISODES = 200

VALUES: Mapping[str, Value] = {
    "oee": kpi.oee,
    "availability": kpi.availability,
    "performance": kpi.performance,
    "quality": kpi.quality,
    "coverage": kpi.coverage,
    "teep": kpi.teep,
    "utilisation": kpi.utilisation,
    "throughput_per_h": kpi.throughput_per_h,
    "mtbf_ms": kpi.mtbf_ms,
    "mttr_ms": lambda c, _: kpi.mttr_ms(c),
    "good": lambda c, _: c.good,
    "reject": lambda c, _: c.reject,
    "rework": lambda c, _: c.rework,
}
_TERMS: Mapping[str, tuple[str, ...]] = {
    "oee": ("ideal_good_ms", "planned_ms", "availability", "performance", "quality"),
    "availability": ("run_ms", "planned_ms"),
    "performance": ("ideal_ms", "run_ms"),
    "quality": ("ideal_good_ms", "ideal_ms", "good", "produced"),
    "coverage": ("planned_ms", "pbt_ms"),
    "teep": ("ideal_good_ms", "calendar_ms"),
    "utilisation": ("pbt_ms", "calendar_ms"),
    "throughput_per_h": ("good", "planned_ms"),
    "mtbf_ms": ("run_ms", "failures"),
    "mttr_ms": ("repair_ms", "failures"),
    "good": ("good", "reject", "rework", "produced"),
    "reject": ("good", "reject", "rework", "produced"),
    "rework": ("good", "reject", "rework", "produced"),
}


def explanation(
    db: Database, plant: Plant, asked: tuple[str, str, str | None], window: Interval, profile: Profile
) -> Explanation | None:
    """Return what is behind a figure of `window`; None for equipment that is not in the plant.

    asked: (KPI key, equipment path, shift name to keep or None for all time). Raises Invalid for an unknown KPI.
    """
    key, equipment, shift = asked
    if key not in VALUES:
        raise Invalid(f"kpi {key!r}: must be one of {', '.join(VALUES)}")
    lines = lines_of(plant, equipment)
    if not lines:
        return None
    components, told = _told(db, plant, equipment, window, shift)
    machines = machines_of(plant, equipment)
    found = episodes_of(db, machines, told, MOST_EPISODES)
    return Explanation(
        kpi=key,
        equipment=equipment,
        name=name_of(plant, equipment),
        zone=lines[0].zone,
        row=kpi_row(equipment, told, None, None, components, profile),
        formula=f"formula.{key}",
        terms=tuple(_term(name, components, profile) for name in _TERMS[key]),
        by_profile=tuple((p.key, VALUES[key](components, p)) for p in PROFILES),
        episodes=tuple(_stopped(found)),
        rates=tuple(_rates(db, plant, equipment, told)),
        edits=_edits(db, [*machines, *(line.path for line in lines)], told),
        events=(),
        plant_version=plant.version[:8],
        profile=profile.key,
        as_of=told.end,
        more_episodes=max(0, count_episodes(db, machines, told) - len(found)),
    )


def _told(
    db: Database, plant: Plant, equipment: str, window: Interval, shift: str | None
) -> tuple[Components, Interval]:
    if shift is not None:
        kept: list[ShiftSum] = [s for s in shift_sums(db, plant, equipment, window) if s.ref.name == shift]
        parts = [(s.components, s.told) for s in kept]
    else:
        by: By = "total"
        parts = [(group.components, group.told) for _, group in sums(db, plant, equipment, window, by)]
    if not parts:
        return ZERO, window
    told = Interval(min(t.start for _, t in parts), max(t.end for _, t in parts))
    return sum((c for c, _ in parts), ZERO), told


def _term(name: str, c: Components, profile: Profile) -> Term:
    if name in ("availability", "performance", "quality"):
        return Term(name, VALUES[name](c, profile), "ratio")
    times: Mapping[str, int] = {
        "planned_ms": profile.planned_ms(c),
        "run_ms": profile.run_ms(c),
        "pbt_ms": c.pbt_ms,
        "calendar_ms": c.calendar_ms,
        "ideal_ms": ms_of_ns(c.ideal_ns),
        "ideal_good_ms": ms_of_ns(c.ideal_good_ns),
        "repair_ms": c.repair_ms,
    }
    if name in times:
        return Term(name, times[name], "ms")
    return Term(name, getattr(c, name), "count")


def _stopped(found: list[Episode]) -> list[Episode]:
    kept = [e for e in found if e.bucket not in (Bucket.RUNNING, Bucket.UNSCHEDULED)]
    return sorted(kept, key=lambda e: -((e.end or e.start) - e.start))


def _rates(db: Database, plant: Plant, equipment: str, window: Interval) -> list[RateUsed]:
    used = []
    for line in lines_of(plant, equipment):
        machine = equipment if equipment in (m.path for m in line.machines) else line.constraint
        where = equipment if machine == equipment else line.path
        for product, group in sums(db, plant, where, window, "product"):
            rate = plant.rates.rate(machine, str(product) if product is not None else None, window.start)
            if rate is not None and group.components.produced:
                cycle = rate.cycle_ns / NS_PER_MS
                used.append(RateUsed(machine, str(product or ""), cycle, rate.basis, group.components.produced))
    return used


def _edits(db: Database, equipment: list[str], window: Interval) -> tuple[Edit, ...]:
    return tuple(Edit(c.at, c.by, c.what, c.note) for c in corrections_of(db, equipment, window))
