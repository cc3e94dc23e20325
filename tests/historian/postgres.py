"""A real PostgreSQL of one's own, where one is installed: started, stopped, started again."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text

USER = "nobody"
DEBIAN = "/usr/lib/postgresql"


class NoPostgres(RuntimeError):
    """There is none here that can be started; the text says why."""


def program(name: str) -> str:
    """Return the path of a server program: on the PATH, or where Debian keeps them."""
    kept = sorted(Path(DEBIAN).glob(f"*/bin/{name}"), reverse=True)
    found = shutil.which(name) or next(map(str, kept), None)
    if found is None:
        raise NoPostgres(f"no {name} on the PATH or under {DEBIAN}")
    return found


class Postgres:
    """One server with a folder and a port of its own; url: without a database."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._options = options
        self._as = {"user": USER} if os.geteuid() == 0 else {}
        if self._as:
            if USER not in {entry.pw_name for entry in pwd.getpwall()}:
                raise NoPostgres(f"PostgreSQL does not run as root, and there is no user {USER}")
            shutil.chown(folder, USER)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgresql+psycopg://lineside@127.0.0.1:{self.port}"
        self._run("initdb", "-A", "trust", "-U", "lineside", "-N", "-E", "UTF8")

    def _run(self, name: str, *arguments: str) -> None:
        command = [program(name), "-D", str(self._folder / "data"), *arguments]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, check=False, text=True, **self._as)
        if done.returncode:
            raise NoPostgres(f"{name} does not work here: {done.stderr[-300:]}")

    def start(self) -> None:
        """Start it and return once it answers."""
        options = ["-h", "127.0.0.1", "-p", str(self.port), "-k", str(self._folder), "-F", *self._options]
        self._run("pg_ctl", "-w", "-s", "-l", str(self._folder / "log"), "-o", " ".join(options), "start")

    def stop(self) -> None:
        """Stop it in the middle of whatever it does (immediate: as after a crash)."""
        self._run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")

    def a_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"t{uuid4().hex}"
        admin = create_engine(f"{self.url}/postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        return f"{self.url}/{name}"


@contextmanager
def a_postgres(*options: str) -> Iterator[Postgres]:
    """Yield a running server; it and its folder are gone afterwards. Raises NoPostgres."""
    folder = Path(tempfile.mkdtemp(prefix="lineside-pg-"))
    try:
        server = Postgres(folder, *options)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
