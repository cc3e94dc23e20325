"""The demo plant in one command: an embedded server, and under a supervisor the engine, historian, screens, machines.

The supervisor (supervisord, docs/decisions/0004-supervisor.md) restarts what dies and keeps one log file per process.
Nothing outlives this process: Ctrl-C and SIGTERM stop all in order; after a kill -9 the kernel tells the children
(app/bound.py). What they wrote stays in the data folder, and the next start goes on with it.
"""

import contextlib
import ipaddress
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from app.auth.guard import Invalid
from app.auth.tokens import Token
from app.auth.users import Account, ensure_account
from app.bound import OWN_PID
from app.commands.beginning import begin
from app.domain.plant.equipment import Plant
from app.domain.roles import PEOPLE
from app.historian.accounts import Accounts
from app.historian.database import migrate, open_database
from app.live.snapshots import line_board
from app.settings import BadSetting, Settings
from app.streams.boards import RedisBoards
from app.streams.connection import ServerAway, client_of
from app.streams.embedded import EmbeddedServer
from app.wiring import clock, plant_of, project_root, secret_key

HISTORY, WARM = "14d", "10h"
PASSWORD_FILE = "demo-password"  # noqa: S105 (a file's name)
STOP_S = 60.0
LOOK_S, LATE_S = 0.1, 30.0
LOG_BYTES, LOG_BACKUPS = 10_000_000, 3
SUPERVISOR = "<supervisor>"
POLITELY = ("nice", "-n", "10") if shutil.which("nice") else ()


class DemoEnded(RuntimeError):
    """A part of the demo that must not end has ended; the text says which and where its log is."""


@dataclass(frozen=True, slots=True)
class Program:
    """A supervised process. is_once: done when it ends with 0; otherwise it is started again whenever it ends.

    priority: started in rising, stopped in falling order.
    """

    name: str
    command: tuple[str, ...]
    priority: int
    is_once: bool = False


class Steps:
    """Tells the person who waits how far the start is, with the seconds since the beginning."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def say(self, text: str) -> None:
        """Print one step."""
        _print(f"{time.monotonic() - self._began:5.1f} s  {text}")


def run_demo(settings: Settings) -> None:
    """Run the demo until Ctrl-C or SIGTERM. Raises BadSetting, ServerAway, PlantFileErrors, DemoEnded."""
    steps, stop = Steps(), _stop_on_signals()
    settings = _placed(settings)
    _check_address(settings)
    plant = plant_of(settings)
    with _server(settings) as (url, server):
        steps.say("event server answers")
        with _supervised(settings, url):
            password = demo_password(settings)
            _make_accounts(settings, password)
            _watch(Demo(settings, plant, url, server, password), steps, stop)


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo. server: the embedded one, None when REDIS_URL names another."""

    settings: Settings
    plant: Plant
    url: str
    server: EmbeddedServer | None
    password: str

    @property
    def address(self) -> str:
        """Where the screens are."""
        host = self.settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.settings.port}"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _stop_on_signals() -> threading.Event:
    """Return an event that Ctrl-C, SIGTERM and a closed terminal set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _placed(settings: Settings) -> Settings:
    """Return the settings with absolute paths: the demo plant is found from every folder."""
    plant = settings.plant if settings.plant.exists() else project_root() / settings.plant
    values = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    return Settings(**(values | {"data": settings.data.absolute(), "plant": plant.absolute()}))


def _check_address(settings: Settings) -> None:
    """Raise BadSetting when the demo may not or cannot listen where the settings say."""
    if settings.host != "localhost" and not _is_loopback(settings.host):
        raise BadSetting(
            f"LINESIDE_HOST={settings.host}: the demo's accounts are for loopback only; use 127.0.0.1, or start `web`"
        )
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise BadSetting(
                f"PORT={settings.port}: cannot listen on {settings.host}:{settings.port}: {error.strerror}; "
                "stop what uses it or set PORT to another number"
            ) from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def _server(settings: Settings) -> Iterator[tuple[str, EmbeddedServer | None]]:
    """Run the embedded server, or use the one REDIS_URL names."""
    if settings.redis_url:
        yield settings.redis_url, None
        return
    with EmbeddedServer(settings.data) as server:
        yield server.url, server


def demo_password(settings: Settings) -> str:
    """Return LINESIDE_DEMO_PASSWORD, or a random one made once and kept in the data folder (0600)."""
    if settings.demo_password:
        return settings.demo_password
    path = settings.data / PASSWORD_FILE
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12) + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _make_accounts(settings: Settings, password: str) -> None:
    database = open_database(settings.database_url, settings.data)
    store = Accounts(database, Account, Token)
    try:
        for role in PEOPLE:
            ensure_account(store, role.value, password, role, ("*",))
    except Invalid as error:
        raise BadSetting(f"LINESIDE_DEMO_PASSWORD: {error}") from error


def programs(settings: Settings, now_ms: int) -> tuple[Program, ...]:
    """Return what the demo runs. now_ms: UTC ms; history ends `WARM` before it, where the live machines begin."""
    python = (sys.executable, "-m")
    marks, plant = settings.data / "simulators", str(settings.plant)
    at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat()
    machines = (*python, "simulators", plant, "--warm", WARM)
    past = (*POLITELY, *machines, "--history", HISTORY, "--at", at, "--resume", str(marks / "history.mark"))
    mail = (Program("mail", (*python, "app", "mail"), 60),) if settings.smtp_url else ()
    return (
        Program("engine", (*python, "app", "engine"), 10),
        Program("historian", (*python, "app", "historian"), 20),
        Program("web", (*python, "app", "web"), 30),
        Program("decider", (*POLITELY, *python, "app", "decide"), 55),
        Program("machines", (*machines, "--resume", str(marks / "live.mark")), 40),
        Program("history", past, 50, is_once=True),
        *mail,
    )


def configuration(settings: Settings, children: tuple[Program, ...]) -> str:
    """Return the supervisor's configuration. A `%` in a path is doubled, as its parser wants."""
    logs = settings.data / "logs"
    parts = [
        f"[supervisord]\nnodaemon=true\nsilent=true\nuser={os.getuid()}\nlogfile={logs}/supervisor.log\n"
        f"logfile_maxbytes={LOG_BYTES}\nlogfile_backups={LOG_BACKUPS}\npidfile={settings.data}/supervisor.pid\n"
        f"childlogdir={logs}\n"
    ]
    for child in children:
        command = " ".join(f'"{word}"' for word in (sys.executable, "-m", "app.bound", SUPERVISOR, *child.command))
        again = "autorestart=unexpected\nexitcodes=0\nstartsecs=0" if child.is_once else "autorestart=true"
        parts.append(
            f"[program:{child.name}]\ncommand={command}\ndirectory={project_root()}\npriority={child.priority}\n"
            f"{again}\nstartretries=1000\nstopwaitsecs=10\nstopasgroup=true\nkillasgroup=true\nredirect_stderr=true\n"
            f"stdout_logfile={logs}/{child.name}.log\nstdout_logfile_maxbytes={LOG_BYTES}\n"
            f"stdout_logfile_backups={LOG_BACKUPS}\n"
        )
    return "\n".join(parts).replace("%", "%%").replace(SUPERVISOR, f"%(ENV_{OWN_PID})s")


