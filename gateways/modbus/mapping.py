"""Modbus addresses, what registers mean, and how few requests read them. Pure.

holding/40001               an unsigned 16-bit register, numbered as manuals do
input/30010:float32         two registers;  holding/40020:string[8]: eight registers, sixteen characters
holding/40005.3             bit 3 (0 is the lowest) of a register
coil/00001, discrete/10001  one bit
2/holding/40001:int32,words=little,bytes=big,poll=10s     of unit 2, with its own order and interval
"""

import re
import struct
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal, NamedTuple, cast

from app.domain.units import BadUnit, duration_ms
from gateways.base import Scalar

Table = Literal["coil", "discrete", "input", "holding"]
Order = Literal["big", "little"]
LEADING: dict[Table, str] = {"coil": "0", "discrete": "1", "input": "3", "holding": "4"}
FORMATS = {
    "int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "int64": ">q", "uint64": ">Q",
    "float32": ">f", "float64": ">d",
}  # fmt: skip
MOST = {"coil": 2000, "discrete": 2000, "input": 125, "holding": 125}
"""How much one request may read (Modbus Application Protocol 1.1b3, 6.1 to 6.4)."""
BIT_TABLES = ("coil", "discrete")
LAST = 65_535
LONGEST_POLL_MS = 3_600_000
_ADDRESS = re.compile(r"(?:(\d+)/)?(\w+)/(\d+)(?:\.(\d+))?(?::([a-z]+\d*)(?:\[(\d+)\])?)?((?:,\w+=\w+)*)")
EXCEPTIONS = {
    1: "the device does not know this kind of request (illegal function)",
    2: "the device has no such register (illegal data address)",
    3: "the device refuses this many registers (illegal data value)",
    4: "the device failed while reading (device failure)",
    5: "the device needs longer (acknowledge)",
    6: "the device is busy",
    8: "the device's memory is damaged (memory parity error)",
    10: "the gateway has no path to the unit (gateway path unavailable)",
    11: "the unit behind the gateway does not answer (target failed to respond)",
}
"""Exception codes in words (Modbus Application Protocol 1.1b3, section 7)."""
OF_ONE_REGISTER = frozenset({2, 3, 4})
"""Codes that one register of a request may have caused: the others may still be readable."""


class BadAddress(ValueError):
    """An address of the mapping is wrong; the text says what would be right."""


class Usual(NamedTuple):
    """What an address does not say itself. numbering: reference (40001 is the first) or protocol (0 is the first)."""

    unit: int = 1
    words: Order = "big"
    bytes: Order = "big"
    poll_ms: int = 1000
    numbering: str = "reference"


class Point(NamedTuple):
    """One address: `length` registers or bits from `start`, counted from 0. bit: of the register, None for all."""

    address: str
    unit: int
    table: Table
    start: int
    length: int
    type: str
    bit: int | None
    words: Order
    bytes: Order
    poll_ms: int


class Read(NamedTuple):
    """One request and the points that it answers."""

    unit: int
    table: Table
    start: int
    length: int
    points: tuple[Point, ...]


