"""A Modbus TCP server: units with the registers and bits that somebody wants to read, and no others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

TABLES = ("coil", "discrete", "holding", "input")
"""In pymodbus's order."""
WRITES = {"coil": 15, "discrete": 2, "holding": 16, "input": 4}
"""pymodbus finds a table by a function code of it; nobody but us may write inputs, so theirs is the reading one."""
BITS = ("coil", "discrete")
Values = Sequence[int] | Sequence[bool]


class Device:
    """One server at host and port. Registers count from 0 and hold 0 until they are written."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._held: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
        self._server: ModbusTcpServer | None = None

    def declare(self, unit: int, table: str, start: int, length: int) -> None:
        """Let the server have registers or bits."""
        for at in range(start, start + length):
            self._held[unit, table].setdefault(at, 0)

    def held(self, unit: int, table: str, at: int) -> int:
        """Return what a register holds."""
        return self._held[unit, table][at]

    async def start(self) -> None:
        """Serve. Raises OSError when the place is taken."""
        units = dict.fromkeys(unit for unit, _ in self._held)
        server = ModbusTcpServer([self._unit(unit) for unit in units], address=self._address)
        try:
            await server.serve_forever(background=True)
        except RuntimeError as error:
            raise OSError(str(error)) from error
        self._server = server

    async def stop(self) -> None:
        """Serve no more."""
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]
            self._server = None

    async def write(self, unit: int, table: str, start: int, values: Values) -> None:
        """Write neighbours; no reader sees half of them."""
        self._held[unit, table].update(zip(range(start, start + len(values)), map(int, values), strict=True))
        if self._server is not None:
            said = list(map(bool, values)) if table in BITS else list(map(int, values))
            await self._server.async_setValues(unit, WRITES[table], start, said)

    def _unit(self, unit: int) -> SimDevice:
        coils, discretes, holding, inputs = (list(self._data(unit, table)) for table in TABLES)
        return SimDevice(unit, simdata=(coils, discretes, holding, inputs))

    def _data(self, unit: int, table: str) -> Iterator[SimData]:
        held = self._held.get((unit, table), {})
        kind = DataType.BITS if table in BITS else DataType.REGISTERS
        for start, length in runs(held):
            values = [held[at] for at in range(start, start + length)]
            yield SimData(start, values=[bool(v) for v in values] if table in BITS else values, datatype=kind)
        if not held:  # pymodbus wants something in every table
            yield SimData(0, datatype=kind, values=[False] * 16 if table in BITS else [0])


def runs(addresses: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, how many) of addresses that follow each other.

    >>> list(runs([4, 2, 1, 7]))
    [(1, 2), (4, 1), (7, 1)]
    """
    start, end = 0, 0
    for at in sorted(addresses):
        if at != end and end > start:
            yield start, end - start
        if at != end or end == start:
            start = at
        end = at + 1
    if end > start:
        yield start, end - start
