"""Refused events over the API: why, put back as they were or mended; and who changed the plant file."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.auth.tokens import issue
from app.domain.events import streams
from app.domain.roles import Role
from app.historian.accounts import Audit
from app.historian.database import migrate, open_database
from app.historian.plants import PlantVersion, PlantVersions
from app.streams.connection import client_of
from app.streams.embedded import EmbeddedServer
from app.web.server import make_server
from app.web.standard import Stands, accounts_in, standard_parts
from tests.makers import a_plant
from tests.web.world import CONFIG, NOW, Clock

pytestmark = [pytest.mark.redis, pytest.mark.slow]
PLANT, LINE = a_plant(machines=("filler",)), "site/area/line-1"
EVENT = {"kind": "state", "machine": f"{LINE}/filler", "t": NOW, "source": "plc", "epoch": 1, "seq": 1, "state": "run"}
LATE = {**EVENT, "t": NOW + 9 * 86_400_000}


class Place:
    def __init__(self, client: FlaskClient, redis, audit: Audit) -> None:
        self.client, self.redis, self.audit = client, redis, audit

    def ask(self, path: str, body: object = None, **query: object):
        if body is None:
            return self.client.get(f"/api/v1/{path}", query_string=query)
        return self.client.post(f"/api/v1/{path}", json=body)

    def waiting(self, line: str = LINE) -> list[dict[str, object]]:
        answer = self.ask("quarantine", line=line)
        assert answer.status_code == 200, answer.text
        assert answer.json["waiting"] == len(answer.json["refused"])
        return answer.json["refused"]

    def on_stream(self) -> list[dict[str, object]]:
        return [json.loads(fields[b"e"]) for _, fields in self.redis.xrange(streams.events(LINE))]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    database = open_database(None, tmp_path)
    migrate(database)
    with EmbeddedServer(tmp_path) as valkey:
        secret = issue(accounts_in(database), "ada", Role.ENGINEER, ("*",), NOW)
        web = make_server(CONFIG, standard_parts(Stands(PLANT, valkey.url, database, Clock(NOW))))
        client = web.server.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        yield Place(client, client_of(valkey.url), Audit(database))
    database.dispose()


def refuse(place: Place, *raws: object, line: str = LINE, reason: str = "malformed: t 5: must be a time") -> None:
    for at, raw in enumerate(raws):
        text = raw if isinstance(raw, str) else json.dumps(raw)
        place.redis.xadd(streams.quarantine(line), {"e": text, "reason": reason.replace("5", str(at)), "id": ""})


def test_each_refused_event_is_told_with_why_newest_first(place: Place) -> None:
    refuse(place, EVENT, "{broken")
    newest, oldest = place.waiting()
    assert (newest["event"], newest["reason"]) == ("{broken", "malformed: t 1: must be a time")
    assert (oldest["group"], newest["group"]) == ("malformed: t #: must be a time",) * 2
    assert json.loads(str(oldest["event"])) == EVENT
    assert len(place.ask("quarantine", line=LINE, limit=1).json["refused"]) == 1


def test_what_the_door_refuses_is_told_there(place: Place) -> None:
    assert place.ask("events", {**EVENT, "machine": "robot"}).json["quarantined"] == 1
    [only] = place.waiting("door")
    assert "the plant has no such line or machine" in str(only["reason"])


def test_a_group_is_put_back_once_oldest_first_and_audited(place: Place) -> None:
    refuse(place, {**EVENT, "seq": 1}, {**EVENT, "seq": 2})
    refuse(place, LATE, reason="implausible: in the future")
    group = str(place.waiting()[-1]["group"])
    answer = place.ask("quarantine/replay", {"line": LINE, "group": group})
    assert (answer.status_code, answer.json) == (200, {"replayed": 2})
    assert [event["seq"] for event in place.on_stream()] == [1, 2]
    assert len(place.waiting()) == 1
    assert place.ask("quarantine/replay", {"line": LINE, "group": group}).status_code == 404
    assert any("quarantine.replay" in row for row in place.audit.newest(5))


def test_one_event_is_put_back_as_it_is_right(place: Place) -> None:
    refuse(place, LATE)
    [one] = place.waiting()
    wrong = place.ask("quarantine/mend", {"line": LINE, "id": one["id"], "event": "{"})
    assert wrong.status_code == 400
    assert place.on_stream() == []
    mended = place.ask("quarantine/mend", {"line": LINE, "id": one["id"], "event": json.dumps(EVENT)})
    assert mended.json == {"replayed": 1}
    assert place.on_stream() == [EVENT]
    assert place.ask("quarantine/mend", {"line": LINE, "id": one["id"], "event": json.dumps(EVENT)}).status_code == 409


@pytest.mark.parametrize(
    ("path", "body", "query", "status"),
    [
        ("quarantine", None, {}, 400),
        ("quarantine", None, {"line": "x" * 301}, 400),
        ("quarantine", None, {"line": LINE, "limit": "many"}, 400),
        ("quarantine", None, {"line": "site/area/line-77"}, 404),
        ("quarantine/replay", {"line": LINE}, {}, 400),
        ("quarantine/replay", {"line": LINE, "group": "x", "more": 1}, {}, 400),
        ("quarantine/replay", {"line": "door", "group": "x"}, {}, 400),
        ("plant-versions", None, {}, 400),
        ("plant-versions", None, {"equipment": "nowhere"}, 404),
    ],
)
def test_a_wrong_question_is_answered_in_words(place: Place, path, body, query, status) -> None:
    answer = place.ask(path, body, **query)
    assert (answer.status_code, bool(answer.json["detail"])) == (status, True), answer.text


def test_plant_versions_say_who_changed_what(place: Place, tmp_path: Path) -> None:
    database = open_database(None, tmp_path)
    for at, (word, by) in enumerate((("60s", None), ("90s", "ada"))):
        texts = {"plant.yaml": f"templates: {{common: {{minor_stop: {word}}}}}"}
        PlantVersions(database).saw(PlantVersion(f"{word}-version", NOW + at, by, by and "as measured", texts))
    database.dispose()
    newest, first = place.ask("plant-versions", equipment=LINE).json["versions"][:2]
    assert (newest["by"], newest["note"], newest["at"], newest["first"]) == ("ada", "as measured", NOW + 1, False)
    assert newest["changes"] == [{"key": "templates.common.minor_stop", "before": "60s", "after": "90s"}]
    assert (first["by"], first["first"], first["changes"]) == (None, True, [])
