"""Rolling up: cells are added by a key and divided once, at the end, by kpi.py; ratios are never averaged."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from app.domain.accounting.buckets import ZERO, Cell, CellKey, Components

K = TypeVar("K", bound=Hashable)


def total(cells: Iterable[Cell]) -> Components:
    """Return all cells added; ZERO for none."""
    return sum((cell.components for cell in cells), ZERO)


def rollup(cells: Iterable[Cell], key: Callable[[CellKey], K]) -> dict[K, Components]:
    """Return the components per key, in the order the keys first appear; the values add up to `total(cells)`."""
    found: dict[K, Components] = {}
    for cell in cells:
        at = key(cell.key)
        held = found.get(at)
        found[at] = cell.components if held is None else held + cell.components
    return found


def equipment(key: CellKey) -> str:
    """Key: the machine, or the line under its convention."""
    return key.machine


def hour(key: CellKey) -> int:
    """Key: UTC hour, ms."""
    return key.hour


def shift(key: CellKey) -> str | None:
    """Key: shift instance `2026-11-23/early`; None outside shifts."""
    return key.shift


def product(key: CellKey) -> str | None:
    """Key: product; None without an order."""
    return key.product


def order(key: CellKey) -> str | None:
    """Key: order; None without one."""
    return key.order


def area(key: CellKey) -> str:
    """Key: `site/area`. Only line cells may be rolled up to areas: machine cells beside them would count twice."""
    return "/".join(key.machine.split("/")[:2])


def site(key: CellKey) -> str:
    """Key: the site. Only line cells, as for `area`."""
    return key.machine.split("/", 1)[0]
