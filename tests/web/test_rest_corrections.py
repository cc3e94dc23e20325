"""What people put right over REST: with the etag they read, once per key, and never over somebody else's change."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.accounting.facts import OrderFact
from app.domain.interval import MINUTE_MS
from app.domain.roles import Role
from tests.sample_boards import LINE, NOW
from tests.web.world import SAME, World

pytestmark = pytest.mark.redis
START, END = NOW - 30 * MINUTE_MS, NOW - 20 * MINUTE_MS
STOP = f"{LINE}/filler@{START}"


def known(world: World, start: int = START, end: int | None = END, **more: object) -> Episode:
    episode = Episode(f"{LINE}/filler", start, end, Bucket.UNPLANNED_STOP, **more)  # type: ignore[arg-type]
    world.past.known.append(episode)
    return episode


def patch(client: FlaskClient, etag: str | None, body: object, **headers: str) -> TestResponse:
    sent = SAME | ({} if etag is None else {"If-Match": f'"{etag}"'}) | headers
    return client.patch(f"/api/v1/episodes/{STOP}", json=body, headers=sent)


def test_a_stop_is_said_with_the_etag_it_was_read_with(world: World) -> None:
    known(world)
    client = world.signed_in(Role.SUPERVISOR)
    answer = patch(client, f"~{END}", {"reason": "jam-infeed", "note": "belt"})
    assert (answer.status_code, answer.json["line"]) == (202, LINE)
    [event] = world.events()
    assert (event["kind"], event["reason"], event["from"], event["note"]) == ("classify", "jam-infeed", START, "belt")
    late = patch(client, f"~{END}", {"reason": "no-bottles"})
    assert (late.status_code, late.json["title"]) == (409, "Changed in between")
    assert "jam infeed" in late.json["detail"].lower()
    assert len(world.events()) == 1


def test_without_an_etag_nothing_is_said(world: World) -> None:
    client = world.signed_in(Role.SUPERVISOR)
    assert patch(client, None, {"reason": "jam-infeed"}).status_code == 428
    assert patch(client, "never", {"reason": "jam-infeed"}).status_code == 400
    assert world.events() == []


def test_one_key_is_taken_once(world: World) -> None:
    client = world.signed_in(Role.SUPERVISOR)
    first, second = (patch(client, "~", {"reason": "jam-infeed"}, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 409)
    body = {"kind": "counts", "machine": f"{LINE}/filler", "made_at": START, "good": 3, "note": "by hand"}
    answers = [
        client.post("/api/v1/corrections", json=body, headers=SAME | {"Idempotency-Key": "k2"}) for _ in range(2)
    ]
    assert answers[0].json["id"] == answers[1].json["id"]
    assert [event["kind"] for event in world.events()] == ["classify", "correct"]


def test_split_and_merge(world: World) -> None:
    known(world)
    other = known(world, END + MINUTE_MS, END + 3 * MINUTE_MS)
    client = world.signed_in(Role.SUPERVISOR)
    assert patch(client, f"~{END}", {"reason": "jam-infeed", "split_at": START + MINUTE_MS}).status_code == 202
    assert patch(client, f"~{END}", {"split_at": START + MINUTE_MS}).status_code == 400
    world.redis.flushall()
    seen = [{"id": STOP, "etag": f"~{END}"}, {"id": other.id, "etag": f'"~{other.end}"'}]
    answer = client.post("/api/v1/episodes/merge", json={"episodes": seen, "reason": "jam-infeed"}, headers=SAME)
    assert answer.status_code == 202
    [event] = world.events()
    assert (event["from"], event["to"]) == (START, other.end)


def test_order_times_and_shifts(world: World) -> None:
    world.past.runs = [OrderFact(LINE, "4711", "cola-05", None, START, None)]
    client = world.signed_in(Role.SUPERVISOR)
    order = {"kind": "order", "line": LINE, "order": "4711", "action": "start", "was": START, "at": START - 1}
    assert client.post("/api/v1/corrections", json=order | {"note": "late scan"}, headers=SAME).status_code == 202
    [event] = world.events()
    assert (event["t"], event["was"], event["by"]) == (START - 1, START, "supervisor")
    gone = client.post("/api/v1/corrections", json=order | {"note": "x", "was": START - 5}, headers=SAME)
    assert gone.status_code == 404
    shifts = {"kind": "shifts", "line": LINE, "date": "2026-11-21", "shifts": ["early"], "note": "extra"}
    answer = client.post("/api/v1/corrections", json=shifts, headers=SAME)
    assert (answer.status_code, "no shift of this line" in answer.json["detail"]) == (400, True)
    none = client.post("/api/v1/corrections", json=shifts | {"shifts": []}, headers=SAME)
    assert none.status_code == 202


@pytest.mark.parametrize("body", ["", "[]", "{", '{"kind": "counts"}', '{"kind": "nothing"}', '{"x": 1}'])
def test_a_body_that_is_none_of_ours_is_refused_in_words(world: World, body: str) -> None:
    client = world.signed_in(Role.SUPERVISOR)
    for method, url in (("POST", "/api/v1/corrections"), ("POST", "/api/v1/episodes/merge")):
        answer = client.open(url, method=method, data=body, content_type="application/json", headers=SAME)
        assert (answer.status_code, answer.json["detail"][:9]) == (400, "the body:")
    assert world.events() == []
