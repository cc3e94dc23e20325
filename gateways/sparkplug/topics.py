"""Sparkplug's names on the broker: topics of edge nodes and hosts, and the addresses we give to metrics.

An address is `group/node/device:metric`, or `group/node:metric` for a metric of the edge node itself: ids hold no `/`,
metric names may, so the first `:` ends the place and nothing is ambiguous.
"""

from typing import Literal, get_args

import msgspec

NAMESPACE = "spBv1.0"
Verb = Literal["NBIRTH", "NDEATH", "DBIRTH", "DDEATH", "NDATA", "DDATA", "NCMD", "DCMD"]
_VERBS: frozenset[str] = frozenset(get_args(Verb))
_DEVICE_VERBS = frozenset({"DBIRTH", "DDEATH", "DDATA", "DCMD"})


class Node(msgspec.Struct, frozen=True, order=True):
    """An edge node: one MQTT session, one sequence, one alias table."""

    group: str
    name: str

    def __str__(self) -> str:
        return f"{self.group}/{self.name}"


class Topic(msgspec.Struct, frozen=True):
    """Who speaks and of what kind it is. device: None when the edge node speaks of itself."""

    verb: str
    node: Node
    device: str | None = None

    def __str__(self) -> str:
        tail = "" if self.device is None else f"/{self.device}"
        return f"{NAMESPACE}/{self.node.group}/{self.verb}/{self.node.name}{tail}"


def parse(topic: str) -> Topic | None:
    """Return what a topic of the namespace says; None for a host's STATE and for anything that is not Sparkplug B."""
    parts = topic.split("/")
    if len(parts) not in (4, 5) or parts[0] != NAMESPACE or parts[2] not in _VERBS:
        return None
    device = parts[4] if len(parts) == 5 else None
    if (parts[2] in _DEVICE_VERBS) != (device is not None):
        return None
    return Topic(parts[2], Node(parts[1], parts[3]), device)


def state_topic(host: str) -> str:
    """Return where the host application says whether it listens."""
    return f"{NAMESPACE}/STATE/{host}"


def address(node: Node, device: str | None, metric: str) -> str:
    """Return the address of a metric.

    >>> address(Node("Bottling", "Line-1"), "Filler", "Status/State")
    'Bottling/Line-1/Filler:Status/State'
    """
    return f"{node}:{metric}" if device is None else f"{node}/{device}:{metric}"


def node_of(text: str) -> Node | None:
    """Return the edge node an address belongs to; None when the text is no address.

    >>> node_of("Bottling/Line-1/Filler:Status/State")
    Node(group='Bottling', name='Line-1')
    """
    place, colon, metric = text.partition(":")
    parts = place.split("/")
    if not (colon and metric and len(parts) in (2, 3) and all(parts)):
        return None
    return Node(parts[0], parts[1])
