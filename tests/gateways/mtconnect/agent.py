"""An agent that says exactly what a test wants, byte by byte."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BOUNDARY = "x-y-z"
ITEMS = """<Device id="d" name="Mill" uuid="u"><DataItems>
<DataItem id="exec" name="execution" category="EVENT" type="EXECUTION"/>
<DataItem id="load" name="load" category="SAMPLE" type="LOAD" nativeUnits="PERCENT"/>
<DataItem id="prog" category="EVENT" type="PROGRAM"/>
<DataItem id="sys" category="CONDITION" type="SYSTEM"/></DataItems></Device>"""


def devices() -> bytes:
    return f"<MTConnectDevices xmlns='urn:x:1.7'><Header/><Devices>{ITEMS}</Devices></MTConnectDevices>".encode()


def seen(
    item: str, value: str, sequence: int, element: str = "Execution", group: str = "Events", more: str = "", at=None
) -> str:
    at = f"2026-11-23T08:{at or f'00:{sequence % 60:02}.5'}Z"
    head = f"<{element} dataItemId='{item}' timestamp='{at}' sequence='{sequence}' {more}>"
    return f"<{group}>{head}{value}</{element}></{group}>"


def streams(*observations: str, following: int, first: int = 1, instance: str = "7", at: str = "59:59") -> bytes:
    said = f"creationTime='2026-11-23T08:{at}Z'"
    header = f"<Header instanceId='{instance}' {said} firstSequence='{first}' nextSequence='{following}'/>"
    body = "".join(observations)
    wrapped = f"<Streams><DeviceStream name='Mill'><ComponentStream>{body}</ComponentStream></DeviceStream></Streams>"
    return f"<MTConnectStreams xmlns='urn:y:1.7'>{header}{wrapped}</MTConnectStreams>".encode()


def error(code: str) -> bytes:
    return (
        f"<MTConnectError><Header/><Errors><Error errorCode='{code}'>words</Error></Errors></MTConnectError>".encode()
    )


def part(document: bytes, *, length: bool = True) -> bytes:
    size = f"Content-length: {len(document)}\r\n" if length else ""
    return f"--{BOUNDARY}\r\nContent-type: text/xml\r\n{size}\r\n".encode() + document + b"\r\n"


class Scripted:
    """currents: what `/current` answers, one after the other; samples: pieces of each stream, then it is held open.

    A stream that ends with None is cut instead of held open. held: what `/current?at=` answers by sequence, others are
    out of range. issued: a certificate with its key; then it speaks TLS.
    credentials: what clients signed in with.
    """

    def __init__(
        self, currents: list[bytes], samples: list[list[bytes | None]], status: int = 200, issued=None, held=None
    ) -> None:
        self._held = held or {}
        self.currents, self.samples, self.status, self._issued = currents, samples, status, issued
        self.asked: list[str] = []
        self.credentials: set[str | None] = set()
        self._end = threading.Event()

    def current(self, path: str) -> bytes:
        if "?at=" in path:
            return self._held.get(int(path.rpartition("=")[2]), error("OUT_OF_RANGE"))
        return self.currents.pop(0) if len(self.currents) > 1 else self.currents[0]

    def __enter__(self) -> "Scripted":
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                script.asked.append(self.path)
                script.credentials.add(self.headers.get("Authorization"))
                if "/sample" in self.path:
                    self._stream(script.samples.pop(0) if script.samples else [])
                elif "/probe" in self.path:
                    self._send(devices())
                else:
                    self._send(script.current(self.path))

            def _send(self, raw: bytes) -> None:
                self.send_response(script.status)
                self.end_headers()
                self.wfile.write(raw)

            def _stream(self, pieces: list[bytes]) -> None:
                self.send_response(200)
                self.send_header("Content-Type", f'multipart/x-mixed-replace; boundary="{BOUNDARY}"')
                self.end_headers()
                for piece in pieces:
                    if piece is None:
                        self.close_connection = True
                        return
                    self.wfile.write(piece)
                    self.wfile.flush()
                script._end.wait(20)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http{'s' if self._issued else ''}://127.0.0.1:{self._server.server_port}"
        if self._issued is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(self._issued.certificate, self._issued.key)
            # The handshake belongs to the caller's own thread: one who never ends it holds up nobody else.
            lazily = {"server_side": True, "do_handshake_on_connect": False}
            self._server.socket = tls.wrap_socket(self._server.socket, **lazily)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._server.shutdown()
        self._server.server_close()
