"""The manager's question: which shifts lose what, what makes the difference, and is it more than noise."""

from collections.abc import Mapping, Sequence

from app.boards.shifts import Pair, ShiftColumn, ShiftComparison, ShiftQuestion, Step, TrendPoint
from app.domain.accounting.buckets import NS_PER_MS, Components
from app.domain.accounting.compare import difference
from app.domain.accounting.kpi import coverage, kpi_row, oee
from app.domain.accounting.losses import losses
from app.domain.accounting.mix import same_mix, weights_of
from app.domain.accounting.profiles import Profile
from app.domain.accounting.significance import Evidence, evidence, evidence_at_mix
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant
from app.historian.database import Database
from app.views.kpis import lines_of, name_of
from app.views.shift_parts import Part, added, crews_of, in_order, parts_and_week, set_of, sum_of

Sets = Mapping[str, Sequence[Part]]


def shift_comparison(db: Database, plant: Plant, asked: ShiftQuestion, profile: Profile) -> ShiftComparison | None:
    """Return the sets of shifts that `asked` tells apart. None for equipment that is not in the plant.

    Under `coverage_floor` a set's figures are shown but not explained: what is hardly known is not compared.
    """
    lines = lines_of(plant, asked.equipment)
    if not lines:
        return None
    found, week = parts_and_week(db, plant, asked)
    crews = crews_of(lines)
    keys = in_order({set_of(part, asked.by, crews) for part in found}, asked.by, lines)
    sets = {key: [part for part in found if set_of(part, asked.by, crews) == key] for key in keys}
    mix, shown = _mixed(sets, asked, profile)
    return ShiftComparison(
        question=asked,
        name=name_of(plant, asked.equipment),
        zone=lines[0].zone,
        as_of=max((part.told.end for part in found), default=None),
        profile=profile.key,
        columns=tuple(
            _column(asked, key, _label(plant, asked, key), sets[key], c, profile) for key, c in shown.items()
        ),
        pair=_pair(asked, sets, shown, plant.coverage_floor, profile),
        trend=_trend(found, profile),
        heat=_heat(week, profile),
        shifts={p.name: p.name for line in lines for p in line.calendar.patterns},
        products={key: product.name for key, product in plant.products.items()},
        mix=mix,
        floor=plant.coverage_floor,
    )


def _mixed(sets: Sets, asked: ShiftQuestion, profile: Profile) -> tuple[tuple[str, ...], dict[str, Components]]:
    """Return the products compared like for like, and each set's components: as they were, or at the same mix."""
    plain = {key: added(found) for key, found in sets.items()}
    if not asked.like_for_like or asked.by == "product":
        return (), plain
    by_product = {key: _by_product(found) for key, found in sets.items()}
    mixed = same_mix(by_product, profile)
    return (tuple(weights_of(by_product, profile)), mixed) if mixed else ((), plain)


def _by_product(found: Sequence[Part]) -> dict[str | None, Components]:
    sums: dict[str | None, Components] = {}
    for part in found:
        known = sums.get(part.product)
        sums[part.product] = part.components if known is None else known + part.components
    return sums


def _label(plant: Plant, asked: ShiftQuestion, key: str) -> str:
    if asked.by == "line":
        return name_of(plant, key)
    product = plant.products.get(key) if asked.by == "product" else None
    return key if product is None else product.name


def _column(
    asked: ShiftQuestion, key: str, label: str, found: Sequence[Part], components: Components, profile: Profile
) -> ShiftColumn:
    told = Interval(min(part.told.start for part in found), max(part.told.end for part in found))
    row = kpi_row(asked.equipment, told, None, None, components, profile)
    instances = len({part.instance for part in found})
    return ShiftColumn(key, label, instances, row, losses(components).in_ms()._asdict())


def _pair(
    asked: ShiftQuestion, sets: Sets, shown: Mapping[str, Components], floor: float, profile: Profile
) -> Pair | None:
    trusted = [
        key for key, c in shown.items() if (coverage(c, profile) or 0.0) >= floor and oee(c, profile) is not None
    ]
    first = asked.first if asked.first in trusted else next((k for k in trusted if k != asked.second), None)
    second = asked.second if asked.second in trusted else next((k for k in trusted if k != first), None)
    if first is None or second is None or first == second:
        return None
    steps = tuple(Step(d.key, d.points, d.ms) for d in difference(shown[first], shown[second], profile))
    return Pair(first, second, steps, _judged(asked, sets, (first, second), profile))


def _judged(asked: ShiftQuestion, sets: Sets, pair: tuple[str, str], profile: Profile) -> Evidence:
    """Return what the difference is worth, at the mix it is shown at."""
    first, second = (_instances(sets[key]) for key in pair)
    weights = weights_of({key: _by_product(found) for key, found in sets.items()}, profile)
    if asked.like_for_like and asked.by != "product" and weights:
        return evidence_at_mix(first, second, weights, profile)
    before, after = ([sum_of(shift.values()) for shift in part] for part in (first, second))
    return evidence(before, after, profile)


def _instances(found: Sequence[Part]) -> list[dict[str | None, Components]]:
    """Return each shift instance's components by product."""
    shifts: dict[str, list[Part]] = {}
    for part in found:
        shifts.setdefault(part.instance, []).append(part)
    return [_by_product(of_shift) for of_shift in shifts.values()]


def _trend(found: Sequence[Part], profile: Profile) -> tuple[TrendPoint, ...]:
    instances: dict[str, list[Part]] = {}
    for part in found:
        instances.setdefault(part.instance, []).append(part)
    return tuple(_point(of_shift, profile) for of_shift in instances.values())


def _point(of_shift: Sequence[Part], profile: Profile) -> TrendPoint:
    first, c = of_shift[0], added(of_shift)
    lost = losses(c).lost // NS_PER_MS
    start = min(part.told.start for part in of_shift)
    return TrendPoint(first.date.isoformat(), first.shift, start, oee(c, profile), coverage(c, profile), lost)


def _heat(week: Sequence[Components], profile: Profile) -> tuple[tuple[float | None, ...], ...]:
    """Return OEE by weekday and hour."""
    rates = [oee(c, profile) for c in week]
    return tuple(tuple(rates[day * 24 : day * 24 + 24]) for day in range(7))
