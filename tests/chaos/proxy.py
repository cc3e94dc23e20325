"""A wire between clients and the server that can be cut: a unix socket of its own in front of the server's."""

import contextlib
import socket
import threading
from pathlib import Path
from urllib.parse import quote, unquote


class Wire:
    """Carries bytes both ways until `cut`; then every connection breaks and new ones are refused until `mend`."""

    def __init__(self, server_url: str, path: Path) -> None:
        self._server = unquote(server_url.removeprefix("unix://"))
        self._path = path
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self.url = f"unix://{quote(str(path))}"

    def mend(self) -> None:
        """Accept connections (again)."""
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen(64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """Break every connection in the middle of whatever it carries, and refuse new ones."""
        self._path.unlink(missing_ok=True)
        if self._listener is not None:
            self._listener.close()
        with self._lock:
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._server)
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=(source, sink), daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError), source, sink:
        while data := source.recv(65_536):
            sink.sendall(data)
