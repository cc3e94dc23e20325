"""Metrics -> samples: aliases to names, types from the birth, members of templates to `template/member`. Pure."""

from collections.abc import Iterable, Iterator

import msgspec

from gateways.base import Sample
from gateways.sparkplug.payload import Message, Metric, scalar
from gateways.sparkplug.topics import Node, address

_CONTROL = ("Node Control/", "Device Control/")
BIRTH_NUMBER = "bdSeq"


class Known(msgspec.Struct, frozen=True, gc=False):
    """What a birth said about one metric: whose it is, its full name, alias, type and unit."""

    device: str | None
    name: str
    alias: int | None = None
    type: int = 0
    unit: str = ""


class Aliases:
    """Which metric an alias or a name stands for since the last birth. One table per edge node: aliases are its own."""

    def __init__(self) -> None:
        self._by_alias: dict[int, Known] = {}
        self._by_name: dict[str | None, dict[str, Known]] = {}

    def learn(self, device: str | None, metrics: Iterable[Metric]) -> None:
        """Replace what is known of the device (None: of the edge node itself) by its birth."""
        self.forget(device)
        names = self._by_name[device] = {}
        for name, metric in everything(metrics):
            known = names[name] = Known(device, name, metric.alias, metric.type, metric.unit)
            if metric.alias is not None:
                self._by_alias[metric.alias] = known

    def forget(self, device: str | None) -> None:
        """Drop what a birth of the device said."""
        for known in self._by_name.pop(device, {}).values():
            if known.alias is not None and self._by_alias.get(known.alias) is known:
                del self._by_alias[known.alias]

    def find(self, device: str | None, metric: Metric, above: str = "") -> Known | None:
        """Return what the metric is; None when no birth named it. above: name of the template it is a member of."""
        if metric.name:
            return self._by_name.get(device, {}).get(f"{above}{metric.name}")
        known = None if metric.alias is None else self._by_alias.get(metric.alias)
        return known if known is not None and known.device == device else None

    def of(self, device: str | None) -> list[Known]:
        """Return every metric that a birth of the device named, in its order."""
        return list(self._by_name.get(device, {}).values())


def everything(metrics: Iterable[Metric], above: str = "") -> Iterator[tuple[str, Metric]]:
    """Yield (full name, metric) of a birth: values, templates, and members of templates as `template/member`.

    Definitions of templates and the protocol's own metrics (bdSeq, Node Control) are no data and left out.
    """
    for metric in metrics:
        if metric.is_definition or not metric.name or is_own(metric.name):
            continue
        yield above + metric.name, metric
        if metric.members is not None:
            yield from everything(metric.members, f"{above}{metric.name}/")


def is_own(name: str) -> bool:
    """Whether the metric belongs to Sparkplug itself and says nothing about a machine."""
    return name == BIRTH_NUMBER or name.startswith(_CONTROL)


def born(node: Node, device: str | None, message: Message) -> list[Sample]:
    """Return what a birth says each metric holds now: never production (DOMAIN section 5)."""
    return [
        _sample(address(node, device, name), metric, metric.type, _time(metric, message), snapshot=True)
        for name, metric in everything(message.metrics)
        if metric.members is None
    ]


def told(node: Node, device: str | None, message: Message, aliases: Aliases) -> tuple[list[Sample], bool]:
    """Return the samples of a data message in their order, and whether each metric was known from a birth."""
    samples: list[Sample] = []
    all_known = True
    for above, t, stored, metric in _leaves(device, message.metrics, aliases, _Above("", message.t, stored=False)):
        known = aliases.find(device, metric, above)
        if known is not None:
            where = address(node, device, known.name)
            samples.append(_sample(where, metric, metric.type or known.type, t, stored=stored))
        elif not (metric.name and is_own(metric.name)):
            all_known = False
    return samples, all_known


def gone(node: Node, device: str | None, aliases: Aliases, t: int | None) -> list[Sample]:
    """Return that nobody knows the device's metrics any more."""
    return [Sample(address(node, device, k.name), None, t, "bad", gone=True) for k in aliases.of(device)]


class _Above(msgspec.Struct, frozen=True):
    """What a member takes over from its template: the name in front, time when it has none, told late."""

    name: str
    t: int | None
    stored: bool


def _leaves(
    device: str | None, metrics: Iterable[Metric], aliases: Aliases, above: _Above
) -> Iterator[tuple[str, int | None, bool, Metric]]:
    """Yield (name above, UTC ms, stored, metric) of every single value."""
    for metric in metrics:
        t = above.t if metric.t is None else metric.t
        stored = above.stored or metric.stored
        if metric.members is None:
            yield above.name, t, stored, metric
            continue
        known = aliases.find(device, metric, above.name)
        name = known.name if known is not None else f"{above.name}{metric.name or ''}"
        yield from _leaves(device, metric.members, aliases, _Above(f"{name}/", t, stored))


def _time(metric: Metric, message: Message) -> int | None:
    return message.t if metric.t is None else metric.t


def _sample(
    where: str, metric: Metric, kind: int, t: int | None, *, stored: bool = False, snapshot: bool = False
) -> Sample:
    value = scalar(metric.value, kind) if metric.has_value else None
    status = "bad" if value is None else metric.status
    return Sample(where, value, t, status, stored, snapshot)
