"""A counter or scale that writes lines such as `C=000123 S=1` to a serial port: the example of docs/gateways-sdk.md."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import msgspec
import serial

from app.domain.plant.equipment import Source
from gateways.base import Away, Hear, Offer, Sample, Scalar
from gateways.options import Keys

KEYS = frozenset({"port", "mapping", "owner", "baudrate", "pattern", "settle", "silence"})
USUAL = r"(?P<address>\w+)=(?P<value>\S+)"
MOST, PAUSE_S, BROWSE_S = 4096, 0.02, 5.0
log = logging.getLogger(__name__)


class SerialOptions(msgspec.Struct, frozen=True):
    """What the plant file says; pattern: finds each `address` and `value` in a line, or its groups are addresses."""

    port: str
    baudrate: int
    pattern: re.Pattern[str]
    settle_s: float
    silence_s: float


def make(source: Source) -> "SerialGateway":
    """Return the gateway of a source. Raises BadSource naming the key."""
    keys = Keys(source, KEYS)
    port, baudrate = keys.text("port"), source.options.get("baudrate", 9600)
    if port is None:
        raise keys.wrong("port", "must be such as /dev/ttyUSB0 or socket://10.0.0.4:4001")
    if not isinstance(baudrate, int) or isinstance(baudrate, bool) or baudrate <= 0:
        raise keys.wrong("baudrate", f"must be a number such as 9600, is {baudrate!r}")
    try:
        pattern = re.compile(keys.text("pattern") or USUAL)
    except re.error as error:
        raise keys.wrong("pattern", f"must be a regular expression: {error}") from error
    if len({"address", "value"} & pattern.groupindex.keys()) == 1 or not pattern.groupindex:
        raise keys.wrong("pattern", "must have the groups (?P<address>...) and (?P<value>...), or one per address")
    settle, silence = keys.milliseconds("settle", 0, 60_000), keys.milliseconds("silence", 5_000, 600_000)
    return SerialGateway(SerialOptions(port, baudrate, pattern, settle / 1000, silence / 1000))


class SerialGateway:
    """One port; the times are the moments of reading."""

    def __init__(self, options: SerialOptions) -> None:
        self._options = options
        self.unmatched = 0

    async def listen(self, hear: Hear) -> None:
        """Tell what each line says that is new; a line without news is a sign of life. Raises Away."""
        told: dict[str, Scalar] = {}
        async for line in self._lines():
            now, said = time.time_ns() // 1_000_000, self._said(line)
            news = {address: value for address, value in said.items() if address not in told or told[address] != value}
            hear([Sample(address, value, now, snapshot=address not in told) for address, value in news.items()])
            told |= news

    async def browse(self, limit: int) -> list[Offer]:
        """Return what the lines of the next seconds say. Raises Away."""
        found: dict[str, Scalar] = {}
        with suppress(TimeoutError):
            async with asyncio.timeout(BROWSE_S):
                async for line in self._lines():
                    found |= self._said(line)
        return [Offer(address, value=value) for address, value in list(found.items())[:limit]]

    def _said(self, line: str) -> dict[str, Scalar]:
        found: dict[str, Scalar] = {}
        for match in self._options.pattern.finditer(line):
            groups = match.groupdict()
            said = {groups["address"]: groups["value"]} if "address" in groups else groups
            found |= {address: _value(text) for address, text in said.items() if text is not None}
        self.unmatched += not found
        if self.unmatched == 1 and not found:
            log.warning("lines that say nothing come", extra={"port": self._options.port, "first": line})
        return found

    async def _lines(self) -> AsyncIterator[str]:
        """Yield whole lines as they come. Raises Away when the port is gone or silent."""
        options, half = self._options, b""
        try:
            port = await asyncio.to_thread(serial.serial_for_url, options.port, options.baudrate, timeout=0)
        except (ValueError, OSError) as error:
            raise Away(f"the port {options.port} cannot be opened: {error}") from error
        opened = heard = time.monotonic()
        try:
            while True:  # reading never waits: nobody is in the port when it is closed
                *whole, half = (half[-MOST:] + port.read(MOST)).split(b"\n")
                if time.monotonic() - opened < options.settle_s:
                    whole, half = [], b""
                for line in whole:
                    heard = time.monotonic()
                    yield line.decode("ascii", errors="replace").strip()
                if time.monotonic() - heard > options.silence_s:
                    raise Away(f"nothing was heard at {options.port} for {options.silence_s:g} s: is it on?")
                await asyncio.sleep(PAUSE_S)
        except OSError as error:
            raise error if isinstance(error, Away) else Away(f"the port {options.port} is gone: {error}") from error
        finally:
            port.close()


def _value(text: str) -> Scalar:
    """Return a number where the text is one (`000123` is 123), else the text."""
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text