def point_of(address: str, usual: Usual) -> Point:
    """Return what an address means. Raises BadAddress naming the mistake."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise BadAddress(f"`{address}`: must be such as holding/40001:uint32, holding/40005.3 or 2/coil/00001")
    unit, table, number, bit, kind, size, more = match.groups()
    if table not in LEADING:
        raise BadAddress(f"`{address}`: `{table}` must be one of {', '.join(LEADING)}")
    found = cast(Table, table)
    kind, length = _kind(address, found, (kind, size, bit))
    settings = _settings(address, more, usual)
    point = Point(
        address, settings.unit if unit is None else int(unit), found, _start(address, found, number, usual.numbering),
        length, kind, None if bit is None else int(bit), settings.words, settings.bytes, settings.poll_ms,
    )  # fmt: skip
    if not 0 <= point.unit <= 255:
        raise BadAddress(f"`{address}`: the unit must be 0 to 255")
    if point.start + length - 1 > LAST:
        raise BadAddress(f"`{address}`: ends beyond the last register")
    return point


def _kind(address: str, table: Table, said: tuple[str | None, str | None, str | None]) -> tuple[str, int]:
    """Return the type and how many registers or bits it takes."""
    kind, size, bit = said
    if table in BIT_TABLES or bit is not None:
        if kind not in (None, "bool") or size or (bit is not None and (table in BIT_TABLES or int(bit) > 15)):
            raise BadAddress(f"`{address}`: a bit is a bool; only a register has bits, 0 to 15")
        return "bool", 1
    if kind == "string":
        if size is None or not 1 <= int(size) <= MOST[table]:
            raise BadAddress(f"`{address}`: say how many registers, such as string[8], at most {MOST[table]}")
        return "string", int(size)
    kind = kind or "uint16"
    if kind not in FORMATS or size:
        raise BadAddress(f"`{address}`: the type must be one of {', '.join(FORMATS)}, string[8], or a bit such as .3")
    return kind, struct.calcsize(FORMATS[kind]) // 2


def _start(address: str, table: Table, number: str, numbering: str) -> int:
    """Return the address counted from 0."""
    if numbering == "protocol":
        if int(number) > LAST:
            raise BadAddress(f"`{address}`: must be 0 to {LAST}")
        return int(number)
    lead = LEADING[table]
    start = int(number[1:] or "0") - 1
    if len(number) not in (5, 6) or number[0] != lead or not 0 <= start <= LAST:
        right = f"{lead}0001 to {lead}9999 or {lead}00001 to {lead}65536"
        raise BadAddress(f"`{address}`: must be {right}; `numbering: protocol` counts from 0 instead")
    return start


def _settings(address: str, more: str, usual: Usual) -> Usual:
    for key, _, value in (text.partition("=") for text in more.split(",")[1:]):
        order: Order = "little" if value == "little" else "big"
        if key == "words" and order == value:
            usual = usual._replace(words=order)
        elif key == "bytes" and order == value:
            usual = usual._replace(bytes=order)
        elif key == "poll":
            usual = usual._replace(poll_ms=_poll(address, value))
        else:
            raise BadAddress(f"`{address}`: must be words=big|little, bytes=big|little or poll=10s, is {key}={value}")
    return usual


def _poll(address: str, text: str) -> int:
    try:
        found = duration_ms(text)
    except BadUnit as error:
        raise BadAddress(f"`{address}`: poll must be a duration such as 10s, is {text}") from error
    if not 0 < found <= LONGEST_POLL_MS:
        raise BadAddress(f"`{address}`: poll must be above 0 and at most 1h, is {text}")
    return found


def plan(points: Iterable[Point], hole: int) -> list[Read]:
    """Return the requests that read all points: neighbours of one unit and table together, up to the limit.

    hole: registers or bits between two points that are read for nothing rather than asked around.
    """
    reads: list[Read] = []
    for (unit, table), group in groupby(sorted(points, key=_place), lambda p: (p.unit, p.table)):
        run: list[Point] = []
        end = 0
        for point in group:
            new_end = max(end, point.start + point.length)
            if run and (point.start - end > hole or new_end - run[0].start > MOST[table]):
                reads.append(Read(unit, table, run[0].start, end - run[0].start, tuple(run)))
                run, new_end = [], point.start + point.length
            run.append(point)
            end = new_end
        reads.append(Read(unit, table, run[0].start, end - run[0].start, tuple(run)))
    return reads


def _place(point: Point) -> tuple[int, str, int, int]:
    return point.unit, point.table, point.start, point.length


def halves(read: Read) -> list[Read]:
    """Return two requests for the points of a refused one; none when it had one point."""
    if len(read.points) == 1:
        return []
    middle = len(read.points) // 2
    return [r for part in (read.points[:middle], read.points[middle:]) for r in plan(part, MOST[read.table])]


def value_of(point: Point, read: Read, found: Sequence[int | bool]) -> Scalar:
    """Return the value of a point out of what its request brought. No number (NaN, infinite) is None."""
    own = found[point.start - read.start :][: point.length]
    if point.table in BIT_TABLES:
        return bool(own[0])
    raw = b"".join(int(register).to_bytes(2, point.bytes) for register in own)
    if point.bit is not None:
        return bool(int.from_bytes(raw, "big") >> point.bit & 1)
    if point.type == "string":
        return raw.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
    if point.words == "little":
        raw = b"".join(raw[i : i + 2] for i in range(len(raw) - 2, -1, -2))
    value: int | float = struct.unpack(FORMATS[point.type], raw)[0]
    return None if isinstance(value, float) and value - value != 0 else value
