"""Modbus TCP: reads the mapped registers at their intervals and tells what changed."""

import asyncio
import logging
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from app.domain.plant.equipment import Source
from gateways.addresses import addresses
from gateways.base import Away, Hear, Offer, Sample
from gateways.modbus.mapping import (
    EXCEPTIONS,
    LONGEST_POLL_MS,
    OF_ONE_REGISTER,
    Point,
    Read,
    Usual,
    halves,
    plan,
    point_of,
    value_of,
)
from gateways.options import Keys

KEYS = frozenset(
    {"url", "mapping", "owner", "unit", "word_order", "byte_order", "poll", "numbering", "hole", "timeout", "retell"}
)
PORT = 502
POLL_MS = 1_000
TIMEOUT_MS = 3_000
RETELL_MS = 30_000
ALIVE_S = 3.0
HOLE = 8

log = logging.getLogger(__name__)


class ModbusOptions(msgspec.Struct, frozen=True):
    """What the plant file says. retell_s: a value that does not change is told again this often."""

    host: str
    port: int
    points: tuple[Point, ...]
    hole: int
    timeout_s: float
    retell_s: float


def make(source: Source) -> "ModbusGateway":
    """Return the gateway of a source. Raises BadSource naming the key."""
    keys = Keys(source, KEYS)
    url, right = urlsplit(keys.text("url") or ""), "must be such as modbus://10.0.0.5:502"
    try:
        port = url.port or PORT
    except ValueError as error:
        raise keys.wrong("url", right) from error
    if url.scheme != "modbus" or not url.hostname or url.path not in ("", "/") or url.username:
        raise keys.wrong("url", right)
    usual = _usual(keys)
    points = tuple(keys.each("mapping", addresses(source), lambda address: point_of(address, usual)))
    return ModbusGateway(
        ModbusOptions(
            url.hostname,
            port,
            points,
            _whole(keys, "hole", HOLE, 100),
            keys.milliseconds("timeout", TIMEOUT_MS, 60_000) / 1000,
            keys.milliseconds("retell", RETELL_MS, LONGEST_POLL_MS) / 1000,
        )
    )


def _usual(keys: Keys) -> Usual:
    return Usual(
        unit=_whole(keys, "unit", 1, 255),
        words="little" if keys.word("word_order", ("big", "little")) == "little" else "big",
        bytes="little" if keys.word("byte_order", ("big", "little")) == "little" else "big",
        poll_ms=keys.milliseconds("poll", POLL_MS, LONGEST_POLL_MS),
        numbering=keys.word("numbering", ("reference", "protocol")),
    )


def _whole(keys: Keys, key: str, usual: int, most: int) -> int:
    found = keys.source.options.get(key, usual)
    if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= most:
        return found
    raise keys.wrong(key, f"must be a whole number of 0 to {most}, is {found!r}")


