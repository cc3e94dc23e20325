"""A whole server over a real Valkey, for tests: a Flask client, and a real uvicorn on a free port when asked for."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.auth.sessions import Stores
from app.auth.tokens import issue
from app.auth.users import ensure_account
from app.commands.commissioning import CommissioningDesk
from app.commands.connections import ConnectionDesk
from app.commands.desk import CommandDesk
from app.commands.files import FileDesk
from app.commands.findings import FindingDesk
from app.commands.ground import Ground
from app.commands.loop import loop_on
from app.commands.mail import MailDesk
from app.domain.events import streams
from app.domain.plant.equipment import Plant
from app.domain.roles import Role
from app.historian.access import Access
from app.historian.alerts import Alerts
from app.historian.database import Database
from app.historian.files import Files
from app.live.assemble import Assembler
from app.rest.door import Door, Ingest
from app.services import History, Services
from app.streams.boards import RedisBoards
from app.streams.connection import Client, client_of
from app.streams.counters import Counters
from app.streams.desk import Desk
from app.streams.health import Health
from app.streams.ingest import IngestLog
from app.streams.push import SnapshotReader
from app.streams.quarantine import Quarantine
from app.web.clerk import Clerk
from app.web.config import WebConfig
from app.web.run import Running, listen
from app.web.server import Parts, Web, current_identity, make_server
from tests.sample_boards import LINE, NOW, sample_line_board
from tests.web.parts import (
    MemoryAccounts,
    MemoryCares,
    MemoryHistory,
    MemoryMail,
    MemoryPast,
    MemoryVersions,
    a_plant,
    memory_database,
    memory_files,
)

PASSWORD = "correct horse battery"
CONFIG = WebConfig("s" * 40, port=0, threads=8, tick_ms=50)
SAME = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Clock:
    ms: int = NOW

    def __call__(self) -> int:
        return self.ms


@dataclass
class World:
    url: str
    config: WebConfig = CONFIG
    clock: Clock = field(default_factory=Clock)
    store: MemoryAccounts = field(default_factory=MemoryAccounts)
    mail: MemoryMail = field(default_factory=MemoryMail)
    files: Files = field(default_factory=memory_files)
    plant: Plant = field(default_factory=a_plant)
    database: Database = field(default_factory=memory_database)
    past: MemoryPast = field(default_factory=MemoryPast)
    problems: list[str] = field(default_factory=list)
    ingest: Ingest | None = None
    plant_file: Path | None = None
    history: History = field(default_factory=MemoryHistory)

    def __post_init__(self) -> None:
        self.redis: Client = client_of(self.url)
        self.web: Web = self._make()

    def _make(self) -> Web:
        boards = RedisBoards(self.redis)
        desk = CommandDesk(lambda: self.plant, Desk(self.redis), self.store, boards, self.past, self.clock)
        mail = MailDesk(self.mail, self.mail, self.store, is_on=True, domains=(), now=self.clock)
        self.clerk = Clerk(self.files, MemoryHistory(), self.store, self.clock)
        parts = Parts(
            clerk=self.clerk,
            services=Services(
                self.plant,
                boards,
                desk,
                self.history,
                current_identity,
                self.clock,
                mail,
                FileDesk(self.files, self.store, self.clock),
                FindingDesk(MemoryCares(), self.store, lambda _: [], self.clock),
                ConnectionDesk(lambda: self.plant, Health(self.redis), Quarantine(self.redis), self.store, self.clock),
                CommissioningDesk(
                    lambda: self.plant, None, boards, lambda _, __: [], MemoryVersions(), self.store, self.clock
                ),
                loop_on(
                    Ground(lambda: self.plant, self.database, self.store, boards, desk, self.clock, self.plant_file)
                ),
            ),
            stores=Stores(self.store, self.store, self.store),
            counter=Counters(self.redis),
            sign_ins=self.store,
            source=SnapshotReader(self.url, [line.path for line in self.plant.lines()]),
            assemble=Assembler(self.plant),
            readiness=lambda: {"problems": self.problems},
            door=Door(self.plant, self.ingest or IngestLog(self.redis), Quarantine(self.redis), self.clock),
            history=MemoryHistory(),
            translate=lambda key, lang: f"{key} [{lang}]",
            languages=("en", "de"),
            alerts_revision=Alerts(self.database).revision,
            access_revision=lambda: self.store.access() + Access(self.database).revision(),
        )
        return make_server(self.config, parts)

    def again(self, config: WebConfig) -> "World":
        """The same world behind a server with another configuration."""
        return replace(self, config=config)

    def person(self, role: Role, *scopes: str, name: str | None = None) -> str:
        name = name or role.value
        ensure_account(self.store, name, PASSWORD, role, scopes or ("*",))
        return name

    def token(self, role: Role, *scopes: str, name: str = "gateway") -> str:
        return issue(self.store, name, role, scopes or ("*",), self.clock())

    def client(self) -> FlaskClient:
        return self.web.server.test_client()

    def signed_in(self, role: Role, *scopes: str) -> FlaskClient:
        client = self.client()
        assert sign_in(client, self.person(role, *scopes)).status_code == 303
        return client

    def publish(self, line: str = LINE, **changes: object) -> bytes:
        raw = msgspec.json.encode(replace(sample_line_board(), line=line, **changes))
        self.redis.set(streams.live(line), raw)
        self.redis.publish(streams.live(line), raw)
        return raw

    def events(self, line: str = LINE) -> list[dict[str, object]]:
        return [msgspec.json.decode(fields[b"e"]) for _, fields in self.redis.xrange(streams.events(line))]

    def listening(self) -> "contextlib.AbstractContextManager[str]":
        """Serve on a free port in a thread while entered; gives the address."""
        return served(self.web, self.config)


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD, target: str = "/shifts") -> TestResponse:
    return client.post("/login", data={"username": name, "password": password, "next": target}, headers=SAME)


@contextlib.contextmanager
def served(web: Web, config: WebConfig) -> Iterator[str]:
    """Serve on a free port in a thread and yield the address."""
    running = Running(web, listen(config))
    up, port = threading.Event(), []
    thread = threading.Thread(target=running.run, args=(lambda p: (port.append(p), up.set()),))
    thread.start()
    assert up.wait(20)
    try:
        yield f"http://127.0.0.1:{port[0]}"
    finally:
        running.stop()
        thread.join(20)
        assert not thread.is_alive()
