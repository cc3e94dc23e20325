"""The host's side of Sparkplug: who is alive, in which order messages count, when to ask for a rebirth. Pure.

Time is an argument (UTC ms); what to say to the broker is returned, never said. Source: Sparkplug 3.0.0, section 5
"Operational Behavior": sequence numbers and reorder timeout of a host application, births and deaths, rebirth requests.
"""

from collections.abc import Iterable

import msgspec

from gateways.base import Offer, Sample
from gateways.sparkplug.mapping import BIRTH_NUMBER, Aliases, born, gone, told
from gateways.sparkplug.payload import TYPES, Message, scalar
from gateways.sparkplug.topics import Node, Topic, address

REBIRTH = "Node Control/Rebirth"
SEQUENCE = 256
MOST_WAITING = SEQUENCE // 2
ASK_AGAIN_MS = 10_000
REORDER_MS = 2_000
_INT64 = 4


class Told(msgspec.Struct, frozen=True):
    """What a message or the passing of time means: samples in order, and edge nodes to ask for a rebirth."""

    samples: tuple[Sample, ...] = ()
    ask: tuple[Node, ...] = ()


NOTHING = Told()


class Session:
    """Every edge node heard on one connection to the broker.

    wanted: edge nodes that must be heard: one that has not been born `reorder_ms` after the start is asked.
    reorder_ms: how long a missing sequence number is waited for before it is a gap.
    """

    def __init__(self, now: int, wanted: Iterable[Node] = (), reorder_ms: int = REORDER_MS) -> None:
        self._reorder_ms = reorder_ms
        self._nodes = {node: EdgeNode(node, now, reorder_ms) for node in wanted}

    def take(self, topic: Topic, message: Message, now: int) -> Told:
        """Return what a message means. Births, deaths and data change who is known; commands mean nothing here."""
        node = self._nodes.get(topic.node)
        if node is None:
            node = self._nodes[topic.node] = EdgeNode(topic.node, now, self._reorder_ms)
        samples = node.take(topic, message, now)
        return Told(tuple(samples), node.ask(now))

    def tick(self, now: int) -> Told:
        """Return what the time since the last message means: gaps that stay, devices that were not born again."""
        told = [(node.tick(now), node.ask(now)) for node in self._nodes.values()]
        if not any(samples or ask for samples, ask in told):
            return NOTHING
        return Told(tuple(s for samples, _ in told for s in samples), tuple(n for _, ask in told for n in ask))

    def is_any_alive(self, nodes: Iterable[Node]) -> bool:
        """Whether at least one of the edge nodes is born and not dead."""
        return any(n in self._nodes and self._nodes[n].is_alive for n in nodes)

    def offers(self) -> list[Offer]:
        """Return every metric of every edge node that was born, with its type and last value."""
        return [offer for node in self._nodes.values() for offer in node.offers()]


