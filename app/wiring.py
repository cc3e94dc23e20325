"""The only place where the real Redis, SQL and clock are made and handed out."""

import secrets
import signal
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from app.domain.plant.equipment import Plant
from app.plantyaml import load_plant, plant_texts
from app.settings import BadSetting, Settings, usable_folder
from app.streams.connection import Client, ServerAway, client_of, url_of

if TYPE_CHECKING:  # only the mail process pays for these imports
    from app.connectors.registry import Ways
    from app.historian.database import Database
    from app.mail.letter import Stationery
    from app.mail.post import Postman
    from app.mail.smtp import MailServer

LAST_S = 5.0
SECRET_FILE = "secret_key"  # noqa: S105 (a file's name)


def clock() -> int:
    """Return the time, UTC ms: the product's only clock."""
    return time.time_ns() // 1_000_000


def stop_on_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set: the polite way to ask a process to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def redis_client(settings: Settings) -> Client:
    """Return a client of the configured or embedded server. Raises BadUrl, or ServerAway when no URL is known."""
    return client_of(url_of(settings.redis_url, settings.data))


def plant_of(settings: Settings) -> Plant:
    """Return the plant of the settings. Raises PlantFileErrors with every mistake, or OSError."""
    return load_plant(settings.plant)


def secret_key(settings: Settings) -> str:
    """Return the key that signs cookies: LINESIDE_SECRET_KEY, or one made once and kept in the data folder (0600)."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data / SECRET_FILE
    if not path.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def engine(settings: Settings) -> None:
    """Run an engine until it is told to stop."""
    from app.engine.process import run_engine

    stop = stop_on_signals()
    run_engine(
        redis_client(settings),
        plant_of(settings),
        clock,
        stop,
        tick_ms=settings.tick_ms,
        keep_days=settings.keep_days,
    )


def historian(settings: Settings) -> None:
    """Run the historian until it is told to stop."""
    from app.historian.database import migrate, open_database
    from app.historian.plants import PlantVersion, PlantVersions
    from app.historian.process import Historian, Voice, run_historian
    from app.historian.reasons import keep_reasons
    from app.historian.retention import Policy
    from app.streams.facts import FactLog
    from app.streams.health import Teller
    from app.streams.log import LineLog

    stop = stop_on_signals()
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    plant, client = plant_of(settings), redis_client(settings)
    keep_reasons(database, plant.reasons)
    PlantVersions(database).saw(PlantVersion(plant.version, clock(), None, None, plant_texts(settings.plant)))
    lines = [line.path for line in plant.lines()]
    policy = Policy(settings.keep_days, settings.keep_episodes_days, settings.keep_hours_days)
    with Teller(client, "historian", clock) as teller:
        drainer = Historian(database, FactLog(client), lines, clock, taken=LineLog(client).facts_taken, policy=policy)
        with archiving(settings, lines):
            run_historian(drainer, stop, Voice(teller.say, clock), away=(ServerAway,))


def archive_folder(settings: Settings) -> Path | None:
    """Return where raw events are kept as files; None: nowhere."""
    if settings.archive == "off":
        return None
    return Path(settings.archive) if settings.archive else settings.data / "archive"


def archiving(settings: Settings, lines: list[str]) -> AbstractContextManager[None]:
    """Return what copies the lines' events to files while it is entered; nothing where no archive is kept."""
    from app.streams.archive import OWNER_MS, Archivist
    from app.streams.leases import Leases
    from app.streams.log import LineLog

    folder, client = archive_folder(settings), redis_client(settings)
    if folder is None:
        return nullcontext()
    usable_folder(folder, "LINESIDE_ARCHIVE")
    leases = Leases(client, f"archive-{secrets.token_hex(4)}", OWNER_MS)
    archivist = Archivist(folder, LineLog(client), lines, leases, settings.keep_archive_days)
    return working(lambda stop: archivist.run(stop, clock))


