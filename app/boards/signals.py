"""What the signals of a line say now and how far they keep their rules: as the engine leaves it every few seconds."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from app.domain.governance.rules import Rule
from app.domain.governance.watch import Standing

Value = float | int | bool | str | None
How = Literal["never", "broken", "silent", "fine"]


class SignalState(msgspec.Struct, frozen=True, omit_defaults=True):
    """One signal now. heard: UTC ms of its newest reading, None: never; score: of the last hour, a fraction.

    broken: the rule it breaks now; detail: what was seen against what is allowed.
    """

    machine: str
    signal: str
    heard: int | None = None
    value: Value = None
    score: float | None = None
    broken: Rule | None = None
    detail: str = ""

    @property
    def how(self) -> How:
        """In one word: never heard, breaking a rule, silent for too long, fine."""
        if self.heard is None:
            return "never"
        if self.broken is None:
            return "fine"
        return "silent" if self.broken == "freshness" else "broken"


class SignalStates(msgspec.Struct, frozen=True):
    """All signals of a line at `at` (UTC ms, engine time), in the plant file's order."""

    line: str
    at: int
    signals: tuple[SignalState, ...]


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(SignalStates)


def signal_states(line: str, standings: Iterable[Standing], at: int) -> SignalStates:
    """Return the states of a line's signals as they stand at `at` (UTC ms)."""
    return SignalStates(
        line,
        at,
        tuple(SignalState(s.machine, s.signal.id, s.heard, s.value, s.score, s.broken, s.detail) for s in standings),
    )


def encode_states(states: SignalStates) -> bytes:
    """Return the states as JSON."""
    return _encoder.encode(states)


def decode_states(raw: bytes) -> SignalStates:
    """Return the states in `raw`. Raises msgspec.DecodeError when it holds none."""
    return _decoder.decode(raw)
