"""An MTConnect agent: devices, what holds now, and a buffer of observations that is streamed while somebody listens."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

import msgspec

from simulators.servers.spots import Value

BOUNDARY = "lineside"
SIZE = 131_072
NAMESPACE = "urn:mtconnect.org:MTConnect{kind}:1.4"


class Thing(msgspec.Struct, frozen=True):
    """A data item: id, name and device as the mapping names it; element: `Execution`, `PartCount`, `Load`."""

    id: str
    name: str
    device: str
    element: str
    category: str


class Seen(msgspec.Struct, frozen=True):
    """An observation in the buffer."""

    sequence: int
    thing: Thing
    value: Value
    t: int


class Agent:
    """What the agent knows; safe for threads. instance: changes whenever it begins anew.

    Its clock stands at the newest observation: the simulated machines have a time of their own.
    """

    def __init__(self, instance: int, size: int = SIZE) -> None:
        self.instance = instance
        self.is_open = True
        self._things: dict[str, Thing] = {}
        self._now: dict[str, Seen] = {}
        self._t = 0
        self._forgotten: dict[str, Seen] = {}
        self._buffer: deque[Seen] = deque(maxlen=size)
        self._next = 1
        self._told = threading.Condition()

    def declare(self, thing: Thing) -> None:
        """Let the agent have a data item, unavailable until it is observed."""
        self._things[thing.id] = thing
        self._now[thing.id] = Seen(0, thing, None, 0)

    def observe(self, item: str, value: Value, t: int) -> None:
        """Take an observation; t: UTC ms."""
        with self._told:
            seen = Seen(self._next, self._things[item], value, t)
            self._next += 1
            self._t = max(self._t, t)
            self._now[item] = seen
            if len(self._buffer) == self._buffer.maxlen:
                self._forgotten[self._buffer[0].thing.id] = self._buffer[0]
            self._buffer.append(seen)
            self._told.notify_all()

    def close(self) -> None:
        """End every stream."""
        with self._told:
            self.is_open = False
            self._told.notify_all()

    def probe(self) -> bytes:
        """Return the devices."""
        devices: dict[str, list[str]] = {}
        for thing in self._things.values():
            kind = "".join("_" + c if c.isupper() and i else c.upper() for i, c in enumerate(thing.element))
            name = f" name={quoteattr(thing.name)}" if thing.name else ""
            item = f"<DataItem id={quoteattr(thing.id)}{name} category='{thing.category}' type='{kind}'/>"
            devices.setdefault(thing.device, []).append(item)
        body = "".join(
            f"<Device id={name} name={name} uuid={name}><DataItems>{''.join(items)}</DataItems></Device>"
            for name, items in ((quoteattr(device), items) for device, items in devices.items())
        )
        return self._document("Devices", f"<Devices>{body}</Devices>")

    def current(self, at: int | None = None) -> bytes:
        """Return what every data item holds now, or held at a sequence of the buffer."""
        with self._told:
            if at is None:
                return self._streams(list(self._now.values()), self._next)
            if not self._first() <= at < self._next:
                return self._out_of_range("at", self._next - 1)
            held = {item: Seen(0, thing, None, 0) for item, thing in self._things.items()} | self._forgotten
            held |= {seen.thing.id: seen for seen in self._buffer if seen.sequence <= at}
            return self._streams(list(held.values()), self._next)

    def sample(self, start: int, count: int) -> tuple[bytes, int | None]:
        """Return observations from a sequence on with the one to ask from next; None: they are out of range."""
        with self._told:
            if not self._first() <= start <= self._next:
                return self._out_of_range("from", self._next), None
            found = [seen for seen in self._buffer if seen.sequence >= start][:count]
            following = found[-1].sequence + 1 if found else start
            return self._streams(found, following), following

    def stream(self, start: int, count: int, interval_s: float, heartbeat_s: float) -> Iterator[bytes]:
        """Yield documents as observations come, an empty one with every heartbeat without any."""
        following: int | None = start
        while self.is_open and following is not None:
            with self._told:
                if self._next <= following:
                    self._told.wait(heartbeat_s)
            raw, following = self.sample(following, count)
            yield raw
            time.sleep(interval_s)

    def _out_of_range(self, key: str, most: int) -> bytes:
        words = f"'{key}' must be between {self._first()} and {most}"
        return self._document("Error", f"<Errors><Error errorCode='OUT_OF_RANGE'>{words}</Error></Errors>")

    def _first(self) -> int:
        return self._buffer[0].sequence if self._buffer else self._next

    def _streams(self, found: list[Seen], following: int) -> bytes:
        devices: dict[str, list[str]] = {}
        for seen in found:
            group = {"SAMPLE": "Samples", "EVENT": "Events"}[seen.thing.category]
            at = _utc(seen.t)
            value = "UNAVAILABLE" if seen.value is None else escape(str(seen.value))
            ids = f"dataItemId={quoteattr(seen.thing.id)} timestamp='{at}' sequence='{seen.sequence}'"
            element = f"<{seen.thing.element} {ids}>{value}</{seen.thing.element}>"
            devices.setdefault(seen.thing.device, []).append(f"<{group}>{element}</{group}>")
        body = "".join(
            f"<DeviceStream name={name}><ComponentStream>{''.join(own)}</ComponentStream></DeviceStream>"
            for name, own in ((quoteattr(device), own) for device, own in devices.items())
        )
        return self._document("Streams", f"<Streams>{body}</Streams>", following)

    def _document(self, kind: str, body: str, following: int | None = None) -> bytes:
        ends = "" if following is None else f" firstSequence='{self._first()}' nextSequence='{following}'"
        header = f"<Header instanceId='{self.instance}' version='1.4' creationTime='{_utc(self._t)}'{ends}/>"
        name = NAMESPACE.format(kind=kind)
        return f"<?xml version='1.0'?><MTConnect{kind} xmlns='{name}'>{header}{body}</MTConnect{kind}>".encode()


def _utc(t: int) -> str:
    return datetime.fromtimestamp(t / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class AgentServer(ThreadingHTTPServer):
    """An HTTP server of an agent, listening; `serve_forever` in a thread is the caller's."""

    daemon_threads = True

    def __init__(self, agent: Agent, host: str, port: int) -> None:
        self.agent = agent
        super().__init__((host, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: AgentServer

    def do_GET(self) -> None:
        asked, agent = urlsplit(self.path), self.server.agent
        said = {key: values[-1] for key, values in parse_qs(asked.query).items()}
        what = asked.path.rpartition("/")[2]
        if what == "sample" and "interval" in said:
            self._stream(said)
        elif what == "sample":
            self._answer(agent.sample(int(said.get("from", 1)), int(said.get("count", 100)))[0])
        else:
            at = int(said["at"]) if "at" in said else None
            self._answer(agent.probe() if what == "probe" else agent.current(at))

    def log_message(self, *_: object) -> None:
        """Say nothing: the simulation's own words are on this terminal."""

    def _answer(self, raw: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _stream(self, said: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace;boundary={BOUNDARY}")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        seconds = (int(said["interval"]) / 1000, int(said.get("heartbeat", 10_000)) / 1000)
        try:
            for raw in self.server.agent.stream(int(said.get("from", 1)), int(said.get("count", 100)), *seconds):
                head = f"--{BOUNDARY}\r\nContent-type: text/xml\r\nContent-length: {len(raw)}\r\n\r\n"
                self.wfile.write(head.encode() + raw + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            return
