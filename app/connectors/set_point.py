"""What writing a set-point to a machine is asked for and answers, whatever the protocol."""

from typing import NamedTuple, Protocol

from app.domain.decisions.adjusting import AdjustmentProtocol
from app.domain.plant.equipment import Source


class Written(NamedTuple):
    """What the machine said before and after, in the parameter's unit."""

    before: float
    after: float


class WriteFailed(RuntimeError):
    """The machine does not hold the value, or nobody knows; the text says why, in words."""


class SetPointWriter(Protocol):
    """Writes one set-point and reads it back."""

    def __call__(self, source: Source, address: str, protocol: AdjustmentProtocol, to: float) -> Written:
        """Write `to` unless the protocol forbids it from where the machine stands. Raises WriteFailed."""
