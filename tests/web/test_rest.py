"""The API: every event is accepted, known or put aside with a reason; the description is true; nothing is a 5xx."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import httpx
import msgspec
import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.domain.events import codec
from app.domain.roles import Role
from app.rest.limits import EVENTS_PER_MINUTE, LONGEST_EVENT, MOST_BYTES, MOST_EVENTS
from app.rest.openapi import document
from app.streams.counters import Counters
from tests.sample_boards import LINE
from tests.web.parts import OTHER_LINE
from tests.web.world import World

pytestmark = pytest.mark.redis
CALM = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def an_event(**changes: object) -> dict[str, object]:
    fields = {
        "kind": "count",
        "machine": "filler",
        "t": 1_795_000_000_000,
        "source": "plc",
        "epoch": 1,
        "seq": 1,
        "good": 5,
    }
    return fields | changes


@pytest.fixture
def send(world: World) -> object:
    return _sender(world)


def _sender(world: World, *scopes: str) -> object:
    secret, client = world.token(Role.ENGINEER, *scopes), world.client()

    def post(body: object, content_type: str = "application/json") -> TestResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {secret}"}
        return client.post("/api/v1/events", data=raw, content_type=content_type, headers=headers)

    return post


def statuses(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.data
    return [result["status"] for result in answer.json["results"]]


def test_one_an_array_lines_and_csv_are_the_same_events(world: World, send: object) -> None:
    one, two, three = an_event(), an_event(seq=2), an_event(seq=3)
    lines = b"\n".join(json.dumps(e).encode() for e in (two, three))
    table = "kind,machine,t,source,epoch,seq,good\ncount,filler,1795000000000,plc,a,9,5\n"
    assert statuses(send(one)) == ["accepted"]
    assert statuses(send([one, two])) == ["duplicate", "accepted"]
    assert statuses(send(lines, "application/x-ndjson")) == ["duplicate", "accepted"]
    assert statuses(send(lines)) == ["duplicate", "duplicate"]
    assert statuses(send(table.encode(), "text/csv")) == ["accepted"]
    assert [event["seq"] for event in world.events()] == [1, 2, 3, 9]
    assert {event["machine"] for event in world.events()} == {f"{LINE}/filler"}


def test_one_bad_event_never_stops_the_good_ones_and_says_why(world: World, send: object) -> None:
    bad = [
        an_event(kind="nonsense"),
        an_event(machine="nobody"),
        an_event(good="many"),
        an_event(t=-1),
        an_event(t=10**15),
        an_event(good=10**12),
        an_event(seq=2**70),
        an_event(source="x" * 600),
        an_event(source="\x00"),
        {},
        17,
        an_event(note="y" * LONGEST_EVENT),
    ]
    answer = send([an_event(), *bad, an_event(seq=2)])
    assert statuses(answer) == ["accepted", *["quarantined"] * len(bad), "accepted"]
    assert all(result["reason"] for result in answer.json["results"][1:-1])
    assert world.redis.xlen("quarantine:{door}") == len(bad)
    assert len(world.events()) == 2


def test_events_outside_the_sender_s_scope_are_refused_as_a_whole(world: World) -> None:
    answer = _sender(world, LINE)([an_event(), an_event(machine=f"{OTHER_LINE}/packer")])
    assert answer.status_code == 403
    assert world.events() == []


def test_what_a_person_is_said_to_have_said_names_the_sender(world: World, send: object) -> None:
    event = an_event(kind="andon", call="leader", action="call", by="olga")
    event.pop("good")
    assert statuses(send(event)) == ["accepted"]
    assert world.events()[0]["by"] == "olga via token:gateway"


def test_limits_are_said_before_anything_is_taken(world: World, send: object) -> None:
    assert send([1] * (MOST_EVENTS + 1)).status_code == 413
    assert send(b" " * (MOST_BYTES + 1)).status_code == 413
    assert send(b"").status_code == 400
    assert send(b"[1,").status_code == 400
    assert send(b"<x/>", "application/xml").status_code == 415
    assert send(b"[" * 100_000).status_code == 400
    assert world.redis.xlen("quarantine:{door}") == 0


def test_a_packed_body_is_unpacked_and_never_beyond_what_one_request_may_carry(world: World, send: object) -> None:
    packed = gzip.compress(json.dumps([an_event(), an_event(seq=2)]).encode())
    assert statuses(send(packed)) == ["accepted", "accepted"]
    assert send(gzip.compress(b" " * (MOST_BYTES + 1))).status_code == 413
    assert send(packed[:-9]).status_code == 400
    assert send(packed[:12] + b"!" + packed[12:]).status_code == 400
    assert statuses(send(b"\xef\xbb\xbf" + json.dumps([an_event(seq=3)]).encode())) == ["accepted"]
    assert len(world.events()) == 3


def test_a_body_in_chunks_is_read_to_its_end_and_no_further_than_one_may_carry(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.token(Role.ENGINEER)}", "Content-Type": "application/json"}
    with world.listening() as url:
        send = partial(httpx.post, f"{url}/api/v1/events", headers=headers, timeout=60)
        body = json.dumps([an_event(), an_event(seq=2)]).encode()
        assert send(content=iter([body[:9], body[9:]])).json()["accepted"] == 2
        assert send(content=(b" " * 2**20 for _ in range(MOST_BYTES // 2**20 + 1))).status_code == 413
        assert send(content=b"").status_code == 400


def test_an_encoding_that_is_none_of_ours_is_refused_before_it_is_read(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.token(Role.ENGINEER)}", "Content-Encoding": "br"}
    answer = world.client().post("/api/v1/events", data=b"?", content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json["detail"]) == (415, "content encoding br: must be gzip or none")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            an_event(t=1_795_000_000),
            "t 1795000000 looks like seconds since 1970; right are milliseconds: 1795000000000",
        ),
        (an_event(made_at=1_795_000_000), "made_at 1795000000 looks like seconds"),
        (an_event(t=0), "t 0: lies before the year 2000"),
        (an_event(t=1_795_000_000_000_000), "later than the year 9999: must be UTC milliseconds - at `$.t`"),
        (an_event(machine="filer"), "machine 'filer': the plant has no such line or machine; did you mean 'filler'?"),
        (an_event(kind="counts"), "Invalid value 'counts' - at `$.kind`: must be one of state, count, value, order,"),
    ],
)
def test_why_an_event_was_put_aside_says_what_would_be_right(send: object, event: object, said: str) -> None:
    answer = send(event)
    assert statuses(answer) == ["quarantined"]
    assert answer.json["results"][0]["reason"].startswith(said)


def test_deep_nesting_is_put_aside_or_refused(send: object) -> None:
    deep = b'{"kind":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}"
    assert send(deep).status_code in (200, 400)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from(["state", "count", "value", "order", "heartbeat", "classify", "correct", "andon"])
NEARLY = st.fixed_dictionaries(
    {"kind": KINDS, "machine": st.sampled_from(["filler", f"{LINE}/capper", LINE, "packer", "?"])},
    optional={
        name: JSON | st.integers() | st.sampled_from(["run", "start", "call", "leader", "jam-infeed", "4711"])
        for name in [
            "t",
            "source",
            "epoch",
            "seq",
            "state",
            "good",
            "reject",
            "reason",
            "made_at",
            "signal",
            "value",
            "order",
            "action",
            "product",
            "quantity",
            "due",
            "from",
            "to",
            "planned",
            "by",
            "note",
            "call",
        ]
    },
)


@CALM
@given(batch=st.lists(NEARLY | JSON, max_size=8))
def test_no_json_whatever_is_a_server_error_and_what_is_accepted_can_be_read(
    valkey: object, batch: list[object]
) -> None:
    world = _world(valkey)
    answer = _sender(world)(batch)
    assert len(statuses(answer)) == len(batch)
    for line in (LINE, OTHER_LINE):
        for _, fields in world.redis.xrange(f"events:{{{line}}}"):
            codec.decode(fields[b"e"])


@CALM
@given(
    body=st.binary(max_size=200),
    content_type=st.sampled_from(["application/json", "application/x-ndjson", "text/csv", "a/b"]),
)
def test_no_bytes_whatever_are_a_server_error(valkey: object, body: bytes, content_type: str) -> None:
    assert _sender(_world(valkey))(body, content_type).status_code < 500


_worlds: dict[str, World] = {}


def _world(valkey: object) -> World:
    """One world for all examples of a run: building a server for each would be slow."""
    url = valkey.url  # type: ignore[attr-defined]
    if url not in _worlds:
        _worlds[url] = World(url)
    return _worlds[url]


def reader(world: World) -> FlaskClient:
    client = world.client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {world.token(Role.MANAGER)}"
    return client


@pytest.mark.parametrize(
    "query",
    [
        "",
        "equipment=nowhere",
        "equipment=filler&from=x",
        "equipment=filler&from=5&to=5",
        "equipment=filler&by=moon",
        "equipment=filler&from=0&to=253402300799000",
        "equipment=%00",
        "equipment=filler&from=%D9%A3",
    ],
)
def test_a_wrong_question_is_answered_with_what_would_be_right(world: World, query: str) -> None:
    answer = reader(world).get(f"/api/v1/kpis?{query}")
    assert answer.status_code in (400, 404)
    assert answer.content_type == "application/problem+json"
    assert answer.json["detail"]


@pytest.mark.parametrize("name", ["from", "to"])
def test_a_window_in_seconds_is_answered_with_its_milliseconds(world: World, name: str) -> None:
    answer = reader(world).get(f"/api/v1/kpis?equipment=filler&{name}=1795410000")
    assert answer.status_code == 400
    assert answer.json["detail"] == (
        f"{name}=1795410000 looks like seconds since 1970; right are milliseconds: 1795410000000"
    )


def test_times_are_milliseconds_or_iso(world: World) -> None:
    def ask(start: str) -> int:
        answer = reader(world).get(
            "/api/v1/kpis", query_string={"equipment": "filler", "from": start, "to": "1795420000000"}
        )
        return answer.json["rows"][0]["from"]

    assert ask("2026-11-23T06:00:00 01:00") == 1_795_410_000_000, "a plus sign that nobody escaped"

    assert ask("1795410000000") == ask("2026-11-23T05:00:00Z") == ask("2026-11-23T06:00:00+01:00") == 1_795_410_000_000


def test_csv_never_holds_a_formula(world: World) -> None:
    for path in ("kpis", "episodes", "orders", "findings"):
        answer = reader(world).get(f"/api/v1/{path}?equipment=filler", headers={"Accept": "text/csv"})
        assert answer.content_type.startswith("text/csv")
        assert ",=" not in answer.text
        assert ",'=" in answer.text


def test_errors_of_the_api_are_problems_too(world: World) -> None:
    asked = reader(world)
    missing, wrong, only = asked.get("/api/v1/nothing"), asked.delete("/api/v1/kpis"), asked.get("/api/v1/events")
    assert [answer.status_code for answer in (missing, wrong, only)] == [404, 405, 405]
    assert {answer.content_type for answer in (missing, wrong, only)} == {"application/problem+json"}
    assert (wrong.headers["Allow"], only.headers["Allow"]) == ("GET", "POST")


def test_a_token_that_opens_nothing_is_told_from_none_at_all(world: World) -> None:
    none = world.client().get("/api/v1/equipment")
    wrong = world.client().get("/api/v1/equipment", headers={"Authorization": "Bearer lns_x"})
    assert (none.status_code, none.json["detail"]) == (401, "send a bearer token, or sign in")
    assert (wrong.status_code, "expired or revoked" in wrong.json["detail"]) == (401, True)


def test_too_many_events_a_minute_are_429_and_say_when_to_try_again(world: World, send: object) -> None:
    Counters(world.redis).add("rate:token:gateway", 60_000, EVENTS_PER_MINUTE - 1)
    assert statuses(send([an_event()])) == ["accepted"]
    answer = send([an_event(seq=2)])
    assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "try again" in answer.json["detail"]
    assert len(world.events()) == 1
    other = {"Authorization": f"Bearer {world.token(Role.ENGINEER, name='other')}"}
    assert world.client().post("/api/v1/events", json=an_event(seq=2), headers=other).json["accepted"] == 1


def test_an_absent_redis_is_503_and_says_try_again(world: World) -> None:
    class Away:
        def ingest(self, line: str, events: object) -> Iterator[str]:
            raise ConnectionError("Redis is away")

    away = replace(world, ingest=Away())
    answer = _sender(away)([an_event()])
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")


CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]


OPERATIONS = [(path, method) for path, methods in document()["paths"].items() for method in methods]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_description_is_true(path: str, method: str, valkey: object) -> None:
    world = _world(valkey)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world.web.server)
    headers = {"Authorization": f"Bearer {world.token(Role.ADMIN, name='schemathesis')}"}

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=schema[path][method].as_strategy())
    def answers_as_described(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    answers_as_described()


IDS = ("episode", "alert")


def test_the_description_names_every_route_of_the_api(world: World) -> None:
    rules = {
        re.sub(r"<(?:[^>]*:)?(\w+)>", lambda found: f"{{{'id' if found[1] in IDS else found[1]}}}", rule.rule)
        for rule in world.web.server.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert rules == set(document()["paths"])
    assert msgspec.json.decode(world.client().get("/api/v1/openapi.json").data)["openapi"] == "3.1.0"
