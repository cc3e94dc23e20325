"""A real SQLite, and a real PostgreSQL where one is installed: one server per session, a fresh database per test."""

import pytest

from app.historian.database import migrate, open_database
from tests.historian.postgres import NoPostgres, a_postgres


@pytest.fixture(scope="session")
def postgres():
    """The PostgreSQL of this session."""
    try:
        with a_postgres() as server:
            yield server
    except NoPostgres as error:
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty(request, tmp_path):
    """An empty database without tables."""
    url = request.getfixturevalue("postgres").a_database() if request.param == "postgresql" else None
    engine = open_database(url, tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def db(empty):
    """An empty, migrated database."""
    migrate(empty)
    return empty
