"""Payloads: the specification's field numbers, types and two's complement."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.sparkplug.payload import BadPayload, decode, encode_command, scalar
from gateways.sparkplug.topics import Node, address, node_of, parse
from tests.gateways.sparkplug.wire import DOUBLE, INT64, STRING, by_alias, message, metric

# Written by hand from the specification's schema: field number << 3 | wire type, then the value.
BY_HAND = (
    b"\x08\xe8\x07"  # 1 timestamp = 1000
    b"\x12\x1a"  # 2 metrics
    b"\x0a\x05State"  # 1 name
    b"\x10\x07"  # 2 alias = 7
    b"\x18\xe9\x07"  # 3 timestamp = 1001
    b"\x20\x03"  # 4 datatype = Int32
    b"\x28\x01"  # 5 is_historical
    b"\x50\xff\xff\xff\xff\x0f"  # 10 int_value = -1 as 32 bits
    b"\x38\x00"  # 7 is_null = false
    b"\x30\x00"  # 6 is_transient = false
    b"\x18\x05"  # 3 seq = 5
)


def test_a_payload_written_byte_by_byte_from_the_schema_is_read_as_it_was_meant() -> None:
    said = decode(BY_HAND)
    assert (said.t, said.seq) == (1000, 5)
    (only,) = said.metrics
    assert (only.name, only.alias, only.t, only.type, only.stored) == ("State", 7, 1001, 3, True)
    assert scalar(only.value, only.type) == -1


@given(st.integers(1, 4), st.data())
def test_signed_integers_come_back_whatever_the_width_of_the_field_they_travelled_in(kind, data) -> None:
    bits = 8 << (kind - 1)
    value = data.draw(st.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1))
    widths = [w for w in (bits, 32, 64) if w >= bits]
    assert {scalar(value % (1 << w), kind) for w in widths} == {value}


@given(st.integers(0, (1 << 64) - 1))
def test_unsigned_integers_stay_as_they_are(value) -> None:
    assert scalar(value, 8) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_no_value(value) -> None:
    assert scalar(value, DOUBLE) is None


@given(st.binary(max_size=60))
def test_bytes_are_read_or_refused_and_nothing_else(raw) -> None:
    with suppress(BadPayload):
        assert decode(raw).seq is None or decode(raw).seq >= 0


@pytest.mark.parametrize(
    ("quality", "status"), [(192, "good"), (200, "good"), (64, "uncertain"), (0, "bad"), (500, "bad")]
)
def test_quality_is_told_as_opc_numbers(quality, status) -> None:
    assert message(metric("a", 1, 5, quality=quality)).metrics[0].status == status


def test_what_is_null_has_no_value() -> None:
    assert not message(by_alias(1, None)).metrics[0].has_value
    assert message(by_alias(1, "", STRING)).metrics[0].has_value
    assert message(by_alias(1, 0, INT64)).metrics[0].has_value


def test_a_command_sets_booleans() -> None:
    (only,) = decode(encode_command(["Node Control/Rebirth"], 5)).metrics
    assert (only.name, only.value, only.type) == ("Node Control/Rebirth", True, 11)


def test_what_is_no_utf8_is_a_text_all_the_same() -> None:
    (only,) = decode(b"\x12\x06\x0a\x01\xff\x7a\x01\xff").metrics
    assert (only.name, only.value) == ("\ufffd", "\ufffd")


@pytest.mark.parametrize(("said", "t"), [(0, None), (5, 5), (1 << 60, None)])
def test_a_clock_that_was_never_set_is_no_time(said, t) -> None:
    assert message(metric("a", 1, 5, t=said), t=said).metrics[0].t == t


OTHERS = "spBv1.0/STATE/lineside spBv1.0/G/NBIRTH/N/D spBv1.0/G/DDATA/N spAv1.0/G/NDATA/N spBv1.0/G/OTHER/N a/b"


@pytest.mark.parametrize("text", OTHERS.split())
def test_a_topic_that_is_none_of_an_edge_node_is_nobodys(text) -> None:
    assert parse(text) is None


ids = st.text(st.characters(codec="utf-8", exclude_characters="/+#:"), min_size=1, max_size=8)


@given(ids, ids, st.none() | ids, st.text(min_size=1, max_size=12))
def test_the_edge_node_of_an_address_is_the_one_that_said_it(group, name, device, metric_name) -> None:
    node = Node(group, name)
    assert node_of(address(node, device, metric_name)) == node
