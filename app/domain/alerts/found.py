"""What a kind of rule found at a place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.domain.suggestion import Evidence, Plain

Fields = dict[str, Plain]


@dataclass(frozen=True, slots=True)
class Found:
    """It holds. since: from when on, UTC ms; fields: values of the sentence that says why; about: end of its key.

    proof: makes the values with their limit, when somebody is to see them.
    """

    since: int
    fields: Mapping[str, Plain]
    proof: Callable[[], Evidence] | None = None
    about: str = ""


def rounded(value: float) -> float:
    """Return a value as people read it: three significant digits, more for large ones.

    >>> rounded(2.61734), rounded(12481.3)
    (2.62, 12481.0)
    """
    return float(f"{value:.3g}") if abs(value) < 100 else round(value, 0)