class EdgeNode:
    """One edge node from birth to death.

    A message whose sequence number is not the next waits for the missing ones. After `reorder_ms`, or with so many
    waiting that numbers would repeat, the gap is final: it is told as lost, which is unknown time and a finding (DOMAIN
    section 6), what waited counts in its order and a rebirth is asked for.
    Values told late are better than none, and the birth that follows tells what every lost metric holds now. Asked at
    most once per ASK_AGAIN_MS until it is born. What was said before a birth and overtaken by it, out of order by its
    number and older by its time, is not taken for news: another birth is asked for, in case its clock was set back.
    """

    def __init__(self, node: Node, now: int, reorder_ms: int) -> None:
        self.node = node
        self.is_alive = False
        self._reorder_ms = reorder_ms
        self._aliases = Aliases()
        self._last: dict[str, Sample] = {}
        self._birth_number: int | None = None
        self._born_at = 0
        self._next = 0
        self._waiting: dict[int, tuple[Topic, Message]] = {}
        self._gap_since = 0
        self._devices: set[str] = set()
        self._unborn: dict[str, int] = {}
        self._unheard_since: int | None = now
        self._wants_rebirth = False
        self._asked: int | None = None

    def take(self, topic: Topic, message: Message, now: int) -> list[Sample]:
        """Return the samples that count now."""
        match topic.verb:
            case "NBIRTH":
                samples = self._born(message, now)
            case "NDEATH":
                samples = self._died(message)
            case "DBIRTH" | "DDEATH" | "NDATA" | "DDATA":
                samples = self._in_order(topic, message, now)
            case _:
                samples = []
        self._remember(samples)
        return samples

    def tick(self, now: int) -> list[Sample]:
        """Return what counts because time has passed."""
        samples: list[Sample] = []
        if self._waiting and now - self._gap_since >= self._reorder_ms:
            self._wants_rebirth = True
            samples += self._release()
        for device in [d for d, until in self._unborn.items() if now >= until]:
            del self._unborn[device]
            samples += self._device_gone(device, None)
        if self._unheard_since is not None and now - self._unheard_since >= self._reorder_ms:
            self._wants_rebirth = True
        self._remember(samples)
        return samples

    def ask(self, now: int) -> tuple[Node, ...]:
        """Return itself when a rebirth is to be asked for now; then it counts as asked."""
        if not self._wants_rebirth or (self._asked is not None and now - self._asked < ASK_AGAIN_MS):
            return ()
        self._asked = now
        return (self.node,)

    def offers(self) -> list[Offer]:
        """Return every metric that is known, with its last value."""
        return [
            Offer(where, TYPES[k.type] if k.type < len(TYPES) else "Array", k.unit, self._last[where].value)
            for device in (None, *sorted(self._devices))
            for k in self._aliases.of(device)
            if (where := address(self.node, device, k.name)) in self._last
        ]

    def _born(self, message: Message, now: int) -> list[Sample]:
        """Begin anew: devices have `reorder_ms` to be born again before they count as gone."""
        samples = self._release() if self.is_alive else []
        self._waiting.clear()
        self._unborn = dict.fromkeys(sorted(self._devices), now + self._reorder_ms)
        self._birth_number = _birth_number(message)
        self._born_at = message.t or 0
        self._next = ((message.seq or 0) + 1) % SEQUENCE
        self.is_alive, self._wants_rebirth, self._asked, self._unheard_since = True, False, None, None
        self._aliases.learn(None, message.metrics)
        return samples + born(self.node, None, message)

    def _died(self, message: Message) -> list[Sample]:
        """Everything of the edge node is gone; a will of an earlier session, told late, is none of this one's."""
        number = _birth_number(message)
        if not self.is_alive or (number is not None and self._birth_number not in (None, number)):
            return []
        samples = self._release() + gone(self.node, None, self._aliases, None)
        for device in sorted(self._devices):
            samples += self._device_gone(device, None)
        self.is_alive, self._wants_rebirth = False, False
        self._unborn.clear()
        return samples

    def _in_order(self, topic: Topic, message: Message, now: int) -> list[Sample]:
        if not self.is_alive:
            self._wants_rebirth = True
            return []
        seq = self._next if message.seq is None else message.seq % SEQUENCE
        if seq != self._next and message.t is not None and message.t < self._born_at:
            self._wants_rebirth = True
            return []
        if not self._waiting:
            self._gap_since = now
        self._waiting[seq] = (topic, message)
        samples: list[Sample] = []
        while self._next in self._waiting:
            samples += self._count(*self._waiting.pop(self._next))
            self._next = (self._next + 1) % SEQUENCE
            self._gap_since = now
        if len(self._waiting) >= MOST_WAITING:
            self._wants_rebirth = True
            samples += self._release()
        return samples

    def _release(self) -> list[Sample]:
        """Let everything count that waited, by sequence number from the missing one on, which is lost for good."""
        samples: list[Sample] = []
        for seq in sorted(self._waiting, key=lambda s: (s - self._next) % SEQUENCE):
            if not samples:
                samples.append(Sample("", None, self._waiting[seq][1].t, lost=True))
            samples += self._count(*self._waiting[seq])
            last = seq
        if self._waiting:
            self._next = (last + 1) % SEQUENCE
            self._waiting.clear()
        return samples

    def _count(self, topic: Topic, message: Message) -> list[Sample]:
        device = topic.device
        if topic.verb == "DBIRTH" and device is not None:
            self._devices.add(device)
            self._unborn.pop(device, None)
            self._aliases.learn(device, message.metrics)
            return born(self.node, device, message)
        if topic.verb == "DDEATH" and device is not None:
            self._unborn.pop(device, None)
            return self._device_gone(device, message.t)
        if device is not None and (device not in self._devices or device in self._unborn):
            self._wants_rebirth = True
            return []
        samples, all_known = told(self.node, device, message, self._aliases)
        self._wants_rebirth = self._wants_rebirth or not all_known
        return samples

    def _remember(self, samples: list[Sample]) -> None:
        self._last.update((s.address, s) for s in samples if not s.stored and not s.lost)

    def _device_gone(self, device: str, t: int | None) -> list[Sample]:
        samples = gone(self.node, device, self._aliases, t)
        self._devices.discard(device)
        self._aliases.forget(device)
        return samples


def _birth_number(message: Message) -> int | None:
    """Return bdSeq: which connection of the edge node a birth and a will belong to."""
    found = next((scalar(m.value, m.type or _INT64) for m in message.metrics if m.name == BIRTH_NUMBER), None)
    return int(found) if isinstance(found, int | float) else None
