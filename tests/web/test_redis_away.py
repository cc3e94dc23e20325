"""Redis or the database away under a real server: what can be shown is, the rest is refused in words, all heals."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import msgspec
import pytest

from app.auth.users import ensure_account
from app.domain.events import streams
from app.domain.roles import Role
from app.historian.database import Database, migrate, open_database
from app.streams.connection import client_of
from app.streams.embedded import EmbeddedServer
from app.web.run import Running, listen
from app.web.server import Web, make_server
from app.web.standard import Stands, accounts_in, standard_parts
from tests.sample_boards import LINE, NOW, sample_line_board
from tests.web.parts import a_plant
from tests.web.test_who_may_what import FRAME, a_callback
from tests.web.world import CONFIG, PASSWORD, SAME, Clock, sign_in

pytestmark = [pytest.mark.redis, pytest.mark.slow]
PATIENCE_S = 30


class Plant:
    """A server of real parts, on a Valkey that comes and goes."""

    def __init__(self, valkey: EmbeddedServer, database: Database) -> None:
        self.valkey, self.clock, self.url, self.database = valkey, Clock(), valkey.url, database
        accounts = accounts_in(database)
        ensure_account(accounts, "ada", PASSWORD, Role.ADMIN, ("*",))
        self.web: Web = make_server(CONFIG, standard_parts(Stands(a_plant(), valkey.url, database, self.clock)))

    def publish(self, at: int) -> None:
        raw = msgspec.json.encode(replace(sample_line_board(), line=LINE, at=at))
        client = client_of(self.url)
        client.set(streams.live(LINE), raw)
        client.publish(streams.live(LINE), raw)
        client.close()

    def callback(self, **changes: object) -> dict[str, object]:
        return a_callback(self, f"/line/{LINE}") | changes  # type: ignore[arg-type]

    @contextlib.contextmanager
    def listening(self) -> Iterator[str]:
        running, up, port = Running(self.web, listen(CONFIG)), threading.Event(), []
        thread = threading.Thread(target=running.run, args=(lambda p: (port.append(p), up.set()),))
        thread.start()
        assert up.wait(PATIENCE_S)
        yield f"http://127.0.0.1:{port[0]}"
        running.stop()
        thread.join(PATIENCE_S)


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    database = open_database(None, tmp_path)
    migrate(database)
    with EmbeddedServer(tmp_path) as valkey:
        yield Plant(valkey, database)
    database.dispose()


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def an_event(seq: int) -> dict[str, object]:
    return {"kind": "heartbeat", "machine": f"{LINE}/filler", "t": NOW, "source": "s", "epoch": 1, "seq": seq}


def an_ask(plant: Plant) -> dict[str, object]:
    """What the line's page sends when [Call help] is pressed."""
    output = "frame-answer.data"
    wired = plant.web.pages.dash.callback_map[output]
    component, prop = output.split(".")
    ask = {"what": "call_help", "call": "leader", "key": "tap-1"}
    return {
        "output": output,
        "outputs": {"id": component, "property": prop},
        "inputs": [{**end, "value": ask} for end in wired["inputs"]],
        "state": [{**end, "value": f"/line/{LINE}"} for end in wired["state"]],
        "changedPropIds": [f"{end['id']}.{end['property']}" for end in wired["inputs"]],
    }


