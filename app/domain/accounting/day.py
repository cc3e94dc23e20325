"""The inputs of one machine in half a UTC day, in columns: small in memory, one page when stored.

A ledger never keeps results, only inputs; every figure is derived from them again when it is asked for. That is what
makes corrections of the past, late events and replays one and the same path (docs/decisions/0003-pages.md).
"""

from array import array
from bisect import bisect_left, bisect_right
from typing import NamedTuple, Protocol

import msgspec

from app.domain.interval import DAY_MS

PAGE_MS = DAY_MS // 2
"""What one page holds: the newest one, and for some hours the one before it, are what a ledger keeps in memory."""


class Claim(msgspec.Struct, frozen=True, array_like=True):
    """What a person attested about [from_, to); to None: until the stop that contains from_ ends."""

    id: str
    t: int
    seq: int
    from_: int
    to: int | None
    reason: str | None
    planned: bool | None
    state: str | None
    by: str
    note: str | None

    @property
    def is_withdrawal(self) -> bool:
        """Whether it takes back earlier claims in its stretch."""
        return self.reason is None and self.planned is None and self.state is None


FIRST = -1
"""Where the first count of a machine begins: nothing says since when its units were made."""


class Made(NamedTuple):
    """Units made in (t0, t1]; t0 == t1: at that instant; t0 FIRST: just before t1. In the product's resolution."""

    t0: int
    t1: int
    good: int
    reject: int
    rework: int

    @property
    def t(self) -> int:
        """When it was counted, UTC ms."""
        return self.t1


class Counts(Protocol):
    """Units said at `t`, not yet settled: a Counted event as it came, or Made from a page."""

    @property
    def t(self) -> int:
        """When, UTC ms."""

    @property
    def good(self) -> int:
        """First-pass good units."""

    @property
    def reject(self) -> int:
        """Rejected units."""

    @property
    def rework(self) -> int:
        """Units to be worked on again."""


class Spans:
    """Signs of life (or of production) as disjoint stretches: two signs closer than `limit` ms belong together."""

    __slots__ = ("first", "last")

    def __init__(self, first: "array[int] | None" = None, last: "array[int] | None" = None) -> None:
        self.first = first if first is not None else array("q")
        self.last = last if last is not None else array("q")

    def add(self, t: int, limit: int) -> None:
        """Take a sign of life at `t`; the result does not depend on the order in which signs come."""
        first, last = self.first, self.last
        at = bisect_right(first, t)
        joins_left = at > 0 and t - last[at - 1] <= limit
        joins_right = at < len(first) and first[at] - t <= limit
        if joins_left and joins_right:
            last[at - 1] = last[at]
            del first[at], last[at]
        elif joins_left:
            last[at - 1] = max(last[at - 1], t)
        elif joins_right:
            first[at] = t
        else:
            first.insert(at, t)
            last.insert(at, t)


class Day:
    """Columns of one machine-day. Statements: time, source sequence, index into the machine's table of meanings.

    made_*: settled counts (chained: each begins where the one before ended); fixes: counts with their own time (late
    rejects, corrections); fresh: counts still inside the grace, any order; newest:
    time of the latest count; claims: attestations that begin this day.
    """

    __slots__ = (
        "active",
        "alive",
        "claims",
        "dirty",
        "fixes",
        "fresh",
        "high",
        "made_good",
        "made_reject",
        "made_rework",
        "made_t0",
        "made_t1",
        "newest",
        "said_i",
        "said_seq",
        "said_t",
        "start",
    )

    def __init__(self, start: int) -> None:
        self.start = start
        self.high = self.newest = -1
        self.dirty = False
        self.said_t, self.said_seq, self.said_i = array("q"), array("q"), array("I")
        self.alive, self.active = Spans(), Spans()
        self.made_t0, self.made_t1 = array("q"), array("q")
        self.made_good, self.made_reject, self.made_rework = array("q"), array("q"), array("q")
        self.fixes: list[Made] = []
        self.fresh: list[Counts] = []
        self.claims: list[Claim] = []

    @property
    def end(self) -> int:
        """End of the half day, UTC ms."""
        return self.start + PAGE_MS

    def say(self, t: int, seq: int, index: int) -> bool:
        """Insert a statement; of two at the same time the one with the higher sequence stays. False: no change."""
        at = bisect_left(self.said_t, t)
        if at < len(self.said_t) and self.said_t[at] == t:
            if (seq, index) <= (self.said_seq[at], self.said_i[at]):
                return False
            self.said_seq[at], self.said_i[at] = seq, index
            return True
        self.said_t.insert(at, t)
        self.said_seq.insert(at, seq)
        self.said_i.insert(at, index)
        return True

    def append_made(self, made: Made) -> None:
        """Append a settled count at the end of the chain."""
        self.made_t0.append(made.t0)
        self.made_t1.append(made.t1)
        self.made_good.append(made.good)
        self.made_reject.append(made.reject)
        self.made_rework.append(made.rework)

    def insert_late(self, made: Made, at: int) -> None:
        """Insert a count that came after the grace; the one behind it now begins where this one ended."""
        for column, value in zip(self._made(), made, strict=True):
            column.insert(at, value)
        if at + 1 < len(self.made_t1):
            self.made_t0[at + 1] = max(self.made_t0[at + 1], made.t1)

    def settled(self, at: int) -> Made:
        """Return the settled count at this index."""
        return Made(self.made_t0[at], self.made_t1[at], self.made_good[at], self.made_reject[at], self.made_rework[at])

    def add_to_last(self, made: Made) -> None:
        """Merge a count into the last settled one (both lie inside one slot without a cut)."""
        self.made_t1[-1] = made.t1
        self.made_good[-1] += made.good
        self.made_reject[-1] += made.reject
        self.made_rework[-1] += made.rework

    def _made(self) -> "tuple[array[int], ...]":
        return (self.made_t0, self.made_t1, self.made_good, self.made_reject, self.made_rework)

    def columns(self) -> "tuple[array[int], ...]":
        """Every column, in the order in which a page keeps them."""
        spans = (self.alive.first, self.alive.last, self.active.first, self.active.last)
        return (self.said_t, self.said_seq, self.said_i, *spans, *self._made())

    def dump(self) -> bytes:
        """Return the day as one page; counts not settled yet let go of the events they came with."""
        fresh = [Made(c.t, c.t, c.good, c.reject, c.rework) for c in self.fresh]
        self.fresh = list[Counts](fresh)
        page = _Page(
            self.start,
            self.high,
            [column.tobytes() for column in self.columns()],
            self.fixes,
            fresh,
            self.claims,
        )
        return _encode(page)


class _Page(msgspec.Struct, array_like=True):
    start: int
    high: int
    columns: list[bytes]
    fixes: list[Made]
    fresh: list[Made]
    claims: list[Claim]


_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(_Page)


def load_day(raw: bytes) -> Day:
    """Return the day stored by `Day.dump`."""
    page = _decoder.decode(raw)
    day = Day(page.start)
    day.high = page.high
    for column, data in zip(day.columns(), page.columns, strict=True):
        column.frombytes(data)
    day.fixes = page.fixes
    day.fresh = list(page.fresh)
    day.claims = page.claims
    day.newest = max([-1, *day.made_t1[-1:], *(c.t for c in day.fresh)])
    return day
