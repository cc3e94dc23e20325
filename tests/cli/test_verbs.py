"""The verbs that look and judge: what they find, what they end with, and one clear text for what is wrong."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.plantyaml import load_plant
from app.settings import read
from app.streams.connection import client_of
from app.streams.embedded import EmbeddedServer
from app.streams.log import LineLog
from app.streams.quarantine import Quarantine
from app.wiring import secret_key
from tests.cli.conftest import ROOT, App

pytestmark = [pytest.mark.slow, pytest.mark.redis]
PLANT = "plants/minimal.yaml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path_factory.mktemp("valkey")) as made:
        yield made


def the_line() -> str:
    return next(iter(load_plant(ROOT / PLANT).lines())).path


def test_refused_events_are_listed_with_their_reason_and_replayed_once(app: App, server: EmbeddedServer) -> None:
    line, client = the_line(), client_of(server.url)
    at = {"REDIS_URL": server.url, "LINESIDE_PLANT": PLANT}
    store = Quarantine(client)
    first, second = (store.refuse(line, raw, f"reason {raw.decode()}") for raw in (b"one", b"two"))
    tail = line.rsplit("/", 1)[-1]
    listed = app("quarantine", "list", tail, **at).stdout.splitlines()
    assert listed == [f"{second}\treason two\ttwo", f"{first}\treason one\tone"]
    assert app("quarantine", "replay", tail, second, **at).stdout == "1 event(s) replayed\n"
    gone = app("quarantine", "replay", tail, second, **at)
    assert (gone.returncode, gone.stdout) == (1, "0 event(s) replayed\n")
    assert app("quarantine", "replay", tail, "--by", "ada", **at).returncode == 0
    trail = [row.split("\t") for row in app("audit", "list", **at).stdout.splitlines()]
    assert [row[2:5] for row in trail if "quarantine.replay" in row] == [
        ["ada", "quarantine.replay", line], ["command line", "quarantine.replay", line],
    ]  # fmt: skip
    assert LineLog(client).read({line: b"0-0"}, 10)[line].raws == [b"two", b"one"]
    nowhere = app("quarantine", "list", "nowhere", **at)
    assert nowhere.returncode == 2
    assert "nowhere: the plant file has no such line or machine" in " ".join(nowhere.stderr.split())
    client.close()


def test_doctor_says_what_is_set_what_is_well_and_what_is_not_and_shows_no_secret(
    app: App, server: EmbeddedServer, tmp_path: Path
) -> None:
    well = app("doctor", REDIS_URL=server.url, LINESIDE_PLANT=PLANT, LINESIDE_SECRET_KEY="hush" * 10)
    assert "redis: ok" in well.stdout
    assert "plant file: ok" in well.stdout
    assert "LINESIDE_SECRET_KEY=(set)" in well.stdout
    assert "hush" not in well.stdout + well.stderr
    ill = app("doctor", REDIS_URL=f"unix://{tmp_path}/no.sock", LINESIDE_PLANT="no.yaml")
    assert ill.returncode == 1
    assert "redis: Redis is away" in ill.stdout
    assert "no.yaml" in next(row for row in ill.stdout.splitlines() if row.startswith("plant file: "))


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PORT": "many"}, "PORT='many': must be a whole number from 1 to 65535"),
        ({"REDIS_URL": "localhost"}, "REDIS_URL='localhost': must be a URL"),
        ({"REDIS_URL": "http://localhost"}, "unknown scheme 'http'"),
        (
            {"REDIS_URL": "redis://ada:hush@localhost/one"},
            "REDIS_URL='redis://ada:***@localhost/one': the database 'one'",
        ),
        ({"LINESIDE_CONFIG": "no.toml"}, "LINESIDE_CONFIG=no.toml"),
        ({"LINESIDE_SECRET_KEY": "hush"}, "LINESIDE_SECRET_KEY: has 4 characters, must have 32 or more"),
        ({"LINESIDE_PUBLIC_URL": "lineside.plant"}, "must be a URL such as https://lineside.plant"),
        ({"LINESIDE_ALLOWED_HOSTS": "mes.plant, https://mes"}, "LINESIDE_ALLOWED_HOSTS='https://mes': must be a name"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(app: App, environment: dict[str, str], told: str) -> None:
    done = app("engine", **environment)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("verb", "environment", "told"),
    [
        ("web", {"DATABASE_URL": "mysql://ada:hush@host/name"}, "DATABASE_URL: unknown kind of database 'mysql'"),
        ("historian", {"DATABASE_URL": "postgresql://ada:hush@host:one/name"}, "DATABASE_URL: not understood; right"),
        ("historian", {"LINESIDE_ARCHIVE": "/dev/null/files"}, "LINESIDE_ARCHIVE=/dev/null/files: Not a directory"),
        ("web", {"LINESIDE_HOST": "no.such.host.invalid"}, "PORT=8050: cannot listen on no.such.host.invalid:8050"),
    ],
)
def test_what_a_process_cannot_use_stops_its_start_with_one_line(
    app: App, server: EmbeddedServer, verb: str, environment: dict[str, str], told: str
) -> None:
    done = app(verb, LINESIDE_PLANT=PLANT, **({"REDIS_URL": server.url} | environment))
    assert done.returncode == 2
    assert done.stderr.startswith(told)
    assert len(done.stderr.splitlines()) == 1
    assert "hush" not in done.stderr


def test_a_server_that_does_not_run_is_not_blamed_on_the_port(app: App) -> None:
    done = app("web", LINESIDE_PLANT=PLANT)
    assert done.returncode == 1
    assert done.stderr.startswith("REDIS_URL is not set and no embedded server runs on")
    assert len(done.stderr.splitlines()) == 1


def test_a_text_that_is_no_text_in_the_settings_file_is_named(app: App, tmp_path: Path) -> None:
    file = tmp_path / "lineside.toml"
    file.write_text("demo_password = 1234567890\n", encoding="utf-8")
    done = app("engine", LINESIDE_CONFIG=str(file))
    assert done.returncode == 2
    assert done.stderr == "LINESIDE_DEMO_PASSWORD: must be a text in quotes, not int\n"


@pytest.mark.parametrize("verb", ["demo", "web", "historian", "decide"])
def test_a_data_folder_that_cannot_be_is_named_in_one_line(app: App, tmp_path: Path, verb: str) -> None:
    taken = tmp_path / "file"
    taken.touch()
    done = app(verb, LINESIDE_DATA=str(taken))
    assert done.returncode == 2
    assert done.stderr.startswith(f"LINESIDE_DATA={taken}: ")
    assert len(done.stderr.splitlines()) == 1


def test_check_names_every_mistake_with_its_place(app: App, tmp_path: Path) -> None:
    fine = app("check", PLANT)
    assert fine.returncode == 0
    assert f"{PLANT}: fine. 1 site(s)" in fine.stdout
    broken = tmp_path / "plant.yaml"
    broken.write_text((ROOT / PLANT).read_text().replace("version: 1", "version: 9").replace("timezone:", "timezon:"))
    done = app("check", broken)
    assert done.returncode == 1
    assert "2 mistake(s)" in done.stderr or "3 mistake(s)" in done.stderr
    assert f"{broken}:" in done.stderr
    assert "timezon" in done.stderr
    away = app("check", tmp_path / "none.yaml")
    assert away.returncode != 0
    assert "none.yaml" in away.stderr
    assert "Traceback" not in done.stderr + away.stderr


def test_report_reads_a_log_and_refuses_what_it_cannot(app: App, tmp_path: Path) -> None:
    line, log = the_line(), tmp_path / "log.jsonl"
    start = 1_795_420_800_000
    about = {"machine": line, "source": "plc", "epoch": 1}
    log.write_text(
        "\n".join(json.dumps({**about, "kind": "heartbeat", "t": start + n * 30_000, "seq": n}) for n in range(1, 20))
    )
    done = app("report", log, "--plant", PLANT, "--by", "line", "--json")
    assert done.returncode == 0, done.stderr
    assert {row["equipment"] for row in json.loads(done.stdout)["rows"]} == {line}
    for words, told in (
        (("report", log, "--plant", PLANT, "--by", "moon"), "moon"),
        (("report", tmp_path / "none.jsonl", "--plant", PLANT), "none.jsonl"),
        (("report", log, "--plant", PLANT, "--profile", "mine"), "mine"),
        (("report", log, "--plant", PLANT, "--json", "--html"), "--json, --html: one of them"),
    ):
        refused = app(*words)
        assert refused.returncode == 2
        assert told in refused.stderr
        assert "Traceback" not in refused.stderr


def test_what_only_the_owner_may_read_is_so_on_disk(tmp_path: Path) -> None:
    settings = read({"LINESIDE_DATA": str(tmp_path)})
    assert secret_key(settings) == secret_key(settings)
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_check_names_the_mistakes_of_sources_and_what_is_only_not_here(app: App, tmp_path: Path) -> None:
    text = (ROOT / "plants" / "minimal.yaml").read_text(encoding="utf-8")
    sources = """
sources:
  - {id: plc, gateway: modbus, url: "modbus://10.0.0.7", machines: [filler], mapping: {filer: {state: holding/40001}}}
  - {id: odd, gateway: telepathy, machines: [packer]}
  - id: hub
    gateway: mqtt
    url: mqtts://broker:8883
    user: ada
    password_env: LINESIDE_NO_SUCH
    machines: [packer]
    mapping: {packer: {state: "a/b:state"}}
"""
    file = tmp_path / "plant.yaml"
    file.write_text(text + sources, encoding="utf-8")
    said = app("check", file)
    assert said.returncode == 1
    assert "sources.plc.mapping.filer: no machine of this source; did you mean `filler`?" in said.stderr
    assert "unknown gateway `telepathy`" in said.stderr
    assert "warning: sources.hub.password_env: the variable LINESIDE_NO_SUCH is not set" in said.stdout
