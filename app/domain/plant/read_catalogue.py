"""Products and the reason tree of a plant file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.domain.plant import keys
from app.domain.plant.form import Form, yes_or_no
from app.domain.plant.names import checked_id
from app.domain.plant.products import Product
from app.domain.plant.read_machine import DEFAULT, Cycles, cycles_of
from app.domain.plant.reasons import Reason, ReasonTree
from app.domain.units import money

STEP = re.compile(r"\d{1,9}(\.\d{1,9}|/[1-9]\d{0,8})?")
FLAGS = ("planned", "setup", "failure")


@dataclass(frozen=True, slots=True)
class MadeHere:
    """A product and its own cycle, for machines that state none."""

    product: Product
    cycles: Cycles | None


def products_of(form: Form) -> dict[str, MadeHere]:
    """Return the products by id, in file order."""
    products = form.form("products")
    return {own_id: _product(own_id, products) for own_id in products.children}


def _product(own_id: str, products: Form) -> MadeHere:
    checked_id(products, own_id, own_id)
    if own_id == DEFAULT:
        products.wrong(own_id, "`default` means every other product in `cycle`", "another id for this product")
    form = products.form(own_id, keys.PRODUCT)
    value = form.parsed("value", money, None)
    product = Product(
        id=own_id,
        name=form.text("name") or own_id,
        unit=form.text("unit") or "pcs",
        resolution=form.parsed("resolution", _resolution, Fraction(1)),
        value=None if value is None else value[0],
        currency=None if value is None else value[1],
    )
    cycle = form.children.get("cycle")
    return MadeHere(product, None if cycle is None else cycles_of(cycle, form.at("cycle"), form.notes))


def reasons_of(form: Form) -> ReasonTree:
    """Return the reason tree; a child takes its category's flags unless it says otherwise."""
    found: dict[str, Reason] = {}
    for reason, entry in _reasons(form, "reasons", (), {}):
        if reason.id in found:
            entry.wrong("id", f"the reason `{reason.id}` is there twice", "one id a reason in the whole tree")
        found.setdefault(reason.id, reason)
    return ReasonTree(found)


def _reasons(form: Form, key: str, above: tuple[str, ...], flags: Mapping[str, bool]) -> Iterator[tuple[Reason, Form]]:
    for entry in form.forms(key, keys.REASON):
        own_id = checked_id(entry, "id", entry.needed("id", "an id such as jam-infeed"))
        own = {flag: entry.parsed(flag, yes_or_no, flags.get(flag, False)) for flag in FLAGS}
        if own["planned"] and own["failure"]:
            entry.wrong("failure", "a reason cannot be planned and a failure", "one of `planned` and `failure`")
        is_leaf = not any(True for _ in entry.items("children"))
        path = (*above, own_id)
        yield Reason(own_id, entry.text("name") or own_id.replace("-", " "), path, is_leaf, **own), entry
        yield from _reasons(entry, "children", path, own)


def _resolution(text: str) -> Fraction:
    plain_number = STEP.fullmatch(text)
    if plain_number is None or not (value := Fraction(text)):
        raise ValueError(f"`{text}` is not the real units in one counted step, such as 0.001 or 1/1000")
    return value
