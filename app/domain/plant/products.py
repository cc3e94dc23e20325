"""Products, their resolution, and the ideal cycle time in force for a machine and product at a time."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Product:
    """What a line makes. resolution: real units per counted integer (1 for pieces, 1/1000 for kg counted in g).

    value: money per real unit in minor-unit-free decimal (0.35), currency its ISO code; None where unknown.
    """

    id: str
    name: str
    unit: str = "pcs"
    resolution: Fraction = Fraction(1)
    value: float | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """An ideal cycle time and where it was found: `machine-product`, `product` or `fallback`.

    cycle_ns: ideal nanoseconds per counted integer (per unit of resolution).
    """

    cycle_ns: int
    basis: str


@dataclass(frozen=True, slots=True)
class RateBook:
    """Ideal cycle times with validity. Keys: (machine path, product), (None, product), (machine path, None).

    Values: (valid-from UTC ms, cycle_ns) pairs, rising; a rate holds until the next begins.
    """

    entries: Mapping[tuple[str | None, str | None], tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def rate(self, machine: str, product: str | None, t: int) -> Rate | None:
        """Return the rate in force at `t`: (machine, product) > product > fallback; None if nobody declared one.

        Source: DOMAIN section 5.
        """
        for key, basis in (
            ((machine, product), "machine-product"),
            ((None, product), "product"),
            ((machine, None), "fallback"),
        ):
            history = self.entries.get(key) if key != (None, None) else None
            if history:
                at = bisect_right(history, t, key=lambda pair: pair[0])
                if at:
                    return Rate(history[at - 1][1], basis if product is not None else "fallback")
        return None
