"""A line of a plant file with its machines, and the ideal cycle times they state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from fractions import Fraction
from typing import cast, get_args
from zoneinfo import ZoneInfo

from app.domain.plant import keys
from app.domain.plant.commissioning import ALWAYS
from app.domain.plant.equipment import Topology, WorkCenter, WorkUnit
from app.domain.plant.form import Form, fraction_of_one, suggestion
from app.domain.plant.names import Ids
from app.domain.plant.read_calendar import Times, times_of
from app.domain.plant.read_catalogue import MadeHere
from app.domain.plant.read_machine import DEFAULT, THRESHOLDS, Cycles, Traits, traits_of
from app.domain.plant.reasons import ReasonTree
from app.domain.units import duration_ms

ANY = "*"
RateKey = tuple[str | None, str | None]
History = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What lines refer to: products, reasons, templates. rates and machines grow as lines are read."""

    products: Mapping[str, MadeHere]
    reasons: ReasonTree
    templates: Mapping[str, Traits]
    rates: dict[RateKey, History] = field(default_factory=dict)
    machines: list[str] = field(default_factory=list)


def line_of(form: Form, path: str, above: Times, catalogue: Catalogue) -> WorkCenter:
    """Return the line at `path`, the calendar being the lowest that applies."""
    times = times_of(form, above)
    ids = Ids("machine")
    machines = tuple(_machine(f, path, ids, times.zone, catalogue) for f in form.forms("machines", keys.MACHINE))
    if not machines:
        form.wrong("machines", "a line without machines", "at least one machine: `- {id: filler}`")
    counts_at = _machine_named(form, "counts_at", machines, machines[-1].id if machines else "")
    return WorkCenter(
        id=path.rpartition("/")[2],
        path=path,
        name=form.text("name") or path.rpartition("/")[2],
        zone=times.zone,
        constraint=f"{path}/{_machine_named(form, 'constraint', machines, counts_at)}",
        counts_at=f"{path}/{counts_at}",
        machines=machines,
        calendar=times.calendar(),
        topology=_topology(form),
        oee_target=form.parsed("oee_target", fraction_of_one, None),
        setup_target_ms=_setup_targets(form, catalogue.products),
    )


def _machine_named(form: Form, key: str, machines: tuple[WorkUnit, ...], default: str) -> str:
    own_id = form.text(key) or default
    known = [machine.id for machine in machines]
    if own_id not in known and known:
        form.wrong(key, f"unknown machine `{own_id}`", suggestion(own_id, known))
    return own_id


def _topology(form: Form) -> Topology:
    word = form.text("topology") or "serial"
    if word not in get_args(Topology):
        form.wrong("topology", f"unknown topology `{word}`", suggestion(word, get_args(Topology)))
    return cast(Topology, word)


def _setup_targets(form: Form, products: Mapping[str, MadeHere]) -> dict[RateKey, int]:
    setup = form.form("setup")
    found: dict[RateKey, int] = {}
    for pair in setup.children:
        before, arrow, after = (part.strip() for part in pair.partition(">"))
        if pair != DEFAULT and not (arrow and before and after):
            setup.wrong(pair, f"`{pair}` is no change-over", "`default`, or from>to such as `a>b`, `*>b`, `a>*`")
            continue
        ends = (ANY, ANY) if pair == DEFAULT else (before, after)
        for product in ends:
            if product not in products and product != ANY:
                setup.wrong(pair, f"unknown product `{product}`", suggestion(product, [*products, ANY]))
        key = tuple(None if product == ANY else product for product in ends)
        found[cast(RateKey, key)] = setup.parsed(pair, duration_ms, 0)
    return found


def _machine(form: Form, line: str, ids: Ids, zone: str, catalogue: Catalogue) -> WorkUnit:
    own_id = ids.of(form)
    path = f"{line}/{own_id}"
    catalogue.machines.append(path)
    traits = traits_of(form, catalogue.products, catalogue.reasons.by_id)
    name = form.text("template")
    if name is not None and name not in catalogue.templates:
        form.wrong("template", f"unknown template `{name}`", suggestion(name, catalogue.templates))
    traits = traits.over(catalogue.templates.get(name or "", Traits()))
    _add_rates(path, traits.cycles, zone, catalogue)
    ms = {**THRESHOLDS, **traits.thresholds}
    return WorkUnit(
        id=own_id,
        path=path,
        line=line,
        name=traits.name or own_id,
        minor_stop_ms=ms["minor_stop"],
        ignore_under_ms=ms["ignore_under"],
        minimum_run_ms=ms["minimum_run"],
        grace_ms=ms["grace"],
        stale_after_ms=traits.stale_after_ms,
        warm_up_ms=ms["warm_up"],
        states={raw: state for raw, state in traits.states.items() if state is not None},
        signals={key: signal for key, signal in traits.signals.items() if signal is not None},
        counts_from=ALWAYS if traits.counts_from is None else traits.counts_from,
        owner=traits.owner,
        template=name,
    )


def _add_rates(path: str, cycles: Mapping[str, Cycles | None], zone: str, catalogue: Catalogue) -> None:
    """Add a machine's rates. `default` is said per real unit, so measured products get it in their own steps."""
    fallback = cycles.get(DEFAULT)
    for own_id, made in catalogue.products.items():
        stated = cycles.get(own_id)
        if stated is None and made.cycles is None and made.product.resolution != 1:
            stated = fallback
        if stated is not None:
            catalogue.rates[path, own_id] = history(stated, zone, made.product.resolution)
    if fallback is not None:
        catalogue.rates[path, None] = history(fallback, zone, Fraction(1))


def history(cycles: Cycles, zone: str, resolution: Fraction) -> History:
    """Return (valid-from UTC ms, ns per counted step) pairs, rising; dates begin at local midnight of the zone."""
    found = []
    for since, ns in cycles:
        start = None if since is None else datetime.combine(since, time(0), tzinfo=ZoneInfo(zone))
        found.append((ALWAYS if start is None else int(start.timestamp()) * 1000, max(1, round(ns * resolution))))
    return tuple(found)
