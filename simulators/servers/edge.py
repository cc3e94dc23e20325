"""What a Sparkplug B edge node says: births, data, deaths, and what it stored while nobody listened. No network.

Source: Sparkplug 3.0.0, sections 5 and 6: sequence 0 to 255 from the birth on, aliases per edge node, bdSeq per
connection, `is_historical` for what is told late.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from gateways.sparkplug.schema import WireMetric, WirePayload, new_payload

NAMESPACE = "spBv1.0"
REBIRTH = "Node Control/Rebirth"
SEQUENCE = 256
MOST_STORED = 1_000_000
FLUSH = 500
INT64, DOUBLE, BOOLEAN, STRING, TEMPLATE = 4, 10, 11, 12, 19

Value = float | int | bool | str | None


class Change(msgspec.Struct, frozen=True):
    """A metric of a device took a value at `t`, UTC ms. name: `folder/metric`, or `template/member` of a template."""

    device: str
    name: str
    value: Value
    t: int


class Saying(msgspec.Struct, frozen=True):
    """A message of the edge node."""

    topic: str
    payload: bytes


class Edge:
    """One edge node with its devices. Not safe for threads: whoever talks holds a lock.

    group, name: its place in the topics. templates: names of metrics that are templates: `counts/good` is a member.
    """

    def __init__(self, group: str, name: str, templates: Iterable[str] = ()) -> None:
        self._place = (group, name)
        self._templates = frozenset(templates)
        self._held: dict[str, dict[str, Change]] = {}
        self._alias: dict[tuple[str, str], int] = {}
        self._kind: dict[tuple[str, str], int] = {}
        self._stored: list[Change] = []
        self._seq = 0
        self._connection = -1

    def topic(self, verb: str, device: str | None = None) -> str:
        """Return the topic of a verb."""
        group, name = self._place
        return f"{NAMESPACE}/{group}/{verb}/{name}" + ("" if device is None else f"/{device}")

    def declare(self, device: str, name: str, kind: int) -> None:
        """Let a metric of this type be part of every birth; null until it has a value."""
        self._kind[device, name] = kind
        self._held.setdefault(device, {}).setdefault(name, Change(device, name, None, 0))
        for alias in (self._root(name), name):
            self._alias.setdefault((device, alias), len(self._alias) + 1)

    def hold(self, change: Change) -> None:
        """Take a value of a declared metric without saying it: the next birth will."""
        self._held[change.device][change.name] = change

    def held(self, device: str) -> Mapping[str, Change]:
        """Return the last change of each metric of a device."""
        return self._held[device]

    def store(self, change: Change) -> None:
        """Keep a value for later; the oldest goes when there are too many."""
        self.hold(change)
        self.tell_again(change)

    def tell_again(self, change: Change) -> None:
        """Keep a value that was said and perhaps not heard."""
        self._stored.append(change)
        del self._stored[:-MOST_STORED]

    def will(self) -> Saying:
        """Begin a new connection: return the death the broker is to tell when it breaks."""
        self._connection = (self._connection + 1) % SEQUENCE
        return self.death()

    def death(self) -> Saying:
        """Return the death of this connection, told by ourselves."""
        payload = new_payload()
        self._birth_number(payload)
        return Saying(self.topic("NDEATH"), payload.SerializeToString())

    def birth(self, t: int) -> Iterator[Saying]:
        """Yield the births of the edge node and of each device, with every metric's value now."""
        payload = self._payload(t, starts=True)
        self._birth_number(payload)
        rebirth = payload.metrics.add()
        rebirth.name, rebirth.timestamp, rebirth.datatype, rebirth.boolean_value = REBIRTH, t, BOOLEAN, False
        yield Saying(self.topic("NBIRTH"), payload.SerializeToString())
        for device in self._held:
            yield self.device_birth(device, t)

    def data(self, changes: Iterable[Change], t: int, *, stored: bool = False) -> Iterator[Saying]:
        """Yield data messages, one a device, of what changed; values by alias."""
        by_device: dict[str, list[Change]] = {}
        for change in changes:
            by_device.setdefault(change.device, []).append(change)
            if not stored:
                self.hold(change)
        for device, own in by_device.items():
            payload = self._payload(t)
            for change in own:
                self._changed(payload, change, stored=stored)
            yield Saying(self.topic("DDATA", device), payload.SerializeToString())

    def flush(self, t: int) -> Iterator[Saying]:
        """Yield what was stored, oldest first; then nothing is."""
        stored, self._stored = self._stored, []
        for at in range(0, len(stored), FLUSH):
            yield from self.data(stored[at : at + FLUSH], t, stored=True)

    def device_death(self, device: str, t: int) -> Saying:
        """Return that a device is gone."""
        return Saying(self.topic("DDEATH", device), self._payload(t).SerializeToString())

    def lose(self, t: int) -> None:
        """Use up a sequence number as a message does that nobody hears."""
        self._payload(t)

    def device_birth(self, device: str, t: int) -> Saying:
        """Return the birth of a device, with every metric's value now."""
        payload = self._payload(t)
        roots: dict[str, WireMetric] = {}
        for name, change in self._held[device].items():
            root = self._root(name)
            if root == name:
                self._write(payload.metrics.add(), device, name, change)
                continue
            if root not in roots:
                roots[root] = template = payload.metrics.add()
                template.name, template.alias, template.datatype = root, self._alias[device, root], TEMPLATE
                template.timestamp, template.template_value.template_ref = t, root
            member = roots[root].template_value.metrics.add()
            self._write(member, device, name.removeprefix(f"{root}/"), change)
        return Saying(self.topic("DBIRTH", device), payload.SerializeToString())

    def _write(self, metric: WireMetric, device: str, name: str, change: Change) -> None:
        metric.name, metric.alias = name, self._alias[device, change.name]
        metric.timestamp, metric.datatype = change.t, self._kind[device, change.name]
        put(metric, change.value, metric.datatype)

    def _changed(self, payload: WirePayload, change: Change, *, stored: bool) -> None:
        root = self._root(change.name)
        metric = payload.metrics.add()
        metric.alias, metric.timestamp = self._alias[change.device, root], change.t
        if stored:
            metric.is_historical = True
        kind = self._kind[change.device, change.name]
        if root != change.name:
            metric = metric.template_value.metrics.add()
            metric.name = change.name.removeprefix(f"{root}/")
        put(metric, change.value, kind)

    def _root(self, name: str) -> str:
        root = name.partition("/")[0]
        return root if root in self._templates else name

    def _payload(self, t: int, *, starts: bool = False) -> WirePayload:
        self._seq = 0 if starts else (self._seq + 1) % SEQUENCE
        payload = new_payload()
        payload.timestamp, payload.seq = t, self._seq
        return payload

    def _birth_number(self, payload: WirePayload) -> None:
        metric = payload.metrics.add()
        metric.name, metric.datatype, metric.long_value = "bdSeq", INT64, self._connection


def put(metric: WireMetric, value: Value, kind: int) -> None:
    """Write a value into the field of its type; None is said to be null."""
    if value is None:
        metric.is_null = True
    elif kind == BOOLEAN:
        metric.boolean_value = bool(value)
    elif kind == INT64:
        metric.long_value = int(value) % (1 << 64)
    elif kind == DOUBLE:
        metric.double_value = float(value)
    else:
        metric.string_value = str(value)


def asks_rebirth(raw: bytes) -> bool:
    """Whether a command asks for a rebirth."""
    payload = new_payload()
    payload.ParseFromString(raw)
    return any(m.name == REBIRTH and m.boolean_value for m in payload.metrics)
