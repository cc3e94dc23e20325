"""Laws of Modbus addresses, values and the planner of requests."""

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.modbus.mapping import FORMATS, MOST, BadAddress, Usual, halves, plan, point_of, value_of

KINDS = st.sampled_from([*FORMATS, "string[7]"])
TABLES = st.sampled_from(["holding", "input", "coil"])
ZERO = Usual(numbering="protocol")


@st.composite
def some_points(draw):
    found = set()
    for _ in range(draw(st.integers(1, 30))):
        table, at, unit = draw(TABLES), draw(st.integers(0, 600)), draw(st.integers(1, 2))
        kind = "bool" if table == "coil" else draw(KINDS)
        found.add(f"{unit}/{table}/{at}:{kind}")
    return [point_of(address, ZERO) for address in sorted(found)]


@given(some_points(), st.integers(0, 50))
def test_every_point_is_in_one_request_that_holds_it_whole_and_keeps_the_limits(points, hole) -> None:
    reads = plan(points, hole)
    assert sorted(p for r in reads for p in r.points) == sorted(points)
    for read in reads:
        assert 1 <= read.length <= MOST[read.table]
        for p in read.points:
            assert (p.unit, p.table) == (read.unit, read.table)
            assert read.start <= p.start
            assert p.start + p.length <= read.start + read.length


@given(some_points(), st.integers(0, 50))
def test_no_hole_is_wider_than_allowed_and_a_wider_one_never_costs_requests(points, hole) -> None:
    for read in plan(points, hole):
        asked = {i for p in read.points for i in range(p.start, p.start + p.length)}
        places = sorted(asked)
        assert all(b - a - 1 <= hole for a, b in pairwise(places))
    assert len(plan(points, hole + 5)) <= len(plan(points, hole))


@given(some_points())
def test_halving_ends_with_each_point_alone(points) -> None:
    waiting, alone = plan(points, 50), []
    while waiting:
        read = waiting.pop()
        smaller = halves(read)
        waiting += smaller
        alone += [] if smaller else read.points
    assert sorted(alone) == sorted(points)


@given(st.sampled_from(sorted(FORMATS)), st.binary(min_size=8, max_size=8), *[st.sampled_from(["big", "little"])] * 2)
def test_a_value_is_the_same_in_every_order(kind, raw, words, order) -> None:
    raw = raw[: struct.calcsize(FORMATS[kind])]
    registers = [int.from_bytes(raw[i : i + 2], order) for i in range(0, len(raw), 2)]
    registers = registers if words == "big" else registers[::-1]
    point = point_of(f"holding/40001:{kind},words={words},bytes={order}", Usual())
    (value,) = struct.unpack(FORMATS[kind], raw)
    assert value_of(point, plan([point], 0)[0], registers) == (value if value - value == 0 else None)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("40001", "must be such as"),
        ("holdings/40001", "must be one of coil, discrete, input, holding"),
        ("holding/30001", "must be 40001 to 49999"),
        ("holding/40000", "must be 40001 to 49999"),
        ("holding/40001:int8", "the type must be one of"),
        ("holding/40001:string", "say how many registers"),
        ("holding/40001.16", "0 to 15"),
        ("coil/00001.1", "only a register has bits"),
        ("holding/465536:uint32", "beyond the last register"),
        ("256/holding/40001", "0 to 255"),
        ("holding/40001:uint32,words=mid", "words=big|little"),
        ("holding/40001,poll=never", "poll must be a duration"),
    ],
)
def test_a_wrong_address_says_what_would_be_right(address, said) -> None:
    with pytest.raises(BadAddress) as error:
        point_of(address, Usual())
    assert said in str(error.value)
    assert address in str(error.value)
