"""The parts of a real server: Redis streams, SQL history, accounts; what app/wiring.py hands to make_server."""

from collections.abc import Callable

from app.auth.sessions import Stores
from app.auth.tokens import Token
from app.auth.users import Account
from app.commands.desk import CommandDesk
from app.domain.plant.equipment import Plant
from app.historian.accounts import Accounts, Audit
from app.historian.database import Database
from app.historian.past import Past
from app.historian.sessions import EndedSessions
from app.live.assemble import Assembler
from app.rest.door import Door
from app.services import Services
from app.streams.boards import RedisBoards
from app.streams.connection import client_of
from app.streams.counters import Counters
from app.streams.desk import Desk
from app.streams.ingest import IngestLog
from app.streams.push import SnapshotReader
from app.streams.quarantine import Quarantine
from app.streams.raw import RawLog
from app.text.translate import languages, t
from app.views.history import SqlHistory
from app.web.readiness import Readiness
from app.web.server import Parts, current_identity


def accounts_in(database: Database) -> "Accounts[Account, Token]":
    """Return the account and token store of a database."""
    return Accounts(database, Account, Token)


def standard_parts(plant: Plant, redis_url: str, database: Database, now: Callable[[], int]) -> Parts:
    """Return the parts of one web worker. redis_url: app.streams.connection.url_of; database: open and migrated.

    Connects with the first request, not now. now: UTC ms.
    """
    client, store = client_of(redis_url), accounts_in(database)
    boards, counter = RedisBoards(client), Counters(client)
    history = SqlHistory(database, plant, RawLog(client))
    desk = CommandDesk(lambda: history.plant, Desk(client), Audit(database), boards, Past(database), now)
    lines = [line.path for line in plant.lines()]
    return Parts(
        services=Services(plant, boards, desk, history, current_identity, now),
        stores=Stores(store, store, EndedSessions(database, now)),
        counter=counter,
        sign_ins=store,
        source=SnapshotReader(redis_url, lines),
        assemble=Assembler(plant),
        readiness=Readiness(client, database, lines, now),
        door=Door(plant, IngestLog(client), Quarantine(client), now),
        history=history,
        translate=t,
        languages=languages(),
    )
