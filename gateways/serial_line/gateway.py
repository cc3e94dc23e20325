"""A counter or scale that writes lines such as `C=000123 S=1` to a serial port. The example of docs/gateways-sdk.md.

pyserial (BSD) opens ports, and serial device servers by `socket://host:port`.
"""

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

KEYS = frozenset({"port", "mapping", "owner", "baudrate", "pattern", "silence"})
USUAL = r"(?P<address>\w+)=(?P<value>\S+)"
READ_S = 0.5
BROWSE_S = 5.0
log = logging.getLogger(__name__)


class SerialOptions(msgspec.Struct, frozen=True):
    """port: device or `socket://host:port`; pattern: finds each `address` and `value` in a line."""

    port: str
    baudrate: int
    pattern: re.Pattern[str]
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
    if not {"address", "value"} <= pattern.groupindex.keys():
        raise keys.wrong("pattern", "must have the groups (?P<address>...) and (?P<value>...)")
    return SerialGateway(SerialOptions(port, baudrate, pattern, keys.milliseconds("silence", 5_000, 600_000) / 1000))


class SerialGateway:
    """One port; the times are the moments of reading."""

    def __init__(self, options: SerialOptions) -> None:
        self._options = options

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
        found = {m["address"]: _value(m["value"]) for m in self._options.pattern.finditer(line)}
        if not found:
            log.warning("a line says nothing", extra={"port": self._options.port, "line": line})
        return found

    async def _lines(self) -> AsyncIterator[str]:
        """Yield whole lines as they come. Raises Away when the port is gone or silent."""
        options, heard, half = self._options, time.monotonic(), b""
        try:
            port = await asyncio.to_thread(serial.serial_for_url, options.port, options.baudrate, timeout=READ_S)
        except (serial.SerialException, ValueError, OSError) as error:
            raise Away(f"the port {options.port} cannot be opened: {error}") from error
        try:
            while True:
                half += await asyncio.to_thread(port.readline)
                if half.endswith(b"\n"):
                    heard, line, half = time.monotonic(), half, b""
                    yield line.decode("ascii", errors="replace").strip()
                elif time.monotonic() - heard > options.silence_s:
                    raise Away(f"nothing was heard at {options.port} for {options.silence_s:.0f} s: is it on?")
        except (serial.SerialException, OSError) as error:
            raise error if isinstance(error, Away) else Away(f"the port {options.port} is gone: {error}") from error
        finally:
            port.close()


def _value(text: str) -> Scalar:
    """Return a number where the text is one (`000123` is 123), else the text."""
    try:
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        return text
