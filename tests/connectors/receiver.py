"""A real HTTP server on a free port of loopback, that answers what a test tells it to and keeps what it got."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Heard:
    """One request as it came in; headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """answers: (status, headers, body) for each request in turn, the last one for all after; goes: cleared, it waits.

    drips: it sends its body for ever, a byte at a time.
    """

    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(200, {}, b"taken")])
    goes: threading.Event = field(default_factory=threading.Event)
    drips: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def next_answer(self) -> tuple[int, dict[str, str], bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextlib.contextmanager
def a_receiver() -> Iterator[Receiver]:
    """Serve until left."""
    receiver, over = Receiver(), threading.Event()
    receiver.goes.set()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard.append(Heard(self.command, self.path, headers, body))
            receiver.goes.wait(20)
            status, more, said = receiver.next_answer()
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("content-length", str(10**9 if receiver.drips else len(said)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(said)
                while receiver.drips and not over.wait(0.02):
                    self.wfile.write(b".")

        do_GET = do_POST = do_PUT = _take  # noqa: N815 (names of http.server)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        over.set()
        receiver.goes.set()
        server.shutdown()
        thread.join(20)
        server.server_close()
