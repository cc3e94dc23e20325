"""A plant with a real morning behind it, served while engine and historian go on: for pages of history."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.auth.users import ensure_account
from app.domain.roles import Role
from app.historian.database import migrate, open_database
from app.streams.connection import client_of
from app.web.server import make_server
from app.web.standard import Stands, accounts_in, standard_parts
from tests.golden.rig import ONE, Rig, a_morning, two_lines
from tests.web.world import CONFIG, PASSWORD, served


@dataclass
class Floor:
    """A plant with a morning behind it. person: makes who signs in."""

    rig: Rig

    def person(self, role: Role, *scopes: str) -> str:
        """Return the name of somebody with this role."""
        ensure_account(accounts_in(self.rig.database), role.value, PASSWORD, role, scopes or ("*",))
        return role.value


@contextmanager
def a_floor(redis_url: str, folder: Path) -> Iterator[tuple[str, Floor]]:
    """Yield the address and the floor while engine and historian go on with what people say."""
    client, database, stop = client_of(redis_url), open_database(None, folder), threading.Event()
    client.flushall()
    migrate(database)
    rig = Rig(client, two_lines(), database)
    rig.say(ONE, *a_morning(ONE))
    rig.account()

    def go_on() -> None:
        while not stop.wait(0.2):
            rig.account()

    web = make_server(CONFIG, standard_parts(Stands(rig.plant, redis_url, database, lambda: rig.now)))
    work = threading.Thread(target=go_on)
    with served(web, CONFIG) as address:
        work.start()
        yield address, Floor(rig)
        stop.set()
        work.join()
    client.close()
    database.dispose()
