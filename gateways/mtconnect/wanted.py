"""Which observations of an agent are which addresses of a mapping. Pure but for its log."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence

from app.domain.events.contract import ValueStatus
from gateways.base import Sample, Scalar
from gateways.mtconnect.conditions import Conditions
from gateways.mtconnect.documents import Item, Observation, number
from gateways.mtconnect.options import MtConnectOptions

log = logging.getLogger(__name__)


class Wanted:
    """Which data item is which address of the mapping: its id, or `device/name`. conditions: those that stand."""

    def __init__(self, options: MtConnectOptions, items: Sequence[Item], conditions: Conditions) -> None:
        self._options, self._conditions = options, conditions
        self._of_item: dict[str, list[str]] = defaultdict(list)
        self._fresh: set[str] = set()
        known = {name: item.id for item in items for name in (item.id, f"{item.device}/{item.name}")}
        self._missing = []
        for address in options.addresses:
            item = known.get(address.partition("#")[0])
            if item is None:
                self._missing.append(address)
                log.warning("an address cannot be heard", extra={"address": address, "why": "no such data item"})
            else:
                self._of_item[item].append(address)

    def missing(self) -> list[Sample]:
        """Return addresses that the agent does not have, as bad values."""
        return [Sample(address, None, None, "bad", snapshot=True) for address in self._missing]

    def begin_anew(self) -> None:
        """Take the next observation of each data item as what it holds: it may have been told before."""
        self._fresh = set(self._of_item)

    def samples(self, observations: Sequence[Observation], *, snapshot: bool) -> list[Sample]:
        """Return what observations say of mapped addresses, by time, a reason before its state."""
        found = []
        for o in sorted(observations, key=lambda o: (o.t, o.sequence)):
            if o.item not in self._of_item:
                continue
            is_held = snapshot or o.item in self._fresh
            self._fresh.discard(o.item)
            for address, value, status in self._values(self._conditions.after(o) if o.category == "condition" else o):
                sample = Sample(address, value, o.t, status, snapshot=is_held)
                found.append((o.t, address not in self._options.leading, sample))
        return [sample for _, _, sample in sorted(found, key=lambda one: one[:2])]

    def _values(self, o: Observation) -> Iterator[tuple[str, Scalar, ValueStatus]]:
        inside = {**dict(o.entries), **({"code": o.code} if o.category == "condition" else {})}
        for address in self._of_item.get(o.item, ()):
            part = address.partition("#")[2]
            if part and part not in inside and o.entries:
                continue
            text = inside.get(part) if part else o.value
            if text is None:
                yield address, None, "bad"
            else:
                yield address, text if address in self._options.texts else number(text), "good"