def test_pages_open_commands_are_refused_in_words_and_all_heals_alone(plant: Plant) -> None:
    client = plant.web.server.test_client()
    plant.publish(NOW)
    assert sign_in(client, "ada").status_code == 303
    token = plant.web.server.test_client()
    plant.valkey.kill()

    for path in ("/shifts", f"/line/{LINE}", "/area/leipzig/bottling", "/logout", "/login"):
        assert client.get(path).status_code in (200, 302), path
    for path in (f"/line/{LINE}", "/area/leipzig/bottling", "/area/leipzig"):
        page = client.post("/_dash-update-component", json=a_callback(plant, path), headers=SAME)  # type: ignore[arg-type]
        shown = page.json["response"][FRAME.split(".")[0]]["children"]
        assert "state__title" not in str(shown), "an error page instead of the page"
        assert f"'data-topic': '{path.split('/', 2)[2]}'" in str(shown)

    refused = client.post("/_dash-update-component", json=an_ask(plant), headers=SAME)
    assert refused.status_code == 200
    assert '"kind":"unavailable"' in refused.text.replace(" ", "")
    sent = client.post("/api/v1/events", json=an_event(1), headers=SAME)
    assert (sent.status_code, sent.content_type) == (503, "application/problem+json")
    assert "Redis is away" in sent.json["detail"]
    assert "try again" in sent.json["detail"]
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["redis"]) == (503, "away")
    assert "Redis is away" in ready.json["problems"][0]
    assert client.get("/healthz").status_code == 200
    door = sign_in(token, "ada")
    assert door.status_code == 503
    assert "Traceback" not in door.text
    assert client.get(f"/api/v1/kpis?equipment={LINE}").status_code == 200

    plant.valkey.restart()
    assert client.post("/api/v1/events", json=an_event(1), headers=SAME).json["accepted"] == 1
    called = client.post("/_dash-update-component", json=an_ask(plant), headers=SAME)
    assert '"kind":"done"' in called.text.replace(" ", "")
    assert client.get("/readyz").json["redis"] == "ok"
    assert sign_in(token, "ada").status_code == 303


def test_who_was_signed_out_stays_out_while_redis_is_away(plant: Plant) -> None:
    client, thief = plant.web.server.test_client(), plant.web.server.test_client()
    sign_in(client, "ada")
    thief.set_cookie("lineside_session", client.get_cookie("lineside_session").value)
    assert thief.get("/shifts").status_code == 200
    plant.valkey.kill()
    client.post("/logout", headers=SAME)
    assert thief.get("/shifts").status_code == 302
    plant.valkey.restart()
    assert thief.get("/shifts").status_code == 302


def test_the_live_channel_stays_open_says_nothing_new_and_goes_on_where_it_can(plant: Plant) -> None:
    plant.publish(NOW)
    boards: list[int] = []
    gone = threading.Event()

    def read(address: str) -> None:
        with httpx.Client(base_url=address, timeout=httpx.Timeout(PATIENCE_S)) as client:
            client.post("/login", data={"username": "ada", "password": PASSWORD}, headers=SAME)
            with client.stream("GET", f"/live/{LINE}") as answer:
                said = (line[6:] for line in answer.iter_lines() if line.startswith("data: {"))
                boards.extend(msgspec.json.decode(raw)["at"] for raw in said)
        gone.set()

    with plant.listening() as address:
        reader = threading.Thread(target=read, args=(address,))
        reader.start()
        until(lambda: boards[-1:] == [NOW])
        plant.valkey.kill()
        with httpx.Client(base_url=address, timeout=PATIENCE_S) as other:
            until(lambda: other.get("/readyz").json().get("redis") == "away")
        assert set(boards) == {NOW}
        assert not gone.is_set()
        plant.valkey.restart()

        def is_heard() -> bool:
            plant.publish(NOW + 1_000)
            return boards[-1] == NOW + 1_000

        until(is_heard)
        assert not gone.is_set()
    reader.join(PATIENCE_S)
    assert gone.is_set()


def test_a_database_that_does_not_answer_is_said_and_heals_alone(plant: Plant, tmp_path: Path) -> None:
    client = plant.web.server.test_client()
    sign_in(client, "ada")
    file = tmp_path / "lineside.sqlite"
    plant.database.dispose()
    kept = file.read_bytes()
    file.write_bytes(b"this is no database, whatever it may be" * 200)
    page, asked = client.get("/shifts"), client.get(f"/api/v1/kpis?equipment={LINE}")
    assert (page.status_code, asked.status_code) == (503, 503)
    assert "Traceback" not in page.text
    assert "the database does not answer" in asked.json["detail"]
    assert client.get("/readyz").status_code == 503
    plant.database.dispose()
    file.write_bytes(kept)
    assert client.get("/shifts").status_code == 200