def web(settings: Settings) -> None:
    """Serve the screens and the REST interface until told to stop. Raises CannotListen."""
    from app.historian.database import migrate, open_database
    from app.web.config import WebConfig
    from app.web.run import run_web
    from app.web.server import make_server
    from app.web.standard import MailSetup, Stands, standard_parts

    config = WebConfig(
        secret_key=secret_key(settings),
        host=settings.host,
        port=settings.port,
        public_url=settings.public_url,
        allowed_hosts=settings.allowed_hosts,
        tick_ms=settings.tick_ms,
    )
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    setup = MailSetup(settings.smtp_url is not None, settings.mail_domains)
    url = url_of(settings.redis_url, settings.data)
    parts = standard_parts(
        Stands(
            plant_of(settings),
            url,
            database,
            clock,
            setup,
            archive_folder(settings),
            settings.plant,
            write_back=settings.write_back == "on",
        )
    )
    log = structlog.get_logger("lineside.web")
    with working(parts.clerk.run):
        run_web(make_server(config, parts), config, lambda port: log.info("web answers", port=port))


@contextmanager
def working(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run `work` in a thread beside what follows; on leaving it is told to stop, and waited for."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(LAST_S)


def decide(settings: Settings) -> None:
    """Run the decision loop until told to stop. Raises BadSetting."""
    from app.decider.parts import decider_on
    from app.decider.process import run_decider
    from app.historian.database import migrate, open_database
    from app.streams.health import Teller

    stop = stop_on_signals()
    database, client = open_database(settings.database_url, settings.data), redis_client(settings)
    migrate(database)
    with Teller(client, "decider", clock) as teller:
        decider = decider_on(settings.plant, plant_of(settings), client, database, clock, ways_of(settings))
        run_decider(decider, stop, teller.say)


def ways_of(settings: Settings) -> "Ways":
    """Return the ways to people and systems. Raises BadSetting when the file of targets cannot be right."""
    from app.connectors.guard import Guard
    from app.connectors.registry import MailServed, Ways
    from app.connectors.targets import BadTargets, targets_of

    guard, mail, said = Guard(settings.webhook_private), None, ""
    try:
        if settings.targets is not None:
            said = settings.targets.read_text(encoding="utf-8")
        targets = targets_of(tomllib.loads(said), guard, settings.mail_domains)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, BadTargets) as error:
        raise BadSetting(f"LINESIDE_TARGETS={settings.targets}: {error}") from error
    if targets.mail and settings.smtp_url is not None:
        server, stationery = mail_parts(settings)
        mail = MailServed(stationery.sender, server.deliver, server.check)
    return Ways(targets, guard, settings.base, mail)


def mail(settings: Settings) -> None:
    """Send reports by e-mail until told to stop. Raises BadSetting."""
    from app.historian.database import migrate, open_database
    from app.mail.post import run_mail
    from app.streams.health import Teller

    stop = stop_on_signals()
    server, stationery = mail_parts(settings)
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    with Teller(redis_client(settings), "mail", clock) as teller:
        run_mail(postman(settings, database, server, stationery), stop, teller.say)


def postman(settings: Settings, database: "Database", server: "MailServer", stationery: "Stationery") -> "Postman":
    """Return who sends what is due in a database that is up to date."""
    from app.historian.accounts import Audit
    from app.historian.mail import Outbox, Subscriptions, reached
    from app.mail.post import Postman
    from app.streams.raw import RawLog
    from app.views.history import SqlHistory
    from app.web.standard import accounts_in

    history = SqlHistory(database, plant_of(settings), RawLog(redis_client(settings)))
    stores = (Subscriptions(database), Outbox(database), accounts_in(database))
    return Postman(*stores, history, Audit(database), stationery, lambda: reached(database), server.deliver, clock)


def mail_parts(settings: Settings) -> "tuple[MailServer, Stationery]":
    """Return the mail server and what all letters share. Raises BadSetting when one is missing or cannot be right."""
    from app.auth.guard import Invalid
    from app.commands.mail import check_address
    from app.mail.letter import Stationery
    from app.mail.smtp import BadMailServer, mail_server
    from app.reports.papers import PAPERS

    if settings.smtp_url is None:
        raise BadSetting("LINESIDE_SMTP_URL: not set; e-mail needs a server such as smtp://mail.plant:587")
    try:
        server = mail_server(settings.smtp_url, settings.smtp_user, settings.smtp_password)
        check_address(settings.mail_from or "", ())
    except BadMailServer as error:
        raise BadSetting(f"LINESIDE_SMTP_URL: {error}") from error
    except Invalid as error:
        raise BadSetting(
            f"LINESIDE_MAIL_FROM={settings.mail_from}: must be an address such as lineside@plant.example"
        ) from error
    return server, Stationery(settings.mail_from or "", settings.base, PAPERS)


def project_root() -> Path:
    """Return the folder that holds app/, plants/ and assets/."""
    return Path(__file__).parents[1]
