"""Sparkplug messages as an edge node says them: the only way these tests make payloads."""

from gateways.sparkplug.payload import decode
from gateways.sparkplug.schema import WireMetric, new_payload
from gateways.sparkplug.topics import Node, Topic, parse

NODE = Node("Bottling", "Line-1")
INT32, INT64, DOUBLE, BOOLEAN, STRING, TEMPLATE = 3, 4, 10, 11, 12, 19


def topic(verb, device=None, node=NODE) -> Topic:
    found = parse(str(Topic(verb, node, device)))
    assert found is not None
    return found


def put(metric: WireMetric, value, kind: int) -> None:
    """Write a value into the field its type travels in."""
    if value is None:
        metric.is_null = True
    elif kind == BOOLEAN:
        metric.boolean_value = value
    elif kind == STRING:
        metric.string_value = value
    elif kind == DOUBLE:
        metric.double_value = value
    elif kind == INT64:
        metric.long_value = value % (1 << 64)
    elif kind == INT32:
        metric.int_value = value % (1 << 32)
    else:
        for name, (member, member_kind) in value.items():
            inner = metric.template_value.metrics.add()
            inner.name, inner.datatype = name, member_kind
            put(inner, member, member_kind)


def raw(*metrics: dict, seq=None, t=1_000) -> bytes:
    """Bytes of a payload; metrics as name, alias, kind, value, t, stored, quality."""
    payload = new_payload()
    payload.timestamp = t
    if seq is not None:
        payload.seq = seq
    for said in metrics:
        metric = payload.metrics.add()
        for ours, theirs in (("name", "name"), ("alias", "alias"), ("t", "timestamp"), ("stored", "is_historical")):
            if ours in said:
                setattr(metric, theirs, said[ours])
        if "name" in said or said.get("with_kind"):
            metric.datatype = said["kind"]
        if "quality" in said:
            metric.properties.keys.append("Quality")
            metric.properties.values.add(type=INT32, int_value=said["quality"])
        put(metric, said["value"], said["kind"])
    return payload.SerializeToString()


def message(*metrics: dict, seq=None, t=1_000):
    return decode(raw(*metrics, seq=seq, t=t))


def birth_number(number: int) -> dict:
    return {"name": "bdSeq", "kind": INT64, "value": number}


def metric(name, alias, value, kind=INT64, **more) -> dict:
    return {"name": name, "alias": alias, "kind": kind, "value": value, **more}


def by_alias(alias, value, kind=INT64, **more) -> dict:
    return {"alias": alias, "kind": kind, "value": value, **more}