def _environment(settings: Settings, url: str) -> dict[str, str]:
    """Return the children's environment: ours, with what was resolved here said outright."""
    said = {"LINESIDE_DATA": str(settings.data), "LINESIDE_PLANT": str(settings.plant), "REDIS_URL": url}
    return os.environ | said | {"LINESIDE_HOST": settings.host, "PORT": str(settings.port)}


@contextlib.contextmanager
def _supervised(settings: Settings, url: str) -> Iterator[None]:
    """Run the supervisor and with it all children; on leaving they are stopped in order."""
    for folder in ("logs", "simulators"):
        (settings.data / folder).mkdir(parents=True, exist_ok=True)
    secret_key(settings)
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    begin(plant_of(settings), database, settings.plant, clock())
    path = settings.data / "supervisor.conf"
    path.write_text(configuration(settings, programs(settings, clock())), encoding="utf-8")
    bound = (sys.executable, "-m", "app.bound", str(os.getpid()))
    process = subprocess.Popen(  # noqa: S603 (our own command line)
        [*bound, sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd=project_root(),
        env=_environment(settings, url),
        start_new_session=True,
    )
    try:
        yield
        if process.poll() is not None:
            raise DemoEnded(f"the supervisor ended; see {settings.data}/logs/supervisor.log")
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _watch(demo: Demo, steps: Steps, stop: threading.Event) -> None:
    """Tell the address, the accounts and the first live number; then keep the embedded server alive until `stop`."""
    _tell(demo)
    waiting = [("screens answer", _answers), ("first live number", _has_live_number)]
    late_at = time.monotonic() + LATE_S
    while not stop.wait(LOOK_S):
        if waiting and time.monotonic() > late_at:
            _print(f"still waiting for: {waiting[0][0]}; see {demo.settings.data}/logs")
            late_at += LATE_S
        while waiting and waiting[0][1](demo):
            steps.say(waiting.pop(0)[0])
        if demo.server is not None and not demo.server.is_running():
            _print("event server ended; starting it again")
            demo.server.restart()
    _print("stopping; data stays in " + str(demo.settings.data))


def _tell(demo: Demo) -> None:
    names = ", ".join(role.value for role in PEOPLE)
    _print(f"\n  Lineside  {demo.address}\n  accounts  {names}\n  password  {demo.password}")
    _print(f"  logs      {demo.settings.data}/logs\n  Ctrl-C stops everything; data is kept\n")


def _answers(demo: Demo) -> bool:
    try:
        socket.create_connection((demo.settings.host, demo.settings.port), 1).close()
    except OSError:
        return False
    return True


def _has_live_number(demo: Demo) -> bool:
    """Return whether a line's board shows a machine in a known state."""
    boards = RedisBoards(client_of(demo.url))
    try:
        found = [line_board(boards, line.path) for line in demo.plant.lines()]
    except ServerAway:
        return False
    return any(machine.state.said for board in found if board for machine in board.machines)
