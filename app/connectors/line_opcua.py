"""Writes a set-point to an OPC UA node: looks first, keeps to the protocol, reads back what the machine then holds.

How a session is opened is handed in: it is the gateways' (encryption, sign-in, addresses).
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from asyncua import Node, ua

from app.connectors.set_point import WriteFailed, Written
from app.domain.decisions.adjusting import AdjustmentProtocol, refusal
from app.domain.plant.equipment import Source
from app.text.translate import DEFAULT, t

PATIENCE_S = 15.0
CLOSE_ENOUGH = 1e-6
WHOLE = frozenset(
    {
        ua.VariantType.SByte, ua.VariantType.Byte, ua.VariantType.Int16, ua.VariantType.UInt16, ua.VariantType.Int32,
        ua.VariantType.UInt32, ua.VariantType.Int64, ua.VariantType.UInt64,
    }
)  # fmt: skip
NUMBERS = WHOLE | {ua.VariantType.Float, ua.VariantType.Double}
Opened = Callable[[Source, str], AbstractAsyncContextManager[Node]]
"""Opens the node of (source, address); raises WriteFailed with words when it cannot."""


@dataclass(frozen=True, slots=True)
class OpcUaWriter:
    """Writes one set-point at a time, each in a session of its own."""

    opened: Opened
    patience_s: float = PATIENCE_S

    def __call__(self, source: Source, address: str, protocol: AdjustmentProtocol, to: float) -> Written:
        """Write and read back. Raises WriteFailed; after a timeout nobody knows what the machine holds."""
        try:
            return asyncio.run(asyncio.wait_for(self._write(source, address, protocol, to), self.patience_s))
        except TimeoutError as error:
            raise WriteFailed(
                f"{source.id} did not answer within {self.patience_s:.0f} s: look at the machine"
            ) from error
        except (OSError, ua.UaError) as error:
            raise WriteFailed(f"{source.id}: {type(error).__name__} {error}") from error

    async def _write(self, source: Source, address: str, protocol: AdjustmentProtocol, to: float) -> Written:
        async with self.opened(source, address) as node:
            kind, before = await _number(node)
            refused = refusal(protocol, before, to)
            if refused is not None:
                raise WriteFailed(t(refused.key, DEFAULT, **refused.fields))
            if kind in WHOLE and not float(to).is_integer():
                raise WriteFailed(f"{address} holds whole numbers; {to} is none")
            value = int(to) if kind in WHOLE else float(to)
            # Servers refuse a write that brings a status or time with it, so the value goes alone.
            await node.write_attribute(ua.AttributeIds.Value, ua.DataValue(ua.Variant(value, kind)))
            _, after = await _number(node)
        if abs(after - to) > CLOSE_ENOUGH * max(1.0, abs(to)):
            raise WriteFailed(f"{address} was written {to} and holds {after}")
        return Written(before, after)


async def _number(node: Node) -> tuple[ua.VariantType, float]:
    said = await node.read_data_value()
    variant = said.Value
    if variant is None or variant.VariantType not in NUMBERS or variant.is_array:
        raise WriteFailed(f"{node.nodeid.to_string()} holds no number")
    return variant.VariantType, float(variant.Value)
