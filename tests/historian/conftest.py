"""A real SQLite, and a real PostgreSQL where one is installed: one server per session, a fresh database per test."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from app.historian.database import migrate, open_database


@pytest.fixture(scope="session")
def postgres():
    """The address of a PostgreSQL of this session."""
    if not (shutil.which("initdb") and shutil.which("postgres")):
        pytest.skip("no initdb and postgres on the PATH")
    user = {}
    if os.geteuid() == 0:
        if "nobody" not in {entry.pw_name for entry in pwd.getpwall()}:
            pytest.skip("PostgreSQL does not run as root, and there is no user nobody")
        user = {"user": "nobody"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="lineside-pg-")
    if user:
        shutil.chown(folder, "nobody")
    data = str(Path(folder, "data"))
    made = subprocess.run(
        ["initdb", "-D", data, "-A", "trust", "-U", "lineside", "-N", "-E", "UTF8"],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
        **user,
    )
    if made.returncode:
        pytest.skip(f"initdb does not work here: {made.stderr[-300:]}")
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", folder, "-F"]
    server = subprocess.Popen(["postgres", "-D", data, *options], cwd=folder, stderr=subprocess.PIPE, text=True, **user)
    for line in server.stderr:
        if "ready to accept connections" in line:
            break
    else:
        pytest.skip("postgres does not start here")
    yield f"postgresql+psycopg://lineside@127.0.0.1:{port}"
    server.terminate()
    server.communicate()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def db(request, tmp_path):
    """An empty, migrated database."""
    url = None
    if request.param == "postgresql":
        server, name = request.getfixturevalue("postgres"), f"t{uuid4().hex}"
        admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        url = f"{server}/{name}"
    engine = open_database(url, tmp_path)
    migrate(engine)
    yield engine
    engine.dispose()
