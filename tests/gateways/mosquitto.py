"""A real broker of one's own: mosquitto, where one is installed, with a folder and a port of its own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

PATIENCE_S = 20


class NoBroker(RuntimeError):
    """There is none here that can be started; the text says why."""


def program(name: str) -> str:
    """Return the path of a program of the broker: on the PATH, or where Debian keeps it."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise NoBroker(f"no {name} on the PATH or in /usr/sbin")
    return found


class Mosquitto:
    """One broker. options: lines of its configuration; users: name -> password, then nobody else may in.

    A kill and a start keep the port.
    """

    def __init__(self, folder: Path, *options: str, users: Mapping[str, str] = MappingProxyType({})) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._program = program("mosquitto")
        self._folder, self._process = folder, None
        root = ["user root"] if os.geteuid() == 0 else []
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", *self._who(users)]
        (folder / "mosquitto.conf").write_text("\n".join([*root, *lines, *options]) + "\n")

    def _who(self, users: Mapping[str, str]) -> list[str]:
        if not users:
            return ["allow_anonymous true"]
        file = self._folder / "passwords"
        file.touch()
        for name, password in users.items():
            subprocess.run([program("mosquitto_passwd"), "-b", file, name, password], check=True)
        return ["allow_anonymous false", f"password_file {file}"]

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> "Mosquitto":
        """Start it and return once it answers."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-c", str(self._folder / "mosquitto.conf")], stdout=log, stderr=log
            )
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise NoBroker(f"mosquitto does not start: {(self._folder / 'log').read_text()[-500:]}")

    def kill(self) -> None:
        """End it at once, as a power cut does; no wills are told."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE_S)
            self._process = None
