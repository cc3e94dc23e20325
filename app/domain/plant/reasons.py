"""The reason tree: what people pick and machines report when a machine stands still."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """A leaf or category. planned: time with it is planned_stop; setup: it is setup; failure: counts for MTBF.

    path: ids from the root, e.g. ("technical", "jam-infeed"). is_leaf: people may pick it.
    """

    id: str
    name: str
    path: tuple[str, ...]
    is_leaf: bool = True
    planned: bool = False
    setup: bool = False
    failure: bool = False


@dataclass(frozen=True, slots=True)
class ReasonTree:
    """All reasons by id, in the order of the plant file (dict order)."""

    by_id: Mapping[str, Reason] = field(default_factory=dict)

    def get(self, reason: str | None) -> Reason | None:
        """Return the reason, or None when it is not in the tree (shown as said, counted as unplanned)."""
        return self.by_id.get(reason) if reason is not None else None

    def leaves(self) -> list[Reason]:
        """Every reason a person may pick, in file order."""
        return [r for r in self.by_id.values() if r.is_leaf]