class ModbusGateway:
    """One connection to one Modbus server, read by us: the times are the moments of reading."""

    def __init__(self, options: ModbusOptions) -> None:
        self._options = options
        self._alone: set[Point] = set()
        self._told: dict[Point, tuple[Sample, float]] = {}
        self._why: dict[Point, str] = {}

    async def listen(self, hear: Hear) -> None:
        """Read until the server is gone. Raises Away."""
        self._told.clear()
        due = dict.fromkeys(sorted({p.poll_ms for p in self._options.points}), 0.0)
        heard_at = 0.0
        client = await self._connected()
        try:
            while True:
                now = time.monotonic()
                ready = {ms for ms, at in due.items() if at <= now}
                samples = await self._look(client, [p for p in self._options.points if p.poll_ms in ready])
                if samples or (ready and now - heard_at >= ALIVE_S):
                    hear(samples)
                    heard_at = now
                due |= {ms: max(due[ms] + ms / 1000, now) for ms in ready}
                wake = min(due.values(), default=now + ALIVE_S)
                if wake - now > ALIVE_S:
                    await self._sign(client, hear, wake)
                else:
                    await asyncio.sleep(max(0.0, wake - time.monotonic()))
        finally:
            client.close()

    async def browse(self, limit: int) -> list[Offer]:
        """Return the mapped registers with their values: a Modbus server cannot say what it has. Raises Away."""
        points = self._options.points[:limit]
        client = await self._connected()
        try:
            found = {s.address: s for s in await self._look(client, points)}
        finally:
            client.close()
        return [Offer(p.address, p.type, value=found[p.address].value, meaning=self._why.get(p, "")) for p in points]

    async def _connected(self) -> AsyncModbusTcpClient:
        options = self._options
        client = AsyncModbusTcpClient(
            options.host, port=options.port, timeout=options.timeout_s, retries=0, reconnect_delay=0
        )
        if await client.connect():
            return client
        client.close()
        raise Away(f"no Modbus server answers at {options.host}:{options.port}: is it on, and is the port open to us?")

    async def _sign(self, client: AsyncModbusTcpClient, hear: Hear, wake: float) -> None:
        """While nothing is due for long, read one register every few seconds to know that the server lives."""
        while (left := wake - time.monotonic()) > 0:
            await asyncio.sleep(min(left, ALIVE_S))
            await self._read(client, plan(self._options.points[:1], 0)[0])
            hear([])

    async def _look(self, client: AsyncModbusTcpClient, points: Sequence[Point]) -> list[Sample]:
        """Read points; return samples of those that changed or are to be told again."""
        together = plan([p for p in points if p not in self._alone], self._options.hole)
        waiting = together + [r for p in points if p in self._alone for r in plan([p], 0)]
        samples: list[Sample] = []
        while waiting:
            read = waiting.pop(0)
            found = await self._read(client, read)
            if isinstance(found, int) and found in OF_ONE_REGISTER and (smaller := halves(read)):
                waiting[:0] = smaller
            else:
                samples += self._samples(read, found)
        return samples

    def _samples(self, read: Read, found: Sequence[int] | int) -> list[Sample]:
        now, t = time.monotonic(), time.time_ns() // 1_000_000
        samples = []
        for point in read.points:
            value = None if isinstance(found, int) else value_of(point, read, found)
            self._wonder(point, found if isinstance(found, int) else None)
            sample = Sample(point.address, value, t, "bad" if value is None else "good")
            before = self._told.get(point)
            is_news = before is None or (before[0].value, before[0].status) != (value, sample.status)
            if before is None or is_news or now - before[1] >= self._options.retell_s:
                samples.append(msgspec.structs.replace(sample, snapshot=before is None))
                self._told[point] = (sample, now)
        return samples

    def _wonder(self, point: Point, code: int | None) -> None:
        """Say once why a register cannot be read; one that spoils a request is asked for alone from then on."""
        if code is None:
            self._why.pop(point, None)
            return
        if code in OF_ONE_REGISTER:
            self._alone.add(point)
        why = EXCEPTIONS.get(code, f"the device answers with exception code {code}")
        if self._why.get(point) != why:
            self._why[point] = why
            log.warning("a register cannot be read", extra={"address": point.address, "why": why})

    async def _read(self, client: AsyncModbusTcpClient, read: Read) -> Sequence[int] | int:
        """Return the registers or bits of a request, or the exception code that answered it. Raises Away."""
        ask = {
            "coil": client.read_coils,
            "discrete": client.read_discrete_inputs,
            "input": client.read_input_registers,
            "holding": client.read_holding_registers,
        }[read.table]
        where = f"{self._options.host}:{self._options.port}"
        try:
            answer = await ask(read.start, count=read.length, device_id=read.unit)
        except ModbusException as error:
            raise Away(f"the Modbus server at {where} no longer answers unit {read.unit}: {error}") from error
        if (task := asyncio.current_task()) is not None and task.cancelling():
            # Python 3.11's wait_for, which pymodbus uses, loses a cancellation that comes with the answer: bpo-42130.
            raise asyncio.CancelledError
        if answer.isError():
            return answer.exception_code
        found = answer.bits[: read.length] if read.table in ("coil", "discrete") else answer.registers
        if len(found) < read.length:
            raise Away(
                f"the Modbus server at {where} answered {len(found)} of {read.length} values of unit {read.unit}"
            )
        return found
