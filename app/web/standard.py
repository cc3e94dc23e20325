"""The parts of a real server: Redis streams, SQL history, accounts; what app/wiring.py hands to make_server."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.auth.sessions import Stores
from app.auth.tokens import Token
from app.auth.users import Account
from app.commands.commissioning import CommissioningDesk, Looked, SourceAway
from app.commands.connections import ConnectionDesk
from app.commands.desk import CommandDesk
from app.commands.files import FileDesk
from app.commands.findings import FindingDesk
from app.commands.ground import Ground
from app.commands.loop import loop_on
from app.commands.mail import MailDesk
from app.connectors.set_point import SetPointWriter
from app.domain.plant.equipment import Plant, Source
from app.domain.plant.suggest import Offered
from app.historian.access import Access
from app.historian.accounts import Accounts, Audit
from app.historian.alerts import Alerts
from app.historian.care import Cares
from app.historian.database import Database
from app.historian.files import Files
from app.historian.mail import Outbox, Subscriptions
from app.historian.past import Past
from app.historian.plants import PlantVersions
from app.historian.sessions import EndedSessions
from app.live.assemble import Assembler
from app.rest.door import Door
from app.services import Services
from app.streams.archive import RawHistory
from app.streams.boards import RedisBoards
from app.streams.connection import Client, client_of
from app.streams.counters import Counters
from app.streams.desk import Desk
from app.streams.health import Health
from app.streams.ingest import IngestLog
from app.streams.push import SnapshotReader
from app.streams.quarantine import Quarantine
from app.streams.raw import RawLog
from app.text.translate import languages, t
from app.views.history import SqlHistory
from app.web.clerk import Clerk
from app.web.readiness import Readiness
from app.web.server import Parts, current_identity
from gateways.base import Away, BadSource
from gateways.registry import completed, gateway_of, known_mapping

MOST_OFFERS, BROWSE_S = 5_000, 15.0


def finding_desk(database: Database, history: SqlHistory, now: Callable[[], int]) -> FindingDesk:
    """Return where people take data-quality findings on and close them."""
    return FindingDesk(Cares(database), Audit(database), lambda path: history.issues(path, now()), now)


def connection_desk(
    client: Client, database: Database, plant: Callable[[], Plant], now: Callable[[], int]
) -> ConnectionDesk:
    """Return where people see how the sources are and replay what was refused."""
    return ConnectionDesk(plant, Health(client), Quarantine(client), Audit(database), now)


def accounts_in(database: Database) -> "Accounts[Account, Token]":
    """Return the account and token store of a database."""
    return Accounts(database, Account, Token)


@dataclass(frozen=True, slots=True)
class MailSetup:
    """is_on: a mail server is set up; domains: whose addresses may get reports, () is all."""

    is_on: bool = False
    domains: Sequence[str] = ()


def mail_desk(database: Database, setup: MailSetup, now: Callable[[], int]) -> MailDesk:
    """Return where subscriptions are taken. now: UTC ms."""
    return MailDesk(Subscriptions(database), Outbox(database), Audit(database), setup.is_on, setup.domains, now)


@dataclass(frozen=True, slots=True)
class Stands:
    """What a web worker stands on. redis_url: app.streams.connection.url_of; database: migrated; now: UTC ms.

    archive: the folder of raw events, None where none is kept. plant_file: what signing a machine off changes.
    write_back: whether set-points may be written to machines.
    """

    plant: Plant
    redis_url: str
    database: Database
    now: Callable[[], int]
    mail: MailSetup = MailSetup()
    archive: Path | None = None
    plant_file: Path | None = None
    write_back: bool = False


def commissioning_desk(on: Stands, plant: Callable[[], Plant], states: RedisBoards) -> CommissioningDesk:
    """Return where new machines are looked at and signed off."""
    audit, versions = Audit(on.database), PlantVersions(on.database)
    return CommissioningDesk(plant, on.plant_file, states, offered, versions, audit, on.now)


def offered(plant: Plant, source: Source) -> Looked:
    """Ask a source what it offers. Raises SourceAway with words."""
    try:
        gateway = gateway_of(completed(plant, source))
        offers = asyncio.run(asyncio.wait_for(gateway.browse(MOST_OFFERS), BROWSE_S))
    except (Away, BadSource) as error:
        raise SourceAway(str(error)) from error
    except TimeoutError as error:
        raise SourceAway(f"{source.id}: did not say what it offers within {BROWSE_S:.0f} s") from error
    found = [Offered(offer.address, offer.unit, offer.meaning) for offer in offers]
    return Looked(found, known_mapping(plant, source, [offer.address for offer in offers]))


def set_point_writer(plant: Callable[[], Plant]) -> SetPointWriter:
    """Return what writes set-points to machines; the protocol's library is loaded only here."""
    from app.web.set_points import opc_ua_writer

    return opc_ua_writer(plant)


def standard_parts(on: Stands) -> Parts:
    """Return the parts of one web worker; it connects with the first request, not now."""
    plant, redis_url, database, now = on.plant, on.redis_url, on.database, on.now
    client, store = client_of(redis_url), accounts_in(database)
    boards, counter = RedisBoards(client), Counters(client)
    raw = RawLog(client)
    history = SqlHistory(database, plant, raw if on.archive is None else RawHistory(raw, on.archive))
    desk = CommandDesk(lambda: history.plant, Desk(client), Audit(database), boards, Past(database), now)
    mail, shelf = mail_desk(database, on.mail, now), FileDesk(Files(database), Audit(database), now)
    findings = finding_desk(database, history, now)
    connections = connection_desk(client, database, lambda: history.plant, now)
    new = commissioning_desk(on, lambda: history.plant, boards)
    write = set_point_writer(lambda: history.plant) if on.write_back else None
    ground = Ground(lambda: history.plant, database, Audit(database), boards, desk, now, on.plant_file, write)
    loop = loop_on(ground)
    lines = [line.path for line in plant.lines()]
    return Parts(
        clerk=Clerk(Files(database), history, store, now),
        services=Services(
            plant, boards, desk, history, current_identity, now, mail, shelf, findings, connections, new, loop
        ),
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
        alerts_revision=Alerts(database).revision,
        access_revision=Access(database).revision,
    )
