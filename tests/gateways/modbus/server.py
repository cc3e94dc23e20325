"""pymodbus's own server in a thread, on a free port, with registers a test sets."""

import asyncio
import socket
import threading
from contextlib import suppress

from pymodbus.pdu import ExceptionResponse
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Server:
    """Holding registers from 0 on and bits in coils of the units 1 and 2; unit 9 refuses everything."""

    refusal = 11

    def __init__(self, blocks: dict[int, list[int]], bits: list[bool], port: int = 0) -> None:
        self.port, self._blocks, self._bits = port or free_port(), blocks, bits

    def _answer(self, sending: bool, pdu):
        """Answer every request to unit 9 with `refusal`."""
        if not sending or pdu.dev_id != 9:
            return pdu
        return ExceptionResponse(pdu.function_code & 0x7F, self.refusal, pdu.dev_id, pdu.transaction_id)

    def _device(self, unit: int) -> SimDevice:
        def registers() -> list[SimData]:
            return [SimData(at, values=v, datatype=DataType.REGISTERS) for at, v in self._blocks.items()]

        def bits() -> list[SimData]:
            return [SimData(0, values=self._bits, datatype=DataType.BITS)]

        return SimDevice(unit, simdata=(bits(), bits(), registers(), registers()))

    def __enter__(self) -> "Server":
        ready = threading.Event()

        async def serve() -> None:
            self._server = ModbusTcpServer(
                [self._device(1), self._device(2)], address=("127.0.0.1", self.port), trace_pdu=self._answer
            )
            await self._server.serve_forever(background=True)
            ready.set()
            with suppress(asyncio.CancelledError):
                await self._server.serving

        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(serve()))
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_) -> None:
        asyncio.run_coroutine_threadsafe(self._server.shutdown(), self._loop).result(10)
        self._thread.join(10)
        self._loop.close()

    def set(self, at: int, values: list[int], unit: int = 1) -> None:
        written = self._server.async_setValues(unit, 16, at, values)
        asyncio.run_coroutine_threadsafe(written, self._loop).result(10)
