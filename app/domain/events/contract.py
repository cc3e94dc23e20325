"""The event contract: everything that may be on a line's stream, one typed struct per kind.

Identity of every event is (source, epoch, seq) (DOMAIN section 6): `epoch` changes when a source restarts without
memory, `seq` rises by one per source and line. `t` is UTC milliseconds at the source. `machine` is the full path
`site/area/line/machine` (or the line's path where an event concerns the whole line: order, heartbeat, andon); a bare
machine id is accepted at the doors (HTTP, logs) when it is unique in the plant and is replaced by the path there.
"""

import datetime as dt
from typing import Annotated, Literal

import msgspec

Epoch = int | str
OrderAction = Literal["start", "end"]
AndonCall = Literal["maintenance", "material", "quality", "leader"]
AndonAction = Literal["call", "accept", "clear"]
ValueStatus = Literal["good", "uncertain", "bad"]
LATEST = 253_402_300_799_999
Millis = Annotated[int, msgspec.Meta(ge=0, le=LATEST)]
"""UTC milliseconds, 1970 to the year 9999."""
Sequence = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
Units = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
"""Units made: never negative."""
Correction = Annotated[int, msgspec.Meta(ge=-1_000_000_000, le=1_000_000_000)]


class Envelope(msgspec.Struct, tag_field="kind", frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What every event has: where it is about, when it was, and who says so."""

    machine: str
    t: Millis
    source: str
    epoch: Epoch
    seq: Sequence


class StateChanged(Envelope, frozen=True, kw_only=True, tag="state"):
    """The machine says its state: a PackML name, or run, stop, setup, starved, blocked, planned, or a raw code."""

    state: str
    reason: str | None = None


class Counted(Envelope, frozen=True, kw_only=True, tag="count"):
    """Units made since the previous count: increments, integers of the product's resolution."""

    good: Units = 0
    reject: Units = 0
    rework: Units = 0
    reason: str | None = None
    made_at: Millis | None = None


class Measured(Envelope, frozen=True, kw_only=True, tag="value"):
    """A process value with its OPC UA severity."""

    signal: str
    value: float | int | bool | str | None
    status: ValueStatus = "good"


class OrderChanged(Envelope, frozen=True, kw_only=True, tag="order"):
    """A production order starts or ends on the line.

    was: a person corrects the statement made for the time `was`: it is not so, but as said here, at `t` (DOMAIN
    section 7); what is left out (product, quantity, due) stays as it was. said_at: when they said it; by, note: who
    and why. All empty when it is said as it happens.
    """

    action: OrderAction
    order: str
    product: str | None = None
    quantity: Units | None = None
    due: Millis | None = None
    was: Millis | None = None
    said_at: Millis | None = None
    by: str = ""
    note: str | None = None


class Heartbeat(Envelope, frozen=True, kw_only=True, tag="heartbeat"):
    """The source is alive and has nothing new."""


class StopClassified(Envelope, frozen=True, kw_only=True, tag="classify", rename={"from_": "from"}):
    """A person attests what a stretch of time was (DOMAIN section 7).

    [from, to); `to` None means: until the stop that contains `from` ends. `reason` is a leaf of the reason tree;
    `planned` overrides the reason's own flag; `state` attests a state (run, stop, setup, starved, blocked, planned),
    used for unknown time. All three None withdraws earlier attestations in the stretch (undo).
    """

    from_: Millis
    to: Millis | None = None
    reason: str | None = None
    planned: bool | None = None
    state: str | None = None
    by: str = ""
    note: str | None = None


class CountCorrected(Envelope, frozen=True, kw_only=True, tag="correct"):
    """A person corrects counts where the units were made; increments may be negative."""

    made_at: Millis
    good: Correction = 0
    reject: Correction = 0
    rework: Correction = 0
    reason: str | None = None
    by: str = ""
    note: str | None = None


class ShiftsChanged(Envelope, frozen=True, kw_only=True, tag="shifts"):
    """A person says which shifts opened on the line on a local date: an exception that the plant file lacks.

    shifts: names of the line's calendar, none: nothing opened that day; null takes back what was said. It beats the
    plant file for this line and date, in the past too: the hours it touches are restated.
    """

    date: dt.date
    shifts: tuple[str, ...] | None
    by: str = ""
    note: str | None = None


class AndonChanged(Envelope, frozen=True, kw_only=True, tag="andon"):
    """Somebody calls for help, accepts the call, or clears it."""

    call: AndonCall
    action: AndonAction
    by: str = ""


Event = (
    StateChanged
    | Counted
    | Measured
    | OrderChanged
    | Heartbeat
    | StopClassified
    | CountCorrected
    | AndonChanged
    | ShiftsChanged
)
