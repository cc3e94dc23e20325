"""The real parts together: SQL accounts, an audit trail that shows tampering, readiness that says what is wrong."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.auth.users import ensure_account
from app.domain.roles import Role
from app.historian.accounts import Audit
from app.historian.database import migrate, open_database
from app.streams.embedded import EmbeddedServer
from app.streams.health import Health, ProcessHealth
from app.web.server import make_server
from app.web.standard import Stands, accounts_in, standard_parts
from tests.sample_boards import LINE
from tests.web.parts import a_plant
from tests.web.world import CONFIG, SAME, Clock, World, sign_in

pytestmark = pytest.mark.redis


def test_a_real_server_signs_in_takes_a_call_writes_the_audit_and_tells_how_it_is(
    valkey: EmbeddedServer, world: World, tmp_path: Path
) -> None:
    database, clock, plant = open_database(None, tmp_path), Clock(), a_plant()
    migrate(database)
    ensure_account(accounts_in(database), "olga", "correct horse battery", Role.OPERATOR, (LINE,))
    parts = standard_parts(Stands(plant, valkey.url, database, clock))
    client = make_server(CONFIG, parts).server.test_client()
    assert sign_in(client, "olga").status_code == 303
    assert client.get(f"/line/{LINE}").status_code == 200
    audit = Audit(database)
    for number in range(3):
        audit.write(number, "olga", "said.andon", LINE, "{}")
    assert audit.first_broken() is None
    with database.begin() as connection:
        connection.execute(text("UPDATE audit SET who = 'nobody' WHERE number = 2"))
    assert audit.first_broken() == 2
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "no engine" in answer.json["problems"][0]
    lines = tuple(line.path for line in plant.lines())
    Health(world.redis).say("engine", ProcessHealth("e1", clock(), {"lag_ms": 3.0, "freshest_ms": 5.0}, lines))
    assert "no historian" in client.get("/readyz").json["problems"][0]
    Health(world.redis).say("historian", ProcessHealth("h1", clock(), {}, (), "disk full"))
    assert client.get("/readyz").json["problems"] == ["history waits: disk full"]
    Health(world.redis).say("historian", ProcessHealth("h1", clock(), {}))
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["freshest_event"]) == (200, 5.0)
    assert ready.json["letters"] == {}
    assert ready.json["decider"].startswith("silent"), "no alert would come, but pages live without it"
    Health(world.redis).say("decider", ProcessHealth("d1", clock(), {}, (), "work orders outside: no answer"))
    assert client.get("/readyz").json["decider"] == "work orders outside: no answer"
    Health(world.redis).say("decider", ProcessHealth("d1", clock(), {}))
    assert client.get("/readyz").json["decider"] == "ok"
    client.post("/logout", headers=SAME)
    assert client.get("/shifts").status_code == 302
    database.dispose()
