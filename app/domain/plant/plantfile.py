"""Plant file, as nested values that remember their place -> Plant; every mistake is reported at once."""

import hashlib
import json
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from app.domain.plant import keys
from app.domain.plant.equipment import Area, Plant, Site, Source
from app.domain.plant.form import Form, Notes, fraction_of_one, suggestion
from app.domain.plant.merge import merged
from app.domain.plant.names import Ids, checked_id
from app.domain.plant.node import Mistake, Node, PlantFileErrors, plain
from app.domain.plant.products import RateBook
from app.domain.plant.read_calendar import Times, times_of
from app.domain.plant.read_catalogue import products_of, reasons_of
from app.domain.plant.read_line import Catalogue, History, RateKey, history, line_of
from app.domain.plant.read_machine import traits_of

PROFILES = ("vorne", "iso22400", "smrp", "nf-e60-182")


def plant_of(roots: Sequence[Node], found: Sequence[Mistake] = ()) -> Plant:
    """Return the plant of one or more files' root nodes.

    found: mistakes known before. Raises PlantFileErrors with them and every mistake in the files.
    """
    notes = Notes()
    notes.mistakes.extend(found)
    plant = _plant(merged(roots, notes), notes)
    if notes.mistakes:
        raise PlantFileErrors(notes.mistakes)
    return plant


def _plant(root: Node, notes: Notes) -> Plant:
    form = Form(root, "", notes, keys.FILE)
    if form.needed("version", "version: 1") not in {"", "1"}:
        form.wrong("version", f"version `{form.text('version')}` is not known", "version: 1")
    catalogue = _catalogue(form)
    sites = _sites(form, catalogue)
    simulation = form.form("simulation")
    return Plant(
        enterprise=form.needed("enterprise", "the company's name"),
        sites=sites,
        products={own_id: made.product for own_id, made in catalogue.products.items()},
        rates=RateBook({**_product_rates(catalogue, sites), **catalogue.rates}),
        reasons=catalogue.reasons,
        sources=_sources(form, catalogue.machines),
        profile=_profile(form),
        coverage_floor=form.parsed("coverage_floor", fraction_of_one, 0.9),
        version=_version(root),
        simulation={key: plain(node) for key, node in simulation.children.items()},
    )


def _catalogue(form: Form) -> Catalogue:
    products, reasons = products_of(form), reasons_of(form)
    templates = form.form("templates")
    for name in templates.children:
        checked_id(templates, name, name)
    return Catalogue(
        products=products,
        reasons=reasons,
        templates={
            name: traits_of(templates.form(name, keys.TEMPLATE), products, reasons.by_id) for name in templates.children
        },
    )


def _sites(form: Form, catalogue: Catalogue) -> tuple[Site, ...]:
    ids = Ids("site")
    sites = tuple(_site(entry, ids.of(entry), catalogue) for entry in form.forms("sites", keys.SITE))
    if not sites:
        form.wrong("sites", "no site", "at least one: `- {id: leipzig, timezone: Europe/Berlin, areas: [...]}`")
    return sites


def _site(form: Form, own_id: str, catalogue: Catalogue) -> Site:
    zone = _zone(form)
    times = times_of(form, Times(zone))
    ids = Ids("area")
    areas = tuple(_area(f, f"{own_id}/{ids.of(f)}", times, catalogue) for f in form.forms("areas", keys.AREA))
    if not areas:
        form.wrong("areas", "a site without areas", "at least one: `- {id: bottling, lines: [...]}`")
    return Site(own_id, own_id, form.text("name") or own_id, zone, areas)


def _area(form: Form, path: str, above: Times, catalogue: Catalogue) -> Area:
    times = times_of(form, above)
    ids = Ids("line")
    lines = tuple(
        line_of(entry, f"{path}/{ids.of(entry)}", times, catalogue) for entry in form.forms("lines", keys.LINE)
    )
    if not lines:
        form.wrong("lines", "an area without lines", "at least one: `- {id: line-1, machines: [...]}`")
    own_id = path.rpartition("/")[2]
    return Area(own_id, path, form.text("name") or own_id, lines)


def _zone(form: Form) -> str:
    zone = form.needed("timezone", "an IANA zone such as Europe/Berlin")
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        right = suggestion(zone, available_timezones()).partition(" One of:")[0]
        form.wrong("timezone", f"unknown time zone `{zone}`", right if "?" in right else "such as Europe/Berlin")
        return "UTC"
    return zone or "UTC"


def _product_rates(catalogue: Catalogue, sites: tuple[Site, ...]) -> dict[RateKey, History]:
    """Return the products' own rates; their dates begin at local midnight of the first site."""
    zone = sites[0].zone if sites else "UTC"
    return {
        (None, own_id): history(made.cycles, zone, made.product.resolution)
        for own_id, made in catalogue.products.items()
        if made.cycles is not None
    }


def _sources(form: Form, machines: list[str]) -> tuple[Source, ...]:
    ids = Ids("source")
    return tuple(_source(entry, ids.of(entry), machines) for entry in form.forms("sources", None))


def _source(form: Form, own_id: str, machines: list[str]) -> Source:
    paths = []
    for name, node in form.words("machines"):
        fits = [path for path in machines if path == name or path.endswith("/" + name)]
        if len(fits) != 1:
            what = f"`{name}` may be any of {', '.join(fits)}" if fits else f"unknown machine `{name}`"
            right = "a longer path, such as line-1/filler" if fits else suggestion(name, _tails(machines))
            form.notes.add(node, form.at("machines"), what, right)
        paths.extend(fits[:1])
    options = {key: plain(node) for key, node in form.children.items() if key not in keys.SOURCE}
    return Source(own_id, form.needed("gateway", "a gateway such as opcua"), tuple(paths), options)


def _tails(machines: list[str]) -> list[str]:
    return ["/".join(path.split("/")[-2:]) for path in machines]


def _profile(form: Form) -> str:
    profile = form.text("profile") or PROFILES[0]
    if profile not in PROFILES:
        form.wrong("profile", f"unknown profile `{profile}`", suggestion(profile, PROFILES))
    return profile


def _version(root: Node) -> str:
    """Return a short hash of what the file says: comments, order of keys and file names do not change it."""
    text = json.dumps(plain(root), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
